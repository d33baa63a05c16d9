import BulkheadCore

/// How often a tenant's requests may begin: the Generic Cell Rate Algorithm (ITU-T I.371, annex A, virtual scheduling).
///
/// The whole state of a tenant is one number, the moment at which its next request would be due if all kept to the
/// rate. A request may come early by as much as the burst is worth.
struct RequestRate: Hashable {
  /// Nanoseconds from one request to the next at the rate.
  let interval: Int64
  let burst: Int64

  private static let second: Int64 = 1_000_000_000

  /// `nil` when the policy sets no rate. Without a burst of its own a tenant may begin one second's worth at once.
  init?(_ policy: PolicyLimits) {
    guard let perSecond = policy[.requestsPerSecond] else { return nil }
    interval = Self.second / perSecond
    burst = policy.bound(.requestBurst) ?? perSecond
  }

  /// Nanoseconds in which an exhausted burst is whole again.
  private var window: Int64 { interval * burst }

  /// The state of a tenant that came to have this rate owing under another: no more is owed than the whole window, so
  /// that a change locks nobody out.
  func taken(over due: Int64, now: Int64) -> Int64 { min(due, now + window) }

  enum Decision: Hashable {
    /// `due` is the tenant's new state.
    case admitted(due: Int64)
    /// To be tried again so many nanoseconds later.
    case refused(wait: Int64)
  }

  /// - Parameters:
  ///   - due: the tenant's state; anything in the past for one that has not been seen.
  ///   - now: nanoseconds of a clock that only goes forward.
  func decide(due: Int64, now: Int64) -> Decision {
    let next = max(due, now) + interval
    return next - now <= window ? .admitted(due: next) : .refused(wait: next - now - window)
  }

  func standing(due: Int64, now: Int64) -> RateStanding {
    let used = max(0, due - now)
    return RateStanding(
      quota: burst, windowSeconds: max(1, Self.seconds(window)), remaining: max(0, (window - used) / interval),
      resetSeconds: Self.seconds(used))
  }

  /// Whole seconds, rounded up: who waits so long does not come too early.
  static func seconds(_ nanoseconds: Int64) -> Int64 { (nanoseconds + second - 1) / second }
}

/// A tenant's rate as its clients are told of it (draft-ietf-httpapi-ratelimit-headers).
package struct RateStanding: Hashable, Sendable {
  /// Requests that may begin at once.
  package let quota: Int64
  /// Seconds in which a used quota is whole again.
  package let windowSeconds: Int64
  /// Requests that may begin now.
  package let remaining: Int64
  /// Seconds until the quota is whole again when nothing more is sent.
  package let resetSeconds: Int64

  /// The field `RateLimit-Policy`.
  var policyField: String { "\"requests\";q=\(quota);w=\(windowSeconds)" }
  /// The field `RateLimit`.
  var field: String { "\"requests\";r=\(remaining);t=\(resetSeconds)" }
}
