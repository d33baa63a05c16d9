/// Writes what a report says: a 997 for each functional group, or a TA1 for the envelope.
///
/// Both speak of syntax only. That an order is accepted as business is said by an 855.
public enum X12Acknowledgment {
  /// The longest copy of a bad element that AK404 holds.
  private static let copyMax = 99

  /// The body of a 997 (between ST and SE) for one group.
  public static func functional(_ report: X12GroupReport) -> [X12Segment] {
    var body = [
      X12Segment("AK1", code(report.group.functionalID, 2, else: "ZZ"), digits(report.group.controlNumber))
    ]
    for set in report.sets {
      body.append(
        X12Segment("AK2", code(set.set.code, 3, else: "000"), control(set.set.controlNumber)))
      body += notes(set)
      body.append(verdict(set, groupRejected: report.isRejected))
    }
    body.append(verdict(report))
    return body
  }

  /// A TA1 segment. `noteCode` is from code list I18; `000` says that nothing is wrong.
  public static func interchange(_ header: X12InterchangeHeader, accepted: Bool, noteCode: String) -> X12Segment {
    X12Segment(
      "TA1", X12Number.whole(header.controlNumber) == nil ? "000000000" : header.controlNumber,
      fixed(header.date, 6), fixed(header.time, 4), accepted ? "A" : "R", noteCode)
  }

  /// AK3 and AK4, one AK3 for each segment at fault.
  private static func notes(_ report: X12SetReport) -> [X12Segment] {
    var notes: [X12Segment] = []
    var current: X12Finding?
    for finding in report.findings where finding.level == .segment || finding.level == .element {
      let continues =
        finding.level == .element && current?.level == .element && current?.position == finding.position
        && current?.segment == finding.segment
      if !continues {
        notes.append(
          X12Segment(
            "AK3", tag(finding.segment), String(max(1, finding.position)), finding.loop ?? "",
            finding.level == .element ? "8" : finding.code))
      }
      if finding.level == .element {
        notes.append(
          X12Segment(
            "AK4", String(finding.element ?? 1), finding.elementNumber.map(String.init) ?? "", finding.code,
            copy(finding.value)))
      }
      current = finding
    }
    return notes
  }

  private static func verdict(_ report: X12SetReport, groupRejected: Bool) -> X12Segment {
    var codes: [String] = []
    for finding in report.findings where finding.level == .set && !codes.contains(finding.code) {
      codes.append(finding.code)
    }
    if report.findings.contains(where: { $0.level == .segment || $0.level == .element }) { codes.append("5") }
    let verdict = groupRejected || !report.isAccepted ? "R" : report.isClean ? "A" : "E"
    return X12Segment("AK5", [verdict] + codes.prefix(5))
  }

  private static func verdict(_ report: X12GroupReport) -> X12Segment {
    let received = report.sets.count
    let accepted = report.acceptedSets.count
    let verdict =
      switch (report.isRejected, accepted) {
      case (true, _), (_, 0): "R"
      case (_, received): report.sets.allSatisfy(\.isClean) && report.findings.isEmpty ? "A" : "E"
      default: "P"
      }
    var codes: [String] = []
    for finding in report.findings where !codes.contains(finding.code) { codes.append(finding.code) }
    let included = report.group.declaredSets.map { min($0, 999_999) } ?? received
    return X12Segment("AK9", [verdict, String(included), String(received), String(accepted)] + codes.prefix(5))
  }

  // What is quoted from a faulty document is made fit to be quoted, or the answer would have the same fault.

  private static func copy(_ value: String?) -> String {
    guard let value, !X12ElementCheck.hasControl(value) else { return "" }
    return String(value.prefix(copyMax))
  }

  private static func tag(_ text: String) -> String {
    let clean = text.uppercased().utf8.filter(X12Number.isAlphanumeric).prefix(3)
    return clean.count >= 2 ? String(decoding: Array(clean), as: UTF8.self) : "ZZZ"
  }

  private static func code(_ text: String, _ length: Int, else fallback: String) -> String {
    text.utf8.count == length && text.utf8.allSatisfy(X12Number.isAlphanumeric) ? text : fallback
  }

  private static func control(_ text: String) -> String {
    let clean = String(decoding: Array(text.utf8.filter(X12Number.isAlphanumeric).prefix(9)), as: UTF8.self)
    return clean.utf8.count >= 4 ? clean : String(repeating: "0", count: 4 - clean.utf8.count) + clean
  }

  private static func digits(_ text: String) -> String {
    let clean = String(decoding: Array(text.utf8.filter(X12Number.isDigit).prefix(9)), as: UTF8.self)
    return clean.isEmpty ? "0" : clean
  }

  private static func fixed(_ text: String, _ width: Int) -> String {
    text.utf8.count == width && text.utf8.allSatisfy(X12Number.isDigit) ? text : String(repeating: "0", count: width)
  }
}
