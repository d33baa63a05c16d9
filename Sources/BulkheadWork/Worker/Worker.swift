import BulkheadCore
import Logging
import ServiceLifecycle
import Synchronization

/// Takes jobs from the queue and runs them, each under the tenant of its sealed envelope.
///
/// - A job is leased, not taken: the lease is renewed while it runs, and when a worker is killed its jobs are given to
///   others once their leases have run out. So every job is run at least once.
/// - At shutdown nothing more is claimed; jobs under way may finish within a grace; the rest are given back.
/// - Idle, it waits for `signal` or the poll interval, whichever comes first.
package final class Worker: Service {
  package let id: EntityID
  let queue: any JobQueue
  let runner: JobRunner
  let limits: WorkerLimits
  let signal: WakeSignal
  let ambient: Ambient
  let pause: Pause
  let logger: Logger
  let state = Mutex(WorkerState())
  let endings: EndingWriter

  /// `signal` is called by whoever puts jobs into the queue in this process.
  package init(
    queue: any JobQueue, runner: JobRunner, limits: WorkerLimits = WorkerLimits(), signal: WakeSignal,
    ambient: Ambient, logger: Logger, pause: @escaping Pause = { try await Task.sleep(for: $0) }
  ) {
    let id = ambient.makeID()
    self.id = id
    self.queue = queue
    self.endings = EndingWriter { try await queue.finish($0, worker: id, at: ambient.now) }
    self.runner = runner
    self.limits = limits
    self.signal = signal
    self.ambient = ambient
    self.pause = pause
    self.logger = logger
  }

  /// Counters for metrics.
  package var figures: WorkerFigures { state.withLock { $0.figures } }

  /// Claims no more from now on; `run` returns when what is under way has ended.
  package func stop() {
    state.withLock { $0.stop() }
    signal.wake()
  }

  package func run() async throws {
    await withGracefulShutdownHandler {
      await withDiscardingTaskGroup { group in
        group.addTask { await self.beat() }
        group.addTask { await self.keepUp() }
        await self.claim { job in group.addTask { await self.perform(job) } }
        await self.drain()
        group.cancelAll()
      }
      await self.giveBack()
    } onGracefulShutdown: {
      self.stop()
    }
  }

  /// Claims while there are free slots, until told to stop.
  private func claim(start: (ClaimedJob) -> Void) async {
    while !Task.isCancelled {
      let seen = signal.count
      let (isStopping, free) = state.withLock { ($0.isStopping, $0.free(limits)) }
      if isStopping { return }
      var claimed = 0
      if free > 0 {
        do {
          let jobs = try await claimOnce(free)
          claimed = jobs.count
          for job in jobs { start(job) }
        } catch {
          note(error, "the queue could not be claimed from")
        }
      }
      if claimed == 0 { await signal.wait(past: seen, upTo: limits.pollInterval, pause: pause) }
    }
  }

  private func claimOnce(_ free: Int) async throws -> [ClaimedJob] {
    let now = ambient.now
    let until = now + limits.leaseDuration
    let jobs = try await queue.claim(
      ClaimRequest(
        worker: id, claim: ambient.makeID(), limit: free, inFlightPerTenantMax: limits.jobsInFlightPerTenantMax,
        inFlight: state.withLock { $0.inFlight }, leaseUntil: until))
    state.withLock { $0.begin(jobs, at: now, leaseUntil: until) }
    return jobs
  }

  /// Waits until nothing is under way, at most for the grace.
  private func drain() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          let seen = self.signal.count
          if self.state.withLock({ $0.runs.isEmpty }) { return }
          await self.signal.wait(past: seen)
        }
      }
      group.addTask { try? await self.pause(self.limits.shutdownGrace) }
      await group.next()
      group.cancelAll()
    }
  }

  /// Lets others have at once what the shutdown cut short. When this fails the leases run out by themselves.
  private func giveBack() async {
    let leases = state.withLock { $0.takeInterrupted() }
    guard !leases.isEmpty else { return }
    do {
      try await queue.release(leases, worker: id, at: ambient.now)
      state.withLock { $0.figures.released += leases.count }
    } catch {
      note(error, "leases could not be given back")
    }
  }

  func note(_ error: any Error, _ message: Logger.Message) {
    state.withLock { $0.figures.queueFaults += 1 }
    logger.warning(message, metadata: ["error": "\(String(reflecting: error))"])
  }
}
