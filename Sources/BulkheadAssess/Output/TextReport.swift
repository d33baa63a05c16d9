import BulkheadReport

/// The report for a terminal: what was understood, then findings by layer, then what could not be seen.
package struct TextReport {
  /// Findings of one rule that are shown unless all are asked for.
  package static let subjectsMax = 12

  private let assessment: Assessment
  private let showsAll: Bool

  package init(_ assessment: Assessment, showsAll: Bool) {
    self.assessment = assessment
    self.showsAll = showsAll
  }

  package var text: String {
    var parts = [ModelText(assessment.model).text]
    for layer in Rule.Layer.allCases {
      if let section = section(layer) { parts.append(section) }
    }
    if !assessment.unseen.isEmpty { parts.append(unseen) }
    if !assessment.stale.isEmpty {
      parts.append(
        "ACCEPTED BUT NO LONGER FOUND (remove from the baseline)\n"
          + assessment.stale.map { "  " + Printable.line($0) }.joined(separator: "\n"))
    }
    parts.append(summary)
    return parts.joined(separator: "\n\n")
  }

  private func section(_ layer: Rule.Layer) -> String? {
    let findings = assessment.open.filter { $0.rule.layer == layer }
    guard !findings.isEmpty else { return nil }
    var table = Table(["SEVERITY", "VERB", "RULE", "WHAT", "SUBJECT", "EVIDENCE"])
    let groups = Dictionary(grouping: findings, by: \.rule.id)
    let order = Rule.all.filter { groups[$0.id] != nil }.enumerated()
      .sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }.map(\.element)
    for rule in order {
      let group = groups[rule.id] ?? []
      // One more is shown rather than hidden behind a line of its own.
      let shown = showsAll || group.count <= Self.subjectsMax + 1 ? group.count : Self.subjectsMax
      for (index, finding) in group.prefix(shown).enumerated() {
        table.add([
          index == 0 ? rule.severity.rawValue : "", index == 0 ? rule.verb.rawValue : "", index == 0 ? rule.id : "",
          index == 0 ? rule.title : "", Printable.short(finding.subject, max: 70),
          Printable.short(finding.evidence, max: 90),
        ])
      }
      if shown < group.count {
        table.add(["", "", "", "", "… and \(group.count - shown) more", "--all shows them"])
      }
    }
    return "\(layer.rawValue.uppercased())\n\(table.text)"
  }

  private var unseen: String {
    var table = Table(["RULE", "WHAT", "WHY"])
    for one in assessment.unseen { table.add([one.rule.id, one.rule.title, Printable.short(one.reason, max: 120)]) }
    return "NOT SEEN\n\(table.text)"
  }

  /// One line with counts.
  package var summary: String {
    let counts = Severity.allCases.reversed().map { "\(assessment.count($0)) \($0.rawValue)" }.joined(separator: ", ")
    let accepted = assessment.findings.count - assessment.open.count
    var line = "\(Printable.count(assessment.open.count, "finding")): \(counts)"
    if accepted > 0 { line += "; \(accepted) accepted" }
    if !assessment.unseen.isEmpty { line += "; \(Printable.count(assessment.unseen.count, "rule")) not seen" }
    return line + ". `bulkhead assess --explain RULE` teaches a rule."
  }
}
