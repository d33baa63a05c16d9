import BulkheadCore

/// Writes INVOIC of D.96A. Every amount is named: 203 of a line, 79 of all lines, 124 of the tax, 77 and 139 of it all.
enum EDIFACTInvoiceWriter {
  /// The segments between UNH and UNT. Refuses with `edi.numberUnfit`.
  static func body(_ invoice: InvoiceDocument, _ units: EDIFACTUnits) throws(Refusal) -> [EDIFACTSegment] {
    let name = invoice.kind == .creditMemo ? "381" : "380"
    var body = [EDIFACTSegment("BGM", [[name], [EDIFACTParts.cut(invoice.number, 35)], ["9"]])]
    body += EDIFACTParts.date("137", invoice.date) + EDIFACTParts.date("35", invoice.shippedOn)
    body += EDIFACTParts.reference("ON", invoice.orderNumber)
    if invoice.orderNumber != nil { body += EDIFACTParts.date("4", invoice.orderDate) }
    body += EDIFACTParts.reference("VN", invoice.sellerNumber) + EDIFACTParts.reference("AAK", invoice.shipment)
    body += EDIFACTParts.parties(invoice.parties)
    if let currency = invoice.currency { body.append(EDIFACTSegment("CUX", [["2", currency, "4"]])) }
    body += terms(invoice.terms)
    for (line, number) in zip(invoice.lines, EDIFACTParts.numbers(invoice.lines.map(\.number))) {
      body += try EDIFACTParts.item(number, line.identifiers, line.description)
      body.append(try EDIFACTParts.quantity("47", line.quantity, line.unit, units))
      if let cents = line.amountCents { body.append(EDIFACTParts.amount("203", cents: cents)) }
      body += try EDIFACTParts.price(line.unitPrice)
      if EDIFACTParts.isLineNumber(line.number) { body += EDIFACTParts.orderLine(invoice.orderNumber, line.number) }
    }
    body += EDIFACTParts.summary(lines: invoice.lines.count)
    let (net, overflow) = invoice.totalCents.subtractingReportingOverflow(invoice.taxCents)
    guard !overflow else { throw Money.overflow }
    return body + [
      EDIFACTParts.amount("77", cents: invoice.totalCents), EDIFACTParts.amount("79", cents: net),
      EDIFACTParts.amount("124", cents: invoice.taxCents), EDIFACTParts.amount("139", cents: invoice.totalCents),
    ]
  }

  /// 5:3:D: counted in days after the date of the invoice; else 13, the day on which it is due.
  private static func terms(_ terms: InvoiceDocument.Terms) -> [EDIFACTSegment] {
    guard terms.netDays != nil || terms.dueOn != nil else { return [] }
    let period = terms.netDays.map { ["5", "3", "D", String($0)] } ?? [""]
    return [EDIFACTSegment("PAT", [["3"], [""], period])]
      + (terms.netDays == nil ? EDIFACTParts.date("13", terms.dueOn) : [])
  }
}
