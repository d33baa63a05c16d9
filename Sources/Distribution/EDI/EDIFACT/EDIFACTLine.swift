import BulkheadCore

/// A line of a message: its LIN and what follows up to the next.
struct EDIFACTLine {
  let item: EDIFACTSegment
  let block: ArraySlice<EDIFACTSegment>
  /// LIN 1082, or the line's place where the sender left it out.
  let number: String
  private let units: EDIFACTUnits

  /// The lines that `segments` hold, of which the first is a LIN.
  static func cut(_ segments: ArraySlice<EDIFACTSegment>, _ units: EDIFACTUnits) -> [EDIFACTLine] {
    var lines: [EDIFACTLine] = []
    var rest = segments
    while let first = rest.first {
      let behind = rest.dropFirst()
      let end = behind.firstIndex { $0.tag == "LIN" } ?? rest.endIndex
      lines.append(
        EDIFACTLine(
          item: first, block: behind[behind.startIndex..<end], number: first.value(1) ?? String(lines.count + 1),
          units: units))
      rest = rest[end...]
    }
    return lines
  }

  /// The item's numbers, of LIN and of PIA.
  func identifiers() throws(EDIFACTFinding) -> [EDIItemID] {
    var identifiers: [EDIItemID] = []
    if let value = item.value(3, 1) { identifiers.append(EDIItemID(qualifier: item.value(3, 2) ?? "EN", value: value)) }
    for more in block where more.tag == "PIA" {
      for element in 2...6 {
        guard let value = more.value(element, 1) else { continue }
        identifiers.append(EDIItemID(qualifier: more[element, 2], value: value))
      }
    }
    guard !identifiers.isEmpty else { throw EDIFACTFinding(.missing, at: item, "The line names no product.") }
    return identifiers
  }

  struct Measured: Hashable {
    let quantity: EDIDecimal
    /// `nil` where none was sent.
    let unit: String?
  }

  /// The quantity under the first of the qualifiers that there is one of; `nil` when there is none.
  func quantity(_ qualifiers: String...) throws(EDIFACTFinding) -> Measured? {
    guard let found = block.first("QTY", qualifiers) else { return nil }
    guard let quantity = EDIDecimal(Self.plain(found[1, 2])) else {
      throw EDIFACTFinding(.invalidType, at: found, element: 1, "The quantity is no number.")
    }
    return Measured(quantity: quantity, unit: found.value(1, 3).map(units.read))
  }

  /// The price of one of `unit`, net where both are told. A price for ten, a hundred or a thousand is brought down to
  /// one; on any other basis it could not be said in digits.
  func price(_ unit: String) throws(EDIFACTFinding) -> EDIDecimal? {
    guard let found = block.first("PRI", ["AAA", "AAE", "AAB", "AAF"]) else { return nil }
    guard let price = EDIDecimal(Self.plain(found[1, 2])) else {
      throw EDIFACTFinding(.invalidType, at: found, element: 1, "The price is no number.")
    }
    if let other = found.value(1, 6).map(units.read), other != unit {
      throw EDIFACTFinding(
        .valueNotSupported, at: found, element: 1, "The price is for another unit than the quantity.")
    }
    switch EDIDecimal(Self.plain(found.value(1, 5) ?? "1"))?.text {
    case "1": return price
    case "10": return price.shifted(1)
    case "100": return price.shifted(2)
    case "1000": return price.shifted(3)
    default:
      throw EDIFACTFinding(.valueNotSupported, at: found, element: 1, "The price has a basis that is not read here.")
    }
  }

  /// IMD 7008.
  var text: String? {
    let parts = block.filter { $0.tag == "IMD" }.flatMap { [$0.value(3, 4), $0.value(3, 5)].compactMap { $0 } }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// FTX 4440, the reason for what is unlike the order before anything else.
  var reason: String? {
    let texts = block.filter { $0.tag == "FTX" }
    let found = texts.first { $0[1, 1] == "AAO" } ?? texts.first
    let parts = (1...5).compactMap { found?.value(4, $0) }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// The line of the buyer's order (RFF ON 1156, else RFF LI); `nil` where the sender told of none.
  var orderLine: String? {
    block.reference("ON")?.value(1, 3) ?? block.reference("LI").flatMap { $0.value(1, 3) ?? $0.value(1, 2) }
  }

  /// A decimal comma is a point.
  private static func plain(_ number: String) -> String { number.replacing(",", with: ".") }
}

extension EDIDecimal {
  /// The number divided by ten, `places` times.
  func shifted(_ places: Int) -> EDIDecimal {
    let isNegative = text.hasPrefix("-")
    let parts = (isNegative ? String(text.dropFirst()) : text).split(separator: ".", omittingEmptySubsequences: false)
    let whole = String(repeating: "0", count: places) + (parts.first ?? "")
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    let moved = (isNegative ? "-" : "") + whole.dropLast(places) + "." + whole.suffix(places) + fraction
    return EDIDecimal(moved, digitsMax: 60) ?? self
  }
}
