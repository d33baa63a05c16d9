import BulkheadCore
import BulkheadData
import BulkheadPostgres
import Synchronization

/// Sessions bound to a tenant without the data path: an administrator sets the carrier and steps down to the pool's
/// role, so that grants, row security and triggers are the real ones. There is no guard: nothing but row security
/// keeps the statement inside its tenant.
struct BoundConnections: SessionSource {
  let database: TestDatabase

  func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result {
    let connection = try await database.connect(role: "postgres")
    defer { connection.close() }
    do {
      try await connection.simple(
        """
        BEGIN; SET LOCAL search_path = \(TestDatabase.schema);
        SET LOCAL backtrace_functions = 't\(context.tenant.id.hex)'; SET LOCAL ROLE bulkhead_pool;
        """, deadline: nil)
      let session = Session(connection)
      let result = try await body(Transaction(context, session: session))
      _ = try await session.run([])
      try await connection.simple("COMMIT", deadline: nil)
      return result
    } catch let error as PostgresError {
      throw DataError(error)
    }
  }

  func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] {
    try await transaction(context) { try await $0.run(queries) }
  }

  private final class Session: TransactionSession {
    private let connection: PostgresConnection
    private let pending = Mutex<[(query: Query, inspect: (@Sendable (Rows) throws -> Void)?)]>([])

    init(_ connection: PostgresConnection) { self.connection = connection }

    func run(_ queries: [Query]) async throws -> [Rows] {
      let earlier = pending.withLock { pending in
        defer { pending = [] }
        return pending
      }
      var results: [Rows] = []
      do {
        for query in earlier.map(\.query) + queries {
          results += try await connection.roundTrip(
            [.prepared(text: query.statement.text, parameters: query.parameters)], deadline: nil)
        }
      } catch {
        throw DataError(error)
      }
      for (pending, rows) in zip(earlier, results) { try pending.inspect?(rows) }
      return Array(results.dropFirst(earlier.count))
    }

    func enqueue(_ queries: [Query]) throws { pending.withLock { $0 += queries.map { ($0, nil) } } }

    func enqueue(_ query: Query, inspect: @escaping @Sendable (Rows) throws -> Void) throws {
      pending.withLock { $0.append((query, inspect)) }
    }
  }
}
