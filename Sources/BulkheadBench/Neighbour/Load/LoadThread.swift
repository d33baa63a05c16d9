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

  /// Has the calling thread preferred to others, where that is allowed. A customer's machine is not this machine: what
  /// the one that measures waits for its processor is not the server's doing.
  @discardableResult
  static func prefer() -> Bool { setpriority(Int32(PRIO_PROCESS.rawValue), 0, -10) == 0 }
}
