import BulkheadCore

/// What lies inside an envelope: the payload, and on whose behalf it was sent.
struct SealedBody: Sendable {
  let cause: Actor
  let payload: JSON

  /// `{"by":"user:0192…","payload":…}`.
  var bytes: [UInt8] {
    JSON.object([.init("by", .string(cause.description)), .init("payload", payload)]).utf8
  }

  init(cause: Actor, payload: JSON) {
    self.cause = cause
    self.payload = payload
  }

  /// Refuses with `event.unreadable`.
  init(_ bytes: [UInt8]) throws(Refusal) {
    guard let body = try? JSONParser.parse(bytes), let cause = body["by"]?.string.flatMap({ Actor(description: $0) }),
      let payload = body["payload"]
    else { throw Refusal(.eventUnreadable, "The event cannot be read.") }
    self.cause = cause
    self.payload = payload
  }
}

extension Actor {
  /// Reads what `description` writes.
  init?(description text: String) {
    guard let colon = text.firstIndex(of: ":"), let kind = Kind(rawValue: String(text[..<colon])),
      let id = EntityID(text[text.index(after: colon)...])
    else { return nil }
    self.init(kind: kind, id: id)
  }
}
