import NIOCore
import Synchronization

/// Ends the patience with bodies that do not arrive.
///
/// Each body that is being read stands here with its deadline, and one sweep over them all replaces a timer for each.
/// A body is given up between its deadline and one sweep later. Bounded by the number of connections.
final class BodyDeadlines: Sendable {
  /// Fired into a channel whose body is late; reading the body then throws it.
  struct Expired: Error {}

  private struct Entry {
    let channel: any Channel
    let deadline: ContinuousClock.Instant
  }

  private struct State {
    var next: UInt64 = 0
    var entries: [UInt64: Entry] = [:]
  }

  private let state = Mutex(State())
  private let timeout: Duration

  init(timeout: Duration) { self.timeout = timeout }

  /// How often to sweep.
  var sweepInterval: Duration { timeout / 4 }

  func begin(_ channel: any Channel) -> UInt64 {
    let deadline = ContinuousClock.now + timeout
    return state.withLock { state in
      state.next &+= 1
      state.entries[state.next] = Entry(channel: channel, deadline: deadline)
      return state.next
    }
  }

  func end(_ id: UInt64) { state.withLock { _ = $0.entries.removeValue(forKey: id) } }

  func sweep() {
    let now = ContinuousClock.now
    let late = state.withLock { state in
      let late = state.entries.filter { $0.value.deadline <= now }
      for id in late.keys { state.entries.removeValue(forKey: id) }
      return late.values.map(\.channel)
    }
    for channel in late { channel.pipeline.fireErrorCaught(Expired()) }
  }
}
