import BulkheadCore
import BulkheadData
import BulkheadPostgres
import Testing

@testable import bulkhead

@Suite("Row locks", .serialized)
struct LockTests {
  private static let strengths = ["FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE", "FOR KEY SHARE"]

  @Test("nobody locks rows of a table that he may only add to, in any strength")
  func onlyWhatMayBeUpdated() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let raw = try await system.raw()
      defer { raw.close() }
      for strength in Self.strengths {
        for (table, state) in [("audit_entry", "42501"), ("consumed_event", "42501"), ("uom", nil)] {
          // A bind for each: the refusal ends the transaction.
          let bind = "BEGIN; SELECT bulkhead.bind('\(system.bindToken(tenant, raw))')"
          let select = "SELECT 1 FROM pooled.\(table) \(strength)"
          #expect(await raw.refusal("\(bind); \(select)") == state, "\(table) \(strength)")
        }
        let bind = "BEGIN; SELECT bulkhead.bind('\(system.bindToken(tenant, raw))')"
        let merge = "MERGE INTO pooled.uom u USING pooled.consumed_event e ON u.id = e.event_id"
        #expect(await raw.refusal("\(bind); \(merge) WHEN MATCHED THEN DELETE") == "42501")
      }
    }
  }

  @Test("a row that one tenant locks is not locked for another that has it too")
  func apart() async throws {
    try await TestSystem.run { system in
      let (first, second) = (try await system.tenant(.pooled), try await system.tenant(.pooled))
      let (a, b) = (try await system.raw(), try await system.raw())
      defer {
        a.close()
        b.close()
      }
      let lock = "SELECT code FROM pooled.uom WHERE code = 'EA' FOR UPDATE NOWAIT"
      try await a.sql("BEGIN; SELECT bulkhead.bind('\(system.bindToken(first, a))'); \(lock)")
      let locked = try await b.sql("BEGIN; SELECT bulkhead.bind('\(system.bindToken(second, b))'); \(lock)")
      #expect(locked.texts == ["EA"])
      try await b.sql("ROLLBACK")
      let again = "BEGIN; SELECT bulkhead.bind('\(system.bindToken(first, b))'); \(lock)"
      #expect(await b.refusal(again) == "55P03", "the control: the same tenant's row is held")
      try await a.sql("ROLLBACK")
    }
  }
}
