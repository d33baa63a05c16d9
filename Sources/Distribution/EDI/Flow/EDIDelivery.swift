import BulkheadCore
import BulkheadData
import BulkheadWork

/// Where an outbound interchange goes.
public struct EDIDestination: Sendable {
  public let channel: EntityID
  /// `http` or `https`; checked for form only. The transport decides which hosts may be reached.
  public let url: String
  /// Of what is delivered.
  public let contentType: String

  public init(channel: EntityID, url: String, contentType: String = "application/edi-x12") {
    self.channel = channel
    self.url = url
    self.contentType = contentType
  }
}

/// Why a partner's server did not take a document.
public enum EDIDeliveryFailure: Error, Sendable {
  /// It answered that it will not, and would answer the same again.
  case refused(status: Int)
  /// It could not just now. `retryAfter` is what it asked for, when it did.
  case unavailable(status: Int, retryAfter: Duration?)
}

/// Carries bytes to a partner. Implemented where the program is put together, over HTTP.
public protocol EDITransport: Sendable {
  /// Delivers `bytes` under the destination's content type. Returns when the partner has taken them over. Throws
  /// `EDIDeliveryFailure` when it answered something else, `JobAbandoned` when it is not to be asked at all, and
  /// anything else when it could not be reached.
  func deliver(_ bytes: [UInt8], to destination: EDIDestination, tenant: Tenant) async throws
}

/// Delivers what was written for partners. Tenant-scoped; runs as a job.
///
/// The partner takes the bytes before this side can note it. Where the note is lost they are sent again, identical and
/// under the same control number, and the partner discards them: that is what the number is for.
///
/// A partner that is down is tried again, no sooner than it asked for. One that says no is not: the document waits in
/// the work list, undeliverable, with what was answered, until a person has seen to the cause.
struct EDIDelivery: Sendable {
  let transport: any EDITransport
  let services: Services
  private var ambient: Ambient { services.ambient }

  func handle(_ job: Job, _ tenant: Tenant) async throws {
    guard let interchange = job.payload["interchange"]?.id else { throw JobAbandoned("edi.payloadUnreadable") }
    let found = try await tenant.read(
      Query(
        Statement(
          """
          SELECT interchange.raw, channel.id, channel.delivery_url
          FROM edi_interchange AS interchange JOIN edi_channel AS channel ON channel.id = interchange.channel_id
          WHERE interchange.id = $1 AND interchange.direction = 'out' AND interchange.state = 'pending'
          """), .id(interchange)))
    guard let row = found.first?.first else { return }
    guard let url = row.textOrNil(2) else { return }
    let bytes = try row.bytes(0)
    let destination = EDIDestination(
      channel: try row.id(1), url: url, contentType: EDISyntax.of(bytes).contentType)
    let isLast = job.attempt >= job.attemptsMax
    do {
      try await transport.deliver(bytes, to: destination, tenant: tenant)
    } catch EDIDeliveryFailure.refused(let status) {
      try await giveUp(interchange, .refused(status), tenant)
      throw JobAbandoned("delivery.refused")
    } catch EDIDeliveryFailure.unavailable(let status, let retryAfter) {
      if isLast { try await giveUp(interchange, .unavailable(status), tenant) }
      guard let retryAfter else { throw JobPostponed("delivery.unavailable", by: .zero) }
      throw JobPostponed("delivery.unavailable", by: retryAfter)
    } catch {
      if isLast || error is JobAbandoned { try await giveUp(interchange, .unreached, tenant) }
      throw error
    }
    try await sent(interchange, tenant)
  }

  /// Why a document stays here.
  private enum Cause {
    case refused(Int)
    case unavailable(Int)
    case unreached

    var reason: String {
      if case .refused = self { "edi.deliveryRefused" } else { "edi.deliveryFailed" }
    }

    /// For the person who has to do something about it.
    var note: String {
      switch self {
      case .refused(let status): "The partner's server answered \(status) and will not take the document."
      case .unavailable(let status): "The partner's server answered \(status) each time it was tried."
      case .unreached: "The partner's server could not be reached, or its address is not allowed."
      }
    }
  }

  private func sent(_ interchange: EntityID, _ tenant: Tenant) async throws {
    let now = ambient.now
    try await tenant.transaction { transaction in
      _ = try await transaction.run(
        Statement(
          """
          UPDATE edi_interchange AS interchange SET state = 'sent', sent_at = $2
          WHERE interchange.id = $1 AND interchange.state = 'pending'
          """),
        .id(interchange), .instant(now))
    }
  }

  private func giveUp(_ interchange: EntityID, _ cause: Cause, _ tenant: Tenant) async throws {
    let now = ambient.now
    let id = ambient.makeID()
    try await tenant.transaction { transaction in
      let closed = try await transaction.run(
        Statement(
          """
          UPDATE edi_interchange AS interchange SET state = 'undeliverable', reason = $2
          WHERE interchange.id = $1 AND interchange.state = 'pending'
          """),
        .id(interchange), .text(cause.reason))
      guard closed.affected == 1 else { return }
      try transaction.enqueue(
        Query(
          Statement(
            """
            INSERT INTO edi_error (id, interchange_id, level, code, place, note, is_fatal, created_at)
            VALUES ($1, $2, 'interchange', $3, 'delivery', $4, true, $5)
            """),
          .id(id), .id(interchange), .text(cause.reason), .text(cause.note), .instant(now)))
      let messages = try await transaction.run(
        Statement(
          """
          SELECT message.id, message.type, message.business_ref FROM edi_message AS message
          WHERE message.interchange_id = $1 ORDER BY message.id LIMIT 1
          """), .id(interchange))
      let about = try messages.first.map { row throws(Refusal) in "\(try row.text(1)) \(row.textOrNil(2) ?? "")" }
      try transaction.enqueue(
        EDIWorkList(services: services).entry(
          cause.reason, about: about ?? "acknowledgement", cause.note, message: try messages.first?.id(0)))
    }
  }
}
