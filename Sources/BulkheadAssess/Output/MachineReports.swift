import BulkheadCore
import BulkheadReport

/// The report for programs: JSON of its own form, and SARIF.
extension Assessment {
  /// Everything, names unshortened.
  package var json: JSON {
    [
      "database": .string(model.server.database), "serverVersion": .string(model.server.versionText),
      "seenAs": .string(model.server.user), "standby": .bool(model.server.isStandby),
      "tenantColumn": [
        "names": .array(model.column.names.map(JSON.string)), "confidence": .string(model.column.confidence.rawValue),
        "reasons": .array(model.column.reasons.map(JSON.string)),
      ],
      "tables": .object(
        Model.Standing.allCases.map { standing in
          JSON.Member(standing.rawValue, .array(model.tables(standing).map { .string($0.name) }))
        }),
      "logins": .array(model.roles.serving.map { .string($0.name) }),
      "acrossTenants": .array(model.roles.across.map(JSON.string)),
      "findings": .array(findings.map(Self.json)),
      "unseen": .array(unseen.map { ["rule": .string($0.rule.id), "reason": .string($0.reason)] }),
      "noLongerFound": .array(stale.map(JSON.string)),
      "summary": .object(Severity.allCases.reversed().map { JSON.Member($0.rawValue, .int(count($0))) }),
    ]
  }

  private static func json(_ finding: Finding) -> JSON {
    [
      "rule": .string(finding.rule.id), "title": .string(finding.rule.title),
      "layer": .string(finding.rule.layer.rawValue), "verb": .string(finding.rule.verb.rawValue),
      "severity": .string(finding.rule.severity.rawValue), "kind": .string(finding.rule.kind),
      "subject": .string(finding.subject), "evidence": .string(finding.evidence), "leak": .string(finding.rule.leak),
      "remedy": .string(finding.rule.remedy), "fix": .optional(finding.fix),
      "fingerprint": .string(finding.fingerprint), "accepted": .optional(finding.accepted),
    ]
  }

  package func sarif(version: String) -> SARIF {
    SARIF(
      tool: "bulkhead assess", version: version,
      rules: Rule.all.map { rule in
        SARIF.Rule(
          id: rule.id, title: rule.title, help: "\(rule.leak) \(rule.remedy)", severity: rule.severity,
          tags: ["security", "multi-tenancy", rule.verb.rawValue])
      },
      results: findings.map { finding in
        SARIF.Result(
          ruleID: finding.rule.id,
          message: "\(finding.rule.title): \(finding.subject) (\(finding.evidence)). \(finding.rule.leak)",
          subject: "\(model.server.database).\(finding.subject)", kind: finding.rule.kind,
          fingerprint: finding.fingerprint, severity: finding.rule.severity, accepted: finding.accepted)
      })
  }
}
