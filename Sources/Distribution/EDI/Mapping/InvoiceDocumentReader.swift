import BulkheadCore

/// Reads an 810 of version 004010 that a validator accepted.
public enum InvoiceDocumentReader {
  /// Refuses with `edi.unmappable` where a required value is missing or is no number that can be an amount.
  public static func read(_ set: X12TransactionSet) throws(Refusal) -> InvoiceDocument {
    let body = set.segments
    guard let begin = body.first(where: { $0.tag == "BIG" }), let number = begin.value(2),
      let date = X12Calendar.iso(begin[1])
    else { throw unmappable("BIG", 2) }
    guard let total = body.first(where: { $0.tag == "TDS" }), let cents = EDICents.read(total[1]) else {
      throw unmappable("TDS", body.count)
    }
    let header = body.prefix { $0.tag != "IT1" && $0.tag != "TDS" }
    let terms = header.last { $0.tag == "ITD" }
    return InvoiceDocument(
      number: number, kind: ["CR", "CN", "CM"].contains(begin[7]) ? .creditMemo : .invoice, date: date,
      orderNumber: begin.value(4), orderDate: X12Calendar.iso(begin[3]), sellerNumber: reference("VN", header),
      shipment: reference("SI", header), currency: header.first { $0.tag == "CUR" }?.value(2),
      terms: .init(dueOn: terms.flatMap { X12Calendar.iso($0[6]) }, netDays: terms.flatMap { X12Number.whole($0[7]) }),
      shippedOn: nil, parties: [], lines: try lines(body), totalCents: cents, taxCents: try taxes(body),
      chargesCents: try charges(body))
  }

  private static func lines(_ body: [X12Segment]) throws(Refusal) -> [InvoiceDocument.Line] {
    var lines: [InvoiceDocument.Line] = []
    for item in body where item.tag == "IT1" {
      guard let quantity = EDIDecimal(item[2]), let unit = item.value(3), let price = EDIDecimal(item[4]) else {
        throw unmappable("IT1", item.position)
      }
      lines.append(
        InvoiceDocument.Line(
          number: item.value(1) ?? String(lines.count + 1), quantity: quantity, unit: unit, unitPrice: price,
          identifiers: EDIItemID.pairs(of: item, from: 6), description: nil))
    }
    return lines
  }

  /// TXI02 of the lines and of the whole.
  private static func taxes(_ body: [X12Segment]) throws(Refusal) -> Int64 {
    var sum: Int64 = 0
    for segment in body where segment.tag == "TXI" {
      guard let text = segment.value(2) else { continue }
      guard let cents = EDICents.decimal(text), let next = add(sum, cents) else {
        throw unmappable("TXI", segment.position)
      }
      sum = next
    }
    return sum
  }

  /// SAC05: C adds, A takes off. One that gives a percentage only cannot be added up.
  private static func charges(_ body: [X12Segment]) throws(Refusal) -> Int64? {
    var sum: Int64 = 0
    for segment in body where segment.tag == "SAC" && ["A", "C"].contains(segment[1]) {
      guard let text = segment.value(5) else { return nil }
      guard let cents = EDICents.read(text), cents != .min, let next = add(sum, segment[1] == "C" ? cents : -cents)
      else { throw unmappable("SAC", segment.position) }
      sum = next
    }
    return sum
  }

  private static func add(_ left: Int64, _ right: Int64) -> Int64? {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : sum
  }

  private static func reference(_ qualifier: String, _ segments: ArraySlice<X12Segment>) -> String? {
    segments.first { $0.tag == "REF" && $0[1] == qualifier }?.value(2)
  }

  private static func unmappable(_ segment: String, _ position: Int) -> Refusal {
    .unmappable("The invoice cannot be read at this segment.", segment, position)
  }
}
