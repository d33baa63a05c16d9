import BulkheadReport

/// The report as a page that stands alone.
extension Assessment {
  package var html: String {
    var page = HTMLPage(
      title: "Tenant isolation of \(Printable.line(model.server.database))",
      lead: "What bulkhead assess found in the catalogs. It read only and ran nothing that the database defines.")
    page.table(["", ""], ModelText(model).lines.map { [.init($0.0, style: "quiet"), .init($0.1)] })
    page.heading("Summary")
    page.table(
      ["severity", "open"],
      Severity.allCases.reversed().map {
        [.init($0.rawValue, style: $0.rawValue), .init(String(count($0)), style: "number")]
      })
    for layer in Rule.Layer.allCases {
      let rules = Rule.all.filter { rule in rule.layer == layer && open.contains { $0.rule.id == rule.id } }
      if rules.isEmpty { continue }
      page.heading(layer.rawValue)
      for rule in rules.sorted(by: { $0.severity > $1.severity }) { write(rule, into: &page) }
    }
    let accepted = findings.filter { $0.accepted != nil }
    if !accepted.isEmpty {
      page.heading("Accepted")
      page.table(
        ["finding", "reason"],
        accepted.map { [.init(Printable.line($0.fingerprint)), .init(Printable.line($0.accepted ?? ""))] })
    }
    if !unseen.isEmpty {
      page.heading("Not seen")
      page.table(
        ["rule", "what", "why"],
        unseen.map { [.init($0.rule.id), .init($0.rule.title), .init(Printable.line($0.reason))] })
    }
    return page.text
  }

  private func write(_ rule: Rule, into page: inout HTMLPage) {
    let own = open.filter { $0.rule.id == rule.id }
    let summary = "\(rule.severity.rawValue) · \(rule.verb.rawValue) · \(rule.id) \(rule.title) (\(own.count))"
    page.details(summary, style: rule.severity.rawValue) { part in
      part.paragraph("The leak: \(rule.leak)")
      part.paragraph("The cure: \(rule.remedy)")
      part.table(
        ["subject", "evidence"], own.map { [.init(Printable.line($0.subject)), .init(Printable.line($0.evidence))] })
      let fixes = own.compactMap(\.fix)
      if !fixes.isEmpty { part.code(fixes.joined(separator: "\n")) }
    }
  }
}
