import BulkheadCore
import Logging
import ServiceLifecycle
import Synchronization

/// Bounds of the relay.
package struct RelayLimits: Sendable {
  /// Events carried at once.
  package var batchMax = 100
  /// How often all homes are looked at when nothing calls: finds what a killed process left behind.
  package var pollInterval: Duration = .seconds(2)
  package var attemptsMax = RetryPolicy.attemptsMaxDefault

  package init() {}
}

/// Counters since start.
package struct RelayFigures: Hashable, Sendable {
  package var carried = 0
  /// Carried again although the queue had them: a process died between the two steps.
  package var repeated = 0
  package var faults = 0
}

/// Carries events from outboxes into the queue, sealed as they are.
///
/// Two steps that no transaction spans: put the job into the queue, then mark the event. When a process dies between
/// them the event is carried again, and the queue's key (tenant, event) makes that the same job: at least once here,
/// exactly one job there. Several relays may run; they only repeat each other's work.
package final class OutboxRelay: Service {
  /// The homes there are now, asked before each round over all of them.
  package typealias Sources = @Sendable () async throws -> [any OutboxSource]

  private let sources: Sources
  private let queue: any JobQueue
  private let limits: RelayLimits
  private let signal: RelaySignal
  private let jobs: WakeSignal
  private let ambient: Ambient
  private let pause: Pause
  private let logger: Logger
  private let state = Mutex((figures: RelayFigures(), isStopping: false))

  /// `signal` calls the relay; the relay calls `jobs`, which is the worker's.
  package init(
    sources: @escaping Sources, queue: any JobQueue, limits: RelayLimits = RelayLimits(), signal: RelaySignal,
    jobs: WakeSignal, ambient: Ambient, logger: Logger, pause: @escaping Pause = { try await Task.sleep(for: $0) }
  ) {
    self.sources = sources
    self.queue = queue
    self.limits = limits
    self.signal = signal
    self.jobs = jobs
    self.ambient = ambient
    self.pause = pause
    self.logger = logger
  }

  package var figures: RelayFigures { state.withLock { $0.figures } }

  package func stop() {
    state.withLock { $0.isStopping = true }
    signal.wakes.wake()
  }

  package func run() async throws {
    await withGracefulShutdownHandler {
      await self.loop()
    } onGracefulShutdown: {
      self.stop()
    }
  }

  private func loop() async {
    var scope = RelaySignal.Scope.all
    var polledAt = ambient.now
    while !Task.isCancelled, !state.withLock({ $0.isStopping }) {
      let seen = signal.wakes.count
      let unfinished = await carryRound(scope)
      if unfinished.isEmpty { await signal.wakes.wait(past: seen, upTo: limits.pollInterval, pause: pause) }
      scope = signal.take().including(unfinished)
      // A clock that was set back must not put the poll off.
      let elapsed = ambient.now - polledAt
      if elapsed >= limits.pollInterval || elapsed < .zero {
        scope = .all
        polledAt = ambient.now
      }
    }
  }

  /// One batch from each home, so that none waits for another to be emptied; answers the homes that may hold more.
  private func carryRound(_ scope: RelaySignal.Scope) async -> Set<String> {
    var unfinished: Set<String> = []
    do {
      for source in try await sources() where scope.contains(source.home) {
        do {
          if try await carryOnce(source) > 0 { unfinished.insert(source.home) }
        } catch {
          note(error, home: source.home)
        }
      }
    } catch {
      note(error, home: "-")
    }
    return unfinished
  }

  /// One batch; answers how many events it held.
  @discardableResult
  package func carryOnce(_ source: any OutboxSource) async throws -> Int {
    let rows = try await source.pending(limit: limits.batchMax)
    guard !rows.isEmpty else { return 0 }
    let added = try await queue.enqueue(
      rows.map { row in
        NewJob(
          key: row.key, topic: row.topic, subject: row.subject, envelope: row.envelope, createdAt: row.createdAt,
          attemptsMax: limits.attemptsMax)
      })
    if added > 0 { jobs.wake() }
    try await source.markDispatched(rows.map(\.key), at: ambient.now)
    state.withLock { state in
      state.figures.carried += rows.count
      state.figures.repeated += rows.count - added
    }
    return rows.count
  }

  private func note(_ error: any Error, home: String) {
    state.withLock { $0.figures.faults += 1 }
    logger.warning(
      "events could not be carried", metadata: ["home": "\(home)", "error": "\(String(reflecting: error))"])
  }
}
