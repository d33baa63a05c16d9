import BulkheadCore
import BulkheadServer
import Testing

@testable import bulkhead

extension Attacks {
  @Suite("Credentials") struct Credentials {
    private static let suffix = "bulkhead.test"

    @Test("a forged token opens no route", arguments: Tier.allCases)
    func forged(_ tier: Tier) async throws {
      try await TestSystem.run { system in
        let duel = try await Field.shared.duel(tier, system)
        let operatorToken = try await system.platformToken()
        let forgeries = try await Forgeries(duel, system).all
        let reference = try await system.call("GET", "/v1/orders", token: "garbage").face
        #expect(reference.hasPrefix("401 ") && reference.contains("credential.invalid"))
        try await concurrently(system.routes.filter { $0.access != .open }) { route in
          var tokens = forgeries
          tokens.append(
            route.isOfTenant ? ("platform's token", operatorToken) : ("tenant's token", duel.attacker.tenant.token))
          for (name, token) in tokens {
            let answer = try await Shot(route, duel.victim).fire(system, token: token)
            let holds = answer.status == 401 && answer.constant == TestAnswer.constant(reference)
            Tally.record("\(name)", route.label, held: holds)
            #expect(holds, "\(route.label), \(name): \(answer.face)")
          }
        }
      }
    }

    @Test("without a credential nothing is answered", arguments: Tier.allCases)
    func missing(_ tier: Tier) async throws {
      try await TestSystem.run { system in
        let duel = try await Field.shared.duel(tier, system)
        let reference = TestAnswer.constant(try await system.call("GET", "/v1/orders").face)
        try await concurrently(system.routes.filter { $0.access != .open }) { route in
          let answer = try await Shot(route, duel.victim).fire(system, token: nil)
          let holds = answer.status == 401 && answer.code == "credential.missing" && answer.constant == reference
          Tally.record("no credential", route.label, held: holds)
          #expect(holds, "\(route.label): \(answer.face)")
        }
      }
    }

    @Test("a token that lacks only a route's permission is refused there", arguments: Tier.allCases)
    func permission(_ tier: Tier) async throws {
      try await TestSystem.run { system in
        let duel = try await Field.shared.duel(tier, system)
        let record = duel.attacker.tenant.record
        let all = system.platform.roles.all.permissions
        let empty = try await system.token(record, permissions: PermissionSet([]))
        var lacking: [Permission: String] = [:]
        for permission in Set(system.tenantRoutes.compactMap(\.permission)) {
          lacking[permission] = try await system.token(
            record, permissions: PermissionSet(all.subtracting([permission])))
        }
        try await concurrently(system.tenantRoutes.map { ($0, $0.permission.flatMap { lacking[$0] }) }) {
          route, token in
          let narrow: String = try #require(token)
          for token in [narrow, empty] {
            let answer = try await Shot(route, duel.attacker).fire(system, token: token)
            let holds = answer.status == 403 && answer.code == "permission.missing"
            Tally.record("without the permission", route.label, held: holds)
            #expect(holds, "\(route.label): \(answer.face)")
          }
        }
      }
    }

    @Test("a token of one tenant in a request that names another is refused", arguments: Tier.allCases)
    func mismatch(_ tier: Tier) async throws {
      try await TestSystem.run(hostSuffix: Self.suffix) { system in
        let duel = try await Field.shared.duel(tier, system)
        let mine = duel.attacker.tenant
        let victim = duel.victim.tenant
        let nobody = system.platform.ambient.makeID().description
        let names = [victim.slug, victim.id.description, "no-such-tenant", nobody, ""]
        let requests = names.flatMap { name in
          [("header", ["X-Tenant-ID": name]), ("host", ["Host": "\(name).\(Self.suffix)"])]
        }
        let reference = TestAnswer.constant(
          try await system.call("GET", "/v1/orders", token: mine.token, headers: ["X-Tenant-ID": victim.slug]).face)
        try await concurrently(system.tenantRoutes) { route in
          for (place, headers) in requests {
            let answer = try await Shot(route, duel.attacker).fire(system, token: mine.token, headers: headers)
            Self.expectMismatch(answer, reference, place, route, "\(headers)")
          }
          for name in names where route.namesTenant && !name.isEmpty {
            var shot = try Shot(route, duel.attacker)
            shot.path = shot.path.replacing(mine.slug, with: name)
            Self.expectMismatch(try await shot.fire(system, token: mine.token), reference, "path", route, name)
          }
        }
        // Naming one's own tenant is no attack.
        for headers in [["X-Tenant-ID": mine.slug], ["Host": "\(mine.slug).\(Self.suffix)"]] {
          #expect(try await system.get("/v1/orders", mine, headers: headers).status == 200)
        }
      }
    }

    private static func expectMismatch(
      _ answer: TestAnswer, _ reference: String, _ place: String, _ route: Route, _ sent: String
    ) {
      let holds = answer.status == 403 && answer.code == "tenant.mismatch" && answer.constant == reference
      Tally.record("another tenant in \(place)", route.label, held: holds)
      #expect(holds, "\(route.label) \(sent): \(answer.face)")
    }
  }
}

extension TestAnswer {
  /// The face without the one field that depends on the route: whether Basic credentials are offered.
  var constant: String { Self.constant(face) }

  static func constant(_ face: String) -> String { face.replacing(#/www-authenticate: [^\n]*?(?= x-| \{)/#, with: "") }
}
