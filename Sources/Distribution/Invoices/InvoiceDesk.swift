import BulkheadCore
import BulkheadData

/// Writes customer invoices and credit notes.
///
/// Locks in one order, everywhere: orders, the customer's credit row, invoices and then payments by id, the month in
/// the ledger, number series.
struct InvoiceDesk {
  let services: Services

  init(_ services: Services) { self.services = services }

  /// When, where to and with which words.
  struct Terms: Sendable {
    var invoiceOn: CivilDate?
    var address: EntityID?
    var memo: String?
  }

  /// Drafts an invoice of all that an order has shipped and nobody has invoiced. Refuses in this order:
  /// `reference.unknown` (order, address), `currency.mismatch`, `invoice.nothingToInvoice`, `tax.ruleMissing`,
  /// `tax.rateMissing`, `money.overflow`.
  func draft(order: EntityID, _ asked: Terms = Terms(), in tx: Transaction) async throws -> Invoice {
    let found = try await tx.run(
      Query(InvoiceStatements.lockOrder, .id(order)), Query(InvoiceStatements.orderLines, .id(order)))
    guard let row = found[0].first else {
      throw Refusal(.referenceUnknown, "There is no such order.", at: "/orderId")
    }
    let entity = LegalEntity(
      id: try row.id(4), currency: try row.currency(5), fiscalYearStartMonth: Int(try row.int(6)))
    var lines: [BillableLine] = []
    for line in found[1] {
      let billing = try OrderLineBilling(line)
      let quantity = try billing.billable()
      if quantity.isPositive { lines.append(billing.line.of(quantity)) }
    }
    let terms = try await terms(.id(try row.id(1)), entity, asked, in: tx)
    guard !lines.isEmpty else {
      throw Refusal(.invoiceNothingToInvoice, "Nothing of this order is shipped and not invoiced.")
    }
    return try await write(lines, terms, entity, order: order, asked, in: tx)
  }

  /// Drafts an invoice of charges that no order stands behind. Refuses in this order: `reference.unknown` (customer,
  /// address), `party.notCustomer`, `currency.mismatch`, then as for an order.
  func draft(
    customer: PartyReference, _ charges: [BillableLine], _ entity: LegalEntity, _ asked: Terms, in tx: Transaction
  ) async throws -> Invoice {
    let terms = try await terms(customer, entity, asked, in: tx)
    return try await write(charges, terms, entity, order: nil, asked, in: tx)
  }

  private func terms(
    _ customer: PartyReference, _ entity: LegalEntity, _ asked: Terms, in tx: Transaction
  ) async throws -> BillingTerms {
    let day = asked.invoiceOn ?? CivilDate(services.ambient.now)
    let rows = try await tx.run(BillingTerms.queries(customer, entity, address: asked.address, on: day))
    guard let terms = try BillingTerms(rows[...], address: asked.address, on: day) else {
      throw Refusal(.referenceUnknown, "There is no such customer.", at: "/" + customer.member)
    }
    guard terms.buys else {
      throw Refusal(.partyNotCustomer, "This party is not a customer.", at: "/" + customer.member)
    }
    guard terms.currency == entity.currency else {
      throw Refusal(
        .currencyMismatch, "The customer buys in \(terms.currency), the books are kept in \(entity.currency).")
    }
    return terms
  }

  private func write(
    _ lines: [BillableLine], _ terms: BillingTerms, _ entity: LegalEntity, order: EntityID?, _ asked: Terms,
    in tx: Transaction
  ) async throws -> Invoice {
    let priced = try BillableLine.priced(lines, terms, services.ambient)
    let sums = try Invoice.sums(priced)
    let invoice = Invoice(
      id: services.ambient.makeID(), legalEntityID: entity.id, kind: .invoice, status: .draft, number: nil,
      customerID: terms.customerID, customerCode: terms.customerCode, currency: terms.currency, orderID: order,
      originalID: nil, invoiceOn: terms.invoiceOn, dueOn: terms.dueOn, shipToCountry: terms.country,
      shipToRegion: terms.region, exemption: terms.exemption, rounding: terms.rounding, net: sums.net, tax: sums.tax,
      total: sums.total, open: 0, memo: asked.memo, createdAt: services.ambient.now, postedAt: nil, version: 1,
      lines: priced)
    return try await keep(invoice, in: tx)
  }

  /// Drafts a credit note over `asked` lines of an invoice, or all that is left of it. Taxes are those that were
  /// charged, whatever the rates are now. Refuses in this order: `resource.notFound`, `invoice.notCreditable` (a credit
  /// note), `invoice.notPosted`, `line.repeated`, `reference.unknown` (line), `credit.beyondInvoiced`.
  func credit(
    _ original: EntityID, _ asked: [CreditPlan.Asked]?, _ terms: Terms = Terms(), in tx: Transaction
  ) async throws -> Invoice {
    guard let place = try await tx.run(InvoiceStatements.whereabouts, .id(original)).first else {
      throw Refusal.notFound
    }
    let rows = try await tx.run(
      [
        Query(InvoiceStatements.lockOrders, .ids([place.idOrNil(0)].compactMap { $0 })),
        Query(InvoiceStatements.lock, .ids([original])),
        Query(InvoiceStatements.creditedLines, .id(original)), Query(InvoiceStatements.creditedParts, .id(original)),
      ] + InvoiceReader.queries(original))
    guard let invoice = try InvoiceReader.invoice(Array(rows[4...])) else { throw Refusal.notFound }
    guard invoice.kind == .invoice else {
      throw Refusal(.invoiceNotCreditable, "A credit note is not credited: post an invoice.")
    }
    guard invoice.status == .posted || invoice.status == .paid else {
      throw Refusal(.invoiceNotPosted, "Only a posted invoice can be credited.")
    }
    let lines = try CreditPlan.lines(
      of: invoice, asked, credited: try CreditPlan.credited(rows[2], rows[3]), services.ambient)
    let sums = try Invoice.sums(lines)
    let day = max(terms.invoiceOn ?? CivilDate(services.ambient.now), invoice.invoiceOn)
    let note = Invoice(
      id: services.ambient.makeID(), legalEntityID: invoice.legalEntityID, kind: .creditNote, status: .draft,
      number: nil, customerID: invoice.customerID, customerCode: invoice.customerCode, currency: invoice.currency,
      orderID: invoice.orderID, originalID: invoice.id, invoiceOn: day, dueOn: day,
      shipToCountry: invoice.shipToCountry, shipToRegion: invoice.shipToRegion, exemption: invoice.exemption,
      rounding: invoice.rounding, net: sums.net, tax: sums.tax, total: sums.total, open: 0, memo: terms.memo,
      createdAt: services.ambient.now, postedAt: nil, version: 1, lines: lines)
    return try await keep(note, in: tx)
  }

  private func keep(_ invoice: Invoice, in tx: Transaction) async throws -> Invoice {
    let queries = InvoiceStatements.insert(invoice, tx.context, services.ambient)
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
    if invoice.kind == .invoice, let order = invoice.orderID {
      try tx.enqueue(Query(InvoiceStatements.refreshOrders, .ids([order])))
    }
    try tx.enqueue(record("invoice.drafted", invoice, tx.context))
    return invoice
  }

  /// Discards a draft. Refuses with `resource.notFound`, `version.mismatch`, `invoice.notDraft`.
  func cancel(_ id: EntityID, version: Int64?, in tx: Transaction) async throws -> Invoice {
    var held = try await InvoiceHold.take(id, in: tx)
    try held.check(version: version)
    held.invoice.status = .cancelled
    held.invoice.version += 1
    try tx.enqueue(Query(InvoiceStatements.cancel, .id(id)))
    if let order = held.invoice.orderID { try tx.enqueue(Query(InvoiceStatements.refreshOrders, .ids([order]))) }
    try tx.enqueue(record("invoice.cancelled", held.invoice, tx.context))
    return held.invoice
  }

  /// Posts a draft: books it, tells the order and the customer's credit, and gives it the next number of its series.
  ///
  /// The number is taken last: its row is held for one round trip only, the commit, and a posting that fails gives its
  /// number back with everything else, so the series has no gaps. Refuses in this order: `resource.notFound`,
  /// `version.mismatch`, `invoice.notDraft`, `invoice.beyondShipped`, `credit.beyondInvoiced`, `money.overflow`,
  /// `period.closed`.
  func post(_ id: EntityID, version: Int64? = nil, in tx: Transaction) async throws -> Invoice {
    var held = try await InvoiceHold.take(id, in: tx)
    try held.check(version: version)
    let changes = try held.changes()
    let invoice = held.invoice
    let entry = try LedgerEntry.queries(
      [invoice.entry(services.ambient.makeID())], held.entity, tx.context, services.ambient)
    let series = invoice.kind.series
    let writes =
      changes.lines + [
        Query(
          InvoiceStatements.owe, .id(invoice.customerID), .int(invoice.kind.sign * invoice.total),
          .int(changes.unbilled))
      ] + entry + [series.query(held.entity, on: invoice.invoiceOn)]
    let rows = try await ConstraintRefusals.translating { try await tx.run(writes) }
    guard let taken = rows.last else { throw Refusal.notFound }
    held.invoice.number = try series.number(taken, held.entity, on: invoice.invoiceOn)
    held.invoice.status = invoice.total > 0 ? .posted : .paid
    held.invoice.open = invoice.total
    let now = services.ambient.now
    held.invoice.postedAt = now
    held.invoice.version += 1
    try tx.enqueue(
      Query(
        InvoiceStatements.post, .id(id), .text(held.invoice.status.rawValue), .optional(held.invoice.number),
        .int(Int64(NumberSeries.fiscalYear(of: invoice.invoiceOn, held.entity))), .int(try series.sequence(taken)),
        .int(invoice.total), .text(tx.context.actor.description), .instant(now)))
    if let order = invoice.orderID { try tx.enqueue(Query(InvoiceStatements.refreshOrders, .ids([order]))) }
    try tx.enqueue(
      services.outbox.query(
        topic: "invoice.posted", key: id.description,
        payload: [
          "invoice": .id(id), "kind": .string(invoice.kind.rawValue), "number": .optional(held.invoice.number),
          "total": invoice.money(invoice.total).json,
        ], context: tx.context))
    try tx.enqueue(record("invoice.posted", held.invoice, tx.context))
    return held.invoice
  }

  private func record(_ act: String, _ invoice: Invoice, _ context: TenantContext) throws -> Query {
    try services.audit.query(
      act, subject: "invoice:\(invoice.id)",
      detail: [
        "kind": .string(invoice.kind.rawValue), "number": .optional(invoice.number),
        "customer": .string(invoice.customerCode), "total": invoice.money(invoice.total).json,
      ], context: context)
  }
}
