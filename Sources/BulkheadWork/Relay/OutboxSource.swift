import BulkheadCore

/// An event that waits in an outbox.
package struct OutboxRow: Hashable, Sendable {
  package let key: JobKey
  package let topic: String
  package let subject: String
  /// Sealed; passed on as it is.
  package let envelope: [UInt8]
  package let createdAt: Instant

  package init(key: JobKey, topic: String, subject: String, envelope: [UInt8], createdAt: Instant) {
    self.key = key
    self.topic = topic
    self.subject = subject
    self.envelope = envelope
    self.createdAt = createdAt
  }
}

/// The outboxes of one home of tenants: one schema of one database.
package protocol OutboxSource: Sendable {
  /// Names the home within this process; the same as in `RelaySignal.wrote`.
  var home: String { get }
  /// Committed events that were not dispatched yet, at most `limit`, no tenant before all others.
  func pending(limit: Int) async throws -> [OutboxRow]
  /// Marks events as dispatched; those marked already stay as they are.
  func markDispatched(_ keys: [JobKey], at instant: Instant) async throws
}
