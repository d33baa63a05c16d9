import BulkheadCore
import BulkheadData
import Testing

@testable import bulkhead

/// MERGE on the product's own tables, with row security and column grants behind the guard.
@Suite("MERGE", .serialized)
struct MergeTests {
  private static func rename(_ id: EntityID) -> Query {
    Query(
      """
      MERGE INTO uom u USING (VALUES ('EA', $1::text, $2::uuid), ('XX', $1, $2)) AS v (code, name, id)
      ON u.code = v.code
      WHEN MATCHED THEN UPDATE SET name = v.name
      WHEN NOT MATCHED THEN INSERT (id, code, name) VALUES (v.id, v.code, v.name)
      """, "merged", .id(id))
  }

  private func units(_ tenant: Tenant) async throws -> [String] {
    try await tenant.read(Query("SELECT u.code || '=' || u.name FROM uom u ORDER BY u.code"))[0].texts
  }

  @Test("changes and inserts rows of its own tenant only, although both have the same codes", arguments: Tier.allCases)
  func own(tier: Tier) async throws {
    try await TestSystem.run { system in
      let (first, second) = (try await system.tenant(tier), try await system.tenant(tier))
      let a = try await system.platform.operatorTenant(first.record, reason: "test")
      let b = try await system.platform.operatorTenant(second.record, reason: "test")
      let rename = Self.rename(system.platform.ambient.makeID())
      let (beforeA, beforeB) = (try await units(a), try await units(b))
      #expect(beforeA == beforeB && beforeA.contains { $0.hasPrefix("EA=") })
      _ = try await a.transaction { try await $0.run([rename]) }
      let after = try await units(a)
      #expect(after.count == beforeA.count + 1)
      #expect(after.contains("EA=merged") && after.contains("XX=merged"))
      #expect(try await units(b) == beforeB)
      // What is there for A is not there for B: a row that only A has is inserted, not changed.
      _ = try await b.transaction { try await $0.run([rename]) }
      #expect(try await units(b) == after)
      #expect(try await units(a) == after)
    }
  }
}
