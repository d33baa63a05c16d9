import BulkheadCore
import BulkheadData
import BulkheadGuard
import BulkheadLifecycle
import BulkheadPostgres

/// Which tables the guard knows: those of the pooled schema, whose shape every tier shares. Read by the keeper: no role
/// under which tenants' statements run may look into the catalogs.
enum CatalogReader {
  static func read(_ pool: ConnectionPool, cell: String) async throws -> GuardCatalog {
    let home = Home(cell: cell, database: Installation.cellDatabase, role: BindKeyKeeper.role)
    let rows = try await pool.borrow(home, for: .proved) { connection in
      try await connection.roundTrip(
        [
          .once(
            text: """
              SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')
              """, parameters: [.text(Installation.pooledSchema)])
        ], deadline: .now + .seconds(10))[0]
    }
    guard !rows.isEmpty else {
      throw Refusal(
        .serviceUnavailable, "The database has no tables yet. Run `bulkhead migrate` first.")
    }
    let names = try rows.map { try $0.text(0) }
    return GuardCatalog(tables: Dictionary(uniqueKeysWithValues: names.map { ($0, .tenant) }))
  }
}
