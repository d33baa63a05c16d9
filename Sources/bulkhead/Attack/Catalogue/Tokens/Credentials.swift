import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadServer

/// Credentials that were good, or are good for something else.
extension Catalogue {
  private static func served(_ field: Battlefield, _ token: String) async throws -> Outcome {
    let found = Findings()
    try await concurrently(field.stand.tenantRoutes.filter { $0.method == .get }) { route in
      let answer = try await Shot(route, field.attacker).fire(field.stand, token: token)
      found.count()
      if answer.status < 300 { found.add("\(route.label): \(answer.status)") }
    }
    return found.outcome("requests refused")
  }

  static let credentials: [any Attack] = [
    Plot(
      "request.token.revoked", "A revoked service token is used again", .access, .request,
      steps: ["Issue a service token over the API.", "Revoke it.", "Use it on every reading route."],
      expected: "401 from the next request on.",
      wall: Wall("revocations", without: Without(token: .revocation))
    ) { field in
      let side = field.attacker.tenant
      let made = try await field.stand.post(
        "/v1/service-tokens", side,
        ["name": "till", "permissions": .array(field.platform.roles.all.permissions.map { .string($0.name) })])
      guard let token = made.json["token"]?.string, let id = made.json["record"]?["id"]?.string else {
        throw Unmakeable("no service token: \(made.brief)")
      }
      guard try await field.stand.call("GET", "/v1/units", token: token).status == 200 else {
        throw Unmakeable("the token was never good")
      }
      let revoked = try await field.stand.call("DELETE", "/v1/service-tokens/\(id)", token: side.token)
      guard revoked.status == 204 else { throw Unmakeable("not revoked: \(revoked.brief)") }
      return try await served(field, token)
    },
    Plot(
      "request.token.disabledUser", "A user whose access ended uses an unexpired token", .access, .request,
      steps: [
        "Add a user.", "Take a token of the user.", "Disable the user.", "Use the token on every reading route.",
      ],
      expected: "401 from the next request on.",
      wall: Wall("revocations", without: Without(token: .revocation))
    ) { field in
      let side = field.attacker.tenant
      let made = try await field.stand.post(
        "/v1/users", side,
        [
          "email": .string("u\(Maker.fresh())@example.test"), "password": "correct horse battery",
          "roles": ["order_clerk"],
        ])
      guard let user = made.json["id"]?.id else { throw Unmakeable("no user: \(made.brief)") }
      let token = try await field.stand.token(side.record, actor: Actor(kind: .user, id: user))
      guard try await field.stand.call("GET", "/v1/units", token: token).status == 200 else {
        throw Unmakeable("the token was never good")
      }
      let disabled = try await field.stand.call("POST", "/v1/users/\(user)/disable", token: side.token)
      guard disabled.status == 200 else { throw Unmakeable("not disabled: \(disabled.brief)") }
      return try await served(field, token)
    },
    Plot(
      "request.permission.none", "A token without permissions", .access, .request,
      steps: ["Take a token with no permission.", "Use it on every reading route."], expected: "403 everywhere.",
      wall: Wall("the permission of the route", without: Without(request: .permission))
    ) { field in
      try await served(
        field, try await field.stand.token(field.attacker.tenant.record, permissions: PermissionSet([])))
    },
    Plot(
      "request.permission.almost", "A token with every permission but the route's", .access, .request,
      steps: ["For each route, take a token that lacks its permission alone.", "Use it there."],
      expected: "403 permission.missing everywhere.",
      wall: Wall("the permission of the route", without: Without(request: .permission))
    ) { field in
      let record = field.attacker.tenant.record
      let all = field.platform.roles.all
      let routes = field.stand.tenantRoutes.filter { $0.method == .get || !field.isControl }
      var lacking: [Permission: String] = [:]
      for permission in Set(routes.compactMap(\.permission)) {
        lacking[permission] = try await field.stand.token(
          record, permissions: PermissionSet(all.permissions.subtracting([permission])))
      }
      let found = Findings()
      try await concurrently(routes.map { ($0, $0.permission.flatMap { lacking[$0] }) }) { route, token in
        let answer = try await Shot(route, field.attacker).fire(field.stand, token: token)
        found.count()
        if answer.status != 403 || answer.code != "permission.missing" { found.add("\(route.label): \(answer.brief)") }
      }
      return found.outcome("requests refused")
    },
    Plot(
      "request.status.suspended", "A suspended tenant's good token", .access, .request,
      steps: ["Suspend the attacker's tenant.", "Use its token on every reading route."], expected: "403 everywhere.",
      wall: Wall("the tenant's status", without: Without(request: .status))
    ) { field in try await withStatus("suspended", field) },
    Plot(
      "request.status.provisioning", "The token of a tenant that is still being made", .access, .request,
      steps: ["Set the attacker's tenant back to being made.", "Use its token on every reading route."],
      expected: "401 everywhere, as if there were no such tenant.",
      wall: Wall("the tenant's status", without: Without(request: .status))
    ) { field in try await withStatus("provisioning", field) },
    Plot(
      "request.platform.tenantToken", "A tenant's token at the platform's door", .access, .request,
      steps: [
        "Forge, with the attacker's own leaked key, a token without a tenant, for the platform, with every permission.",
        "List all tenants with it.",
      ], expected: "401.",
      wall: Wall("keys are looked up among the platform's own", without: Without(token: [.tenantKey, .audience]))
    ) { field in
      _ = try await field.stand.get("/v1/units", field.attacker.tenant)
      let table = try await ForgersTable(field)
      let token = try table.good.without("tid").with("aud", "bulkhead-platform").with("act", "operator")
        .with("perms", "tenants.read tenants.write").signed(with: table.mine.key).text
      let answer = try await field.stand.call("GET", "/v1/platform/tenants", token: token)
      return answer.status == 401 ? .held(answer.brief) : .breach(answer.brief)
    },
    Plot(
      "request.platform.operatorToken", "An operator's token without the permission at the platform's door", .access,
      .request, tiers: [.pooled], steps: ["Take an operator's token without permissions.", "List all tenants."],
      expected: "403.",
      wall: Wall("the permission of the route", without: Without(request: .permission))
    ) { field in
      let issuer = PlatformTokenIssuer(ring: field.platform.ring, ambient: field.platform.ambient)
      let token = try await issuer.issue(actor: field.platform.operatorActor, permissions: PermissionSet([]))
      let answer = try await field.stand.call(
        "GET", "/v1/platform/tenants", token: token.text.withValue { $0 })
      return answer.status == 403 ? .held(answer.brief) : .breach(answer.brief)
    },
  ]

  /// The attacker's tenant in another status for the length of the attack.
  private static func withStatus(_ status: String, _ field: Battlefield) async throws -> Outcome {
    let id = field.attacker.tenant.id
    func set(_ status: String) async throws {
      try await field.administer(
        "UPDATE control.tenant SET status = '\(status)' WHERE id = '\(id)'", in: ControlDatabase.databaseName)
      await field.deployment.forget(id)
    }
    try await set(status)
    do {
      let outcome = try await served(field, field.attacker.tenant.token)
      try await set("active")
      return outcome
    } catch {
      try await set("active")
      throw error
    }
  }
}
