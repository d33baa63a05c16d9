import BulkheadCore

/// Statements on the control database. They are the platform's own, hold no tenant's business data, and are written
/// with their tenant where they have one.
package protocol ControlQueries: Sendable {
  /// Runs one statement in its own transaction.
  func run(_ sql: String, _ parameters: [SQLValue]) async throws -> Rows
  /// Runs several statements in one round trip and one transaction: all or none.
  func runAll(_ statements: [(sql: String, parameters: [SQLValue])]) async throws -> [Rows]
}
