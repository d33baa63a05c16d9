import BulkheadCore

/// What is read alike in all business messages.
extension Sequence<EDIFACTSegment> {
  /// The first day among the qualifiers, in their order. 102 is CCYYMMDD, 101 YYMMDD, 203 and 204 have the time behind.
  func date(_ qualifiers: [String]) -> String? {
    for qualifier in qualifiers {
      guard let found = first(where: { $0.tag == "DTM" && $0[1, 1] == qualifier }) else { continue }
      let text = found[1, 2]
      switch found[1, 3] {
      case "101": return X12Calendar.iso("20" + text)
      case "203", "204": return X12Calendar.iso(String(text.prefix(8)))
      default: return X12Calendar.iso(text)
      }
    }
    return nil
  }

  func reference(_ qualifier: String) -> EDIFACTSegment? { first { $0.tag == "RFF" && $0[1, 1] == qualifier } }

  /// The first amount among the qualifiers, in their order.
  func amount(_ qualifiers: [String]) -> EDIFACTSegment? { first("MOA", qualifiers) }

  /// The first segment of `tag` under one of the qualifiers, in their order.
  func first(_ tag: String, _ qualifiers: [String]) -> EDIFACTSegment? {
    for qualifier in qualifiers {
      if let found = first(where: { $0.tag == tag && $0[1, 1] == qualifier }) { return found }
    }
    return nil
  }
}

/// Head, lines and end of an order, an answer or an invoice.
struct EDIFACTSections {
  let header: ArraySlice<EDIFACTSegment>
  let lines: [EDIFACTLine]
  let summary: ArraySlice<EDIFACTSegment>
  let begin: EDIFACTSegment
  /// BGM 1004.
  let number: String
  /// `YYYY-MM-DD`.
  let date: String

  /// Finds fault in this order: no BGM with a number, no date, a line number used twice, no UNS behind the lines, a
  /// control total that is not the number of lines.
  ///
  /// - Parameter dates: qualifiers of the day that the document is of.
  init(
    _ message: EDIFACTMessage, dates: [String] = ["137", "4"], _ units: EDIFACTUnits
  ) throws(EDIFACTFinding) {
    let segments = message.segments
    let detail = segments.firstIndex { $0.tag == "LIN" } ?? segments.firstIndex { $0.tag == "UNS" } ?? segments.endIndex
    let end = segments.firstIndex { $0.tag == "UNS" } ?? segments.endIndex
    header = segments[..<detail]
    summary = segments[end...]
    let first = try Self.begin(segments)
    begin = first.segment
    number = first.number
    guard let date = header.date(dates) else {
      throw EDIFACTFinding(.missing, at: begin, "The document's date (DTM \(dates[0])) is missing.")
    }
    self.date = date
    lines = detail < end ? EDIFACTLine.cut(segments[detail..<end], units) : []
    var numbers: Set<String> = []
    for line in lines where !numbers.insert(line.number).inserted {
      throw EDIFACTFinding(.duplicate, at: line.item, element: 1, "The line's number is used before.")
    }
  }

  /// BGM and the number in it.
  static func begin(
    _ segments: [EDIFACTSegment]
  ) throws(EDIFACTFinding) -> (segment: EDIFACTSegment, number: String) {
    guard let begin = segments.first(where: { $0.tag == "BGM" }), let number = begin.value(2) else {
      throw EDIFACTFinding(
        .missing, at: segments.first ?? EDIFACTSegment("UNH", [], position: 1),
        "The document's number (BGM 1004) is missing.")
    }
    return (begin, number)
  }

  /// What follows the lines, once they have been read.
  func checkSummary() throws(EDIFACTFinding) {
    guard let section = summary.first, section.tag == "UNS" else {
      throw EDIFACTFinding(.missing, at: lines.last?.item ?? begin, "The end of the lines (UNS) is missing.")
    }
    guard let total = summary.first(where: { $0.tag == "CNT" && $0[1, 1] == "2" }), Int(total[1, 2]) != lines.count
    else { return }
    throw EDIFACTFinding(
      .countDiffers, at: total, element: 1, "It counts \(total[1, 2]) lines and the document has \(lines.count).")
  }

  var parties: [EDIParty] { header.compactMap(Self.party) }
  /// CUX 6345 of the reference or invoicing currency.
  var currency: String? { header.first { $0.tag == "CUX" }?.value(1, 2) }

  static func party(_ segment: EDIFACTSegment) -> EDIParty? {
    guard segment.tag == "NAD" else { return nil }
    let roles: [String: EDIParty.Role] = [
      "BY": .buyer, "SU": .seller, "SE": .seller, "DP": .shipTo, "IV": .billTo, "SF": .shipFrom,
    ]
    guard let role = roles[segment[1, 1]] else { return nil }
    // 9 is the agency that gives out GLNs, which X12 calls UL.
    let qualifier = segment[2, 3] == "9" ? "UL" : segment.value(2, 3)
    return EDIParty(
      role: role, name: segment.value(4) ?? segment.value(3), qualifier: qualifier, code: segment.value(2),
      street: (1...3).compactMap { segment.value(5, $0) }, city: segment.value(6), region: segment.value(7),
      postalCode: segment.value(8), country: segment.value(9))
  }
}
