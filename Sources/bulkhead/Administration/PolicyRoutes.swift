import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadServer

extension AdministrationServices {
  /// Limits as they are written: whole numbers by name. What is out of range is told by the policy itself, which knows
  /// the unit and the reason.
  private static let limits = Schema.object(
    Limit.allCases.map { .optional($0.rawValue, .integer(Int64.min...Int64.max), "In \($0.unit).") })

  private static let level = Schema.object([
    Schema.Field("name", .string(maxLength: 200), "`platform`, `oem acme-oem`, `plan standard`."),
    Schema.Field("limits", limits),
  ])

  private static let policyShape = Schema.object([
    Schema.Field("limits", limits, "What this tenant's own policy says."),
    Schema.Field("above", .array(level, maxItems: 8), "What it must stay within, from the nearest up."),
    Schema.Field("effective", limits, "What holds: of each limit the tightest."),
  ])

  private static let tenantParameter = PathParameter("tenant", .id(of: "tenant"), "The tenant's id.")

  var platformPolicies: [Route] {
    [
      Route(
        .get, "/v1/platform/tenants/{tenant}/policy", access: .platform(PlatformPermissions.tenantsRead),
        tag: "Platform", summary: "Show a tenant's policy",
        details: "Limits that are not set are bounded by the process alone.", parameters: [Self.tenantParameter],
        responses: [ResponseShape(.ok, "The policy; its version is the ETag.", .json(Self.policyShape))],
        handler: .platform { request in
          let policy = try await platform.policies.policy(of: try await node(request))
          return .ok(policy.json, version: policy.own.version)
        }),
      Route(
        .put, "/v1/platform/tenants/{tenant}/policy", access: .platform(PlatformPermissions.tenantsWrite),
        tag: "Platform", summary: "Replace a tenant's policy",
        details: """
          Holds within two seconds in every process. A limit may only be tighter than what stands above it: the plan, \
          the partner, the OEM and the platform. A refusal names who forbids it.
          """, parameters: [Self.tenantParameter],
        body: .json(.object([Schema.Field("limits", Self.limits)]), bytesMax: 8192),
        responses: [ResponseShape(.ok, "The policy as it is now.", .json(Self.policyShape))], requiresVersion: true,
        handler: .platform { request in
          let limits = try PolicyLimits(request.parts.body["limits"] ?? .null)
          let policy = try await platform.policies.write(
            limits, of: try await node(request), version: request.parts.ifMatch ?? 0, actor: request.actor)
          return .ok(policy.json, version: policy.own.version)
        }),
    ]
  }

  private func node(_ request: PlatformRequest) async throws -> OrgNode {
    try await OrgTree(control: platform.control, ambient: platform.ambient).node(
      of: TenantID(request.parts.id("tenant")))
  }

  var ownLimits: [Route] {
    [
      Route(
        .get, "/v1/limits", access: .tenant(PlatformPermissions.tenantRead), tag: "Tenant",
        summary: "Show the limits of the tenant's policy",
        details: """
          What is reached is refused with 429 (413 for a body, 422 for a result), and the refusal's `limit` names it. \
          A tenant with `requestsPerSecond` finds its standing in the fields RateLimit and RateLimit-Policy of every \
          answer.
          """,
        responses: [ResponseShape(.ok, "Limits; one that is absent is not set.", .json(Self.limits))],
        handler: .read { request in
          guard let record = try await platform.registry.tenant(request.context.tenant) else { throw Refusal.notFound }
          return .ok(record.limits.json)
        })
    ]
  }
}

extension NodePolicy {
  var json: JSON {
    [
      "limits": own.limits.json,
      "above": .array(above.map { ["name": .string($0.name), "limits": $0.limits.json] }),
      "effective": effective.json,
    ]
  }
}
