import BulkheadCore
import BulkheadData
import BulkheadWork

/// Where an outbound interchange goes.
public struct EDIDestination: Sendable {
  public let channel: EntityID
  /// `http` or `https`; checked for form only. The transport decides which hosts may be reached.
  public let url: String
  /// Names a secret in the tenant's vault (Basic credentials, `user:password`); `nil` for none.
  public let secretReference: String?
}

/// Carries bytes to a partner. Implemented where the program is put together, over HTTP.
public protocol EDITransport: Sendable {
  /// Delivers `bytes` as `application/edi-x12`. Returns when the partner has taken them over; throws otherwise, and
  /// `JobAbandoned` when it never will.
  func deliver(_ bytes: [UInt8], to destination: EDIDestination, tenant: Tenant) async throws
}

/// Delivers what was written for partners. Tenant-scoped; runs as a job.
///
/// The partner takes the bytes before this side can note it. Where the note is lost they are sent again, identical and
/// under the same control number, and the partner discards them: that is what the number is for.
struct EDIDelivery: Sendable {
  let transport: any EDITransport
  let ambient: Ambient

  func handle(_ job: Job, _ tenant: Tenant) async throws {
    guard let interchange = job.payload["interchange"]?.id else { throw JobAbandoned("edi.payloadUnreadable") }
    let found = try await tenant.read(
      Query(
        Statement(
          """
          SELECT interchange.raw, channel.id, channel.delivery_url, channel.secret_ref
          FROM edi_interchange AS interchange JOIN edi_channel AS channel ON channel.id = interchange.channel_id
          WHERE interchange.id = $1 AND interchange.direction = 'out' AND interchange.state = 'pending'
          """), .id(interchange)))
    guard let row = found.first?.first else { return }
    guard let url = row.textOrNil(2) else { return }
    let destination = EDIDestination(channel: try row.id(1), url: url, secretReference: row.textOrNil(3))
    do {
      try await transport.deliver(try row.bytes(0), to: destination, tenant: tenant)
    } catch {
      if job.attempt >= job.attemptsMax || error is JobAbandoned {
        try await close(interchange, "undeliverable", tenant)
      }
      throw error
    }
    try await close(interchange, "sent", tenant)
  }

  private func close(_ interchange: EntityID, _ state: String, _ tenant: Tenant) async throws {
    let now = ambient.now
    try await tenant.transaction { transaction in
      _ = try await transaction.run(
        Statement(
          """
          UPDATE edi_interchange AS interchange SET state = $2, sent_at = $3, reason = $4
          WHERE interchange.id = $1 AND interchange.state = 'pending'
          """),
        .id(interchange), .text(state), state == "sent" ? .instant(now) : .null,
        state == "sent" ? .null : "edi.deliveryFailed")
    }
  }
}
