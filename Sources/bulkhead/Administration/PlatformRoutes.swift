import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadServer

extension AdministrationServices {
  private static let tenantShape = Schema.object([
    Schema.Field("id", .id(of: "tenant")), Schema.Field("slug", .string(maxLength: 63)), Schema.Field("name", .name),
    Schema.Field("tier", .oneOf(Tier.allCases.map(\.rawValue))),
    Schema.Field("status", .oneOf(TenantStatus.allCases.map(\.rawValue))),
    Schema.Field("cell", .string(maxLength: 63)), Schema.Field("epoch", .integer(1...Int64(Int32.max))),
    Schema.Field("policyTemplate", .string(maxLength: 63)), Schema.Field("createdAt", .dateTime),
  ])

  private static let tenantParameter = PathParameter("tenant", .id(of: "tenant"), "The tenant's id.")

  var platformTenants: [Route] {
    [
      Route(
        .post, "/v1/platform/tenants", access: .platform(PlatformPermissions.tenantsWrite), tag: "Platform",
        summary: "Create a tenant",
        details: """
          Does everything: ids, placement, role, schema or database for the tier, tables, keys, policy, audit chain. \
          Asking again with the same values answers the same tenant.
          """,
        body: .json(
          .object([
            Schema.Field("slug", .string(minLength: 1, maxLength: 63)), Schema.Field("name", .name),
            Schema.Field("tier", .oneOf(Tier.allCases.map(\.rawValue))),
            .optional("parent", .string(maxLength: 255), "Path of slugs, such as `acme-oem/north`."),
            .optional("policyTemplate", .string(minLength: 1, maxLength: 63)),
          ]), bytesMax: 8192),
        responses: [ResponseShape(.created, "The tenant.", .json(Self.tenantShape))],
        handler: .platform { try await createTenant($0) }),
      Route(
        .get, "/v1/platform/tenants", access: .platform(PlatformPermissions.tenantsRead), tag: "Platform",
        summary: "List the tenants", query: QueryParameter.page,
        responses: [ResponseShape(.ok, "Tenants in the order of their ids.", .json(.page(of: Self.tenantShape)))],
        handler: .platform { request in
          let page = request.parts.page
          let tenants = try await platform.registry.tenants(
            after: page.afterID().map { TenantID($0) }, limit: page.limit + 1)
          return .ok(page.answer(tenants.map { ($0.id.id, $0.json) }))
        }),
      Route(
        .get, "/v1/platform/tenants/{tenant}", access: .platform(PlatformPermissions.tenantsRead), tag: "Platform",
        summary: "Show a tenant", parameters: [Self.tenantParameter],
        responses: [ResponseShape(.ok, "The tenant.", .json(Self.tenantShape))],
        handler: .platform { request in
          guard let record = try await platform.registry.tenant(TenantID(request.parts.id("tenant"))) else {
            throw Refusal.notFound
          }
          return .ok(record.json)
        }),
      Route(
        .post, "/v1/platform/tenants/{tenant}/addresses", access: .platform(PlatformPermissions.tenantsWrite),
        tag: "Platform", summary: "Allot an address of the outside world to a tenant",
        details: "One address belongs to one tenant of the whole platform.", parameters: [Self.tenantParameter],
        body: .json(
          .object([
            Schema.Field("scheme", .oneOf(["x12"])),
            Schema.Field("address", .string(minLength: 4, maxLength: 18), "Qualifier and id: `ZZ:ACME`."),
          ]), bytesMax: 8192),
        responses: [ResponseShape(.noContent, "It is the tenant's.")],
        handler: .platform { try await allotAddress($0) }),
    ]
  }

  private func createTenant(_ request: PlatformRequest) async throws -> Response {
    guard let provisioner else {
      throw Refusal(.provisioningUnavailable, "This server cannot create tenants; use the command line.")
    }
    let body = request.parts.body
    let wanted = TenantRequest(
      slug: body["slug"]?.string ?? "", name: body["name"]?.string ?? "",
      tier: Tier(rawValue: body["tier"]?.string ?? "") ?? .pooled, parentPath: body["parent"]?.string ?? "",
      policyTemplate: body["policyTemplate"]?.string ?? "standard")
    let record = try await provisioner.create(wanted, actor: request.actor)
    return .created(record.json, location: "/v1/platform/tenants/\(record.id)")
  }

  private func allotAddress(_ request: PlatformRequest) async throws -> Response {
    guard let record = try await platform.registry.tenant(TenantID(request.parts.id("tenant"))) else {
      throw Refusal.notFound
    }
    try await platform.allot(
      scheme: request.parts.body["scheme"]?.string ?? "", address: request.parts.body["address"]?.string ?? "",
      to: record)
    return .noContent
  }
}

extension TenantRecord {
  var json: JSON {
    [
      "id": .id(id.id), "slug": .string(slug), "name": .string(name), "tier": .string(placement.tier.rawValue),
      "status": .string(status.rawValue), "cell": .string(placement.cell), "epoch": .int(placement.epoch),
      "policyTemplate": .string(policyTemplate), "createdAt": .instant(createdAt),
    ]
  }
}
