import Synchronization

/// One run of a piece of work for all who ask for it meanwhile: a thousand callers that miss the same thing at once ask
/// the database once. The work goes on when the caller that began it is cancelled, because others wait for it too.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let flights = Mutex<[Key: Task<Value, any Error>]>([:])

  /// The result of the run of `key` that is under way, or of a new run of `work`.
  func run(_ key: Key, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let task = flights.withLock { flights in
      if let flying = flights[key] { return flying }
      let task = Task {
        // Waits for the lock that is held here, so that it removes what has been entered.
        defer { self.flights.withLock { $0[key] = nil } }
        return try await work()
      }
      flights[key] = task
      return task
    }
    return try await task.value
  }
}
