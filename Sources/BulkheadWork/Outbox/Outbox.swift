import BulkheadCore

/// Sends events in the transaction of the change they tell of. Tenant-scoped.
///
/// The event exists if, and only if, the transaction commits. From there on it is delivered at least once; handlers
/// make that once by `ConsumedEvents`.
public struct Outbox: Sendable {
  private let sealer: any EnvelopeSealer
  private let ambient: Ambient

  public init(sealer: any EnvelopeSealer, ambient: Ambient) {
    self.sealer = sealer
    self.ambient = ambient
  }

  /// The statement that sends `event`; enqueue it in the transaction of the change.
  ///
  /// Refuses with `event.topicInvalid`, `event.keyInvalid`, `event.tooLarge`, and with what the sealer refuses.
  public func query(for event: Event, context: TenantContext) throws(Refusal) -> Query {
    let sealed = try seal(event, context)
    return Query(
      Self.insert, .id(sealed.id), .text(event.topic), .text(event.key), .bytes(sealed.envelope),
      .instant(ambient.now))
  }

  /// The same for many events, in one statement.
  public func query(for events: [Event], context: TenantContext) throws(Refusal) -> Query {
    var ids: [EntityID?] = []
    var envelopes: [String?] = []
    for event in events {
      let sealed = try seal(event, context)
      ids.append(sealed.id)
      envelopes.append("\\x" + Hex.encode(sealed.envelope))
    }
    return Query(
      Self.insertMany, .ids(ids), .texts(events.map(\.topic)), .texts(events.map(\.key)), .texts(envelopes),
      .instant(ambient.now))
  }

  private func seal(
    _ event: Event, _ context: TenantContext
  ) throws(Refusal) -> (id: EntityID, envelope: [UInt8]) {
    guard Self.isTopic(event.topic) else {
      throw Refusal(.eventTopicInvalid, "The event cannot be sent.", diagnostic: "topic '\(event.topic)'")
    }
    guard (1...Event.keyBytesMax).contains(event.key.utf8.count), !event.key.contains("\0") else {
      throw Refusal(.eventKeyInvalid, "The event cannot be sent.", diagnostic: "key of \(event.topic)")
    }
    let body = SealedBody(cause: context.actor, payload: event.payload).bytes
    guard body.count <= Event.payloadBytesMax else {
      throw Refusal(
        .eventTooLarge, "The change is too large to be passed on.", diagnostic: "\(event.topic): \(body.count) bytes")
    }
    let id = ambient.makeID()
    return (id, try sealer.seal(body, tenant: context.tenant, job: id, topic: event.topic))
  }

  private static let insert = Statement(
    "INSERT INTO outbox (id, topic, key, envelope, created_at) VALUES ($1, $2, $3, $4, $5)")

  private static let insertMany = Statement(
    """
    INSERT INTO outbox (id, topic, key, envelope, created_at)
    SELECT e.id, e.topic, e.key, e.envelope, $5::timestamptz
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) AS e (id, topic, key, envelope)
    """)

  /// Letters, digits, dots and underscores, so that a topic can stand in logs and metrics as it is.
  static func isTopic(_ text: String) -> Bool {
    guard (1...Event.topicBytesMax).contains(text.utf8.count) else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
}
