import BulkheadPostgres
import Synchronization

/// A fixed set of connections; who finds none waits in line.
final class NaivePool: Sendable {
  private struct State {
    var idle: [PostgresConnection]
    var waiters: [CheckedContinuation<PostgresConnection, Never>] = []
  }

  private let state: Mutex<State>

  init(_ connections: [PostgresConnection]) { state = Mutex(State(idle: connections)) }

  func lend<Result: Sendable>(_ body: (PostgresConnection) async throws -> Result) async throws -> Result {
    let connection = await take()
    defer { give(connection) }
    return try await body(connection)
  }

  private func take() async -> PostgresConnection {
    if let connection = state.withLock({ $0.idle.popLast() }) { return connection }
    return await withCheckedContinuation { continuation in
      let connection = state.withLock { state -> PostgresConnection? in
        if let connection = state.idle.popLast() { return connection }
        state.waiters.append(continuation)
        return nil
      }
      if let connection { continuation.resume(returning: connection) }
    }
  }

  private func give(_ connection: PostgresConnection) {
    let waiter = state.withLock { state -> CheckedContinuation<PostgresConnection, Never>? in
      if !state.waiters.isEmpty { return state.waiters.removeFirst() }
      state.idle.append(connection)
      return nil
    }
    waiter?.resume(returning: connection)
  }
}
