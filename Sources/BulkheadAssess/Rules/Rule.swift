import BulkheadReport

/// One thing that must not be so in a database that tenants share.
///
/// A rule is data: a catalog query whose every row is a finding, and the words that go with it. It knows nothing of
/// any product's names: what a tenant table is, and which roles serve tenants, is found before any rule runs.
package struct Rule: Sendable {
  /// Where in a database the gap lies. Reports are grouped by it.
  package enum Layer: String, CaseIterable, Sendable {
    case rowSecurity = "row security"
    case keys = "keys and indexes"
    case code = "views and code"
    case grants = "privileges"
    case roles = "roles"
    case exits = "ways out"
    case server = "server"
  }

  /// What the gap lets one tenant do to another.
  package enum Verb: String, CaseIterable, Sendable { case access, infer, corrupt, degrade }

  /// Where in a migration its repair belongs. Foreign keys are dropped first and made again after the keys they need;
  /// policies exist before row security is enabled.
  package enum Stage: Int, CaseIterable, Sendable, Comparable {
    case columns, keys, indexes, foreignKeys, code, policies, rowSecurity, grants, roles, exits, server

    package static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  /// A letter for the layer and a number; never reused.
  package let id: String
  package let title: String
  package let layer: Layer
  package let verb: Verb
  package let severity: Severity
  /// What the subject of a finding is: `table`, `role`, `function`, ….
  package let kind: String
  package let stage: Stage
  /// The first server version (as `server_version_num`) in which the query makes sense.
  package let since: Int32
  /// What one tenant can do to another while it stands.
  package let leak: String
  /// What to do, for people; says so when DDL alone cannot do it.
  package let remedy: String
  /// The body after `RulePrelude.sql`. Columns: subject, evidence, fix as SQL or NULL, and optionally SQL that has to
  /// run before every fix of the migration.
  package let query: String

  package init(
    _ id: String, _ title: String, _ layer: Layer, _ verb: Verb, _ severity: Severity, kind: String, stage: Stage,
    since: Int32 = 120_000, leak: String, remedy: String, query: String
  ) {
    self.id = id
    self.title = title
    self.layer = layer
    self.verb = verb
    self.severity = severity
    self.kind = kind
    self.stage = stage
    self.since = since
    self.leak = leak
    self.remedy = remedy
    self.query = query
  }
}
