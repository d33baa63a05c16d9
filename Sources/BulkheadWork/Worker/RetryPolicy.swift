import BulkheadCore

/// When a failed job is tried again: exponential delays with jitter, so that jobs which failed together (a connector
/// was down) do not come back together.
package struct RetryPolicy: Sendable {
  /// Delay after the first failure.
  package var delayBase: Duration = .seconds(1)
  package var delayMax: Duration = .seconds(300)
  /// Runs of one job in all, unless the job says otherwise. About half an hour with the delays above.
  package static let attemptsMaxDefault = 12

  package init() {}

  /// Between half of the delay and all of it ("equal jitter"): never at once, never later than the maximum.
  package func delay(afterAttempt attempt: Int, random: any RandomSource) -> Duration {
    let ceiling = max(delayMax.microseconds, 1)
    var full = min(max(delayBase.microseconds, 1), ceiling)
    var doublings = max(attempt, 1) - 1
    while doublings > 0, full < ceiling {
      full = full > ceiling / 2 ? ceiling : full * 2
      doublings -= 1
    }
    let half = full / 2
    return .microseconds(half + Int64(random.next() % UInt64(full - half + 1)))
  }

  /// How a failed run ends: another try, no sooner than after `least`, or none.
  package func outcome(
    failedWith code: String, attempt: Int, attemptsMax: Int, at instant: Instant, least: Duration = .zero,
    random: any RandomSource
  ) -> JobEnding.Outcome {
    guard attempt < attemptsMax else { return .dead(code: code) }
    return .retry(at: instant + max(least, delay(afterAttempt: attempt, random: random)), code: code)
  }
}
