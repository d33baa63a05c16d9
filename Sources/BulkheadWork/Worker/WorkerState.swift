import BulkheadCore

/// Counters since start, and jobs under way. All tenants together.
package struct WorkerFigures: Hashable, Sendable {
  package var claimed = 0
  package var done = 0
  package var retried = 0
  package var dead = 0
  /// Dead because the envelope was not what the queue claimed; also counted in `dead`.
  package var refused = 0
  /// Cut short by a shutdown and given back.
  package var released = 0
  /// Runs whose lease went to somebody else.
  package var leasesLost = 0
  /// Endings that could not be written down; the lease runs out and the job is run again.
  package var unsettled = 0
  /// Calls of the queue that failed.
  package var queueFaults = 0
  package var upkeep = QueueUpkeep()
  package var inFlight = 0
}

/// What a worker knows of itself. A value: the worker holds it in a lock, decides in it and acts outside.
struct WorkerState {
  /// Why a run is told to stop.
  enum Stop: Hashable {
    case leaseLost
    case overtime
  }

  struct Run {
    let job: ClaimedJob
    let startedAt: Instant
    var leaseUntil: Instant
    var stop: Stop?
    /// Called when `stop` is set.
    let signal: WakeSignal
  }

  /// By lease, not by job: a job may come back to this worker while a run that lost its lease is still ending.
  private(set) var runs: [JobLease: Run] = [:]
  /// Given back when everything has ended.
  private(set) var interrupted: [JobLease] = []
  private(set) var isStopping = false
  var figures = WorkerFigures()

  mutating func begin(_ jobs: [ClaimedJob], at instant: Instant, leaseUntil: Instant) {
    for job in jobs {
      runs[job.lease] = Run(job: job, startedAt: instant, leaseUntil: leaseUntil, signal: WakeSignal())
    }
    figures.claimed += jobs.count
    figures.inFlight = runs.count
  }

  /// Takes a run off the books.
  mutating func end(_ job: ClaimedJob) {
    runs[job.lease] = nil
    figures.inFlight = runs.count
  }

  mutating func interrupt(_ job: ClaimedJob) { interrupted.append(job.lease) }

  mutating func takeInterrupted() -> [JobLease] {
    defer { interrupted = [] }
    return interrupted
  }

  mutating func stop() { isStopping = true }

  /// Notes which leases were renewed. Answers the signals of runs that must stop: those whose lease the queue no
  /// longer knows, those whose lease ran out unheard, and those that take too long.
  mutating func heartbeat(
    renewed: Set<JobLease>?, asked: [JobLease], until: Instant, at instant: Instant, jobDurationMax: Duration
  ) -> [WakeSignal] {
    let asked = Set(asked)
    var signals: [WakeSignal] = []
    for (lease, var run) in runs where run.stop == nil {
      if let renewed, asked.contains(lease) {
        if renewed.contains(lease) { run.leaseUntil = until } else { run.stop = .leaseLost }
      }
      if run.leaseUntil <= instant { run.stop = .leaseLost }
      if run.stop == nil, instant - run.startedAt > jobDurationMax { run.stop = .overtime }
      if run.stop != nil { signals.append(run.signal) }
      runs[lease] = run
    }
    return signals
  }

  /// Jobs under way, by tenant.
  var inFlight: [TenantID: Int] { runs.values.reduce(into: [:]) { $0[$1.job.tenant, default: 0] += 1 } }

  /// Slots that a claim may fill.
  func free(_ limits: WorkerLimits) -> Int {
    isStopping ? 0 : min(max(0, limits.jobsInFlightMax - runs.count), limits.claimBatchMax)
  }
}
