import BulkheadCore
import BulkheadPostgres

/// The platform's registry database, reached by its own role through a few connections of its own, so that no flood of
/// tenants' requests can keep the platform from its own records.
package final class ControlDatabase: ControlQueries {
  package static let databaseName = "bulkhead_control"
  package static let role = "bulkhead_control"
  /// Concurrent statements; more wait.
  package static let connectionsMax = 4

  private let pool: ConnectionPool
  private let home: Home
  private let gate = FairLeases(
    limits: LeaseLimits(
      totalMax: connectionsMax, perTenantMax: connectionsMax, waitersPerTenantMax: 1024, newcomersReserve: 0))
  /// All statements wait in one lane.
  private let lane = TenantID(EntityID(high: 0, low: 0))
  private let timeout: Duration

  package init(
    pool: ConnectionPool, cell: String, databaseName: String = databaseName, timeout: Duration = .seconds(10)
  ) {
    self.pool = pool
    self.home = Home(cell: cell, database: databaseName, role: Self.role)
    self.timeout = timeout
  }

  package func run(_ sql: String, _ parameters: [SQLValue]) async throws -> Rows {
    try await runAll([(sql, parameters)])[0]
  }

  package func runAll(_ statements: [(sql: String, parameters: [SQLValue])]) async throws -> [Rows] {
    let deadline = ContinuousClock.now + timeout
    let lease: Lease
    do {
      lease = try await gate.acquire(lane, deadline: deadline)
    } catch let refusal as Refusal {
      // All tenants share this lane: what one of them hears must not be about a limit of its own.
      throw Refusal(
        .serviceUnavailable, "The service is busy.", retryAfterSeconds: 1, diagnostic: "control database: \(refusal)")
    }
    defer { gate.release(lease) }
    do {
      return try await attempt(statements, deadline: deadline)
    } catch let error as PostgresError {
      throw DataError(error)
    }
  }

  private func attempt(
    _ statements: [(sql: String, parameters: [SQLValue])], deadline: ContinuousClock.Instant
  ) async throws -> [Rows] {
    try await pool.borrow(home, for: .proved) { connection in
      try await connection.roundTrip(
        statements.map { .prepared(text: $0.sql, parameters: $0.parameters) }, deadline: deadline)
    }
  }

  /// Ends waits that took too long. Called regularly by the data path.
  package func expire(now: ContinuousClock.Instant) { gate.expire(now: now) }
}
