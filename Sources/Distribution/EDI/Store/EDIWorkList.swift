import BulkheadCore
import BulkheadData

/// What people have to see to: documents that were refused, answers that differ from what was asked for,
/// acknowledgments that were rejected or did not come. Tenant-scoped.
struct EDIWorkList: Sendable {
  let services: Services

  /// An entry to be made; `code` says what happened, `note` says it to a person.
  func entry(_ code: String, about: String, _ note: String, message: EntityID?) -> Query {
    Query(
      Statement(
        """
        INSERT INTO edi_exception (id, message_id, code, about, note, created_at) VALUES ($1, $2, $3, $4, $5, $6)
        """),
      .id(services.ambient.makeID()), .optional(message), .text(code),
      .text(EDIText.printable(about.isEmpty ? "document" : about, max: 80)),
      .text(EDIText.printable(note, max: 500)), .instant(services.ambient.now))
  }

  /// Ends an entry with what was done about it. Refuses with `resource.notFound`, `edi.exceptionSettled`.
  func resolve(_ id: EntityID, reason: String, in transaction: Transaction) async throws -> JSON {
    _ = try await lock(id, in: transaction)
    return try await settle(id, as: "resolved", reason, in: transaction)
  }

  /// Has a supplier's document taken in once more, after what it was refused for was put right, or one of ours
  /// delivered once more, after the partner can be reached again.
  ///
  /// Refuses with `resource.notFound`, `edi.exceptionSettled`, `edi.notRetryable`: what was refused for its syntax or
  /// was answered already must come anew.
  func retry(_ id: EntityID, in transaction: Transaction) async throws -> JSON {
    guard let message = try await lock(id, in: transaction) else { throw Self.notRetryable }
    let rows = try await transaction.run(
      Query(
        Statement(
          """
          UPDATE edi_message AS message SET state = 'received'
          WHERE message.id = $1 AND message.direction = 'in' AND message.state = 'refused'
            AND message.type IN ('810', '855', '856', 'INVOIC', 'ORDRSP', 'DESADV')
          RETURNING message.type
          """), .id(message)),
      Query(
        Statement(
          """
          UPDATE edi_interchange AS kept SET state = 'pending', reason = NULL
          FROM edi_message AS message
          WHERE message.id = $1 AND kept.id = message.interchange_id AND kept.direction = 'out'
            AND kept.state = 'undeliverable'
          RETURNING kept.id
          """), .id(message)))
    if let type = try rows[0].first?.text(0) {
      try tell(EDIInbox.topic(of: type), "message", message, in: transaction)
    } else if let interchange = try rows[1].first?.id(0) {
      try tell(EDIOutbound.readyTopic, "interchange", interchange, in: transaction)
    } else {
      throw Self.notRetryable
    }
    return try await settle(id, as: "retried", nil, in: transaction)
  }

  private func tell(_ topic: String, _ member: String, _ id: EntityID, in transaction: Transaction) throws {
    try transaction.enqueue(
      try services.outbox.query(
        topic: topic, key: id.description, payload: .object([.init(member, .id(id))]), context: transaction.context))
  }

  private static let notRetryable = Refusal(.ediNotRetryable, "This document cannot be taken in once more.")

  /// The message of an open entry, which is locked.
  private func lock(_ id: EntityID, in transaction: Transaction) async throws -> EntityID? {
    let rows = try await transaction.run(
      Statement("SELECT listed.message_id, listed.state FROM edi_exception AS listed WHERE listed.id = $1 FOR UPDATE"),
      .id(id))
    guard let row = rows.first else { throw Refusal.notFound }
    guard try row.text(1) == "open" else {
      throw Refusal(.ediExceptionSettled, "Somebody has seen to this already.")
    }
    return row.idOrNil(0)
  }

  private func settle(
    _ id: EntityID, as state: String, _ reason: String?, in transaction: Transaction
  ) async throws -> JSON {
    let rows = try await transaction.run(
      Query(
        Statement(
          """
          UPDATE edi_exception AS listed
          SET state = $2, resolution = $3, resolved_by = $4, resolved_at = $5, version = listed.version + 1
          WHERE listed.id = $1
          """), .id(id), .text(state), .optional(reason), .text(transaction.context.actor.description),
        .instant(services.ambient.now)),
      try services.audit.query(
        "edi.exception.\(state)", subject: "edi_exception:\(id)",
        detail: ["reason": .optional(reason)], context: transaction.context),
      Query(Self.one, .id(id)))
    guard let row = rows[2].first else { throw Refusal.notFound }
    return try Self.json(row)
  }

  private static let one = Statement(
    """
    SELECT listed.id, listed.message_id, listed.code, listed.about, listed.note, listed.state, listed.resolution,
           listed.resolved_by, listed.resolved_at, listed.created_at, message.type, message.direction
    FROM edi_exception AS listed LEFT JOIN edi_message AS message ON message.id = listed.message_id
    WHERE listed.id = $1
    """)

  /// `$2` state, NULL for any; oldest first.
  static let list = Statement(
    """
    SELECT listed.id, listed.message_id, listed.code, listed.about, listed.note, listed.state, listed.resolution,
           listed.resolved_by, listed.resolved_at, listed.created_at, message.type, message.direction
    FROM edi_exception AS listed LEFT JOIN edi_message AS message ON message.id = listed.message_id
    WHERE listed.id > $1 AND ($2::text IS NULL OR listed.state = $2)
    ORDER BY listed.id LIMIT $3
    """)

  static func json(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "message": row.idOrNil(1).map { .id($0) } ?? .null, "code": .string(try row.text(2)),
      "about": .string(try row.text(3)), "note": .string(try row.text(4)), "state": .string(try row.text(5)),
      "resolution": row.jsonText(6), "resolvedBy": row.jsonText(7),
      "resolvedAt": row.instantOrNil(8).map { .instant($0) } ?? .null, "createdAt": .instant(try row.instant(9)),
      "type": row.jsonText(10), "direction": row.jsonText(11),
    ]
  }
}

extension RefusalCode {
  static let ediNotRetryable = RefusalCode("edi.notRetryable", .conflict)
  static let ediExceptionSettled = RefusalCode("edi.exceptionSettled", .conflict)
  static let ediNotQuarantined = RefusalCode("edi.notQuarantined", .conflict)
  static let ediStillNotAgreed = RefusalCode("edi.stillNotAgreed", .conflict)
  /// The document names an order that its sender has not.
  static let ediOrderUnknown = RefusalCode("edi.orderUnknown", .conflict)
  static let ediItemUnknown = RefusalCode("edi.itemUnknown", .conflict)
  static let ediUnitUnknown = RefusalCode("edi.unitUnknown", .conflict)
  static let ediCurrencyNotAgreed = RefusalCode("edi.currencyNotAgreed", .conflict)
  static let ediTotalsDiffer = RefusalCode("edi.totalsDiffer", .conflict)
  static let ediChargesNotSupported = RefusalCode("edi.chargesNotSupported", .conflict)
  static let ediCreditNotSupported = RefusalCode("edi.creditNotSupported", .conflict)
  static let ediNumberUnfit = RefusalCode("edi.numberUnfit", .conflict)
  /// An amount that two decimals cannot say.
  static let ediAmountUnfit = RefusalCode("edi.amountUnfit", .conflict)
}
