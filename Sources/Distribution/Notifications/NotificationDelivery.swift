import BulkheadCore
import BulkheadData
import BulkheadWork

/// Delivers what was written, as a webhook or as mail. Tenant-scoped; runs as a job, tried again with growing delays as
/// EDI documents are.
struct NotificationDelivery: Sendable {
  let webhooks: any WebhookTransport
  let mail: any MailTransport
  let vault: any SecretVault
  let ambient: Ambient

  func handle(_ job: Job, _ tenant: Tenant) async throws {
    guard let id = job.payload["notification"]?.id else { throw JobAbandoned("notification.payloadUnreadable") }
    let found = try await tenant.read(Query(NotificationStatements.pending, .id(id)))
    guard let row = found.first?.first else { return }
    guard try row.bool(4) else {
      try await settle(id, "failed", job.attempt, "The endpoint is switched off.", tenant)
      throw JobAbandoned("notification.endpointInactive")
    }
    do { try await send(id, row, tenant) } catch {
      let ending = Ending(error)
      let isOver = ending.isFinal || job.attempt >= job.attemptsMax
      try await settle(id, isOver ? "failed" : "queued", job.attempt, ending.note, tenant)
      throw ending.error
    }
    try await settle(id, "sent", job.attempt, nil, tenant)
  }

  private func send(_ id: EntityID, _ row: Row, _ tenant: Tenant) async throws {
    let address = try NotificationAddress(try row.text(1))
    let secret = try vault.open(
      try row.bytes(2), purpose: address.purpose(try row.id(0)), tenant: tenant.id)
    switch address {
    case .webhook(let url):
      let message = WebhookMessage(
        id: "msg_\(id.description)", url: url, body: Array(try row.text(3).utf8), secret: secret)
      try await webhooks.post(message, tenant: tenant)
    case .mail(let url):
      let body = try row.json(3)
      let message = MailMessage(
        id: id, address: url, password: secret, brand: body["data"]?["brand"]?.string ?? "",
        subject: body["subject"]?.string ?? "", text: body["text"]?.string ?? "", writtenAt: try row.instant(5))
      try await mail.send(message, tenant: tenant)
    }
  }

  /// What came of a try that failed.
  private struct Ending {
    let isFinal: Bool
    let note: String
    /// What the queue is told.
    let error: any Error

    init(_ failure: any Error) {
      switch failure {
      case EDIDeliveryFailure.refused(let status):
        (isFinal, note, error) = (true, "The endpoint answered \(status).", JobAbandoned("delivery.refused"))
      case EDIDeliveryFailure.unavailable(let status, let retryAfter):
        note = "The endpoint answered \(status)."
        (isFinal, error) = (false, JobPostponed("delivery.unavailable", by: retryAfter ?? .zero))
      case let failure as MailFailure:
        (isFinal, note) = (failure.isFinal, failure.note)
        let abandoned: any Error = JobAbandoned("delivery.refused")
        error = isFinal ? abandoned : JobPostponed("delivery.unavailable", by: .zero)
      default:
        note = "The endpoint could not be reached, or its address is not allowed."
        (isFinal, error) = (failure is JobAbandoned, failure)
      }
    }
  }

  private func settle(
    _ id: EntityID, _ state: String, _ attempts: Int, _ error: String?, _ tenant: Tenant
  ) async throws {
    let now = ambient.now
    try await tenant.transaction { tx in
      _ = try await tx.run(
        NotificationStatements.settle, .id(id), .text(state), .int(Int64(attempts)), .optional(error),
        state == "queued" ? .null : .instant(now))
    }
  }
}
