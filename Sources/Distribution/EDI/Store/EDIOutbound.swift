import BulkheadCore
import BulkheadData

/// Writes interchanges to partners: takes control numbers, stores the bytes and tells the worker, all in the caller's
/// transaction. Tenant-scoped.
struct EDIOutbound: Sendable {
  /// Topic of the event that asks for delivery; its payload is `{"interchange": id}`.
  static let readyTopic = "edi.outbound.ready"
  /// Topic of the event that a document waits for its acknowledgment; its payload is `{"message": id}`.
  static let awaitedTopic = "edi.acknowledgement.awaited"
  /// Sets of one outbound interchange; `edi_control_number` leaves room for as many.
  static let setsMax = X12Limits.standard.setsMax

  let services: Services
  private var ambient: Ambient { services.ambient }

  /// A document to be written.
  struct Document: Sendable {
    let content: EDIContent
    let reference: String?
    /// The inbound message that it answers.
    var answers: EntityID?
    var order: EntityID?
    var shipment: EntityID?
    var invoice: EntityID?
    var purchase: EntityID?
  }

  /// Writes an interchange with one document, which the partner is expected to acknowledge.
  func send(
    _ document: Document, agreement: EDIAgreement, channel: EDIChannel, in transaction: Transaction
  ) async throws {
    let text =
      switch agreement.syntax {
      case .x12: EDIOutboundText(x12: document.content)
      case .edifact:
        try EDIOutboundText(
          edifact: document.content, try await EDIFACTUnits.toWrite(document, in: transaction))
      }
    try await write(text, about: document, agreement: agreement, channel: channel, in: transaction)
  }

  /// Writes an interchange that acknowledges one, and gives its bytes. Acknowledgments are never acknowledged (X12.20).
  func reply(
    _ reply: EDIReply, agreement: EDIAgreement, channel: EDIChannel, in transaction: Transaction
  ) async throws -> [UInt8] {
    try await write(EDIOutboundText(reply), about: nil, agreement: agreement, channel: channel, in: transaction)
  }

  @discardableResult
  private func write(
    _ text: EDIOutboundText, about document: Document?, agreement: EDIAgreement, channel: EDIChannel,
    in transaction: Transaction
  ) async throws -> [UInt8] {
    let types = text.types
    let numbers = try await take(max(1, types.count), of: agreement, in: transaction)
    let now = ambient.now
    let written = text.written(numbers, agreement, at: now)
    let id = ambient.makeID()
    try transaction.enqueue(
      Query(
        Statement(
          """
          INSERT INTO edi_interchange
            (id, channel_id, agreement_id, direction, control_no, control_claim, raw, state, created_at)
          VALUES ($1, $2, $3, 'out', $4, $4, $5, $6, $7)
          """),
        .id(id), .id(channel.id), .id(agreement.id), .text(written.control), .bytes(written.bytes),
        .text(channel.deliveryURL == nil ? "waiting" : "pending"), .instant(now)))
    for (type, control) in zip(types, written.messageControls) {
      let message = ambient.makeID()
      try transaction.enqueue(
        insertion(
          of: document, as: message, type: type, group: written.group, control: control, interchange: id,
          agreement: agreement, at: now))
      guard document != nil else { continue }
      try transaction.enqueue(
        try services.outbox.query(
          topic: Self.awaitedTopic, key: message.description, payload: ["message": .id(message)],
          context: transaction.context))
    }
    if channel.deliveryURL != nil {
      try transaction.enqueue(
        try services.outbox.query(
          topic: Self.readyTopic, key: id.description, payload: ["interchange": .id(id)],
          context: transaction.context))
    }
    return written.bytes
  }

  struct Numbers {
    let interchange: Int
    let group: Int
    let firstSet: Int
  }

  /// Counts on. The counters start again at 1 after 999,999,999; sets a little earlier, so that those of one
  /// interchange are consecutive.
  private func take(
    _ sets: Int, of agreement: EDIAgreement, in transaction: Transaction
  ) async throws -> Numbers {
    guard sets <= Self.setsMax else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "\(sets) sets in one interchange")
    }
    let rows = try await transaction.run(
      Statement(
        """
        UPDATE edi_control_number AS counter
        SET interchange_no = counter.interchange_no % 999999999 + 1,
            group_no = counter.group_no % 999999999 + 1,
            set_no = counter.set_no % 999990000 + $2
        WHERE counter.agreement_id = $1
        RETURNING counter.interchange_no, counter.group_no, counter.set_no
        """), .id(agreement.id), .int(Int64(sets)))
    guard let row = rows.first else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "no counter for agreement")
    }
    return Numbers(
      interchange: Int(try row.int(0)), group: Int(try row.int(1)), firstSet: Int(try row.int(2)) - sets + 1)
  }

  private func insertion(
    of document: Document?, as id: EntityID, type: String, group: String, control: String, interchange: EntityID,
    agreement: EDIAgreement, at now: Instant
  ) -> Query {
    let due = document == nil ? nil : now + .seconds(agreement.ackSeconds)
    return Query(
      Statement(
        """
        INSERT INTO edi_message
          (id, interchange_id, agreement_id, direction, type, group_control, control_no, state, ack_state, business_ref,
           answers_id, order_id, shipment_id, invoice_id, purchase_order_id, ack_due_at, created_at)
        VALUES ($1, $2, $3, 'out', $4, $5, $6, 'written', $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """),
      .id(id), .id(interchange), .id(agreement.id), .text(type), .text(group), .text(control),
      .text(document == nil ? "none" : "awaited"), .optional(document?.reference), .optional(document?.answers),
      .optional(document?.order), .optional(document?.shipment), .optional(document?.invoice),
      .optional(document?.purchase), .optional(due), .instant(now))
  }
}
