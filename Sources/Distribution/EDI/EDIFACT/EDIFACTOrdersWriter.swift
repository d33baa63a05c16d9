import BulkheadCore

/// Writes ORDERS of D.96A.
enum EDIFACTOrdersWriter {
  /// The segments between UNH and UNT. Refuses with `edi.numberUnfit`.
  static func body(_ order: PurchaseOrderDocument, _ units: EDIFACTUnits) throws(Refusal) -> [EDIFACTSegment] {
    var body = [EDIFACTSegment("BGM", [["220"], [EDIFACTParts.cut(order.number, 35)], ["9"]])]
    body += EDIFACTParts.date("137", order.date) + EDIFACTParts.date("2", order.requestedOn)
    body += EDIFACTParts.reference("CT", order.contract) + EDIFACTParts.parties(order.parties)
    if let currency = order.currency { body.append(EDIFACTSegment("CUX", [["2", currency, "9"]])) }
    for (line, number) in zip(order.lines, EDIFACTParts.numbers(order.lines.map(\.number))) {
      body += try EDIFACTParts.item(number, line.identifiers, line.description)
      body.append(try EDIFACTParts.quantity("21", line.quantity, line.unit, units))
      body += EDIFACTParts.date("2", line.requestedOn)
      body += try EDIFACTParts.price(line.unitPrice)
    }
    return body + EDIFACTParts.summary(lines: order.lines.count)
  }
}
