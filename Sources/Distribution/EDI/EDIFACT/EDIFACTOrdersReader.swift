import BulkheadCore

/// Reads ORDERS of D.96A, with or without EANCOM, into what an 850 is read into.
public enum EDIFACTOrdersReader {
  /// Refuses with `edi.unmappable` and the place, in this order: another message, no BGM with a number, no date, a line
  /// without a number of its own or a product, without an ordered quantity, no line at all, a control total that is
  /// not the number of lines.
  public static func read(_ message: EDIFACTMessage) throws(Refusal) -> PurchaseOrderDocument {
    let segments = message.segments
    guard let first = segments.first, message.type == "ORDERS", message.release == "96A" else {
      throw unmappable(segments.first, "This is no ORDERS of D.96A.")
    }
    let detail = segments.firstIndex { $0.tag == "LIN" } ?? segments.endIndex
    let end = segments.firstIndex { $0.tag == "UNS" } ?? segments.endIndex
    let header = segments[..<detail]
    guard let begin = header.first(where: { $0.tag == "BGM" }), let number = begin.value(2) else {
      throw unmappable(first, "The order's number (BGM 1004) is missing.")
    }
    guard let date = date(header, ["137", "4"]) else {
      throw unmappable(begin, "The order's date (DTM 137) is missing.")
    }
    guard detail < end else { throw unmappable(begin, "The order has no lines.") }
    let lines = try lines(segments[detail..<end])
    if let total = segments[end...].first(where: { $0.tag == "CNT" && $0[1, 1] == "2" }),
      Int(total[1, 2]) != lines.count
    {
      throw unmappable(total, "It counts \(total[1, 2]) lines and the order has \(lines.count).")
    }
    return PurchaseOrderDocument(
      number: number, purpose: ["", "9"].contains(begin[3, 1]) ? .original : .other, date: date,
      contract: header.first { $0.tag == "RFF" && $0[1, 1] == "CT" }?.value(1, 2),
      currency: header.first { $0.tag == "CUX" }?.value(1, 2), requestedOn: self.date(header, ["2", "64", "10"]),
      parties: header.compactMap(party), lines: lines)
  }

  private static func lines(
    _ detail: ArraySlice<EDIFACTSegment>
  ) throws(Refusal) -> [PurchaseOrderDocument.Line] {
    var lines: [PurchaseOrderDocument.Line] = []
    var block = detail
    while let first = block.first {
      let rest = block.dropFirst()
      let end = rest.firstIndex { $0.tag == "LIN" } ?? block.endIndex
      lines.append(try line(first, rest[rest.startIndex..<end], ordinal: lines.count + 1))
      block = block[end...]
    }
    return lines
  }

  private static func line(
    _ item: EDIFACTSegment, _ block: ArraySlice<EDIFACTSegment>, ordinal: Int
  ) throws(Refusal) -> PurchaseOrderDocument.Line {
    var identifiers: [EDIItemID] = []
    if let value = item.value(3, 1) {
      identifiers.append(EDIItemID(qualifier: item.value(3, 2) ?? "EN", value: value))
    }
    for more in block where more.tag == "PIA" {
      for element in 2...6 {
        guard let value = more.value(element, 1) else { continue }
        identifiers.append(EDIItemID(qualifier: more[element, 2], value: value))
      }
    }
    guard !identifiers.isEmpty else { throw unmappable(item, "The line names no product.") }
    guard let ordered = block.first(where: { $0.tag == "QTY" && $0[1, 1] == "21" }),
      let quantity = EDIDecimal(plain(ordered[1, 2]))
    else { throw unmappable(item, "The line has no ordered quantity (QTY 21).") }
    let price = block.first { $0.tag == "PRI" && ["AAA", "AAB", "AAE", "AAF"].contains($0[1, 1]) }
    let text = block.filter { $0.tag == "IMD" }.compactMap { $0.value(3, 4) }.joined(separator: " ")
    return PurchaseOrderDocument.Line(
      number: item.value(1) ?? String(ordinal), quantity: quantity, unit: ordered.value(1, 3) ?? "PCE",
      unitPrice: price.flatMap { EDIDecimal(plain($0[1, 2])) }, identifiers: identifiers,
      description: text.isEmpty ? nil : text, requestedOn: date(block, ["2", "64", "10"]))
  }

  /// A decimal comma is a point.
  private static func plain(_ number: String) -> String { number.replacing(",", with: ".") }

  /// The first day among the qualifiers, in their order. 102 is CCYYMMDD, 101 YYMMDD, 203 CCYYMMDDHHMM.
  private static func date(_ segments: ArraySlice<EDIFACTSegment>, _ qualifiers: [String]) -> String? {
    for qualifier in qualifiers {
      guard let found = segments.first(where: { $0.tag == "DTM" && $0[1, 1] == qualifier }) else { continue }
      let text = found[1, 2]
      switch found[1, 3] {
      case "101": return X12Calendar.iso("20" + text)
      case "203": return X12Calendar.iso(String(text.prefix(8)))
      default: return X12Calendar.iso(text)
      }
    }
    return nil
  }

  private static func party(_ segment: EDIFACTSegment) -> EDIParty? {
    guard segment.tag == "NAD" else { return nil }
    let roles: [String: EDIParty.Role] = ["BY": .buyer, "SU": .seller, "SE": .seller, "DP": .shipTo, "IV": .billTo]
    guard let role = roles[segment[1, 1]] else { return nil }
    // 9 is the agency that gives out GLNs, which X12 calls UL.
    let qualifier = segment[2, 3] == "9" ? "UL" : segment.value(2, 3)
    return EDIParty(
      role: role, name: segment.value(4), qualifier: qualifier, code: segment.value(2),
      street: (1...4).compactMap { segment.value(5, $0) }, city: segment.value(6), region: segment.value(7),
      postalCode: segment.value(8), country: segment.value(9))
  }

  private static func unmappable(_ segment: EDIFACTSegment?, _ note: String) -> Refusal {
    Refusal(RefusalCode("edi.unmappable", .invalid), note, at: segment?.place ?? "UNH[1]")
  }
}
