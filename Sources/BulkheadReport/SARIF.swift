import BulkheadCore

/// A run of one tool as SARIF 2.1.0 (OASIS), which code scanners and editors read.
package struct SARIF: Sendable {
  /// What the tool looks for.
  package struct Rule: Sendable {
    package let id: String
    /// A short name in words.
    package let title: String
    /// Why it matters and what to do, in plain sentences.
    package let help: String
    package let severity: Severity
    package let tags: [String]

    package init(id: String, title: String, help: String, severity: Severity, tags: [String] = ["security"]) {
      self.id = id
      self.title = title
      self.help = help
      self.severity = severity
      self.tags = tags
    }
  }

  /// What the tool found.
  package struct Result: Sendable {
    package let ruleID: String
    package let message: String
    /// A dotted name of what the finding is about, for example `public.orders`.
    package let subject: String
    /// What kind of thing `subject` is: `table`, `function`, `role`, `route`.
    package let kind: String
    /// The same for the same finding in every run, so that scanners and baselines recognise it.
    package let fingerprint: String
    package let severity: Severity
    /// Why it is accepted, when a baseline says so.
    package let accepted: String?

    package init(
      ruleID: String, message: String, subject: String, kind: String, fingerprint: String, severity: Severity,
      accepted: String? = nil
    ) {
      self.ruleID = ruleID
      self.message = message
      self.subject = subject
      self.kind = kind
      self.fingerprint = fingerprint
      self.severity = severity
      self.accepted = accepted
    }
  }

  package let tool: String
  package let version: String
  package let rules: [Rule]
  package let results: [Result]

  package init(tool: String, version: String, rules: [Rule], results: [Result]) {
    self.tool = tool
    self.version = version
    self.rules = rules
    self.results = results
  }

  /// The log: one run. Logical locations, because what is found lives in a database or behind a route and in no file.
  package var json: JSON {
    [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [
        [
          "tool": [
            "driver": [
              "name": .string(tool), "version": .string(version), "rules": .array(rules.map(Self.rule)),
            ]
          ],
          "results": .array(results.map(Self.result)),
        ]
      ],
    ]
  }

  private static func rule(_ rule: Rule) -> JSON {
    [
      "id": .string(rule.id), "name": .string(rule.title), "shortDescription": ["text": .string(rule.title)],
      "help": ["text": .string(rule.help)], "defaultConfiguration": ["level": .string(rule.severity.sarifLevel)],
      "properties": [
        "security-severity": .string(rule.severity.score), "tags": .array(rule.tags.map(JSON.string)),
      ],
    ]
  }

  private static func result(_ result: Result) -> JSON {
    var members = [
      JSON.Member("ruleId", .string(result.ruleID)), JSON.Member("level", .string(result.severity.sarifLevel)),
      JSON.Member("message", ["text": .string(result.message)]),
      JSON.Member(
        "locations",
        [["logicalLocations": [["fullyQualifiedName": .string(result.subject), "kind": .string(result.kind)]]]]),
      JSON.Member("partialFingerprints", ["bulkhead/v1": .string(result.fingerprint)]),
    ]
    if let reason = result.accepted {
      members.append(JSON.Member("suppressions", [["kind": "external", "justification": .string(reason)]]))
    }
    return .object(members)
  }
}
