import BulkheadCore
import BulkheadData

extension ReturnDesk {
  /// Settles a return with the customer. `outcome`: another one than was asked for.
  ///
  /// A credit note is posted for what was billed of it, one for each invoice; what waited to be billed waits no longer.
  /// A replacement is that, and a new order over the same goods at the prices of today. Everything that another
  /// posting could hold is held before the first document is written: the order, the customer's credit, the invoices.
  ///
  /// Refuses in this order: `resource.notFound`, `version.mismatch`, `return.wrongState`, `return.creditDrafted`, and
  /// the codes of `InvoiceDesk.post` and `OrderDesk.place`.
  func complete(_ id: EntityID, outcome: ReturnOutcome?, version: Int64?, in tx: Transaction) async throws {
    let held = try await LockedReturn.take(id, version: version, in: tx)
    try held.require([.received], to: "completed")
    let outcome = outcome ?? held.outcome
    var notes: [Invoice] = []
    if outcome != .none { notes = try await credit(held, in: tx) }
    let replacement = outcome == .replacement ? try await replace(held, in: tx) : nil
    try tx.enqueue(
      Query(
        ReturnStatements.complete, .id(id), .text(outcome.rawValue), .optional(replacement?.id),
        .instant(services.ambient.now)))
    try tell(
      "return.completed", held, to: .completed,
      detail: [
        .init("outcome", .string(outcome.rawValue)),
        .init("creditNotes", .array(notes.compactMap(\.number).map(JSON.string))),
        .init("replacement", .optional(replacement?.number)),
      ], in: tx)
  }

  private func credit(_ held: LockedReturn, in tx: Transaction) async throws -> [Invoice] {
    let orderLines = SQLValue.ids(Set(held.lines.map(\.orderLineID)).sorted())
    let rows = try await tx.run(
      CreditPosition.lock(held.customerID), Query(ReturnStatements.creditable, .id(held.orderID), orderLines),
      Query(ReturnStatements.billed, orderLines))
    var open: [EntityID: Quantity] = [:]
    var waiting: [EntityID: Quantity] = [:]
    for row in rows[2] {
      open[try row.id(0)] = try row.quantity(1)
      waiting[try row.id(0)] = try row.quantity(2)
    }
    let plan = try ReturnCredit(held.lines, billed: try ReturnCredit.read(rows[1]), open: open)
    if !plan.notes.isEmpty {
      _ = try await tx.run(InvoiceStatements.lock, .ids(plan.notes.map(\.invoiceID)))
    }
    let desk = InvoiceDesk(services)
    var drafts: [Invoice] = []
    for note in plan.notes {
      let terms = InvoiceDesk.Terms(memo: "Return \(held.number)")
      drafts.append(try await desk.credit(note.invoiceID, note.asked, terms, in: tx))
    }
    var posted: [Invoice] = []
    for draft in drafts { posted.append(try await desk.post(draft.id, in: tx)) }
    try tx.enqueue(
      Query(ReturnStatements.creditLines, .ids(held.lines.map(\.id)), .quantities(plan.credited)))
    if !posted.isEmpty {
      try tx.enqueue(Query(ReturnStatements.insertCredits, .id(held.id), .ids(posted.map(\.id))))
    }
    let unbilled = try Self.unbilled(held, plan.credited, waiting)
    if unbilled > 0 {
      try tx.enqueue(Query(InvoiceStatements.owe, .id(held.customerID), 0, .int(unbilled)))
    }
    return posted
  }

  /// What will never be billed of what `waiting` to be billed, in minor units.
  private static func unbilled(
    _ held: LockedReturn, _ credited: [Quantity], _ waiting: [EntityID: Quantity]
  ) throws(Refusal) -> Int64 {
    var waiting = waiting
    var sum: Int64 = 0
    for (line, credited) in zip(held.lines, credited) {
      let rest = waiting[line.orderLineID] ?? .zero
      let part = min(try line.received.subtracting(credited), rest)
      waiting[line.orderLineID] = try rest.subtracting(part)
      let amount = try line.unitPrice.amount(of: part, in: held.entity.currency)
      let (next, overflow) = sum.addingReportingOverflow(amount.minor)
      guard !overflow else { throw Money.overflow }
      sum = next
    }
    return sum
  }

  /// The customer's earlier price is told, so that the answer shows where today's is another.
  private func replace(_ held: LockedReturn, in tx: Transaction) async throws -> PlacedOrder {
    try await OrderDesk(services).place(
      OrderRequest(
        customer: .id(held.customerID), warehouse: held.warehouseCode, channel: .api,
        lines: held.lines.filter(\.received.isPositive).map { line in
          OrderRequest.Line(
            product: .id(line.productID), quantity: line.received, expectedPrice: line.unitPrice)
        }), in: tx)
  }
}
