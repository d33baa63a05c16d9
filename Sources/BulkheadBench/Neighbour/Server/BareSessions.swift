import BulkheadCore
import BulkheadData
import BulkheadPostgres
import Synchronization

/// Transactions as someone in a hurry would make them: an administrator's connection from a pool, and the tenant as one
/// more parameter of each statement. The handlers above are the product's side's own.
struct BareSessions: SessionSource {
  /// For the one that floods and for all others; the same pool where nothing tells them apart.
  let flooder: NaivePool
  let others: NaivePool
  /// Whether statements are prepared: pgbouncer 1.18 cannot do that while it pools transactions.
  let prepares: Bool

  func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result {
    let pool = context.tenant.id == NeighbourTables.flooder ? flooder : others
    return try await pool.lend { connection in
      let session = BareSession(connection, context.tenant, prepares: prepares)
      do {
        let result = try await body(Transaction(context, session: session))
        try await session.commit()
        return result
      } catch {
        await session.rollBack()
        throw error
      }
    }
  }

  func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] {
    try await transaction(context) { try await $0.run(queries) }
  }
}

/// `BEGIN` goes out with the first statements and `COMMIT` with the last, as the product does it.
final class BareSession: TransactionSession {
  private struct State {
    var hasBegun = false
    var pending: [Query] = []
  }

  private let connection: PostgresConnection
  private let tenant: TenantID
  private let prepares: Bool
  private let state = Mutex(State())

  init(_ connection: PostgresConnection, _ tenant: TenantID, prepares: Bool) {
    self.connection = connection
    self.tenant = tenant
    self.prepares = prepares
  }

  func run(_ queries: [Query]) async throws -> [Rows] { try await send(queries, commits: false) }

  func enqueue(_ queries: [Query]) throws { state.withLock { $0.pending += queries } }

  func enqueue(_ query: Query, inspect: @escaping @Sendable (Rows) throws -> Void) throws { try enqueue([query]) }

  func commit() async throws { _ = try await send([], commits: true) }

  func rollBack() async {
    guard connection.isUsable, connection.transactionStatus != .idle else { return }
    _ = try? await connection.roundTrip([command("ROLLBACK", [])], deadline: .now + .seconds(2))
  }

  private func send(_ queries: [Query], commits: Bool) async throws -> [Rows] {
    let (begins, earlier) = state.withLock { state in
      defer { state = State(hasBegun: true) }
      return (!state.hasBegun, state.pending)
    }
    var commands = begins ? [command("BEGIN", [])] : []
    let head = commands.count + earlier.count
    commands += try (earlier + queries).map { query in
      command(try NeighbourStatements.byHand(query.statement), query.parameters + [.id(tenant.id)])
    }
    if commits { commands.append(command("COMMIT", [])) }
    do {
      return Array(try await connection.roundTrip(commands, deadline: nil)[head..<(head + queries.count)])
    } catch {
      throw DataError(error)
    }
  }

  private func command(_ text: String, _ parameters: [SQLValue]) -> Command {
    prepares ? .prepared(text: text, parameters: parameters) : .once(text: text, parameters: parameters)
  }
}
