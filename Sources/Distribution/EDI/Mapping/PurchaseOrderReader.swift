import BulkheadCore

/// Reads an 850 of version 004010 that a validator accepted.
public enum PurchaseOrderReader {
  /// Refuses with `edi.unmappable` where a required value is missing; a validated set never is.
  public static func read(_ set: X12TransactionSet) throws(Refusal) -> PurchaseOrderDocument {
    let body = set.segments.dropFirst().prefix { $0.tag != "CTT" && $0.tag != "SE" }
    let detail = body.firstIndex { $0.tag == "PO1" } ?? body.endIndex
    let header = body[body.startIndex..<detail]
    guard let begin = header.first(where: { $0.tag == "BEG" }), let number = begin.value(3),
      let date = X12Calendar.iso(begin[5])
    else { throw unmappable("BEG", 2) }
    return PurchaseOrderDocument(
      number: number, purpose: begin[1] == "00" ? .original : .other, date: date, contract: begin.value(6),
      currency: header.first { $0.tag == "CUR" }?.value(2), requestedOn: requestedDate(header),
      parties: parties(header), lines: try lines(body[detail...]))
  }

  private static func lines(_ detail: ArraySlice<X12Segment>) throws(Refusal) -> [PurchaseOrderDocument.Line] {
    var lines: [PurchaseOrderDocument.Line] = []
    var block = detail
    while let first = block.first {
      let rest = block.dropFirst()
      let end = rest.firstIndex { $0.tag == "PO1" } ?? block.endIndex
      lines.append(try line(first, rest[rest.startIndex..<end], ordinal: lines.count + 1))
      block = block[end...]
    }
    return lines
  }

  private static func line(
    _ item: X12Segment, _ block: ArraySlice<X12Segment>, ordinal: Int
  ) throws(Refusal) -> PurchaseOrderDocument.Line {
    guard let quantity = EDIDecimal(item[2]), let unit = item.value(3) else {
      throw unmappable("PO1", item.position)
    }
    let text = block.filter { $0.tag == "PID" && $0[1] == "F" }.compactMap { $0.value(5) }.joined(separator: " ")
    return PurchaseOrderDocument.Line(
      number: item.value(1) ?? String(ordinal), quantity: quantity, unit: unit,
      unitPrice: item.value(4).flatMap { EDIDecimal($0) }, identifiers: identifiers(item),
      description: text.isEmpty ? nil : text, requestedOn: requestedDate(block))
  }

  /// Pairs of qualifier and value from PO106 on.
  private static func identifiers(_ item: X12Segment) -> [EDIItemID] {
    stride(from: 6, to: 25, by: 2).compactMap { position in
      guard let qualifier = item.value(position), let value = item.value(position + 1) else { return nil }
      return EDIItemID(qualifier: qualifier, value: value)
    }
  }

  /// Delivery requested (002) before requested ship (010).
  private static func requestedDate(_ segments: ArraySlice<X12Segment>) -> String? {
    for qualifier in ["002", "010"] {
      if let date = segments.first(where: { $0.tag == "DTM" && $0[1] == qualifier }) {
        return X12Calendar.iso(date[2])
      }
    }
    return nil
  }

  private static func parties(_ header: ArraySlice<X12Segment>) -> [EDIParty] {
    var parties: [EDIParty] = []
    for index in header.indices where header[index].tag == "N1" {
      let name = header[index]
      guard let role = EDIParty.Role(rawValue: name[1]) else { continue }
      let block = header[(index + 1)...].prefix { ["N2", "N3", "N4", "REF", "PER"].contains($0.tag) }
      let place = block.first { $0.tag == "N4" }
      parties.append(
        EDIParty(
          role: role, name: name.value(2), qualifier: name.value(3), code: name.value(4),
          street: block.filter { $0.tag == "N3" }.flatMap { [$0.value(1), $0.value(2)].compactMap { $0 } },
          city: place?.value(1), region: place?.value(2), postalCode: place?.value(3), country: place?.value(4)))
    }
    return parties
  }

  private static func unmappable(_ segment: String, _ position: Int) -> Refusal {
    Refusal(
      RefusalCode("edi.unmappable", .invalid), "The order cannot be read at this segment.",
      at: "\(segment)[\(position)]")
  }
}
