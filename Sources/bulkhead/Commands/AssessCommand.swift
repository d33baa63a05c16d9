import ArgumentParser
import BulkheadAssess
import BulkheadCore
import BulkheadPostgres
import BulkheadReport
import Foundation

struct AssessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assess", abstract: "Find where any PostgreSQL database lets one tenant reach another.",
    discussion: """
      Works on every PostgreSQL from version 12, also one that has nothing to do with Bulkhead. It finds the column that
      says whose a row is, then checks row security, keys, indexes, foreign keys, views, functions, privileges, roles,
      ways out and settings. It reads catalogs only, in one read-only transaction: nothing is changed, and no row of
      yours is read.

      An ordinary login sees most of it; what it could not see is listed. Assess as a superuser for the whole picture.

        bulkhead assess postgresql://admin@db.example/shop
        bulkhead assess --schema app --tenant-column org_id --html report.html 'host=/run/postgresql dbname=shop'
        bulkhead assess --fix repair.sql --sarif findings.sarif --fail-on high "$DATABASE_URL"

      Without DATABASE_URL the PG* variables are used. Keep the password in PGPASSWORD or a password file; it is never
      printed.

      In CI: accept what you have looked at with --write-baseline accepted.json --reason '…', keep that file with the
      code, and pass --baseline accepted.json from then on.

      Exit status: 0 nothing at or above --fail-on, 2 something is, 1 the database could not be assessed whole, 64 wrong
      usage.
      """)

  @Argument(help: "PostgreSQL URL or 'key=value' string. Default: the PG* variables.") var databaseURL: String?

  @Option(help: "Look at this schema only. May be repeated.") var schema: [String] = []
  @Option(
    name: .customLong("tenant-column"),
    help: "The column that says whose a row is. May be repeated; a table's first counts.") var tenantColumn: [String] =
      []
  @Option(help: "Exit with status 2 for findings of this severity or worse: note, low, medium, high, critical.")
  var failOn: Severity = .medium
  @Flag(help: "Exit with status 1 when something could not be seen for lack of privileges.") var requireAll = false

  @Flag(help: "Print JSON instead of tables.") var json = false
  @Flag(help: "Print every finding, not the first ones of each rule.") var all = false
  @Option(help: "Write SARIF 2.1.0 to this file.") var sarif: String?
  @Option(help: "Write a page that stands alone to this file.") var html: String?
  @Option(help: "Write a migration with repairs to this file. It is never run.") var fix: String?

  @Option(help: "Accept the findings that this file lists, each with its reason.") var baseline: String?
  @Option(help: "Write everything found to this baseline file.") var writeBaseline: String?
  @Option(help: "The reason for what --write-baseline accepts.") var reason: String?

  @Flag(help: "List the rules and stop.") var rules = false
  @Option(help: "Explain a rule, for example R01, and stop.") var explain: String?

  func validate() throws {
    if let explain, Rule.named(explain) == nil {
      throw ValidationError("There is no rule \(Printable.line(explain)). --rules lists them.")
    }
    if writeBaseline != nil, (reason ?? "").allSatisfy(\.isWhitespace) {
      throw ValidationError("--write-baseline needs --reason: why are these findings accepted?")
    }
    if reason != nil, writeBaseline == nil { throw ValidationError("--reason goes with --write-baseline.") }
  }

  func run() async throws {
    if rules { return Console.result(RuleText.list) }
    if let explain, let rule = Rule.named(explain) { return Console.result(RuleText.explanation(rule)) }
    let assessment = try await explained { try await assessed() }
    if !assessment.isComplete || (requireAll && !assessment.unseen.isEmpty) {
      Console.failure("Not every rule could be checked; see what was not seen.")
      throw ExitCode.failure
    }
    if assessment.open.contains(where: { $0.rule.severity >= failOn }) { throw ExitCode(2) }
  }

  private func assessed() async throws -> Assessment {
    // A baseline that cannot be read is known before a database is asked.
    let accepted = try baseline.map { try Baseline(parsing: Self.read($0)) }
    let reactor = try PostgresReactor()
    let bar = ProgressLine("assessing")
    let assessor = Assessor(
      conninfo: databaseURL ?? "", schemas: schema, columns: tenantColumn, reactor: reactor)
    var assessment = try await assessor.run { done, total, what in
      if !json { bar.show(done, of: total, what) }
    }
    if let accepted { assessment = accepted.applied(to: assessment) }
    try write(assessment)
    if json {
      Console.result(assessment.json)
    } else {
      Console.result(TextReport(assessment, showsAll: all).text)
    }
    return assessment
  }

  private func write(_ assessment: Assessment) throws {
    if let sarif { try Self.write(assessment.sarif(version: Bulkhead.configuration.version).json.text, to: sarif) }
    if let html { try Self.write(assessment.html, to: html) }
    if let fix { try Self.write(FixMigration(assessment).text, to: fix) }
    if let writeBaseline {
      try Self.write(Baseline.accepting(assessment, reason: reason ?? "").text, to: writeBaseline)
    }
  }

  private static func read(_ path: String) throws -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Refusal(.assessBaseline, "The baseline \(path) cannot be read.", diagnostic: error.localizedDescription)
    }
  }

  private static func write(_ text: String, to path: String) throws {
    do {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      Console.step("wrote \(path)")
    } catch {
      throw Refusal(.assessFile, "The file \(path) cannot be written.", diagnostic: error.localizedDescription)
    }
  }
}

extension Severity: ExpressibleByArgument {}
