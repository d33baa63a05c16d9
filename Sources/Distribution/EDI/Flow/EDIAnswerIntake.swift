import BulkheadCore
import BulkheadData

/// Takes a supplier's answer to an order: keeps what was said of each line, closes what was rejected, and puts what
/// differs from the order on the work list. Tenant-scoped.
struct EDIAnswerIntake: Sendable {
  let services: Services

  /// What was said of a part of a line, in the unit that was ordered in.
  private struct Entry {
    let line: EDIPurchase.Line
    let outcome: SupplierAnswer.Outcome
    let quantity: Quantity
    let price: UnitPrice?
    let promisedOn: CivilDate?
    let note: String?
  }

  /// Refuses in this order: `edi.unmappable`, `edi.orderUnknown`, `purchase.wrongState`, `edi.currencyNotAgreed`,
  /// `edi.itemUnknown`, `edi.unitUnknown`, and the codes of malformed quantities and prices.
  func take(_ document: EDISupplierDocument, in tx: Transaction) async throws {
    let answer = try document.content.answer()
    let orders = try await EDIPurchase.load([answer.orderNumber], supplier: document.supplier, in: tx)
    guard let order = orders[answer.orderNumber] else { throw Refusal.notFound }
    try order.require(open: true)
    try order.require(currency: answer.currency)
    let entries = try entries(answer, order)
    let id = services.ambient.makeID()
    try tx.enqueue(header(id, answer, order, document))
    if !entries.isEmpty { try tx.enqueue(insert(entries, of: id)) }
    for (code, entry, note) in try deviations(entries, answer) {
      try tx.enqueue(
        EDIWorkList(services: services).entry(
          code, about: "order \(order.number) line \(entry.line.number)", note, message: document.message))
    }
    let records = PurchaseRecords(services: services, context: tx.context, now: services.ambient.now)
    for query in try records.queries(
      "purchase.acknowledged", order: order.id, number: order.number, from: order.status, to: order.status,
      detail: [
        .init("verdict", .string(answer.verdict.rawValue)), .init("supplierNumber", .optional(answer.sellerNumber)),
      ])
    { try tx.enqueue(query) }
    try tx.enqueue(
      Query(
        Statement(
          "UPDATE edi_message AS message SET state = 'processed', purchase_order_id = $2 WHERE message.id = $1"),
        .id(document.message), .id(order.id)))
    try await close(entries, answer, order, in: tx)
  }

  private func entries(_ answer: SupplierAnswer, _ order: EDIPurchase) throws(Refusal) -> [Entry] {
    var entries: [Entry] = []
    for said in answer.lines {
      let line = try order.line(said.number, said.identifiers)
      let price = try said.unitPrice.map { text throws(Refusal) in try UnitPrice(text.text) }
      for part in said.parts {
        guard [part.unit, said.unit].allSatisfy({ $0 == nil || $0 == line.unit }) else {
          throw Refusal(
            .ediUnitUnknown, "Line \(line.number) was ordered in \(line.unit), the answer is in another unit.")
        }
        let quantity = try Quantity(part.quantity.text)
        guard quantity >= .zero, price.map({ !$0.isNegative }) ?? true else {
          throw Refusal(.quantityNotPositive, "Line \(line.number) is answered with a negative number.")
        }
        entries.append(
          Entry(
            line: line, outcome: part.outcome, quantity: quantity, price: price,
            promisedOn: part.promisedOn.flatMap { try? CivilDate($0) },
            note: said.reason.map { EDIText.printable($0, max: 200) }))
      }
    }
    return entries
  }

  private func header(
    _ id: EntityID, _ answer: SupplierAnswer, _ order: EDIPurchase, _ document: EDISupplierDocument
  ) -> Query {
    Query(
      Statement(
        """
        INSERT INTO purchase_ack (id, order_id, message_id, verdict, supplier_number, answered_on, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """),
      .id(id), .id(order.id), .id(document.message), .text(answer.verdict.rawValue),
      .optional(answer.sellerNumber.map { EDIText.printable($0, max: 40) }), .text(answer.answeredOn),
      .instant(services.ambient.now))
  }

  private func insert(_ entries: [Entry], of ack: EntityID) -> Query {
    Query(
      Statement(
        """
        INSERT INTO purchase_ack_line (ack_id, id, entry_no, order_line_id, outcome, qty, unit_price, promised_on, note)
        SELECT $1::uuid, n.id, n.entry_no, n.line_id, n.outcome, n.qty, n.price, n.promised, n.note
          FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::numeric[], $7::numeric[], $8::date[],
                      $9::text[]) AS n (id, entry_no, line_id, outcome, qty, price, promised, note)
        """),
      .id(ack), .ids(entries.map { _ in services.ambient.makeID() }), .ints(entries.indices.map { Int64($0 + 1) }),
      .ids(entries.map(\.line.id)), .texts(entries.map(\.outcome.rawValue)), .quantities(entries.map(\.quantity)),
      .texts(entries.map { $0.price?.description }), .texts(entries.map { $0.promisedOn?.description }),
      .texts(entries.map(\.note)))
  }

  /// Where the answer is not what was asked for, with the two figures.
  private func deviations(
    _ entries: [Entry], _ answer: SupplierAnswer
  ) throws(Refusal) -> [(code: String, entry: Entry, note: String)] {
    var found: [(code: String, entry: Entry, note: String)] = []
    for entry in entries {
      let line = entry.line
      let reason = entry.note.map { ": \($0)" } ?? ""
      switch entry.outcome {
      case .rejected: found.append(("edi.lineRejected", entry, "The supplier rejected the line\(reason)"))
      case .backordered:
        let note = "\(entry.quantity) of \(line.entered) \(line.unit) are backordered\(reason)"
        found.append(("edi.lineBackordered", entry, note))
      case .changed: found.append(("edi.lineChanged", entry, "The supplier changed the line\(reason)"))
      case .held: found.append(("edi.lineHeld", entry, "The supplier holds the line\(reason)"))
      case .accepted, .quantityChanged, .priceChanged:
        let said = try Self.confirmed(entries, line)
        if said.total != line.entered {
          let note = "\(said.confirmed) of \(line.entered) \(line.unit) are confirmed\(reason)"
          found.append(("edi.quantityChanged", entry, note))
        }
        let ordered = try line.enteredPrice()
        if let price = entry.price, price != ordered {
          let note = "The price is \(price), ordered at \(ordered) for one \(line.unit)\(reason)"
          found.append(("edi.priceChanged", entry, note))
        }
      }
    }
    return found
  }

  /// What is confirmed of a line, and that with what is backordered: together they should be what was ordered.
  private static func confirmed(
    _ entries: [Entry], _ line: EDIPurchase.Line
  ) throws(Refusal) -> (confirmed: Quantity, total: Quantity) {
    var confirmed = Quantity.zero
    var total = Quantity.zero
    for entry in entries where entry.line.id == line.id && entry.outcome != .rejected {
      if entry.outcome != .backordered { confirmed = try confirmed.adding(entry.quantity) }
      total = try total.adding(entry.quantity)
    }
    return (confirmed, total)
  }

  /// What was rejected will not come. An order of which nothing is left is cancelled or, when some of it has come,
  /// closed.
  private func close(
    _ entries: [Entry], _ answer: SupplierAnswer, _ order: EDIPurchase, in tx: Transaction
  ) async throws {
    let alive = Set(entries.filter { $0.outcome != .rejected }.map(\.line.id))
    let isWhole = answer.verdict == .rejected && alive.isEmpty
    let gone = order.lines.filter { line in
      line.open.isPositive && !alive.contains(line.id)
        && (isWhole || entries.contains { $0.line.id == line.id })
    }
    guard !gone.isEmpty else { return }
    let stays = order.lines.contains { line in
      line.open.isPositive && !gone.contains { $0.id == line.id }
    }
    guard !stays else {
      for query in PurchaseLineClosing.queries(gone.map(\.id)) { try tx.enqueue(query) }
      return
    }
    let hasCome = order.lines.contains { $0.received.isPositive }
    _ = try await PurchaseDesk(services: services).act(
      hasCome ? .close : .cancel, on: order.id, version: nil, reason: "Rejected by the supplier", in: tx)
  }
}
