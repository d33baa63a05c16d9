/// Writes an 810 of version 004010.
public enum InvoiceDocumentWriter {
  /// The segments between ST and SE. Amounts of TDS have two implied decimals, taxes of TXI explicit ones.
  public static func body(_ invoice: InvoiceDocument) -> [X12Segment] {
    var body = [
      X12Segment(
        "BIG", X12Calendar.compact(invoice.date), String(invoice.number.prefix(22)),
        X12Calendar.compact(invoice.orderDate ?? ""), String((invoice.orderNumber ?? "").prefix(22)), "", "",
        invoice.kind.rawValue, "00")
    ]
    if let currency = invoice.currency { body.append(X12Segment("CUR", "SE", currency)) }
    if let number = invoice.sellerNumber { body.append(X12Segment("REF", "VN", String(number.prefix(30)))) }
    if let number = invoice.shipment { body.append(X12Segment("REF", "SI", String(number.prefix(30)))) }
    body += invoice.parties.flatMap(\.segments)
    body.append(terms(invoice.terms))
    if let day = invoice.shippedOn { body.append(X12Segment("DTM", "011", X12Calendar.compact(day))) }
    for line in invoice.lines {
      let names = line.identifiers.prefix(10).flatMap { [$0.qualifier, $0.value] }
      body.append(
        X12Segment(
          "IT1",
          [line.number, line.quantity.text, line.unit, line.unitPrice.spelled(minimumScale: 2), ""] + names))
      if let text = line.description { body.append(X12Segment("PID", "F", "", "", "", String(text.prefix(80)))) }
    }
    body.append(X12Segment("TDS", String(invoice.totalCents)))
    if invoice.taxCents != 0 { body.append(X12Segment("TXI", "TX", EDICents.text(invoice.taxCents))) }
    return body + [X12Segment("CTT", String(invoice.lines.count))]
  }

  /// ITD02 3: counted from the date of the invoice.
  private static func terms(_ terms: InvoiceDocument.Terms) -> X12Segment {
    let days = terms.netDays.map(String.init) ?? ""
    return X12Segment("ITD", "01", "3", "", "", "", X12Calendar.compact(terms.dueOn ?? ""), days)
  }
}
