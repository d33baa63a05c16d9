import BulkheadCore
import BulkheadData

/// Takes a supplier's invoice to the desk that matches invoices with orders and receipts. Tenant-scoped.
struct EDIInvoiceIntake: Sendable {
  let services: Services

  /// Refuses in this order: `edi.unmappable`, `edi.creditNotSupported`, `edi.chargesNotSupported`, `edi.orderUnknown`,
  /// `purchase.wrongState`, `edi.currencyNotAgreed`, `edi.totalsDiffer`, `edi.itemUnknown`, and the codes of
  /// `SupplierInvoiceDesk.take`, among them `supplierInvoice.duplicate` and `unit.unknown`.
  func take(_ document: EDISupplierDocument, in tx: Transaction) async throws {
    let invoice = try document.content.invoice()
    guard invoice.kind == .invoice else {
      throw Refusal(.ediCreditNotSupported, "Credit memos are taken by hand.")
    }
    guard invoice.chargesCents == 0 else {
      throw Refusal(.ediChargesNotSupported, "The invoice has charges or allowances that no order line stands for.")
    }
    guard let number = invoice.orderNumber else {
      throw Refusal(.ediOrderUnknown, "The invoice names no order.")
    }
    let orders = try await EDIPurchase.load([number], supplier: document.supplier, in: tx)
    guard let order = orders[number] else { throw Refusal.notFound }
    try order.require(open: false)
    try order.require(currency: invoice.currency)
    try Self.add(invoice, order.currency)
    var lines: [SupplierInvoiceRequest.Line] = []
    for line in invoice.lines {
      lines.append(
        SupplierInvoiceRequest.Line(
          orderLine: try order.line(line.number, line.identifiers).id, quantity: try Quantity(line.quantity.text),
          unit: line.unit, unitPrice: try UnitPrice(line.unitPrice.text)))
    }
    let request = SupplierInvoiceRequest(
      supplier: document.supplier, supplierNumber: invoice.number, currency: order.currency.code,
      invoicedOn: try CivilDate(invoice.date), dueOn: try await due(invoice, document.message, in: tx),
      tax: invoice.taxCents == 0 ? nil : EDICents.text(invoice.taxCents), lines: lines)
    let made = try await SupplierInvoiceDesk(services: services).take(request, in: tx)
    try tx.enqueue(
      Query(
        Statement(
          """
          UPDATE edi_message AS message
          SET state = 'processed', purchase_order_id = $2, supplier_invoice_id = $3 WHERE message.id = $1
          """), .id(document.message), .id(order.id), .id(made.id)))
    let held = made.json["state"]?.string == SupplierInvoiceState.held.rawValue
    guard held else { return }
    try tx.enqueue(
      EDIWorkList(services: services).entry(
        "edi.invoiceHeld", about: "invoice \(invoice.number)",
        "It is held: \(made.json["matchState"]?.string ?? "it does not match").", message: document.message))
  }

  /// The total is what its lines and taxes make, and each line what its quantity and price make. A document
  /// that does not add up was not written by whoever counts.
  private static func add(_ invoice: InvoiceDocument, _ currency: Currency) throws(Refusal) {
    var sum = invoice.taxCents
    for line in invoice.lines {
      let amount = try UnitPrice(line.unitPrice.text).amount(of: try Quantity(line.quantity.text), in: currency)
      guard let cents = EDICents.from(minor: amount.minor, exponent: currency.exponent) else {
        throw Refusal(.ediAmountUnfit, "A line has an amount that two decimals cannot say.")
      }
      guard line.amountCents.map({ $0 == cents }) ?? true else {
        let told = EDICents.text(line.amountCents ?? 0)
        throw Refusal(
          .ediTotalsDiffer, "Line \(line.number) is \(told); quantity and price make \(EDICents.text(cents)).")
      }
      let (next, overflow) = sum.addingReportingOverflow(cents)
      guard !overflow else { throw Money.overflow }
      sum = next
    }
    guard sum == invoice.totalCents else {
      throw Refusal(
        .ediTotalsDiffer,
        "The total is \(EDICents.text(invoice.totalCents)); lines and taxes make \(EDICents.text(sum)).")
    }
  }

  /// The day that it names, else so many days from the date of the invoice.
  private func due(_ invoice: InvoiceDocument, _ message: EntityID, in tx: Transaction) async throws -> CivilDate? {
    let invoiced = try CivilDate(invoice.date)
    if let day = invoice.terms.dueOn { return max(try CivilDate(day), invoiced) }
    guard let days = invoice.terms.netDays else { return nil }
    let rows = try await tx.run(
      Statement("SELECT $2::date + $3::integer FROM edi_message AS message WHERE message.id = $1"), .id(message),
      .text(invoice.date), .int(Int64(days)))
    return try rows.first?.dateOrNil(0)
  }
}
