import BulkheadCore
import Foundation
import Testing

@testable import BulkheadGuard

/// The property: a guarded statement among other tenants' rows does what the unguarded one does where there are none.
@Suite("Among colliding tenants", .serialized)
struct EquivalenceTests {
  static let statements = 300

  /// What one statement returned and what it left behind, or the error.
  struct Outcome: Equatable {
    var rows: [String] = []
    var tables: [[String]] = []
    var others: [[String]] = []
    var error: String?
  }

  /// Runs every generated statement; the differing ones.
  func run(_ rules: GuardRules, schemas name: String) throws -> (ran: Int, failed: Int, differing: [String]) {
    let session = try Session()
    let shared = "\(name)_shared"
    let alone = "\(name)_alone"
    try TestTables.create(session, shared: shared, alone: alone)
    try TestTables.fill(session, shared: shared, alone: alone, count: 24)
    let guarding = StatementGuard(catalog: Corpus.catalog, rules: rules)
    var generator = StatementGenerator(random: .announced("the generated statements"))
    let foreign = try snapshot(session, shared, tenant: TestTables.secondTenant)
    var differing: [String] = []
    var failed = 0
    for _ in 0..<Self.statements {
      let text = generator.statement()
      let guarded = try guarding.check(text, schema: shared)
      let parameters = guarded.tenantParameter == nil ? [] : [TestTables.firstTenant]
      let among = try outcome(
        session, guarded.text, parameters, shared, path: "", tenant: TestTables.firstTenant, foreign)
      let expected = try outcome(session, text, [], alone, path: alone, tenant: nil, [])
      if expected.error != nil { failed += 1 }
      if among != expected { differing.append("\(text)\n\(among)\n\(expected)") }
    }
    return (Self.statements, failed, differing)
  }

  private func outcome(
    _ session: Session, _ text: String, _ parameters: [String?], _ schema: String, path: String, tenant: String?,
    _ foreign: [[String]]
  ) throws -> Outcome {
    var outcome = Outcome()
    try session.run("BEGIN")
    try session.run("SET LOCAL search_path = '\(path)'")
    do {
      outcome.rows = try session.run(text, parameters).map { "\($0)" }
      if !text.contains("ORDER BY") { outcome.rows.sort() }
      outcome.tables = try snapshot(session, schema, tenant: tenant)
      // Rows of others that changed; there are none to change when the tenant is alone.
      if tenant != nil, try snapshot(session, schema, tenant: TestTables.secondTenant) != foreign {
        outcome.others = [["changed"]]
      }
    } catch let failure as Session.Failure {
      outcome.error = failure.state
    }
    try session.run("ROLLBACK")
    return outcome
  }

  private func snapshot(_ session: Session, _ schema: String, tenant: String?) throws -> [[String]] {
    try ["product", "stock", "orders", "order_line"].map { table in
      let condition = tenant.map { "WHERE tenant_id = '\($0)'" } ?? ""
      return try session.run("SELECT to_jsonb(t) - 'tenant_id' FROM \(schema).\(table) t \(condition) ORDER BY id")
        .map { $0[0] ?? "" }
    }
  }

  @Test("a guarded statement gives and does what it would without them")
  func equivalence() throws {
    let result = try run(.all, schemas: "equal")
    #expect(result.differing == [])
    #expect(result.failed < result.ran / 10, "most generated statements must run")
  }

  @Test("without the tenant's predicate it does not: the control")
  func control() throws {
    let result = try run(GuardRules.all.subtracting(.tenantPredicate), schemas: "unequal")
    print("without the predicate \(result.differing.count) of \(result.ran) differ")
    #expect(result.differing.count > result.ran / 2)
  }
}
