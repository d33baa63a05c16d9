import BulkheadCore
import Synchronization

/// Time that goes by only when a test says so.
final class TestTime: WallClock {
  private struct Sleeper {
    let until: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: Instant
    var next = 0
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  init(_ start: Instant = Instant(seconds: 1_000_000)) { state = Mutex(State(now: start)) }

  func now() -> Instant { state.withLock { $0.now } }

  /// Lengths of the pauses that are waited out now.
  var sleeping: [Duration] { state.withLock { state in state.sleepers.values.map { $0.until - state.now } } }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now + duration
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for key in due.keys { state.sleepers[key] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  func pause(_ duration: Duration) async throws {
    let key = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.withLock { state in
          if state.cancelled.remove(key) != nil { return true }
          state.sleepers[key] = Sleeper(until: state.now + duration, continuation: continuation)
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        let sleeper = state.sleepers.removeValue(forKey: key)
        if sleeper == nil { state.cancelled.insert(key) }
        return sleeper
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }
}

/// Waits until `condition` holds, letting other tasks run meanwhile. A condition that never holds ends with the time
/// limit of the test.
func eventually(_ condition: () -> Bool) async {
  while !condition(), !Task.isCancelled { await Task.yield() }
}
