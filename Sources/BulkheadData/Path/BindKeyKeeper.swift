import BulkheadCore
import BulkheadPostgres

/// Puts the bind keys into a database: at start-up, and again when a crash has emptied their unlogged table.
package struct BindKeyKeeper: Sendable {
  package static let role = "bulkhead_keeper"

  private let pool: ConnectionPool
  private let credentials: any CellCredentials

  package init(pool: ConnectionPool, credentials: any CellCredentials) {
    self.pool = pool
    self.credentials = credentials
  }

  package func seed(cell: String, database: String) async throws {
    let loan = try await pool.take(Home(cell: cell, database: database, role: Self.role))
    defer { pool.give(loan) }
    let commands = credentials.bindKeyPads(forCell: cell).map { pads in
      Command.prepared(
        text: """
          INSERT INTO bulkhead.bind_key (kid, inner_pad, outer_pad) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
          """,
        parameters: [
          .text(pads.kid), .bytes(pads.inner.withValue { $0 }), .bytes(pads.outer.withValue { $0 }),
        ])
    }
    _ = try await loan.connection.roundTrip(commands, deadline: .now + .seconds(5))
  }
}
