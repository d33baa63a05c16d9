import BulkheadCore
import BulkheadData

/// Notes what a partner's 997 or CONTRL says about documents of ours. Tenant-scoped.
struct EDIAcknowledged: Sendable {
  /// Topic of the event that a partner rejected a document; its payload is `{"message": id}`.
  static let rejectedTopic = "edi.document.rejected"

  let services: Services

  /// Documents that it names get their own verdict, the others that of the whole. An acknowledgment of something that
  /// was never sent, or that was acknowledged before, changes nothing. What is rejected goes to the work list.
  func apply(
    _ acknowledgment: FunctionalAcknowledgment, agreement: EntityID, in transaction: Transaction
  ) async throws {
    let awaited = try await transaction.run(
      Statement(
        """
        SELECT message.id, message.control_no, message.type, message.business_ref
        FROM edi_message AS message
        WHERE message.agreement_id = $1 AND message.direction = 'out' AND message.group_control = $2
          AND message.ack_state = 'awaited'
        ORDER BY message.id FOR UPDATE
        """), .id(agreement), .text(acknowledgment.groupControl))
    let named = Dictionary(acknowledgment.sets.map { ($0.control, $0.verdict) }) { first, _ in first }
    var ids: [EntityID] = []
    var verdicts: [String] = []
    for row in awaited {
      guard let verdict = named[try row.text(1)] ?? acknowledgment.verdict else { continue }
      ids.append(try row.id(0))
      verdicts.append(verdict.rawValue)
      guard verdict == .rejected else { continue }
      let about = "\(try row.text(2)) \(row.textOrNil(3) ?? "")"
      try await reject(ids[ids.count - 1], about, acknowledgment.notes.joined(separator: "; "), in: transaction)
    }
    guard !ids.isEmpty else { return }
    try transaction.enqueue(
      Query(
        Statement(
          """
          UPDATE edi_message AS message SET ack_state = said.verdict
          FROM unnest($1::uuid[], $2::text[]) AS said (id, verdict)
          WHERE message.id = said.id AND message.ack_state = 'awaited'
          """), .ids(ids), .texts(verdicts)))
  }

  private func reject(
    _ message: EntityID, _ about: String, _ notes: String, in transaction: Transaction
  ) async throws {
    let note = notes.isEmpty ? "The partner rejected this document." : "The partner rejected this document: \(notes)"
    try transaction.enqueue(
      EDIWorkList(services: services).entry("edi.rejectedByPartner", about: about, note, message: message))
    try transaction.enqueue(
      try services.outbox.query(
        topic: Self.rejectedTopic, key: message.description, payload: ["message": .id(message)],
        context: transaction.context))
  }
}
