import BulkheadCore
import BulkheadPostgres
import Synchronization

/// One transaction on one connection. `BEGIN` and the bind go out with the first statements, `COMMIT` with the last.
final class BoundSession: TransactionSession {
  private struct Pending {
    let query: Query
    let inspect: (@Sendable (Rows) throws -> Void)?
  }

  private enum Phase {
    /// Nothing has been sent.
    case fresh
    case begun
    /// Committed, rolled back or broken: refuses every call.
    case ended
  }

  private struct State {
    var phase = Phase.fresh
    var pending: [Pending] = []
  }

  /// Statements that may wait for the next round trip: an interchange of a thousand documents has some of each.
  static let pendingMax = 10_000

  private let path: DataPath
  private let record: TenantRecord
  private let connection: PostgresConnection
  private let deadline: ContinuousClock.Instant
  private let state = Mutex(State())

  init(path: DataPath, record: TenantRecord, connection: PostgresConnection, deadline: ContinuousClock.Instant) {
    self.path = path
    self.record = record
    self.connection = connection
    self.deadline = deadline
  }

  func run(_ queries: [Query]) async throws -> [Rows] {
    try await send(queries.map { Pending(query: $0, inspect: nil) }, commits: false)
  }

  func enqueue(_ queries: [Query]) throws {
    try append(queries.map { Pending(query: $0, inspect: nil) })
  }

  func enqueue(_ query: Query, inspect: @escaping @Sendable (Rows) throws -> Void) throws {
    try append([Pending(query: query, inspect: inspect)])
  }

  private func append(_ more: [Pending]) throws {
    try state.withLock { state in
      guard state.phase != .ended else { throw Self.ended }
      guard state.pending.count + more.count <= Self.pendingMax else {
        throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "more than \(Self.pendingMax) pending")
      }
      state.pending += more
    }
  }

  /// Sends what is pending together with `COMMIT`. A transaction in which nothing was said is not begun at all.
  func commit() async throws {
    let isIdle = state.withLock { $0.phase == .fresh && $0.pending.isEmpty }
    if isIdle {
      state.withLock { $0.phase = .ended }
      return
    }
    // What is to be inspected may end the transaction, so it must be seen before the commit and not with it.
    if state.withLock({ $0.pending.contains { $0.inspect != nil } }) { _ = try await send([], commits: false) }
    _ = try await send([], commits: true)
    state.withLock { $0.phase = .ended }
  }

  /// Ends the transaction without effect. A connection that cannot even do that is closed by the pool.
  func rollBack() async {
    let wasBegun = state.withLock { state in
      defer { state.phase = .ended }
      return state.phase == .begun
    }
    guard wasBegun, connection.isUsable, connection.transactionStatus != .idle else { return }
    _ = try? await connection.roundTrip(
      [.rollback], deadline: .now + .seconds(2))
  }

  /// Whoever swallows the failure of a statement cannot go on: PostgreSQL answers COMMIT of a failed transaction with a
  /// rollback and no error, and after a failure that came before BEGIN, statements would run bound to no tenant.
  private func checkOpen() throws {
    switch connection.transactionStatus {
    case .idle, .inError:
      throw DataError(.other, diagnostic: "a transaction was used after the failure of one of its statements")
    case .inTransaction, .active, .unknown: break
    }
  }

  private func send(_ queries: [Pending], commits: Bool) async throws -> [Rows] {
    // Judged before anything is marked as sent: a refused statement must leave no session that takes itself for begun
    // while neither BEGIN nor the bind went out.
    let (earlier, guarded, opens) = try state.withLock { state -> ([Pending], [Command], Bool) in
      guard state.phase != .ended else { throw Self.ended }
      let all = state.pending + queries
      let guarded = try all.map { try path.guarded($0.query, record.placement, readOnly: false) }
      defer {
        state.pending = []
        state.phase = .begun
      }
      return (state.pending, guarded, state.phase == .fresh)
    }
    if !opens { try checkOpen() }
    var commands: [Command] = []
    commands.reserveCapacity(guarded.count + 7)
    if opens {
      commands.append(.begin)
      commands.append(path.bindCommand(record.placement, connection))
      commands += path.clocks(record)
    }
    let head = commands.count
    commands += guarded
    if commits { commands.append(.commit) }
    // What came with a commit has happened: it is no time to refuse its rows.
    let results = try await roundTrip(commands, resultBytesMax: commits ? .max : path.resultBytesMax(record))
    for (index, pending) in earlier.enumerated() { try pending.inspect?(results[head + index]) }
    return Array(results[(head + earlier.count)..<(head + guarded.count)])
  }

  /// A refused bind is passed on as it is, so that the data path can mend and try again.
  private func roundTrip(_ commands: [Command], resultBytesMax: Int) async throws -> [Rows] {
    do {
      return try await connection.roundTrip(
        commands, deadline: deadline, resultBytesMax: resultBytesMax)
    } catch  where error.isBindRefusal {
      throw error
    } catch {
      throw DataError(error)
    }
  }

  private static let ended = Refusal(
    .internalFault, "An internal error occurred.", diagnostic: "a transaction was used after its end")
}

extension Command {
  static let begin = Command.prepared(text: "BEGIN", parameters: [])
  static let commit = Command.prepared(text: "COMMIT", parameters: [])
  static let rollback = Command.prepared(text: "ROLLBACK", parameters: [])
}
