import BulkheadCore
import BulkheadData
import BulkheadWork

/// Turns an accepted order document into an order and its answer. Tenant-scoped; runs as a job, has its effect once.
struct EDIOrderIntake: Sendable {
  static let consumer = "edi.orders"

  let desk: OrderDesk
  let outbound: EDIOutbound
  let ambient: Ambient

  func handle(_ job: Job, _ tenant: Tenant) async throws {
    guard let message = job.payload["message"]?.id else { throw JobAbandoned("edi.payloadUnreadable") }
    do {
      try await tenant.transaction { transaction in
        guard try await ConsumedEvents.claim(job, consumer: Self.consumer, in: transaction) else { return }
        try await answer(try await EDIReceivedOrder(message, in: transaction), in: transaction)
      }
    } catch {
      guard let refusal = EDIRefusal.final(error) else { throw error }
      // What the desk had begun is rolled back; the refusal is answered in a transaction of its own.
      try await tenant.transaction { transaction in
        guard try await ConsumedEvents.claim(job, consumer: Self.consumer, in: transaction) else { return }
        let received = try await EDIReceivedOrder(message, in: transaction)
        try await refuse(received, code: refusal.code.name, reason: Self.reason(refusal), in: transaction)
      }
    }
  }

  /// What the buyer is told. Details of a refusal are for the tenant: they may speak of credit or of prices.
  private static func reason(_ refusal: Refusal) -> String {
    refusal.code == .orderDuplicatePO ? EDIReceivedOrder.numberInUse : "Order not accepted"
  }

  private func answer(_ received: EDIReceivedOrder, in transaction: Transaction) async throws {
    if let refusal = received.refusal {
      return try await refuse(received, code: refusal.code, reason: refusal.reason, in: transaction)
    }
    let document = received.document
    let items = try await EDIItems(for: document.lines, customer: received.customer, in: transaction)
    var accepted: [OrderRequest.Line] = []
    var refused: [String: EDILineRefusal] = [:]
    for line in document.lines {
      do throws(EDILineRefusal) { accepted.append(try items.orderLine(line)) } catch {
        refused[line.number] = error
        try note(received, code: "edi.\(error)", place: "line \(line.number)", error.rawValue, in: transaction)
      }
    }
    let order = accepted.isEmpty ? nil : try await place(accepted, of: received, in: transaction)
    let placed = Dictionary(
      (order?.lines ?? []).compactMap { line in line.customerLine.map { ($0, line) } }
    ) { first, _ in first }
    let lines = try document.lines.map { line throws(Refusal) -> PurchaseOrderAnswer.Line in
      guard let taken = placed[line.number] else {
        return .rejected(line, (refused[line.number] ?? .itemUnknown).rawValue)
      }
      return try EDIAnswer.line(taken, to: line)
    }
    try await write(received, lines: lines, order: order, in: transaction)
  }

  private func place(
    _ lines: [OrderRequest.Line], of received: EDIReceivedOrder, in transaction: Transaction
  ) async throws -> PlacedOrder {
    try await desk.place(
      OrderRequest(
        customer: .id(received.customer), poNumber: received.document.number, currency: received.currency,
        requestedOn: received.document.requestedOn.flatMap { try? CivilDate($0) }, channel: .edi, lines: lines),
      in: transaction)
  }

  /// Refuses every line for one reason, which the buyer is told; `code` is for the tenant's own eyes.
  private func refuse(
    _ received: EDIReceivedOrder, code: String, reason: String, in transaction: Transaction
  ) async throws {
    try note(received, code: code, place: "order \(received.document.number)", reason, in: transaction)
    try await write(
      received, lines: received.document.lines.map { .rejected($0, reason) }, order: nil, in: transaction)
  }

  private func note(
    _ received: EDIReceivedOrder, code: String, place: String, _ text: String, in transaction: Transaction
  ) throws {
    try transaction.enqueue(
      Query(
        Statement(
          """
          INSERT INTO edi_error (id, interchange_id, message_id, level, code, place, note, is_fatal, created_at)
          VALUES ($1, $2, $3, 'business', $4, $5, $6, true, $7)
          """),
        .id(ambient.makeID()), .id(received.interchange), .id(received.message),
        .text(EDIText.printable(code, max: 80)), .text(EDIText.printable(place, max: 80)), .text(text),
        .instant(ambient.now)))
  }

  private func write(
    _ received: EDIReceivedOrder, lines: [PurchaseOrderAnswer.Line], order: PlacedOrder?,
    in transaction: Transaction
  ) async throws {
    let day = String(ambient.now.description.prefix(10))
    let answer = PurchaseOrderAnswer(
      to: received.document, sellerNumber: order?.number, answeredOn: day, currency: received.currency,
      isOnHold: order?.status == .hold, lines: lines)
    try transaction.enqueue(
      Query(
        Statement("UPDATE edi_message AS message SET state = $2, order_id = $3 WHERE message.id = $1"),
        .id(received.message), .text(answer.isRejected ? "refused" : "processed"), .optional(order?.id)))
    let document = EDIOutbound.Document(
      content: .answer(answer), reference: received.document.number, answers: received.message, order: order?.id)
    try await outbound.send(
      document, agreement: received.agreement, channel: received.channel, in: transaction)
  }
}
