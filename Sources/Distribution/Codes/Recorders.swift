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
