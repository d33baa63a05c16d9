import BulkheadCore
import Synchronization

/// Whether this process should be sent requests: each component registers a check, and `/readyz` runs them.
package final class Readiness: Sendable {
  private struct Check {
    let name: String
    let timeout: Duration
    let run: @Sendable () async throws -> Void
  }

  private struct State {
    var checks: [Check] = []
    var isShuttingDown = false
    var last: (at: Instant, failed: [String])?
  }

  /// Checks that may be registered.
  package static let checksMax = 32
  /// An answer is given again for this long, so that nobody can turn `/readyz` into load on the database.
  package static let answerLifetime: Duration = .seconds(1)

  private let state = Mutex(State())
  private let clock: any WallClock

  package init(clock: any WallClock = SystemClock()) { self.clock = clock }

  /// Registers a check that throws while its component cannot serve. It is cancelled after `timeout` and must heed
  /// that. `name` is shown to anyone who asks.
  package func register(
    _ name: String, timeout: Duration = .seconds(2), _ check: @escaping @Sendable () async throws -> Void
  ) {
    state.withLock { state in
      precondition(state.checks.count < Self.checksMax, "more than Readiness.checksMax checks")
      state.checks.append(Check(name: name, timeout: timeout, run: check))
      state.last = nil
    }
  }

  /// From now on the process is not ready, whatever the checks say.
  package func beginShutdown() { state.withLock { $0.isShuttingDown = true } }

  /// Names of what is not ready, in order of registration; empty when everything is.
  package func failures() async -> [String] {
    let now = clock.now()
    let (checks, known) = state.withLock { state -> ([Check], [String]?) in
      if state.isShuttingDown { return ([], ["shutdown"]) }
      if let last = state.last, now < last.at + Self.answerLifetime, now >= last.at { return ([], last.failed) }
      return (state.checks, nil)
    }
    if let known { return known }
    let failed = await withTaskGroup(of: (Int, Bool).self) { group in
      for (index, check) in checks.enumerated() {
        group.addTask { (index, await Self.passes(check)) }
      }
      var failed: [Int] = []
      for await (index, passed) in group where !passed { failed.append(index) }
      return failed.sorted().map { checks[$0].name }
    }
    state.withLock { $0.last = (now, failed) }
    return failed
  }

  private static func passes(_ check: Check) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        do {
          try await check.run()
          return true
        } catch {
          return false
        }
      }
      group.addTask {
        try? await Task.sleep(for: check.timeout)
        return false
      }
      let first = await group.next() ?? false
      group.cancelAll()
      return first
    }
  }
}
