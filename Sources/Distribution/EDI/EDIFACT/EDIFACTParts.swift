import BulkheadCore

/// Segments that messages of ours have alike, cut to the lengths of D.96A.
enum EDIFACTParts {
  /// DTM with a day `YYYY-MM-DD`; nothing where it is none.
  static func date(_ qualifier: String, _ day: String?) -> [EDIFACTSegment] {
    let compact = X12Calendar.compact(day ?? "")
    return compact.isEmpty ? [] : [EDIFACTSegment("DTM", [[qualifier, compact, "102"]])]
  }

  static func reference(_ qualifier: String, _ number: String?) -> [EDIFACTSegment] {
    guard let number, !number.isEmpty else { return [] }
    return [EDIFACTSegment("RFF", [[qualifier, cut(number, 35)]])]
  }

  /// RFF ON with the line of the buyer's order, where it has a number that fits.
  static func orderLine(_ order: String?, _ line: String?) -> [EDIFACTSegment] {
    guard let order, let line, (1...6).contains(line.unicodeScalars.count) else { return [] }
    return [EDIFACTSegment("RFF", [["ON", cut(order, 35), line]])]
  }

  static func parties(_ parties: [EDIParty]) -> [EDIFACTSegment] { parties.compactMap(party) }

  private static func party(_ party: EDIParty) -> EDIFACTSegment? {
    let role =
      switch party.role {
      case .buyer: "BY"
      case .seller, .remitTo: "SU"
      case .shipTo: "DP"
      case .billTo: "IV"
      case .shipFrom: "SF"
      }
    let code = cut(party.code ?? "", 35)
    let name = pieces(party.name ?? "", 35, max: 2)
    guard !code.isEmpty || !name.isEmpty else { return nil }
    // 9 gives out GLNs, 91 says that the seller assigned the number, 92 the buyer.
    let agency = party.qualifier == "UL" ? "9" : party.qualifier.flatMap { ["91", "92"].contains($0) ? $0 : nil } ?? ""
    return EDIFACTSegment(
      "NAD",
      [
        [role], code.isEmpty ? [""] : [code, "", agency], [""], name.isEmpty ? [""] : name,
        party.street.isEmpty ? [""] : party.street.prefix(2).map { cut($0, 35) }, [cut(party.city ?? "", 35)],
        [cut(party.region ?? "", 9)], [cut(party.postalCode ?? "", 9)], [cut(party.country ?? "", 3)],
      ])
  }

  /// LIN, PIA and IMD. A GTIN stands in the LIN, where there is one; other numbers follow.
  static func item(
    _ number: String, action: String = "", _ identifiers: [EDIItemID], _ text: String?
  ) throws(Refusal) -> [EDIFACTSegment] {
    let ordered = identifiers.filter { $0.scheme == .gtin } + identifiers.filter { $0.scheme != .gtin }
    var names: [[String]] = []
    for name in ordered { names.append([try whole(name.value, 35), qualifier(name)]) }
    var segments = [EDIFACTSegment("LIN", [[number], [action], names.first ?? [""]])]
    let more = names.dropFirst().prefix(5)
    if !more.isEmpty { segments.append(EDIFACTSegment("PIA", [["1"]] + more)) }
    let parts = pieces(text ?? "", 35, max: 2)
    if !parts.isEmpty { segments.append(EDIFACTSegment("IMD", [["F"], [""], ["", "", ""] + parts])) }
    return segments
  }

  /// 7143 for what X12 235 calls otherwise.
  private static func qualifier(_ name: EDIItemID) -> String {
    switch name.qualifier {
    case "UK", "UA", "UI", "UD", "EO": "EN"
    case "BP", "PI", "CB": "IN"
    case "VN", "VC", "SK": "SA"
    case "ZZ": "ZZZ"
    default: cut(name.qualifier, 3)
    }
  }

  static func quantity(
    _ qualifier: String, _ quantity: EDIDecimal, _ unit: String, _ units: EDIFACTUnits
  ) throws(Refusal) -> EDIFACTSegment {
    EDIFACTSegment("QTY", [[qualifier, try number(quantity.text, 15), try whole(units.written(unit), 3)]])
  }

  static func price(_ price: EDIDecimal?) throws(Refusal) -> [EDIFACTSegment] {
    guard let price else { return [] }
    return [EDIFACTSegment("PRI", [["AAA", try number(price.spelled(minimumScale: 2), 15)]])]
  }

  static func amount(_ qualifier: String, cents: Int64) -> EDIFACTSegment {
    EDIFACTSegment("MOA", [[qualifier, EDICents.text(cents)]])
  }

  /// UNS and the number of lines.
  static func summary(lines: Int) -> [EDIFACTSegment] {
    [EDIFACTSegment("UNS", [["S"]]), EDIFACTSegment("CNT", [["2", String(lines)]])]
  }

  /// FTX with up to 140 characters.
  static func text(_ subject: String, _ text: String?) -> [EDIFACTSegment] {
    let parts = pieces(text ?? "", 70, max: 2)
    return parts.isEmpty ? [] : [EDIFACTSegment("FTX", [[subject], [""], [""], parts])]
  }

  /// Numbers for lines of these names: a name that is a number of at most six digits, else the next free one.
  static func numbers(_ names: [String]) -> [String] {
    var taken = Set(names.filter(isLineNumber))
    var seen: Set<String> = []
    var next = 1
    return names.map { name in
      if isLineNumber(name), seen.insert(name).inserted { return name }
      while taken.contains(String(next)) { next += 1 }
      taken.insert(String(next))
      return String(next)
    }
  }

  static func isLineNumber(_ name: String) -> Bool {
    (1...6).contains(name.utf8.count) && name.utf8.allSatisfy(X12Number.isDigit)
  }

  /// Refuses with `edi.numberUnfit` a number that has more digits than there is room for.
  private static func number(_ text: String, _ digitsMax: Int) throws(Refusal) -> String {
    guard X12Number.digitCount(text) <= digitsMax else {
      throw Refusal(.ediNumberUnfit, "\(text) has more than the \(digitsMax) digits that there is room for.")
    }
    return text
  }

  /// What names something: shortened it would name something else.
  static func whole(_ text: String, _ max: Int) throws(Refusal) -> String {
    guard text.unicodeScalars.count <= max else {
      throw Refusal(.ediNumberUnfit, "\(text) has more than the \(max) characters that there is room for.")
    }
    return text
  }

  static func cut(_ text: String, _ max: Int) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(max)))
  }

  private static func pieces(_ text: String, _ width: Int, max: Int) -> [String] {
    var rest = text.unicodeScalars[...]
    var pieces: [String] = []
    while !rest.isEmpty, pieces.count < max {
      pieces.append(String(String.UnicodeScalarView(rest.prefix(width))))
      rest = rest.dropFirst(width)
    }
    return pieces
  }
}
