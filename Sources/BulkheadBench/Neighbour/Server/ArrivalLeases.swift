import BulkheadCore
import BulkheadData

/// Leases in the order in which they are asked for, whoever asks, bounded in total alone: what the fair scheduler is
/// compared with. To the scheduler all are one tenant, and within a tenant it serves in order of arrival.
struct ArrivalLeases: LeaseScheduler {
  private let line = ShareLine(tenant: TenantID(EntityID(high: 0, low: 0)))
  private let leases: FairLeases

  init(total: Int) {
    leases = FairLeases(
      limits: LeaseLimits(totalMax: total, perTenantMax: total, waitersPerTenantMax: 100_000, newcomersReserve: 0))
  }

  func acquire(_ line: ShareLine, policy: PolicyLimits, deadline: ContinuousClock.Instant) async throws -> Lease {
    try await leases.acquire(self.line, policy: .none, deadline: deadline)
  }

  func release(_ lease: Lease) { leases.release(lease) }
  func expire(now: ContinuousClock.Instant) { leases.expire(now: now) }
  var usage: LeaseUsage { leases.usage }
}
