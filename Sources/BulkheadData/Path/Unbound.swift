import BulkheadCore
import BulkheadPostgres
import Logging

/// The dangerous door: a connection of one of the platform's narrow roles with no tenant bound. Row security and
/// grants still hold; what it reaches is what its role is granted (the relay: outboxes; the keeper: bind keys).
extension DataPath {
  package func withoutTenantIsolation<Result: Sendable>(
    reason: String, in home: Home, _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    logger.trace("connection without a tenant", metadata: ["reason": "\(reason)", "role": "\(home.role)"])
    let loan = try await pool.take(home)
    defer { pool.give(loan) }
    do {
      return try await body(loan.connection)
    } catch let error as PostgresError {
      throw DataError(error)
    }
  }
}
