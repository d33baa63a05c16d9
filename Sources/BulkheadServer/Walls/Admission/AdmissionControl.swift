import BulkheadCore

/// Decides at once whether a tenant's request may start. Nothing waits here: queueing is the data path's business.
package protocol AdmissionControl: Sendable {
  /// Judges one request of `tenant`. Where there is no refusal it is counted, and followed by exactly one `release`.
  /// - Parameter policy: tightens the bounds of this object for this tenant.
  func judge(_ tenant: TenantID, policy: PolicyLimits, now: ContinuousClock.Instant) -> Admission
  func release(_ tenant: TenantID)
}

/// What was decided of a request.
package struct Admission: Sendable {
  /// Of the categories `.limited` and `.unavailable`, with a time to try again; `nil` when the request may start.
  package let refusal: Refusal?
  /// How the tenant's rate stands after it; `nil` for a tenant without one.
  package let rate: RateStanding?
}

extension AdmissionControl {
  /// Counts one request or throws why not.
  package func admit(_ tenant: TenantID, policy: PolicyLimits = .none) throws(Refusal) {
    if let refusal = judge(tenant, policy: policy, now: .now).refusal { throw refusal }
  }
}
