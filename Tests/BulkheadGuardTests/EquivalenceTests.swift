import BulkheadCore
import BulkheadGuardProbe
import Foundation
import Testing

@testable import BulkheadGuard

/// The property: a guarded statement among other tenants' rows does what the unguarded one does where there are none.
/// Beside it, every statement is judged by a second reader of its text and by PostgreSQL's own plan.
@Suite("Among colliding tenants", .serialized)
struct EquivalenceTests {
  static let statements = 3_000
  static let controlStatements = 400

  /// What one statement returned and what it left behind, or the error.
  struct Outcome: Equatable {
    var rows: [String] = []
    var tables: [String?] = []
    var others: [String?] = []
    var error: String?
  }

  struct Run {
    var ran = 0
    var failed = 0
    var outOfTime = 0
    var wrote = 0
    var returned = 0
    var differing: [String] = []
    /// Tables that the text names, and those that it does not narrow.
    var textRanges = 0
    var textFaults: [String] = []
    /// Scans in the plans, and those that are not held to the tenant.
    var planRanges = 0
    var planFaults: [String] = []
    var errors: [String: Int] = [:]
  }

  private func run(_ rules: GuardRules, schemas name: String, count: Int) throws -> Run {
    let session = try Session()
    let shared = "\(name)_shared"
    let alone = "\(name)_alone"
    try TestTables.create(session, shared: shared, alone: alone)
    try TestTables.fill(session, shared: shared, alone: alone, count: 8)
    // Where a product of everything with everything would take minutes, the statement is left out.
    try session.run("SET statement_timeout = '3s'")
    let guarding = StatementGuard(catalog: Corpus.catalog, rules: rules)
    var generator = StatementGenerator(random: .announced("the generated statements"))
    let foreign = try snapshot(session, shared, tenant: TestTables.secondTenant)
    var run = Run()
    for _ in 0..<count {
      let text = generator.statement()
      let guarded: GuardedStatement
      do throws(Refusal) {
        guarded = try guarding.check(text, schema: shared)
      } catch {
        Issue.record("refused: \(error.debugDescription)\n\(text)")
        continue
      }
      run.ran += 1
      let parameters = guarded.tenantParameter == nil ? [] : [TestTables.firstTenant]
      let report = RangeAudit.report(
        guarded.text, schema: shared, referenceTables: ["currency"], tenantParameter: guarded.tenantParameter)
      run.textRanges += report.ranges
      if !report.faults.isEmpty { run.textFaults.append("\(report.faults)\n\(guarded.text)") }
      let expected = try outcome(session, text, guarded, [], alone, isShared: false)
      if expected.error == nil {
        var plan = PlanAudit(schema: shared, tenant: TestTables.firstTenant)
        do {
          try plan.check(guarded.text, parameters, in: session)
        } catch let failure as Session.Failure {
          plan.faults.append("no plan: \(failure.state)")
        }
        run.planRanges += plan.ranges
        if !plan.faults.isEmpty { run.planFaults.append("\(plan.faults)\n\(guarded.text)") }
      }
      let among = try outcome(session, guarded.text, guarded, parameters, shared, isShared: true)
      note(expected, among, guarded, foreign, text, &run)
    }
    return run
  }

  private func note(
    _ expected: Outcome, _ among: Outcome, _ guarded: GuardedStatement, _ foreign: [String?], _ text: String,
    _ run: inout Run
  ) {
    if expected.error == "57014" || among.error == "57014" {
      run.outOfTime += 1
      return
    }
    if let error = expected.error { run.errors[error, default: 0] += 1 }
    run.failed += expected.error == nil ? 0 : 1
    run.wrote += guarded.isReadOnly ? 0 : 1
    run.returned += expected.rows.isEmpty ? 0 : 1
    if !among.others.isEmpty, among.others != foreign { run.differing.append("changed others: \(text)") }
    guard
      among.rows != expected.rows || among.tables != expected.tables
        || Self.family(among.error) != Self.family(expected.error)
    else { return }
    run.differing.append("\(text)\n\(guarded.text)\n\(among)\n\(expected)")
  }

  /// Which of two broken constraints is met first depends on the order of rows, which SQL does not promise.
  private static func family(_ state: String?) -> String? {
    state.map { ["21000", "23502", "23505"].contains($0) ? "constraint" : $0 }
  }

  private func outcome(
    _ session: Session, _ text: String, _ guarded: GuardedStatement, _ parameters: [String?], _ schema: String,
    isShared: Bool
  ) throws -> Outcome {
    var outcome = Outcome()
    // What the guard calls reading must be able to run where nothing can be written.
    try session.run(guarded.isReadOnly ? "BEGIN READ ONLY" : "BEGIN")
    try session.run("SET LOCAL search_path = '\(isShared ? "" : schema)'")
    do {
      outcome.rows = try session.run(text, parameters).map { "\($0)" }.sorted()
      if !guarded.isReadOnly {
        outcome.tables = try snapshot(session, schema, tenant: isShared ? TestTables.firstTenant : nil)
        if isShared { outcome.others = try snapshot(session, schema, tenant: TestTables.secondTenant) }
      }
    } catch let failure as Session.Failure {
      outcome.error = failure.state
    }
    try session.run("ROLLBACK")
    return outcome
  }

  /// Every row of every table, without the tenant's column.
  private func snapshot(_ session: Session, _ schema: String, tenant: String?) throws -> [String?] {
    let condition = tenant.map { "WHERE tenant_id = '\($0)'" } ?? ""
    let tables = PlanAudit.tables.sorted().map { table in
      "(SELECT jsonb_agg(to_jsonb(t) - 'tenant_id' ORDER BY id)::text FROM \(schema).\(table) t \(condition))"
    }
    return try session.run("SELECT \(tables.joined(separator: ", "))")[0]
  }

  @Test("a guarded statement gives and does what it would without them, and every scan is held to the tenant")
  func equivalence() throws {
    let run = try run(.all, schemas: "equal", count: Self.statements)
    print(
      "statements \(run.ran): \(run.wrote) that write, \(run.returned) with rows, \(run.failed) refused by PostgreSQL "
        + "\(run.errors), \(run.outOfTime) out of time; \(run.textRanges) ranges in the texts, "
        + "\(run.planRanges) scans in the plans")
    #expect(run.ran == Self.statements)
    #expect(run.differing.prefix(3) == [])
    #expect(run.textFaults.prefix(3) == [])
    #expect(run.planFaults.prefix(3) == [])
    #expect(run.planRanges > run.ran)
    #expect(run.failed < run.ran / 10, "most generated statements must run")
    #expect(run.outOfTime < run.ran / 50)
    #expect(run.returned > run.ran / 3 && run.wrote > run.ran / 4, "and do something")
  }

  @Test("without the tenant's predicate it does not, and the text and the plan show it: the control")
  func control() throws {
    let run = try run(
      GuardRules.all.subtracting(.tenantPredicate), schemas: "unequal", count: Self.controlStatements)
    print(
      "without the predicate \(run.differing.count) of \(run.ran) differ, \(run.textFaults.count) texts and "
        + "\(run.planFaults.count) plans are at fault")
    #expect(run.differing.count > run.ran / 3)
    #expect(run.textFaults.count > run.ran * 9 / 10)
    #expect(run.planFaults.count > run.ran * 8 / 10)
  }
}
