import BulkheadCore

/// Findings that somebody has looked at and accepted, each with a reason. A JSON file that is kept with the code:
/// `{"version":1,"accepted":[{"finding":"K03 public.orders_note_idx","reason":"full text search, no tenant's data"}]}`.
package struct Baseline: Sendable {
  package struct Entry: Sendable, Hashable {
    /// Rule and subject, as the reports print them.
    package let finding: String
    package let reason: String

    package init(finding: String, reason: String) {
      self.finding = finding
      self.reason = reason
    }
  }

  package let entries: [Entry]

  package init(entries: [Entry]) { self.entries = entries }

  /// - Throws: `assess.baselineInvalid`, with what is wrong and where.
  package init(parsing text: String) throws(Refusal) {
    guard let json = try? JSONParser.parse(text) else { throw Self.invalid("it is not JSON") }
    guard json["version"]?.int == 1 else { throw Self.invalid("\"version\" is not 1") }
    guard let accepted = json["accepted"]?.array else { throw Self.invalid("\"accepted\" is not a list") }
    var entries: [Entry] = []
    for (index, item) in accepted.enumerated() {
      guard let finding = item["finding"]?.string, !finding.isEmpty else {
        throw Self.invalid("entry \(index + 1) names no \"finding\"")
      }
      let reason = item["reason"]?.string ?? ""
      guard !reason.allSatisfy(\.isWhitespace) else {
        throw Self.invalid("entry \(index + 1) (\(Printable.line(finding))) has no \"reason\": say why it is accepted")
      }
      entries.append(Entry(finding: finding, reason: reason))
    }
    self.entries = entries
  }

  private static func invalid(_ why: String) -> Refusal {
    Refusal(.assessBaseline, "The baseline cannot be used: \(why).")
  }

  /// `assessment` with what this accepts marked, and what matched nothing named.
  package func applied(to assessment: Assessment) -> Assessment {
    let reasons = Dictionary(entries.map { ($0.finding, $0.reason) }, uniquingKeysWith: { first, _ in first })
    var marked = assessment
    for index in marked.findings.indices {
      marked.findings[index].accepted = reasons[marked.findings[index].fingerprint]
    }
    let found = Set(assessment.findings.map(\.fingerprint))
    marked.stale = entries.map(\.finding).filter { !found.contains($0) }
    return marked
  }

  /// Everything that `assessment` found: what was accepted keeps its reason, the rest gets `reason`.
  package static func accepting(_ assessment: Assessment, reason: String) -> Baseline {
    Baseline(entries: assessment.findings.map { Entry(finding: $0.fingerprint, reason: $0.accepted ?? reason) })
  }

  /// The file: one entry a line, so that changes read well.
  package var text: String {
    let lines = entries.map { entry in
      "    " + (["finding": .string(entry.finding), "reason": .string(entry.reason)] as JSON).text
    }
    return "{\n  \"version\": 1,\n  \"accepted\": [\n" + lines.joined(separator: ",\n") + "\n  ]\n}\n"
  }
}
