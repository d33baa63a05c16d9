import BulkheadCore
import Synchronization

/// Decides at once whether a tenant's request may start. Nothing waits here: queueing is the data path's business.
package protocol AdmissionControl: Sendable {
  /// Counts one request of `tenant`, or refuses with a category of `.limited` or `.unavailable` and a time to retry.
  /// Each success is followed by exactly one `release`.
  func admit(_ tenant: TenantID) throws(Refusal)
  func release(_ tenant: TenantID)
}

/// Bounds the requests under way, per tenant and in total. Work-conserving: one tenant alone may use all of its own
/// bound at any time.
package final class ConcurrencyLimits: AdmissionControl {
  /// A tenant's requests under way; more get 429 `requests.tooMany`.
  package let tenantRequestsMax: Int
  /// All tenants' requests under way; more get 503 `server.busy`. Also bounds this object's memory.
  package let totalRequestsMax: Int

  private struct State {
    var total = 0
    var byTenant: [TenantID: Int] = [:]
  }
  private let state = Mutex(State())

  package init(tenantRequestsMax: Int = 64, totalRequestsMax: Int = 1024) {
    self.tenantRequestsMax = tenantRequestsMax
    self.totalRequestsMax = totalRequestsMax
  }

  /// Requests under way.
  package var total: Int { state.withLock { $0.total } }

  package func admit(_ tenant: TenantID) throws(Refusal) {
    let refusal = state.withLock { state -> Refusal? in
      // The tenant's own bound first: a tenant over it learns nothing of how busy the others are.
      let own = state.byTenant[tenant] ?? 0
      if own >= tenantRequestsMax {
        return Refusal(
          .requestsTooMany, "This tenant has too many requests under way.",
          retryAfterSeconds: Refusal.retrySeconds)
      }
      if state.total >= totalRequestsMax {
        return Refusal(.serverBusy, "The server is busy.", retryAfterSeconds: Refusal.retrySeconds)
      }
      state.total += 1
      state.byTenant[tenant] = own + 1
      return nil
    }
    if let refusal { throw refusal }
  }

  package func release(_ tenant: TenantID) {
    state.withLock { state in
      guard let own = state.byTenant[tenant] else { return }
      state.total -= 1
      state.byTenant[tenant] = own > 1 ? own - 1 : nil
    }
  }
}
