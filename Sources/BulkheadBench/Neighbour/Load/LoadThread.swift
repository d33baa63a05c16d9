import Foundation
import Synchronization

/// Whether a load is to end. Set by the one who conducts the round, read by the thread that makes the load.
final class LoadSwitch: Sendable {
  private let ended = Mutex(false)

  var hasEnded: Bool { ended.withLock { $0 } }
  func end() { ended.withLock { $0 = true } }
}

/// A thread of its own for each load: tasks would share theirs with whatever else runs here.
enum LoadThread {
  static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let thread = Thread { continuation.resume(with: Swift.Result { try body() }) }
      thread.start()
    }
  }

  /// Has the calling thread run before all others, where that is allowed (real-time scheduling, sched(7)), or else more
  /// readily than they. A customer's machine is not this machine: what the one that measures waits for a processor is
  /// not the server's doing. Only for a thread that mostly sleeps.
  static func prefer() {
    var parameters = sched_param()
    parameters.sched_priority = 1
    // 0 is the calling thread.
    guard sched_setscheduler(0, SCHED_FIFO, &parameters) != 0 else { return }
    _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, -10)
  }
}
