import BulkheadCore

/// Gives out the right to one database connection for one transaction, bounded per tenant and in total.
///
/// The seam of the fair scheduler: whoever replaces it decides order and share; the data path only acquires and
/// releases.
package protocol LeaseScheduler: Sendable {
  /// Waits for a lease. Refuses with `lease.queueFull` at once when too many wait already, and with `lease.timedOut`
  /// when `deadline` passes first. `policy` tightens the scheduler's own bounds for this tenant.
  func acquire(_ line: ShareLine, policy: PolicyLimits, deadline: ContinuousClock.Instant) async throws -> Lease
  /// Ends a lease; what it took is measured from when it was given to here.
  func release(_ lease: Lease)
  /// Ends the waits whose deadline has passed, and counts what long leases have taken so far. Called regularly by the
  /// data path.
  func expire(now: ContinuousClock.Instant)
  var usage: LeaseUsage { get }
}

extension LeaseScheduler {
  /// A lease of a tenant that stands directly below the platform and has no policy.
  package func acquire(_ tenant: TenantID, deadline: ContinuousClock.Instant) async throws -> Lease {
    try await acquire(ShareLine(tenant: tenant), policy: .none, deadline: deadline)
  }
}

/// A lease that is held.
package struct Lease: Hashable, Sendable {
  let ticket: UInt64
}

/// How the leases stand, for metrics.
package struct LeaseUsage: Sendable {
  package let inUse: Int
  package let waiting: Int
}

/// Bounds of all leases of a process.
package struct LeaseLimits: Sendable {
  /// Connections in use by all tenants together.
  package var totalMax: Int
  package var perTenantMax: Int
  package var waitersPerTenantMax: Int
  /// Those of `totalMax` that only a tenant without a lease gets.
  package var newcomersReserve: Int

  package init(
    totalMax: Int = 16, perTenantMax: Int = 8, waitersPerTenantMax: Int = 256, newcomersReserve: Int? = nil
  ) {
    self.totalMax = totalMax
    self.newcomersReserve = newcomersReserve ?? totalMax / 4
    self.perTenantMax = perTenantMax
    self.waitersPerTenantMax = waitersPerTenantMax
  }

  struct Bounds {
    let inUse: Int
    let waiters: Int
  }

  /// The bounds of one tenant under `policy`.
  func bounds(_ policy: PolicyLimits) -> Bounds {
    Bounds(
      inUse: min(perTenantMax, policy[.leases].map { Int($0) } ?? .max),
      waiters: min(waitersPerTenantMax, policy[.leaseWaiters].map { Int($0) } ?? .max))
  }
}

extension RefusalCode {
  package static let leaseQueueFull = RefusalCode("lease.queueFull", .limited)
  package static let leaseTimedOut = RefusalCode("lease.timedOut", .unavailable)
}
