import BulkheadCore
import BulkheadData
import Testing

@testable import bulkhead

/// The story that `bulkhead demo order-to-cash` tells, in `Sources/bulkhead/Demo/OrderToCash`: read it there.
extension EDIExchange {
  @Suite("One order and everything it triggers")
  struct OrderToCashTests {
    @Test("three tenants with identical papers live through the whole chain at once, each to the cent")
    func wholeChain() async throws {
      try await TestSystem.run(worker: true) { system in
        var tenants: [TestTenant] = []
        for tier in Tier.allCases { tenants.append(try await system.tenant(tier)) }
        let outcomes = try await OrderToCashStage.play(
          tenants, on: system.platform,
          call: { method, path, token, body in
            try await system.call(
              method, path, token: token, json: body.json, bytes: body.interchange, headers: body.headers)
          })
        #expect(outcomes.count == Tier.allCases.count)
        for outcome in outcomes {
          #expect(outcome.off.isEmpty, "\(outcome.tenant.slug): \(outcome.off)")
          #expect(outcome.broken.isEmpty, "\(outcome.tenant.slug): \(outcome.broken)")
          #expect(outcome.figures.count == outcomes[0].figures.count && outcome.isRight)
        }
      }
    }
  }
}
