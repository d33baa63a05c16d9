import Synchronization

/// Waits for an amount of time. Passed in, so that tests decide how time goes by.
package typealias Pause = @Sendable (Duration) async throws -> Void

/// Tells loops of this process that there may be something to do: an outbox was written to, a slot became free.
///
/// A counter, not a queue: any number of calls before a loop looks again are one reason to look. Nobody misses a call,
/// because waiting names the count that was last seen. Nothing is sent to the database: a NOTIFY takes a database-wide
/// lock through each commit and would carry tenants' data to whoever listens.
package final class WakeSignal: Sendable {
  private struct State {
    var count: UInt64 = 0
    var nextWaiter: UInt64 = 0
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    /// Waiters whose task was cancelled before they began to wait.
    var cancelled: Set<UInt64> = []
  }

  private let state = Mutex(State())

  package init() {}

  /// Calls so far.
  package var count: UInt64 { state.withLock { $0.count } }

  package func wake() {
    let waiters = state.withLock { state in
      state.count &+= 1
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Returns when the count is no longer `seen`, or the task is cancelled.
  package func wait(past seen: UInt64) async {
    let waiter = state.withLock { state in
      state.nextWaiter &+= 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if state.cancelled.remove(waiter) != nil || state.count != seen { return true }
          state.waiters[waiter] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        let continuation = state.waiters.removeValue(forKey: waiter)
        if continuation == nil { state.cancelled.insert(waiter) }
        return continuation
      }
      continuation?.resume()
    }
    // The handler has run to its end or will not run any more.
    _ = state.withLock { $0.cancelled.remove(waiter) }
  }

  /// `wait(past:)`, but no longer than `limit`.
  package func wait(past seen: UInt64, upTo limit: Duration, pause: @escaping Pause) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.wait(past: seen) }
      group.addTask { try? await pause(limit) }
      await group.next()
      group.cancelAll()
    }
  }
}
