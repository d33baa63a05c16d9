import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres
import BulkheadWork
import Synchronization

/// The outboxes of all placements, as the relay visits them: one for the pooled tables, one for each tenant apart.
final class OutboxHomes: Sendable {
  /// How long the list may be out of date; a new tenant's first event waits no longer.
  static let memoryMax: Duration = .seconds(2)
  static let relayRole = "bulkhead_relay"

  private struct State {
    var sources: [String: PostgresOutboxSource] = [:]
    var until = ContinuousClock.now
  }

  private let platform: Platform
  private let state = Mutex(State())

  init(_ platform: Platform) { self.platform = platform }

  /// The name of a placement's home.
  static func name(_ placement: Placement) -> String {
    "\(placement.cell)/\(placement.database)/\(placement.schema)"
  }

  func sources() async throws -> [any OutboxSource] {
    if let known = state.withLock({ $0.until > .now ? Array($0.sources.values) : nil }) { return known }
    let rows = try await platform.control.run(
      """
      SELECT DISTINCT cell, database_name, schema_name FROM control.tenant WHERE status <> 'provisioning'
      """, [])
    let homes = try rows.map { row in
      (cell: try row.text(0), database: try row.text(1), schema: try row.text(2))
    }
    return state.withLock { state in
      var sources: [String: PostgresOutboxSource] = [:]
      for home in homes {
        let name = "\(home.cell)/\(home.database)/\(home.schema)"
        sources[name] = state.sources[name] ?? source(name, home)
      }
      state.sources = sources
      state.until = .now + Self.memoryMax
      return Array(sources.values)
    }
  }

  private func source(
    _ name: String, _ home: (cell: String, database: String, schema: String)
  ) -> PostgresOutboxSource {
    let login = Home(cell: home.cell, database: home.database, role: Self.relayRole)
    return PostgresOutboxSource(home: name, schema: home.schema) { [path = platform.path] sql, parameters in
      // Fixed statements, under a role under which no tenant's ever run.
      try await path.withoutTenantIsolation(reason: "outbox relay", in: login, for: .proved) { connection in
        try await connection.roundTrip(
          [.prepared(text: sql, parameters: parameters)], deadline: .now + .seconds(10))[0]
      }
    }
  }
}

/// Passes transactions on and calls the relay after each commit, so that events need not wait for its next poll.
struct SignallingSessions: SessionSource {
  let path: DataPath
  let registry: TenantRegistry
  let signal: RelaySignal

  func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result {
    let result = try await path.transaction(context, body)
    if let record = try? await registry.tenant(context.tenant) {
      signal.wrote(home: OutboxHomes.name(record.placement))
    }
    return result
  }

  func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] {
    try await path.read(context, queries)
  }
}
