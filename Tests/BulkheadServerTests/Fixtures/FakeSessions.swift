import BulkheadCore
import BulkheadData
import Synchronization

@testable import BulkheadServer

/// The data path's seam, in memory: the idempotency table and a count of effects, with PostgreSQL's behaviour where
/// the server relies on it (a second claim waits for the first transaction; nothing of a rollback remains).
actor FakeSessions: SessionSource {
  struct StoredKey: Sendable {
    let owner: Int
    let fingerprint: SQLValue
    var answer: [SQLValue]?
  }

  static let effect = Statement("INSERT INTO effect DEFAULT VALUES")

  private var keys: [String: StoredKey] = [:]
  private var ended: [Int: [CheckedContinuation<Void, Never>]] = [:]
  private var live: Set<Int> = []
  private var next = 0
  private(set) var effects = 0
  private(set) var waits = 0
  /// Transactions that fail with a deadlock before one succeeds.
  private var deadlocks = 0

  func failNext(_ count: Int) { deadlocks = count }

  nonisolated func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result {
    while true {
      let number = await begin()
      let session = FakeSession(self, context, number)
      do {
        let result = try await body(Transaction(context, session: session))
        if await takeDeadlock() { throw DataError(.retry, diagnostic: "deadlock") }
        _ = try await session.run([])
        await end(number, session.pendingEffects, commits: true)
        return result
      } catch let error as DataError where error.kind == .retry {
        await end(number, 0, commits: false)
      } catch {
        await end(number, 0, commits: false)
        throw error
      }
    }
  }

  nonisolated func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] {
    await replay(context, queries)
  }

  private func replay(_ context: TenantContext, _ queries: [Query]) -> [Rows] {
    queries.map { query in
      guard query.statement == IdempotencyStatements.replay, let stored = keys[name(context, query.parameters)],
        let answer = stored.answer
      else { return Rows(columnCount: 6, starts: [], ends: [], bytes: [], affected: 0) }
      return Self.row([stored.fingerprint] + answer)
    }
  }

  private func begin() -> Int {
    next += 1
    live.insert(next)
    return next
  }

  private func takeDeadlock() -> Bool {
    guard deadlocks > 0 else { return false }
    deadlocks -= 1
    return true
  }

  private func end(_ number: Int, _ pending: Int, commits: Bool) {
    live.remove(number)
    if commits { effects += pending } else { keys = keys.filter { $0.value.owner != number } }
    for waiter in ended.removeValue(forKey: number) ?? [] { waiter.resume() }
  }

  /// True when the key is now this transaction's.
  fileprivate func claim(_ number: Int, _ context: TenantContext, _ parameters: [SQLValue]) async -> Bool {
    let name = name(context, parameters)
    while let other = keys[name]?.owner, other != number, live.contains(other) {
      waits += 1
      await withCheckedContinuation { ended[other, default: []].append($0) }
    }
    guard keys[name] == nil else { return false }
    keys[name] = StoredKey(owner: number, fingerprint: parameters[2])
    return true
  }

  fileprivate func store(_ context: TenantContext, _ parameters: [SQLValue]) {
    keys[name(context, parameters)]?.answer = Array(parameters[2...])
  }

  var storedKeys: Int { keys.count }

  private nonisolated func name(_ context: TenantContext, _ parameters: [SQLValue]) -> String {
    "\(context.tenant) \(parameters[0]) \(parameters[1])"
  }

  private static func row(_ values: [SQLValue]) -> Rows {
    var starts: [Int32] = []
    var ends: [Int32] = []
    var bytes: [UInt8] = []
    for value in values {
      let text: String? =
        switch value {
        case .text(let text): text
        case .int(let number): String(number)
        case .bytes(let raw): "\\x" + Hex.encode(raw)
        default: nil
        }
      starts.append(text == nil ? -1 : Int32(bytes.count))
      bytes += (text ?? "").utf8
      ends.append(Int32(bytes.count))
    }
    return Rows(columnCount: values.count, starts: starts, ends: ends, bytes: bytes, affected: 1)
  }
}

private final class FakeSession: TransactionSession {
  private let database: FakeSessions
  private let context: TenantContext
  private let number: Int
  private let queue = Mutex<[(Query, (@Sendable (Rows) throws -> Void)?)]>([])
  private let effects = Mutex(0)

  init(_ database: FakeSessions, _ context: TenantContext, _ number: Int) {
    self.database = database
    self.context = context
    self.number = number
  }

  var pendingEffects: Int { effects.withLock { $0 } }

  func run(_ queries: [Query]) async throws -> [Rows] {
    let waiting = queue.withLock { queue in
      defer { queue = [] }
      return queue
    }
    for (query, inspect) in waiting {
      let rows = await execute(query)
      try inspect?(rows)
    }
    var results: [Rows] = []
    for query in queries { results.append(await execute(query)) }
    return results
  }

  func enqueue(_ queries: [Query]) throws {
    queue.withLock { queue in for query in queries { queue.append((query, nil)) } }
  }

  func enqueue(_ query: Query, inspect: @escaping @Sendable (Rows) throws -> Void) throws {
    queue.withLock { $0.append((query, inspect)) }
  }

  private func execute(_ query: Query) async -> Rows {
    var affected = 1
    if query.statement == IdempotencyStatements.claim {
      affected = await database.claim(number, context, query.parameters) ? 1 : 0
    } else if query.statement == IdempotencyStatements.store {
      await database.store(context, query.parameters)
    } else if query.statement == FakeSessions.effect {
      effects.withLock { $0 += 1 }
    }
    return Rows(columnCount: 0, starts: [], ends: [], bytes: [], affected: affected)
  }
}
