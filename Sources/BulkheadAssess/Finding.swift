import BulkheadReport

/// One gap: a rule and what breaks it.
package struct Finding: Sendable {
  package let rule: Rule
  /// What it is about, quoted as SQL needs it; unique within the rule.
  package let subject: String
  /// What the catalogs say.
  package let evidence: String
  /// SQL that repairs it, when DDL can.
  package let fix: String?
  /// SQL that has to run before every fix of the migration.
  package let preparation: String?
  /// Why it is accepted, when a baseline says so.
  package var accepted: String?

  package init(
    rule: Rule, subject: String, evidence: String, fix: String? = nil, preparation: String? = nil,
    accepted: String? = nil
  ) {
    self.rule = rule
    self.subject = subject
    self.evidence = evidence
    self.fix = fix
    self.preparation = preparation
    self.accepted = accepted
  }

  /// The same for the same gap in every run.
  package var fingerprint: String { "\(rule.id) \(subject)" }
}

/// A rule that could not be checked.
package struct Unseen: Sendable {
  package let rule: Rule
  package let reason: String
  /// Whether more privileges would help; otherwise the check itself failed.
  package let isPrivilege: Bool

  package init(rule: Rule, reason: String, isPrivilege: Bool) {
    self.rule = rule
    self.reason = reason
    self.isPrivilege = isPrivilege
  }
}

/// What one run found.
package struct Assessment: Sendable {
  package let model: Model
  package var findings: [Finding]
  package let unseen: [Unseen]
  /// Entries of the baseline that no longer match anything.
  package var stale: [String]
  package let duration: Duration

  /// Findings that no baseline accepts.
  package var open: [Finding] { findings.filter { $0.accepted == nil } }

  /// Whether every rule came to a verdict, or lacked nothing but privileges.
  package var isComplete: Bool { !unseen.contains { !$0.isPrivilege } }

  package func count(_ severity: Severity) -> Int { open.filter { $0.rule.severity == severity }.count }
}
