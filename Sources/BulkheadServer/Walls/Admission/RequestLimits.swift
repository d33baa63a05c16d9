import BulkheadCore
import Synchronization

/// Bounds the requests under way, per tenant and in total, and how often a tenant's may begin. Work-conserving: one
/// tenant alone may use all of its own bounds at any time.
package final class RequestLimits: AdmissionControl {
  /// A tenant's requests under way when its policy allows no fewer; more get 429 `requests.tooMany`.
  package let tenantRequestsMax: Int
  /// All tenants' requests under way; more get 503 `server.busy`. Also bounds this object's memory.
  package let totalRequestsMax: Int
  /// Those of `totalRequestsMax` that only tenants without a request under way get: sixteen that flood do not close the
  /// server for the others.
  package let newcomersReserve: Int

  private struct Standing {
    var inFlight = 0
    /// See `RequestRate`.
    var due: Int64 = 0
  }

  private struct State {
    var total = 0
    var tenants: [TenantID: Standing] = [:]
    /// How many tenants are remembered before those with nothing to remember are looked for.
    var sweepsAt = 1024
  }

  private let state = Mutex(State())
  private let origin = ContinuousClock.now

  package init(tenantRequestsMax: Int = 64, totalRequestsMax: Int = 1024, newcomersReserve: Int? = nil) {
    self.newcomersReserve = newcomersReserve ?? totalRequestsMax / 4
    self.tenantRequestsMax = tenantRequestsMax
    self.totalRequestsMax = totalRequestsMax
  }

  /// Requests under way.
  package var total: Int { state.withLock { $0.total } }
  /// Tenants that something is remembered of.
  package var remembered: Int { state.withLock { $0.tenants.count } }

  package func judge(_ tenant: TenantID, policy: PolicyLimits, now: ContinuousClock.Instant) -> Admission {
    let now = (now - origin).nanoseconds
    let inFlightMax = min(tenantRequestsMax, policy[.requestsInFlight].map { Int($0) } ?? .max)
    let rate = RequestRate(policy)
    return state.withLock { state in
      var own = state.tenants[tenant] ?? Standing()
      if let rate, own.due > rate.taken(over: own.due, now: now) {
        own.due = rate.taken(over: own.due, now: now)
        state.tenants[tenant] = own
      }
      // The tenant's own bounds first: a tenant over one learns nothing of how busy the others are.
      if own.inFlight >= inFlightMax {
        return Admission(
          refusal: Self.tooMany(inFlightMax), rate: rate?.standing(due: own.due, now: now))
      }
      if let rate {
        switch rate.decide(due: own.due, now: now) {
        case .refused(let wait):
          return Admission(
            refusal: Self.tooFast(policy, wait: wait), rate: rate.standing(due: own.due, now: now))
        case .admitted(let due): own.due = due
        }
      }
      if state.total >= totalRequestsMax - (own.inFlight == 0 ? 0 : newcomersReserve) {
        return Admission(
          refusal: Refusal(.serverBusy, "The server is busy.", retryAfterSeconds: Refusal.retrySeconds), rate: nil)
      }
      own.inFlight += 1
      state.total += 1
      state.tenants[tenant] = own
      if state.tenants.count >= state.sweepsAt { Self.sweep(&state, now: now) }
      return Admission(refusal: nil, rate: rate?.standing(due: own.due, now: now))
    }
  }

  package func release(_ tenant: TenantID) {
    state.withLock { state in
      guard var own = state.tenants[tenant], own.inFlight > 0 else { return }
      state.total -= 1
      own.inFlight -= 1
      // A tenant without a rate leaves nothing to remember.
      state.tenants[tenant] = own.inFlight == 0 && own.due == 0 ? nil : own
    }
  }

  /// Forgets tenants that have nothing under way and whose burst is whole.
  private static func sweep(_ state: inout State, now: Int64) {
    state.tenants = state.tenants.filter { $0.value.inFlight > 0 || $0.value.due > now }
    state.sweepsAt = max(1024, state.tenants.count * 2)
  }

  private static func tooMany(_ allowed: Int) -> Refusal {
    Refusal(
      .requestsTooMany, "This tenant has too many requests under way: \(allowed) at once are allowed.",
      limit: LimitReached(.requestsInFlight, allowed), retryAfterSeconds: Refusal.retrySeconds)
  }

  private static func tooFast(_ policy: PolicyLimits, wait: Int64) -> Refusal {
    let perSecond = policy[.requestsPerSecond] ?? 0
    return Refusal(
      .requestsTooFast, "This tenant sends too often: \(perSecond) requests per second are allowed.",
      limit: LimitReached(.requestsPerSecond, perSecond),
      retryAfterSeconds: max(1, Int(RequestRate.seconds(wait))))
  }
}
