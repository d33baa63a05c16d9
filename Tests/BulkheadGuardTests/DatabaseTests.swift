import BulkheadCore
import Testing

@testable import BulkheadGuard

@Suite("On PostgreSQL", .serialized)
struct DatabaseTests {
  let guarding = StatementGuard(catalog: Corpus.catalog)

  @Test("every statement of the corpus is prepared as rewritten, and the tenant's parameter is a uuid")
  func prepares() throws {
    let session = try Session()
    try TestTables.create(session, shared: "prepared", alone: "prepared_alone")
    for block in Corpus.accepted {
      let guarded = try guarding.check(block.statement, schema: "prepared")
      do {
        try session.run("PREPARE q AS \(guarded.text)")
      } catch let failure as Session.Failure {
        Issue.record("\(block.place): \(failure) in \(guarded.text)")
        continue
      }
      let types = try session.run("SELECT unnest(parameter_types)::text FROM pg_catalog.pg_prepared_statements")
      if let parameter = guarded.tenantParameter { #expect(types[parameter - 1][0] == "uuid", "\(block.place)") }
      try session.run("DEALLOCATE q")
    }
  }

  @Test("the guarded plan is the plan of the hand-written condition", arguments: PlanPair.all)
  func plans(pair: PlanPair) throws {
    let session = try Session()
    try TestTables.create(session, shared: "planned", alone: "planned_alone")
    try TestTables.fill(session, shared: "planned", alone: "planned_alone", count: 2000)
    let guarded = try guarding.check(pair.statement, schema: "planned")
    try session.run("SET plan_cache_mode = force_generic_plan")
    let values = (0..<guarded.parameterCount).map { _ in "NULL" } + ["'\(TestTables.firstTenant)'"]
    var plans: [String] = []
    for text in [guarded.text, pair.handWritten] {
      try session.run("PREPARE q AS \(text)")
      let lines = try session.run("EXPLAIN (COSTS OFF) EXECUTE q (\(values.joined(separator: ", ")))")
      plans.append(lines.compactMap { $0[0] }.joined(separator: "\n"))
      try session.run("DEALLOCATE q")
    }
    #expect(plans[0] == plans[1])
    #expect(!plans[0].contains("Subquery Scan"))
    #expect(!plans[0].contains("Seq Scan"))
  }

  @Test("FOR UPDATE over narrowed ranges locks the base rows that it names and no others")
  func locks() throws {
    let holder = try Session()
    let other = try Session()
    try TestTables.create(holder, shared: "locked", alone: "locked_alone")
    try TestTables.fill(holder, shared: "locked", alone: "locked_alone", count: 20)
    let guarded = try guarding.check(
      """
      SELECT s.id FROM stock s JOIN product p ON p.id = s.product_id WHERE s.quantity > $1 ORDER BY s.id LIMIT 3
      FOR UPDATE OF s SKIP LOCKED
      """, schema: "locked")
    try holder.run("BEGIN")
    let first = try holder.run(guarded.text, ["4", TestTables.firstTenant])
    #expect(first.count == 3)

    func isLocked(_ table: String, _ id: String?, _ tenant: String) throws -> Bool {
      do {
        let rows = try other.run(
          "SELECT 1 FROM locked.\(table) WHERE id = $1 AND tenant_id = $2 FOR UPDATE NOWAIT", [id, tenant])
        #expect(rows.count == 1)
        return false
      } catch let failure as Session.Failure where failure.state == "55P03" {
        return true
      }
    }
    for row in first {
      #expect(try isLocked("stock", row[0], TestTables.firstTenant))
      #expect(try !isLocked("stock", row[0], TestTables.secondTenant))
    }
    for number in 1...20 { #expect(try !isLocked("product", TestTables.id(1, number), TestTables.firstTenant)) }

    try other.run("BEGIN")
    let second = try other.run(guarded.text, ["4", TestTables.firstTenant])
    #expect(second.count == 3)
    #expect(Set(first.map { $0[0] }).isDisjoint(with: second.map { $0[0] }))
    try other.run("ROLLBACK")

    let waiting = try guarding.check("SELECT id FROM stock WHERE id = $1 FOR NO KEY UPDATE NOWAIT", schema: "locked")
    let parameters = [first[0][0], TestTables.firstTenant]
    #expect(throws: Session.Failure.self) { try other.run(waiting.text, parameters) }
    try holder.run("ROLLBACK")
    #expect(try other.run(waiting.text, parameters).count == 1)
  }

  @Test("rows are locked in the order of ORDER BY: the lock is taken above the sort")
  func lockOrder() throws {
    let session = try Session()
    try TestTables.create(session, shared: "ordered", alone: "ordered_alone")
    let guarded = try guarding.check("SELECT id FROM stock ORDER BY quantity, id FOR UPDATE", schema: "ordered")
    let plan = try session.run("EXPLAIN (COSTS OFF) \(guarded.text)", [TestTables.firstTenant]).map { $0[0] ?? "" }
    #expect(plan[0] == "LockRows")
    #expect(plan[1].contains("->  Sort"))
  }

  @Test("where a backslash escapes, the server runs what the parser took for text: the split that the pins prevent")
  func parserSplit() throws {
    let session = try Session()
    let split = #"SELECT 'a\'' || set_config($$app.tenant_id$$,$$2$$,true) --'"#
    let harmless = [[#"a\' || set_config($$app.tenant_id$$,$$2$$,true) --"#]]
    try session.run("SET standard_conforming_strings = off")
    #expect(try session.run(split) == [["a'2"]], "the control: the server called set_config")
    // What the guard writes is read alike under either setting, because it writes E'' wherever there is a backslash.
    let guarded = try guarding.check(split, schema: "app")
    #expect(try session.run(guarded.text) == harmless)
    try session.run("SET standard_conforming_strings = on")
    #expect(try session.run(split) == harmless)
    #expect(try session.run(guarded.text) == harmless)
  }

  @Test("column notation runs functions: the attacks that the guard refuses work on the server")
  func columnNotation() throws {
    let session = try Session()
    let attacks = [
      "SELECT x.current_setting FROM unnest(ARRAY['server_version']) AS x",
      "SELECT ('server_version'::text).current_setting",
      "SELECT g.pg_sleep FROM generate_series(0, 0) AS g",
    ]
    for attack in attacks {
      #expect(try session.run(attack).count == 1)
      #expect(throws: Refusal.self) { try guarding.check(attack, schema: "app") }
    }
  }
}
