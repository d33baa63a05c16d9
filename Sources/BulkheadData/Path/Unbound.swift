import BulkheadCore
import BulkheadPostgres
import Logging

/// The dangerous door: a connection of one of the platform's narrow roles with no tenant bound. Row security and
/// grants still hold; what it reaches is what its role is granted (the relay: outboxes; the keeper: bind keys).
///
/// The connection is emptied afterwards, unless `use` says that only fixed statements of ours were sent.
extension DataPath {
  package func withoutTenantIsolation<Result: Sendable>(
    reason: String, in home: Home, for use: ConnectionPool.Use = .unproved,
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    logger.trace("connection without a tenant", metadata: ["reason": "\(reason)", "role": "\(home.role)"])
    do {
      return try await pool.borrow(home, for: use, body)
    } catch let error as PostgresError {
      throw DataError(error)
    }
  }
}
