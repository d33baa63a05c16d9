import Synchronization

/// A state behind its own lock, as a reference, so that many of them can stand in an array of shards.
final class Guarded<State>: Sendable {
  let state: Mutex<State>

  init(_ initial: sending State) { state = Mutex(initial) }
}
