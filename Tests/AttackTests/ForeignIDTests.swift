import BulkheadCore
import BulkheadServer
import Testing

@testable import bulkhead

/// All attacks, one after another: they share their tenants, and some runs take a wall of the database away.
@Suite("Attacks", .serialized) struct Attacks {}

extension Attacks {
  @Suite("Ids of another tenant") struct ForeignIDs {
    /// Routes without a credential. A new one must be added here by someone who has thought about it.
    private static let open: Set<String> = [
      "POST /v1/login", "GET /v1/tenants/{tenant}/jwks.json", "GET /healthz", "GET /readyz", "GET /openapi.json",
    ]

    @Test("every route can be attacked")
    func coverage() async throws {
      try await TestSystem.run { system in
        let duel = try await Field.shared.duel(.pooled, system)
        #expect(system.tenantRoutes.count > 50)
        for route in system.routes {
          if route.access == .open {
            #expect(Self.open.contains(route.label), "\(route.label) is open: is that meant?")
            continue
          }
          for side in [duel.attacker, duel.victim] {
            if route.isOfTenant {
              #expect(throws: Never.self, "\(route.label)") { _ = try Shot(route, side) }
            }
            for reference in route.references where route.isOfTenant {
              #expect(throws: Never.self, "\(route.label) \(reference)") {
                _ = try Shot(route, side).with(side.id(reference.kind), at: reference, side)
              }
            }
            for parameter in route.query {
              if case .id(let kind) = parameter.schema {
                #expect(throws: Never.self, "\(route.label) ?\(parameter.name)") { _ = try side.id(kind) }
              }
            }
          }
        }
      }
    }

    /// Each way to make some of the path's ids foreign: one alone, and all together.
    private static func choices(_ route: Route) -> [[(name: String, kind: String)]] {
      (1..<(1 << route.ids.count)).map { bits in
        route.ids.indices.filter { bits & (1 << $0) != 0 }.map { route.ids[$0] }
      }
    }

    @Test("an id in the path is as good as absent", arguments: Tier.allCases)
    func path(_ tier: Tier) async throws {
      try await TestSystem.run { system in
        let duel = try await Field.shared.duel(tier, system)
        let before = try await system.everything(of: duel.victim)
        let token = duel.attacker.tenant.token
        try await concurrently(system.tenantRoutes.filter { !$0.ids.isEmpty }) { route in
          for choice in Self.choices(route) {
            var foreign: [String: EntityID] = [:]
            var absent: [String: EntityID] = [:]
            for (name, kind) in choice {
              foreign[name] = try duel.victim.id(kind)
              absent[name] = system.platform.ambient.makeID()
            }
            let attack = try await Shot(route, duel.attacker, foreign: foreign).fire(system, token: token)
            let nothing = try await Shot(route, duel.attacker, foreign: absent).fire(system, token: token)
            let holds = attack.status == 404 && attack.face == nothing.face
            Tally.record("foreign id in path, \(tier.rawValue)", route.label, held: holds)
            #expect(holds, "\(route.label) \(choice.map(\.name)): \(attack.face) but absent: \(nothing.face)")
          }
        }
        let after = try await system.everything(of: duel.victim)
        for (route, answer) in before { #expect(after[route] == answer, "\(route) of the victim has changed") }
      }
    }

    @Test("an id in a body or a query is as good as absent", arguments: Tier.allCases)
    func references(_ tier: Tier) async throws {
      try await TestSystem.run { system in
        let duel = try await Field.shared.duel(tier, system)
        let before = try await system.everything(of: duel.victim)
        try await concurrently(system.tenantRoutes, width: 4) { route in
          for reference in route.references { try await Self.refer(route, reference, duel, system) }
          for parameter in route.query {
            if case .id(let kind) = parameter.schema {
              try await Self.filter(route, parameter.name, kind, duel, system)
            }
          }
        }
        let after = try await system.everything(of: duel.victim)
        for (route, answer) in before { #expect(after[route] == answer, "\(route) of the victim has changed") }
      }
    }

    private static func refer(
      _ route: Route, _ reference: Reference, _ duel: Duel, _ system: TestSystem
    ) async throws {
      let side = duel.attacker
      let token = side.tenant.token
      func fire(_ id: EntityID) async throws -> TestAnswer {
        try await Shot(route, side).with(id, at: reference, side).fire(system, token: token)
      }
      let attack = try await fire(duel.victim.id(reference.kind))
      let nothing = try await fire(system.platform.ambient.makeID())
      let holds = (400..<500).contains(attack.status) && attack.face == nothing.face
      Tally.record("foreign id in body, \(duel.tier.rawValue)", route.label, held: holds)
      #expect(holds, "\(route.label) \(reference): \(attack.face) but absent: \(nothing.face)")
      // The attacker's own id gets further, so it is the id that was refused.
      let own = try await fire(side.id(reference.kind))
      #expect(own.face != attack.face && own.status < 500, "\(route.label) \(reference), own id: \(own.face)")
    }

    private static func filter(
      _ route: Route, _ name: String, _ kind: String, _ duel: Duel, _ system: TestSystem
    ) async throws {
      func fire(_ id: EntityID) async throws -> TestAnswer {
        var shot = try Shot(route, duel.attacker)
        shot.path += "?\(name)=\(id)"
        return try await shot.fire(system, token: duel.attacker.tenant.token)
      }
      let attack = try await fire(duel.victim.id(kind))
      let nothing = try await fire(system.platform.ambient.makeID())
      let holds = attack.face == nothing.face
      Tally.record("foreign id in query, \(duel.tier.rawValue)", route.label, held: holds)
      #expect(holds, "\(route.label) ?\(name): \(attack.face) but absent: \(nothing.face)")
      let own = try await fire(duel.attacker.id(kind))
      #expect(own.status == 200, "\(route.label) ?\(name), own id: \(own.face)")
    }
  }
}
