import BulkheadCore
import BulkheadServer
import Testing

@testable import bulkhead

extension Attacks {
  @Suite("The attacks' own requests") struct OwnIDs {
    /// Answers of requests that are right in form and meet a rule of the business.
    private static let rules: Set<Int> = [409, 412]

    @Test("the same request about one's own things is served")
    func own() async throws {
      try await TestSystem.run { system in
        // A pair of its own: what is served also ends things.
        let side = try await Side(system.tenant(.pooled), system)
        let routes = system.tenantRoutes
        let ordered = routes.filter { $0.method != .delete } + routes.filter { $0.method == .delete }
        for route in ordered {
          let answer = try await Shot(route, side).fire(system, token: side.tenant.token)
          let isServed = answer.status < 300 || Self.rules.contains(answer.status)
          Tally.record("own id (control)", route.label, held: isServed)
          #expect(isServed, "\(route.label): \(answer.face)")
        }
      }
    }

    @Test("what belongs to a tenant is not in another's lists", arguments: Tier.allCases)
    func lists(_ tier: Tier) async throws {
      try await TestSystem.run { system in
        let duel = try await Field.shared.duel(tier, system)
        for (route, text) in try await system.everything(of: duel.attacker) {
          let strange = duel.victim.ids.filter { text.contains($0.value.description) }
          Tally.record("lists, \(tier.rawValue)", route, held: strange.isEmpty)
          #expect(strange.isEmpty, "\(route) shows \(strange.keys.sorted())")
        }
      }
    }
  }
}
