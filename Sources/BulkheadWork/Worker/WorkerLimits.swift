/// Bounds of one worker process. Intervals are real time.
package struct WorkerLimits: Sendable {
  /// Jobs under way in this process.
  package var jobsInFlightMax = 16
  /// Jobs of one tenant under way in this process.
  package var jobsInFlightPerTenantMax = 4
  /// Jobs claimed in one statement.
  package var claimBatchMax = 64
  /// A job whose worker has not been heard of for this long is given to another.
  package var leaseDuration: Duration = .seconds(30)
  /// How often leases are renewed; a third of their duration, so that two renewals may fail.
  package var heartbeatInterval: Duration = .seconds(10)
  /// How often the queue is looked at when nothing calls.
  package var pollInterval: Duration = .seconds(1)
  /// How often delayed, abandoned and old jobs are seen to.
  package var upkeepInterval: Duration = .seconds(1)
  /// A handler that takes longer is cancelled; that counts as a failure.
  package var jobDurationMax: Duration = .seconds(600)
  /// Jobs under way at shutdown may go on for this long; then they are cancelled and given back.
  package var shutdownGrace: Duration = .seconds(20)
  /// How long the queue remembers a job that is done.
  package var doneRetention: Duration = .seconds(86_400)
  /// Tries to write down how a job ended, before it is left to its lease.
  package var settleAttemptsMax = 4
  package var retry = RetryPolicy()

  package init() {}
}
