import BulkheadCore
import BulkheadServer

/// A request with one tenant's credential that names another tenant.
struct NamingAttack: Attack {
  let id: String
  let title: String
  /// Headers of the request; nil when it cannot be made so.
  private let headers: @Sendable (Battlefield) -> [String: String]

  init(_ id: String, _ title: String, _ headers: @escaping @Sendable (Battlefield) -> [String: String]) {
    self.id = "request.naming.\(id)"
    self.title = title
    self.headers = headers
  }

  var verb: Verb { .access }
  var layer: Layer { .request }
  var tiers: [Tier] { Tier.allCases }
  var steps: [String] {
    ["With the attacker's token, call every route: \(title).", "Do the same with a name that nobody has."]
  }
  var expected: String { "One 403, the same bytes for a tenant that exists and one that does not." }
  var wall: Wall { Wall("everything in a request names the same tenant", without: Without(request: .agreement)) }

  func run(_ field: Battlefield) async throws -> Outcome {
    let token = field.attacker.tenant.token
    let reference = try await field.stand.call(
      "GET", "/v1/orders", token: token, headers: ["X-Tenant-ID": "no-such-tenant"]
    ).constant
    let found = Findings()
    let routes = field.stand.tenantRoutes.filter { $0.method == .get || !field.isControl }
    let sent = headers(field)
    try await concurrently(routes) { route in
      let answer = try await Shot(route, field.attacker).fire(field.stand, token: token, headers: sent)
      found.count()
      if answer.status != 403 || answer.code != "tenant.mismatch" || answer.constant != reference {
        found.add("\(route.label): \(answer.brief)")
      }
    }
    return found.outcome("requests refused alike")
  }
}

extension Catalogue {
  static let namedTenants: [any Attack] =
    [
      NamingAttack("headerSlug", "X-Tenant-ID with the victim's slug") { ["X-Tenant-ID": $0.victim.tenant.slug] },
      NamingAttack("headerID", "X-Tenant-ID with the victim's id") { ["X-Tenant-ID": "\($0.victim.tenant.id)"] },
      NamingAttack("headerNobody", "X-Tenant-ID with an id of nobody") {
        ["X-Tenant-ID": "\($0.platform.ambient.makeID())"]
      },
      NamingAttack("headerEmpty", "an empty X-Tenant-ID") { _ in ["X-Tenant-ID": ""] },
      NamingAttack("headerCase", "X-Tenant-ID with the victim's slug in capitals") {
        ["X-Tenant-ID": $0.victim.tenant.slug.uppercased()]
      },
      NamingAttack("headerList", "X-Tenant-ID with both tenants' slugs") {
        ["X-Tenant-ID": "\($0.attacker.tenant.slug),\($0.victim.tenant.slug)"]
      },
      NamingAttack("hostSlug", "a host below the platform's with the victim's slug") {
        ["Host": "\($0.victim.tenant.slug).\(Stand.hostSuffix)"]
      },
      NamingAttack("hostID", "a host below the platform's with the victim's id") {
        ["Host": "\($0.victim.tenant.id).\(Stand.hostSuffix)"]
      },
      NamingAttack("hostNobody", "a host below the platform's with a slug of nobody") { _ in
        ["Host": "no-such-tenant.\(Stand.hostSuffix)"]
      },
      NamingAttack("hostPort", "the victim's host with a port") {
        ["Host": "\($0.victim.tenant.slug).\(Stand.hostSuffix):8080"]
      },
      NamingAttack("hostCase", "the victim's host in capitals") {
        ["Host": "\($0.victim.tenant.slug).\(Stand.hostSuffix)".uppercased()]
      },
      NamingAttack("both", "the attacker's own header and the victim's host") {
        [
          "X-Tenant-ID": $0.attacker.tenant.slug, "Host": "\($0.victim.tenant.slug).\(Stand.hostSuffix)",
        ]
      },
    ] + ["slug", "id", "nobody"].map(path)

  /// The routes whose path names the tenant.
  private static func path(_ kind: String) -> any Attack {
    Plot(
      "request.naming.path.\(kind)", "Another tenant's \(kind) in every path that names the tenant", .access, .request,
      steps: ["With the attacker's token, call every route whose path names a tenant, with another's name there."],
      expected: "One 403, the same bytes for a tenant that exists and one that does not.",
      wall: Wall("everything in a request names the same tenant", without: Without(request: .agreement))
    ) { field in
      let own = field.attacker.tenant
      let name =
        switch kind {
        case "slug": field.victim.tenant.slug
        case "id": "\(field.victim.tenant.id)"
        default: "no-such-tenant"
        }
      let reference = try await field.stand.get("/v1/orders", own, headers: ["X-Tenant-ID": "no-such-tenant"]).constant
      let routes = field.stand.tenantRoutes.filter(\.namesTenant)
      guard !routes.isEmpty else { throw Unmakeable("no path names a tenant") }
      let found = Findings()
      for route in routes {
        var shot = try Shot(route, field.attacker)
        shot.path = shot.path.replacing(own.slug, with: name)
        let answer = try await shot.fire(field.stand, token: own.token)
        found.count()
        if answer.status != 403 || answer.constant != reference { found.add("\(route.label): \(answer.brief)") }
      }
      return found.outcome("requests refused alike")
    }
  }
}
