import BulkheadCore

/// Something that happened in a tenant, told to whoever handles its topic.
public struct Event: Sendable {
  public static let topicBytesMax = 100
  public static let keyBytesMax = 200
  /// As JSON text.
  public static let payloadBytesMax = 64 * 1024

  /// What kind of thing happened: `order.placed`. Not secret: it stands beside the sealed payload.
  public let topic: String
  /// What it happened to, for example the order's id. Not secret either.
  public let key: String
  /// Sealed before it is stored.
  public let payload: JSON

  public init(_ topic: String, key: String, payload: JSON) {
    self.topic = topic
    self.key = key
    self.payload = payload
  }

  /// The event about the thing with this id.
  public init(_ topic: String, key: EntityID, payload: JSON) {
    self.init(topic, key: key.description, payload: payload)
  }
}
