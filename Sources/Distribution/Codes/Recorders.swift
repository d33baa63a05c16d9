import BulkheadCore

/// Writes one entry of the tenant's audit trail, inside the transaction of the act it tells of.
public protocol AuditRecorder: Sendable {
  /// `act` in the past tense (`order.placed`), `subject` as `kind:id`.
  func query(_ act: String, subject: String, detail: JSON, context: TenantContext) throws -> Query
}

/// Leaves an event for the workers, inside the transaction that makes it true.
public protocol OutboxRecorder: Sendable {
  /// Events of one `key` keep their order.
  func query(topic: String, key: String, payload: JSON, context: TenantContext) throws -> Query
  /// The same for many events, in one statement.
  func query(_ events: [EventRecord], context: TenantContext) throws -> Query
}

/// One event to be left for the workers.
public struct EventRecord: Sendable {
  public let topic: String
  public let key: String
  public let payload: JSON

  public init(_ topic: String, key: String, payload: JSON) {
    self.topic = topic
    self.key = key
    self.payload = payload
  }
}

/// What every desk of this module acts with.
public struct Services: Sendable {
  public let ambient: Ambient
  public let outbox: any OutboxRecorder
  public let audit: any AuditRecorder

  public init(ambient: Ambient = Ambient(), outbox: any OutboxRecorder, audit: any AuditRecorder) {
    self.ambient = ambient
    self.outbox = outbox
    self.audit = audit
  }
}
