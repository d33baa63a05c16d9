import BulkheadCore
import BulkheadData

/// A payment as it is told to us.
struct PaymentRequest: Sendable {
  let legalEntityID: EntityID?
  let partyID: EntityID
  let direction: Payment.Direction
  /// The customer's account when the party is a customer, unless said otherwise.
  let book: Payment.Book?
  let method: Payment.Method
  let paidOn: CivilDate?
  let reference: String?
  let amount: Money
  let allocations: [Settlement.Asked]
}

/// Payments received and made, what they and credit notes settle, and what comes back.
struct PaymentDesk {
  let services: Services

  init(_ services: Services) { self.services = services }

  /// Books a payment and allocates it. Refuses in this order: `reference.unknown` (party), `party.notCustomer` and
  /// `party.notSupplier` (for the book asked for), `currency.mismatch`, the codes of `Settlement`, `period.closed`.
  func take(_ request: PaymentRequest, _ entity: LegalEntity, in tx: Transaction) async throws -> Payment {
    let day = request.paidOn ?? CivilDate(services.ambient.now)
    guard let party = try await tx.run(PaymentStatements.party, .id(request.partyID)).first else {
      throw Refusal(.referenceUnknown, "There is no such party.", at: "/partyId")
    }
    let book = try Self.book(request.book, kind: try party.text(2))
    let currency = try party.currency(3)
    guard currency == entity.currency, request.amount.currency == currency else {
      throw Refusal(
        .currencyMismatch, "The party pays in \(currency), the books are kept in \(entity.currency).", at: "/currency")
    }
    let ids = request.allocations.map(\.invoiceID)
    let held = try await tx.run([
      Query(PaymentStatements.lockOrdersOfInvoices, .ids(ids)), CreditPosition.lock(request.partyID),
      Query(PaymentStatements.lockTargets, .ids(ids)), NumberSeries.payment.query(entity, on: day),
    ])
    let settlement = try Settlement(
      request.allocations,
      from: Settlement.Source(
        partyID: request.partyID, legalEntityID: entity.id,
        settles: request.direction == .received ? .invoice : .creditNote, on: day, open: request.amount.minor),
      to: book == .receivable ? try PaymentStatements.targets(held[2]) : [:])
    let payment = Payment(
      id: services.ambient.makeID(), legalEntityID: entity.id,
      number: try NumberSeries.payment.number(held[3], entity, on: day), direction: request.direction, book: book,
      method: request.method, status: .posted, partyID: request.partyID, partyCode: try party.text(1),
      currency: currency, paidOn: day, bouncedOn: nil, reference: request.reference, amount: request.amount.minor,
      open: settlement.rest, createdAt: services.ambient.now, version: 1, allocations: [])
    let writes =
      [insert(payment, tx.context)] + settle(settlement, payment: payment.id, creditNote: nil, payment.partyID, tx)
      + [owe(payment.receivableChange, payment.partyID)]
      + (try LedgerEntry.queries(
        [payment.entry(services.ambient.makeID())], entity, tx.context, services.ambient))
    try tx.enqueue(
      services.outbox.query(
        topic: "payment.posted", key: payment.id.description,
        payload: [
          "payment": .id(payment.id), "number": .string(payment.number), "party": .id(payment.partyID),
          "direction": .string(payment.direction.rawValue),
        ], context: tx.context))
    return try await finish("payment.posted", payment.id, writes, in: tx)
  }

  private static func book(_ asked: Payment.Book?, kind: String) throws(Refusal) -> Payment.Book {
    let buys = kind == "customer" || kind == "both"
    let book = asked ?? (buys ? .receivable : .payable)
    guard book == .payable || buys else {
      throw Refusal(.partyNotCustomer, "This party is not a customer.", at: "/partyId")
    }
    guard book == .receivable || kind != "customer" else {
      throw Refusal(.partyNotSupplier, "This party is not a supplier.", at: "/partyId")
    }
    return book
  }

  /// Allocates what is left of a payment. Refuses in this order: `resource.notFound`, `version.mismatch`,
  /// `payment.wrongState`, the codes of `Settlement`.
  func allocate(
    _ id: EntityID, _ asked: (Currency) throws(Refusal) -> [Settlement.Asked], version: Int64?, in tx: Transaction
  ) async throws -> Payment {
    guard let before = try PaymentStatements.payment(try await tx.run(PaymentStatements.queries(id))) else {
      throw Refusal.notFound
    }
    let allocations = try asked(before.currency)
    let (payment, targets) = try await hold(before, invoices: allocations.map(\.invoiceID), in: tx)
    try Self.check(payment, version: version)
    let settlement = try Settlement(
      allocations,
      from: Settlement.Source(
        partyID: payment.partyID, legalEntityID: payment.legalEntityID,
        settles: payment.direction == .received ? .invoice : .creditNote, on: payment.paidOn, open: payment.open),
      to: payment.book == .receivable ? targets : [:])
    let writes =
      settle(settlement, payment: id, creditNote: nil, payment.partyID, tx)
      + [Query(PaymentStatements.setOpen, .id(id), .int(settlement.rest))]
    return try await finish("payment.allocated", id, writes, in: tx)
  }

  /// Allocates a credit note to invoices of its customer, as a payment is. Refuses in this order: `resource.notFound`,
  /// `allocation.wrongKind` (an invoice), `version.mismatch`, `allocation.notOpen`, the codes of `Settlement`.
  func allocate(
    creditNote id: EntityID, _ asked: (Currency) throws(Refusal) -> [Settlement.Asked], version: Int64?,
    in tx: Transaction
  ) async throws -> Invoice {
    guard let before = try InvoiceReader.invoice(try await tx.run(InvoiceReader.queries(id))) else {
      throw Refusal.notFound
    }
    guard before.kind == .creditNote else {
      throw Refusal(.allocationWrongKind, "An invoice settles nothing: only credit notes and payments do.")
    }
    let allocations = try asked(before.currency)
    let ids = allocations.map(\.invoiceID)
    let held = try await tx.run(
      [
        Query(PaymentStatements.lockOrdersOfInvoices, .ids(ids + [id])), CreditPosition.lock(before.customerID),
        Query(PaymentStatements.lockTargets, .ids(ids + [id])),
      ] + InvoiceReader.queries(id))
    guard let note = try InvoiceReader.invoice(Array(held[3...])) else { throw Refusal.notFound }
    guard version == nil || version == note.version else {
      throw Refusal(.versionMismatch, "It has changed since; its version is \(note.version).")
    }
    guard note.status == .posted else {
      throw Refusal(.allocationNotOpen, "It is \(note.status.rawValue): nothing of it can be allocated.")
    }
    let settlement = try Settlement(
      allocations,
      from: Settlement.Source(
        partyID: note.customerID, legalEntityID: note.legalEntityID, settles: .invoice, on: note.invoiceOn,
        open: note.open), to: try PaymentStatements.targets(held[2]))
    let used = note.open - settlement.rest
    let writes =
      settle(settlement, payment: nil, creditNote: id, note.customerID, tx)
      + [Query(PaymentStatements.settle, .ids([id]), .ints([used]))]
    let rows = try await ConstraintRefusals.translating { try await tx.run(writes + InvoiceReader.queries(id)) }
    guard let now = try InvoiceReader.invoice(Array(rows.suffix(3))) else { throw Refusal.notFound }
    try tx.enqueue(
      services.audit.query(
        "invoice.allocated", subject: "invoice:\(id)",
        detail: ["number": .optional(now.number), "open": now.money(now.open).json], context: tx.context))
    return now
  }

  /// Takes back a payment that the bank returned: what it settled is open again, the entry is reversed. Refuses in this
  /// order: `resource.notFound`, `version.mismatch`, `payment.wrongState`, `input.invalid` (a day before the payment),
  /// `period.closed`.
  func bounce(
    _ id: EntityID, on asked: CivilDate?, reason: String?, version: Int64?, in tx: Transaction
  ) async throws -> Payment {
    guard let before = try PaymentStatements.payment(try await tx.run(PaymentStatements.queries(id))) else {
      throw Refusal.notFound
    }
    let (payment, targets) = try await hold(before, invoices: before.allocations.map(\.invoiceID), in: tx)
    try Self.check(payment, version: version)
    guard payment.allocations.count == before.allocations.count else {
      throw Refusal(.changedMeanwhile, "Somebody has just allocated this payment: try again.")
    }
    let day = asked ?? max(CivilDate(services.ambient.now), payment.paidOn)
    guard day >= payment.paidOn else {
      throw Refusal(.inputInvalid, "It cannot come back before it was paid.", at: "/bouncedOn")
    }
    let entry = try AccountEntry.read(try await tx.run(AccountEntry.queries(origin: id)))
    guard let entry else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "payment \(id) has no entry")
    }
    let reversal = try entry.entry.reversed(id: services.ambient.makeID(), on: day)
      .queries(tx.context, services.ambient)
    let writes =
      undo(payment, targets, on: day, tx)
      + [
        Query(PaymentStatements.bounce, .id(id), .date(day)),
        owe(-payment.receivableChange, payment.partyID),
      ] + reversal
    try tx.enqueue(
      services.outbox.query(
        topic: "payment.bounced", key: id.description,
        payload: ["payment": .id(id), "number": .string(payment.number), "reason": .optional(reason)],
        context: tx.context))
    return try await finish("payment.bounced", id, writes, reason: reason, in: tx)
  }

  private static func check(_ payment: Payment, version: Int64?) throws(Refusal) {
    guard version == nil || version == payment.version else {
      throw Refusal(.versionMismatch, "It has changed since; its version is \(payment.version).")
    }
    guard payment.status == .posted else {
      throw Refusal(.paymentWrongState, "The payment has bounced: nothing of it is left.")
    }
  }

  /// Locks orders, credit row, invoices and payment, in this order, and reads the payment as it is then.
  private func hold(
    _ payment: Payment, invoices: [EntityID], in tx: Transaction
  ) async throws -> (Payment, [EntityID: Settlement.Target]) {
    let rows = try await tx.run(
      [
        Query(PaymentStatements.lockOrdersOfInvoices, .ids(invoices)), CreditPosition.lock(payment.partyID),
        Query(PaymentStatements.lockTargets, .ids(invoices)), Query(PaymentStatements.lock, .id(payment.id)),
      ] + PaymentStatements.queries(payment.id))
    guard let now = try PaymentStatements.payment(Array(rows[4...])) else { throw Refusal.notFound }
    return (now, try PaymentStatements.targets(rows[2]))
  }

  private func insert(_ payment: Payment, _ context: TenantContext) -> Query {
    Query(
      PaymentStatements.insert, .id(payment.id), .id(payment.legalEntityID), .text(payment.number),
      .text(payment.direction.rawValue), .text(payment.book.rawValue), .text(payment.method.rawValue),
      .id(payment.partyID), .text(payment.currency.code), .date(payment.paidOn), .optional(payment.reference),
      .int(payment.amount), .int(payment.open), .text(context.actor.description), .instant(payment.createdAt))
  }

  private func owe(_ minor: Int64, _ party: EntityID) -> Query {
    Query(InvoiceStatements.owe, .id(party), .int(minor), .int(0))
  }

  private func settle(
    _ settlement: Settlement, payment: EntityID?, creditNote: EntityID?, _ party: EntityID, _ tx: Transaction
  ) -> [Query] {
    let parts = settlement.parts
    guard !parts.isEmpty else { return [] }
    return [
      Query(
        PaymentStatements.insertAllocations, .id(party), .optional(payment), .optional(creditNote),
        .text(tx.context.actor.description), .instant(services.ambient.now),
        .ids(parts.map { _ in services.ambient.makeID() }), .ids(parts.map(\.target.id)), .ints(parts.map(\.minor)),
        .texts(parts.map(\.on.description)), .ids(parts.map { _ in nil })),
      Query(PaymentStatements.settle, .ids(parts.map(\.target.id)), .ints(parts.map(\.minor))),
      Query(InvoiceStatements.refreshOrders, .ids(settlement.orders)),
    ]
  }

  /// The opposite of all that the payment has settled.
  private func undo(
    _ payment: Payment, _ targets: [EntityID: Settlement.Target], on day: CivilDate, _ tx: Transaction
  ) -> [Query] {
    let parts = payment.allocations
    guard !parts.isEmpty else { return [] }
    var sums: [EntityID: Int64] = [:]
    for part in parts { sums[part.invoiceID, default: 0] -= part.minor }
    let invoices = sums.keys.sorted()
    return [
      Query(
        PaymentStatements.insertAllocations, .id(payment.partyID), .id(payment.id), .null,
        .text(tx.context.actor.description), .instant(services.ambient.now),
        .ids(parts.map { _ in services.ambient.makeID() }), .ids(parts.map(\.invoiceID)),
        .ints(parts.map { -$0.minor }),
        .texts(parts.map { max(day, $0.allocatedOn).description }), .ids(parts.map(\.id))),
      Query(PaymentStatements.settle, .ids(invoices), .ints(invoices.map { sums[$0] ?? 0 })),
      Query(InvoiceStatements.refreshOrders, .ids(Set(targets.values.compactMap(\.orderID)).sorted())),
    ]
  }

  private func finish(
    _ act: String, _ id: EntityID, _ writes: [Query], reason: String? = nil, in tx: Transaction
  ) async throws -> Payment {
    let rows = try await ConstraintRefusals.translating { try await tx.run(writes + PaymentStatements.queries(id)) }
    guard let payment = try PaymentStatements.payment(Array(rows.suffix(2))) else { throw Refusal.notFound }
    try tx.enqueue(
      services.audit.query(
        act, subject: "payment:\(id)",
        detail: [
          "number": .string(payment.number), "party": .string(payment.partyCode),
          "amount": Money(minor: payment.amount, payment.currency).json,
          "unallocated": Money(minor: payment.open, payment.currency).json, "reason": .optional(reason),
        ], context: tx.context))
    return payment
  }
}
