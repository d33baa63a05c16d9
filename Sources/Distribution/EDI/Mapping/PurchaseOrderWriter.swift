/// Writes an 850 of version 004010.
public enum PurchaseOrderWriter {
  /// The segments between ST and SE.
  public static func body(_ order: PurchaseOrderDocument) -> [X12Segment] {
    var body = [X12Segment("BEG", "00", "SA", order.number, "", X12Calendar.compact(order.date))]
    if let currency = order.currency { body.append(X12Segment("CUR", "BY", currency)) }
    if let day = order.requestedOn { body.append(X12Segment("DTM", "002", X12Calendar.compact(day))) }
    body += order.parties.flatMap(\.segments)
    for line in order.lines {
      let names = line.identifiers.prefix(10).flatMap { [$0.qualifier, $0.value] }
      body.append(
        X12Segment(
          "PO1",
          [line.number, line.quantity.text, line.unit, line.unitPrice?.spelled(minimumScale: 2) ?? "", ""] + names))
      if let text = line.description { body.append(X12Segment("PID", "F", "", "", "", String(text.prefix(80)))) }
    }
    return body + [X12Segment("CTT", String(order.lines.count))]
  }
}
