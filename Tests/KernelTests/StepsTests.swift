import BulkheadCore
import Testing

@testable import bulkhead

@Suite("Steps 0 to 2")
struct StepsTests {
  @Test("a whole system starts and a tenant of each tier sees its own stock", arguments: Tier.allCases)
  func stock(tier: Tier) async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(tier)
      let answer = try await system.get("/v1/stock", tenant)
      #expect(answer.status == 200)
      #expect(answer.json["items"]?.array?.count == 2)
      #expect(try await system.brokenInvariants(tenant) == [])
    }
  }
}
