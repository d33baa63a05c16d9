import Testing

@testable import BulkheadAssess

@Suite("Finding the tenant column")
struct TenantColumnTests {
  private func candidate(
    _ name: String, tables: Int, led: Int = 0, policies: Int = 0, references: Int = 0, typed: Int? = nil
  ) -> TenantColumn.Candidate {
    TenantColumn.Candidate(
      name: name, tables: tables, typed: typed ?? tables, led: led, policies: policies, references: references,
      target: references > 0 ? "public.target" : nil)
  }

  @Test("a plain name in every table with foreign keys to one table is sure")
  func sure() throws {
    let best = try #require(
      TenantColumn.best(
        of: [candidate("org_id", tables: 20, led: 20, references: 20), candidate("id", tables: 20, led: 20)],
        tablesTotal: 20))
    #expect(best.names == ["org_id"])
    #expect(best.confidence == .sure)
    #expect(best.reasons.contains("20 of 20 tables have it"))
  }

  @Test("a name that fits with little behind it is a guess, and says what else came near")
  func guess() throws {
    let best = try #require(
      TenantColumn.best(
        of: [
          candidate("user_id", tables: 8, led: 4, references: 6), candidate("domain_id", tables: 3, references: 3),
        ],
        tablesTotal: 12))
    #expect(best.confidence == .guess)
    #expect(best.others.map(\.name) == ["domain_id"])
  }

  @Test("two columns that look alike are never sure")
  func contested() throws {
    let best = try #require(
      TenantColumn.best(
        of: [
          candidate("tenant_id", tables: 10, references: 10), candidate("organization_id", tables: 10, references: 10),
        ],
        tablesTotal: 10))
    #expect(best.names == ["tenant_id"])
    #expect(best.confidence == .guess)
  }

  @Test("columns that every table has, or that cannot hold an id, are not taken")
  func notTaken() {
    #expect(
      TenantColumn.best(
        of: [
          candidate("id", tables: 10, led: 10), candidate("created_at", tables: 10, typed: 0),
          candidate("created_by", tables: 10, led: 10, references: 10), candidate("tenant_id", tables: 9, typed: 0),
        ], tablesTotal: 10) == nil)
    #expect(TenantColumn.best(of: [], tablesTotal: 0) == nil)
  }

  @Test("a name nobody knows is taken when the policies look at it")
  func byPolicy() throws {
    let best = try #require(
      TenantColumn.best(of: [candidate("mieter", tables: 10, led: 10, policies: 10)], tablesTotal: 10))
    #expect(best.names == ["mieter"])
  }
}

@Suite("How tables stand to tenants")
struct StandingTests {
  private func table(_ oid: String, tenant: Bool = false, reached: Bool = true) -> Model.Table {
    Model.Table(oid: oid, name: oid, tenantColumn: tenant ? "1" : nil, isReached: reached)
  }

  @Test("children of children are children, what tenants refer to is reference, what nobody reaches is closed")
  func standings() {
    let tables = [
      table("root"), table("order", tenant: true), table("line"), table("note"), table("country"), table("plan"),
      table("secret", reached: false),
    ]
    let found = StandingRule.standings(
      of: tables,
      references: [("order", "root"), ("line", "order"), ("note", "line"), ("order", "country"), ("root", "plan")],
      root: "root", assumesReach: false)
    let byName = Dictionary(uniqueKeysWithValues: found.map { ($0.table.oid, $0.standing) })
    #expect(
      byName == [
        "root": .root, "order": .tenant, "line": .child, "note": .child, "country": .reference, "plan": .reference,
        "secret": .closed,
      ])
  }

  @Test("circles of foreign keys come to an end")
  func circle() {
    let found = StandingRule.standings(
      of: [table("a"), table("b"), table("t", tenant: true)],
      references: [("a", "b"), ("b", "a"), ("a", "t"), ("t", "a")], root: nil, assumesReach: false)
    #expect(found.map(\.standing) == [.child, .child, .tenant])
  }
}
