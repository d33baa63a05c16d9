/// Checks transaction sets against a dictionary and gives the verdict that a 997 then reports.
public struct X12Validator: Sendable {
  private let dictionary: X12Dictionary
  /// The sets that may be received; another known one is refused as not supported.
  private let supported: Set<String>
  private let findingsMax: Int

  public init(
    _ dictionary: X12Dictionary = .v4010, supported: Set<String>, findingsMax: Int = X12Limits.standard.findingsMax
  ) {
    self.dictionary = dictionary
    self.supported = supported
    self.findingsMax = findingsMax
  }

  public func check(_ interchange: X12Interchange) -> X12Report {
    X12Report(interchange: interchange, groups: interchange.groups.map(check))
  }

  private func check(_ group: X12Group) -> X12GroupReport {
    var findings = group.findings
    if !group.version.hasPrefix(dictionary.version) {
      findings.append(
        X12Finding(
          .group, "2", at: "GS", 0, element: 8, value: group.version,
          "GS08 is \(group.version.isEmpty ? "empty" : group.version); version \(dictionary.version) is read here."))
    }
    if !dictionary.sets.values.contains(where: {
      $0.functionalID == group.functionalID && supported.contains($0.code)
    }) {
      findings.append(
        X12Finding(
          .group, "1", at: "GS", 0, element: 1, value: group.functionalID,
          "Groups of \(group.functionalID.isEmpty ? "no kind" : group.functionalID) are not received here."))
    }
    return X12GroupReport(
      group: group, findings: findings, sets: group.sets.map { check($0, functionalID: group.functionalID) })
  }

  private func check(_ set: X12TransactionSet, functionalID: String) -> X12SetReport {
    guard let definition = dictionary.sets[set.code], supported.contains(set.code),
      definition.functionalID == functionalID
    else {
      let finding = X12Finding(
        .set, "1", at: "ST", 1, element: 1, value: set.code, "This transaction set is not received in this group.")
      return X12SetReport(set: set, findings: set.findings + [finding])
    }
    var walk = X12Walk(dictionary: dictionary, definition: definition, findingsMax: findingsMax)
    for segment in set.segments { walk.take(segment) }
    // Where the trailer is missing that is the finding; its absence from the walk says nothing more.
    walk.finish(at: set.segments.count + 1)
    let isCut = set.findings.contains { $0.level == .set && $0.code == "2" }
    let walked = isCut ? walk.findings.filter { !($0.segment == "SE" && $0.code == "3") } : walk.findings
    // A line that was not in its place was not counted; that it was not is no second fault.
    let miscounted = walked.contains(where: \.isFatal) ? [] : total(set, definition)
    return X12SetReport(set: set, findings: set.findings + walked + lineNumbers(set, definition) + miscounted)
  }

  /// A line number used twice leaves open which line an answer means.
  private func lineNumbers(_ set: X12TransactionSet, _ definition: X12SetDefinition) -> [X12Finding] {
    guard let key = definition.lineNumber else { return [] }
    var seen: Set<String> = []
    var findings: [X12Finding] = []
    for segment in set.segments where segment.tag == key.segment && findings.count < findingsMax {
      guard let number = segment.value(key.element), !seen.insert(number).inserted else { continue }
      findings.append(
        X12Finding(
          .element, "7", at: segment.tag, segment.position, loop: key.segment, element: key.element,
          elementNumber: 350, value: number, "This line number is used twice."))
    }
    return findings
  }

  /// A set with other lines than its sender counted has lost some, or has some that nobody meant.
  private func total(_ set: X12TransactionSet, _ definition: X12SetDefinition) -> [X12Finding] {
    guard let counted = definition.counted, let total = set.segments.first(where: { $0.tag == "CTT" }),
      let declared = X12Number.whole(total[1])
    else { return [] }
    let found = set.segments.count { $0.tag == counted }
    guard declared != found else { return [] }
    return [
      X12Finding(
        .element, "7", at: "CTT", total.position, element: 1, elementNumber: 354, value: total[1],
        "CTT01 counts \(declared); the set has \(found) \(counted).")
    ]
  }
}
