import BulkheadCore
import BulkheadData
import BulkheadWork

/// Waits for partners' acknowledgments. Tenant-scoped; runs as a job that is put off until the acknowledgment is due.
///
/// A document whose acknowledgment has come by then needs nothing. One without goes to the work list, and whoever
/// listens is told: a partner that says nothing is the failure that costs most, because nothing fails.
struct EDIAcknowledgmentWatch: Sendable {
  static let consumer = "edi.acknowledgment"
  /// Topic of the event that an acknowledgment did not come in time; its payload is `{"message": id}`.
  static let overdueTopic = "edi.acknowledgement.overdue"

  let services: Services

  func handle(_ job: Job, _ tenant: Tenant) async throws {
    guard let message = job.payload["message"]?.id else { throw JobAbandoned("edi.payloadUnreadable") }
    let rows = try await tenant.read(
      Query(
        Statement(
          """
          SELECT message.ack_due_at FROM edi_message AS message
          WHERE message.id = $1 AND message.ack_state = 'awaited' AND message.ack_overdue_at IS NULL
          """), .id(message)))
    guard let row = rows[0].first, let due = row.instantOrNil(0) else { return }
    let now = services.ambient.now
    if now >= due { return try await report(message, job, tenant) }
    guard job.attempt + 1 < job.attemptsMax else { return try await goOn(message, job, tenant) }
    throw JobPostponed("acknowledgement.notDue", by: due - now)
  }

  private func report(_ message: EntityID, _ job: Job, _ tenant: Tenant) async throws {
    try await tenant.transaction { tx in
      guard try await ConsumedEvents.claim(job, consumer: Self.consumer, in: tx) else { return }
      let rows = try await tx.run(
        Statement(
          """
          UPDATE edi_message AS message SET ack_overdue_at = $2
          WHERE message.id = $1 AND message.ack_state = 'awaited' AND message.ack_overdue_at IS NULL
          RETURNING message.type, message.business_ref
          """), .id(message), .instant(services.ambient.now))
      guard let row = rows.first else { return }
      try tx.enqueue(
        EDIWorkList(services: services).entry(
          "edi.acknowledgementOverdue", about: "\(try row.text(0)) \(row.textOrNil(1) ?? "")",
          "The partner has not acknowledged this document in time.", message: message))
      try tx.enqueue(
        try services.outbox.query(
          topic: Self.overdueTopic, key: message.description, payload: ["message": .id(message)],
          context: tx.context))
    }
  }

  /// A job is not put off for ever: before its last try it hands over to another.
  private func goOn(_ message: EntityID, _ job: Job, _ tenant: Tenant) async throws {
    try await tenant.transaction { tx in
      guard try await ConsumedEvents.claim(job, consumer: Self.consumer, in: tx) else { return }
      try tx.enqueue(
        try services.outbox.query(
          topic: EDIOutbound.awaitedTopic, key: message.description, payload: ["message": .id(message)],
          context: tx.context))
    }
  }
}
