/// A migration that repairs what DDL can repair, in an order that can be run, and says in comments how to repair the
/// rest. It is written, never run.
package struct FixMigration: Sendable {
  private let assessment: Assessment

  package init(_ assessment: Assessment) { self.assessment = assessment }

  /// Findings that running the migration repairs.
  package var repaired: [Finding] { ordered.filter { isRepaired($0) } }

  /// What runs in one transaction, in order.
  package var transaction: [String] {
    let findings = repaired.filter { $0.rule.stage != .server }
    var statements = findings.compactMap(\.preparation)
    // Foreign keys that rest on each other's keys are dropped in any order, and each only once.
    statements = statements.enumerated().filter { !statements[..<$0.offset].contains($0.element) }.map(\.element)
    if needsBinding { statements.insert(Self.binding, at: 0) }
    return [Self.settings] + statements + findings.compactMap(\.fix)
  }

  /// What cannot run inside a transaction, one statement each.
  package var afterwards: [String] {
    let settings = repaired.filter { $0.rule.stage == .server }.compactMap(\.fix)
      .flatMap { $0.split(separator: "\n").map(String.init) }
    return settings.isEmpty ? [] : settings + ["SELECT pg_reload_conf();"]
  }

  private var ordered: [Finding] {
    assessment.open.enumerated().sorted {
      ($0.element.rule.stage, $0.offset) < ($1.element.rule.stage, $1.offset)
    }.map(\.element)
  }

  private func isRepaired(_ finding: Finding) -> Bool {
    guard let fix = finding.fix else { return false }
    return !(fix.contains("tenancy.tenant()") && !canBind)
  }

  private var needsBinding: Bool {
    assessment.model.binding == nil && repaired.contains { $0.fix?.contains("tenancy.tenant()") ?? false }
  }

  /// The carrier exists since PostgreSQL 13.
  private var canBind: Bool { assessment.model.server.version >= 130_000 || assessment.model.binding != nil }

  package var text: String {
    var parts = [header]
    parts.append("BEGIN;\n" + Self.settings)
    if needsBinding { parts.append(Printable.comment(Self.bindingHelp) + "\n" + Self.binding) }
    let preparations = repaired.filter { $0.rule.stage != .server }.filter { $0.preparation != nil }
    if !preparations.isEmpty {
      parts.append("-- Foreign keys that are made again below, after the keys that they need.")
      parts += preparations.compactMap(\.preparation)
    }
    for finding in ordered where finding.rule.stage != .server { parts.append(section(finding)) }
    parts.append("COMMIT;")
    for finding in ordered where finding.rule.stage == .server { parts.append(section(finding)) }
    if !afterwards.isEmpty { parts.append("SELECT pg_reload_conf();") }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var header: String {
    let model = assessment.model
    return Printable.comment(
      """
      Repairs for database \(model.server.database), written by bulkhead assess and not run.
      Repaired here: \(repaired.count) findings. By hand, as comments say: \(assessment.open.count - repaired.count).

      Read it first. Changes of privileges and policies stop an application that relies on what they close. Try it on \
      a copy, run it as a superuser with psql -v ON_ERROR_STOP=1 -f, then assess again. Large tables: indexes and keys \
      are made under lock; make them CONCURRENTLY beforehand where that matters.
      """)
  }

  private func section(_ finding: Finding) -> String {
    let head = Printable.comment(
      "\(finding.rule.id) \(finding.rule.title): \(Printable.line(finding.subject)) "
        + "(\(Printable.line(finding.evidence)))")
    if isRepaired(finding), let fix = finding.fix { return head + "\n" + fix }
    return head + "\n" + Printable.comment("Not repaired here. " + finding.rule.remedy)
  }

  /// The texts below are read as they were written: names from pg_catalog, a backslash as a character.
  private static let settings = """
    SET LOCAL search_path = pg_catalog, pg_temp;
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL lock_timeout = '5s';
    """

  /// The carrier of the tenant for databases that have none that can be trusted.
  static let binding = """
    CREATE SCHEMA IF NOT EXISTS tenancy;
    CREATE OR REPLACE FUNCTION tenancy.tenant() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT pg_catalog.convert_from(pg_catalog.decode(nullif(pg_catalog.substr(
      pg_catalog.current_setting('backtrace_functions'), 2), ''), 'hex'), 'UTF8') $$;
    """

  private static let bindingHelp = """
    How a session says whose it is. The tenant travels in backtrace_functions, a parameter without effect here that \
    every session may read and only a superuser may set: 't' and the tenant's id as the hexadecimal digits of its \
    UTF-8 text. Until it is set, policies show no row. Two ways to set it:
    A login for each tenant: ALTER ROLE r SET backtrace_functions = 't…';
    A shared login (PostgreSQL 15): GRANT SET ON PARAMETER backtrace_functions TO a role without login, which owns a \
    SECURITY DEFINER function that checks a signed token, bound to this backend and short of life, and then calls \
    set_config('backtrace_functions', 't…', true) for the transaction.
    """
}
