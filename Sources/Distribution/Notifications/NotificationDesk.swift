import BulkheadCore
import BulkheadData
import BulkheadWork

/// Keeps secrets of a tenant's own under that tenant's key. Filled where the program is put together.
public protocol SecretVault: Sendable {
  /// `purpose` is bound to the result: what was sealed for one opens for no other.
  func seal(_ secret: [UInt8], purpose: String, tenant: TenantID) throws -> [UInt8]
  func open(_ sealed: [UInt8], purpose: String, tenant: TenantID) throws -> [UInt8]
}

/// A signed message on its way to a tenant's endpoint.
public struct WebhookMessage: Sendable {
  /// The same on each try: whoever receives it twice can tell.
  public let id: String
  public let url: String
  public let body: [UInt8]
  /// The key of the signature.
  public let secret: [UInt8]

  public init(id: String, url: String, body: [UInt8], secret: [UInt8]) {
    (self.id, self.url, self.body, self.secret) = (id, url, body, secret)
  }
}

/// Carries webhooks. Implemented over HTTP where the program is put together, with the egress rule of EDI documents.
public protocol WebhookTransport: Sendable {
  /// Signs and posts the message. Throws as `EDITransport.deliver` does.
  func post(_ message: WebhookMessage, tenant: Tenant) async throws
}

/// A webhook secret: `whsec_` and 24 to 64 bytes in base64 (standard-webhooks.com).
enum WebhookSecret {
  static let bytesRange = 24...64
  private static let prefix = "whsec_"

  /// The key in `text`, or `nil` when it is none.
  static func key(_ text: String) -> [UInt8]? {
    guard text.hasPrefix(prefix) else { return nil }
    let body = text.dropFirst(prefix.count)
    guard let bytes = decode(body.utf8), bytesRange.contains(bytes.count) else { return nil }
    return bytes
  }

  private static func decode(_ text: Substring.UTF8View) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    let digits = text.prefix { $0 != UInt8(ascii: "=") }
    let padding = text.count - digits.count
    guard text.count % 4 == 0, padding <= 2, text.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") }) else {
      return nil
    }
    for byte in digits {
      guard let value = value(byte) else { return nil }
      buffer = buffer << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    return bytes
  }

  private static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}

/// Writes what an event is to be told as, one message for each subscription.
struct NotificationDesk: Sendable {
  static let readyTopic = "notification.ready"
  static let subjectMax = 300
  static let textMax = 8000

  let services: Services

  /// Hears one event. Idempotent: the pair of subscription and event is a key.
  func hear(_ event: NotificationEvent, _ job: Job, in tx: Transaction) async throws {
    guard let subject = job.payload[event.member]?.id else { throw JobAbandoned("notification.payloadUnreadable") }
    let rows = try await tx.run(
      Query(NotificationStatements.subscriptions, .text(event.rawValue)), event.query(subject),
      Query(NotificationStatements.brand))
    guard !rows[0].isEmpty, let row = rows[1].first else { return }
    let facts: JSON = [
      "brand": .string(try rows[2].first?.text(0) ?? ""), "event": .string(event.rawValue),
      event.member: try event.facts(row),
    ]
    for subscription in rows[0] {
      _ = try await queue(event, subscription, facts, of: job.id, at: job.createdAt, tx)
    }
  }

  /// Sends a message of the subscription's kind about nothing that happened, to see whether it arrives. Refuses with
  /// `resource.notFound`.
  func trial(_ subscription: EntityID, in tx: Transaction) async throws -> EntityID {
    let rows = try await tx.run(
      Query(NotificationStatements.forTrial, .id(subscription)), Query(NotificationStatements.brand))
    guard let row = rows[0].first else { throw Refusal.notFound }
    let event: NotificationEvent = try row.known(4)
    let facts: JSON = [
      "brand": .string(try rows[1].first?.text(0) ?? ""), "event": .string(event.rawValue), "isTrial": true,
      event.member: ["number": "TRIAL", "sku": "TRIAL"],
    ]
    let (of, at) = (services.ambient.makeID(), services.ambient.now)
    guard let id = try await queue(event, row, facts, of: of, at: at, tx) else { throw Refusal.notFound }
    try tx.enqueue(
      services.audit.query(
        "notification.tried", subject: "notification_subscription:\(subscription)",
        detail: ["notification": .id(id)], context: tx.context))
    return id
  }

  /// `nil` when the subscription has been told of the event already.
  private func queue(
    _ event: NotificationEvent, _ subscription: Row, _ facts: JSON, of eventID: EntityID, at happened: Instant,
    _ tx: Transaction
  ) async throws -> EntityID? {
    let id = services.ambient.makeID()
    let subject = NotificationTemplate.fill(try subscription.text(2), facts, lengthMax: Self.subjectMax)
    let text = NotificationTemplate.fill(try subscription.text(3), facts, lengthMax: Self.textMax)
    let body: JSON = [
      "type": .string(event.rawValue), "timestamp": .instant(happened), "subject": .string(subject),
      "text": .string(text), "data": facts,
    ]
    let made = try await tx.run(
      NotificationStatements.insert, .id(id), .id(try subscription.id(0)), .id(try subscription.id(1)), .id(eventID),
      .text(event.rawValue), .text(subject), .text(body.text), .instant(services.ambient.now))
    guard made.affected == 1 else { return nil }
    try tx.enqueue(
      services.outbox.query(
        topic: Self.readyTopic, key: id.description, payload: ["notification": .id(id)], context: tx.context))
    return id
  }
}
