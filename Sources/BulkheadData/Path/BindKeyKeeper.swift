import BulkheadCore
import BulkheadPostgres

/// Puts the bind keys into a database: at start-up, and again when a crash has emptied their unlogged table.
package struct BindKeyKeeper: Sendable {
  package static let role = "bulkhead_keeper"

  private let pool: ConnectionPool
  private let credentials: any CellCredentials
  private let flights = SingleFlight<Home, Void>()

  package init(pool: ConnectionPool, credentials: any CellCredentials) {
    self.pool = pool
    self.credentials = credentials
  }

  /// Callers of the same database at the same time share one seeding: after a crash every request is refused at once.
  package func seed(cell: String, database: String) async throws {
    let home = Home(cell: cell, database: database, role: Self.role)
    try await flights.run(home) { [pool, credentials] in
      let commands = credentials.bindKeyPads(forCell: cell).map { pads in
        Command.prepared(
          text: """
            INSERT INTO bulkhead.bind_key (kid, inner_pad, outer_pad) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """,
          parameters: [
            .text(pads.kid), .bytes(pads.inner.withValue { $0 }), .bytes(pads.outer.withValue { $0 }),
          ])
      }
      try await pool.borrow(home, for: .proved) { connection in
        _ = try await connection.roundTrip(commands, deadline: .now + .seconds(5))
      }
    }
  }
}
