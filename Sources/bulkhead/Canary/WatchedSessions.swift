import BulkheadCore
import BulkheadData

/// Looks at the rows of every statement before the code that asked for them does, so that what is read past a wall has
/// no effect at all: no answer, no event, no document, no write that was decided by it.
struct WatchedSessions<Source: SessionSource>: SessionSource {
  let source: Source
  let watch: LeakWatch

  func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result {
    guard watch.checks.contains(.rows) else { return try await source.transaction(context, body) }
    return try await source.transaction(context) { transaction in
      try await body(Transaction(context, session: Session(transaction: transaction, watch: watch)))
    }
  }

  func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] {
    let results = try await source.read(context, queries)
    if watch.checks.contains(.rows) {
      for rows in results { try watch.inspect(rows.bytes, at: .rows, for: context.tenant) }
    }
    return results
  }

  /// A transaction whose rows are looked at. Those of statements that nobody reads the rows of are not.
  private struct Session: TransactionSession {
    let transaction: Transaction
    let watch: LeakWatch

    func run(_ queries: [Query]) async throws -> [Rows] {
      let results = try await transaction.run(queries)
      for rows in results { try watch.inspect(rows.bytes, at: .rows, for: transaction.context.tenant) }
      return results
    }

    func enqueue(_ queries: [Query]) throws {
      for query in queries { try transaction.enqueue(query) }
    }

    func enqueue(_ query: Query, inspect: @escaping @Sendable (Rows) throws -> Void) throws {
      try transaction.enqueue(query) { rows in
        try watch.inspect(rows.bytes, at: .rows, for: transaction.context.tenant)
        try inspect(rows)
      }
    }
  }
}
