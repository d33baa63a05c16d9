import BulkheadCore
import Synchronization

/// Gives out the right to one database connection for one transaction, bounded per tenant and in total.
///
/// The seam of the fair scheduler: whoever replaces it decides order and share; the data path only acquires and
/// releases.
package protocol LeaseScheduler: Sendable {
  /// Waits for a lease. Refuses with `lease.queueFull` at once when too many wait already, and with `lease.timedOut`
  /// when `deadline` passes first.
  func acquire(_ tenant: TenantID, deadline: ContinuousClock.Instant) async throws
  func release(_ tenant: TenantID)
  /// Ends the waits whose deadline has passed. Called regularly by the data path.
  func expire(now: ContinuousClock.Instant)
  var usage: LeaseUsage { get }
}

/// How the leases stand, for metrics.
package struct LeaseUsage: Sendable {
  package let inUse: Int
  package let waiting: Int
}

/// Bounds of the lease gate.
package struct LeaseLimits: Sendable {
  /// Connections in use by all tenants together.
  package var totalMax: Int
  package var perTenantMax: Int
  package var waitersPerTenantMax: Int

  package init(totalMax: Int = 16, perTenantMax: Int = 8, waitersPerTenantMax: Int = 256) {
    self.totalMax = totalMax
    self.perTenantMax = perTenantMax
    self.waitersPerTenantMax = waitersPerTenantMax
  }
}

extension RefusalCode {
  package static let leaseQueueFull = RefusalCode("lease.queueFull", .limited)
  package static let leaseTimedOut = RefusalCode("lease.timedOut", .unavailable)
}

/// First come, first served within a tenant; turn by turn among tenants that wait.
package final class LeaseGate: LeaseScheduler {
  private struct Waiter {
    let id: UInt64
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct Lane {
    var inUse = 0
    var waiters: [Waiter] = []
  }

  private struct State {
    var inUse = 0
    var waiting = 0
    var lanes: [TenantID: Lane] = [:]
    /// Tenants that wait, in the order of their turns.
    var turns: [TenantID] = []
    var lastWaiter: UInt64 = 0
  }

  private let limits: LeaseLimits
  private let state = Mutex(State())

  package init(limits: LeaseLimits = LeaseLimits()) { self.limits = limits }

  package var usage: LeaseUsage {
    state.withLock { LeaseUsage(inUse: $0.inUse, waiting: $0.waiting) }
  }

  package func acquire(_ tenant: TenantID, deadline: ContinuousClock.Instant) async throws {
    if takeAtOnce(tenant) { return }
    let id = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enqueue(Waiter(id: id, deadline: deadline, continuation: continuation), tenant)
      }
    } onCancel: {
      cancel(id, tenant)
    }
  }

  private func takeAtOnce(_ tenant: TenantID) -> Bool {
    state.withLock { state in
      var lane = state.lanes[tenant] ?? Lane()
      guard lane.waiters.isEmpty, state.inUse < limits.totalMax, lane.inUse < limits.perTenantMax else { return false }
      lane.inUse += 1
      state.inUse += 1
      state.lanes[tenant] = lane
      return true
    }
  }

  private enum Entry { case granted, queued, full, cancelled }

  private func enqueue(_ waiter: Waiter, _ tenant: TenantID) {
    let entry = state.withLock { state -> Entry in
      if Task.isCancelled { return .cancelled }
      var lane = state.lanes[tenant] ?? Lane()
      if lane.waiters.isEmpty, state.inUse < limits.totalMax, lane.inUse < limits.perTenantMax {
        lane.inUse += 1
        state.inUse += 1
        state.lanes[tenant] = lane
        return .granted
      }
      guard lane.waiters.count < limits.waitersPerTenantMax else { return .full }
      if lane.waiters.isEmpty { state.turns.append(tenant) }
      lane.waiters.append(waiter)
      state.lanes[tenant] = lane
      state.waiting += 1
      return .queued
    }
    switch entry {
    case .granted: waiter.continuation.resume()
    case .queued: break
    case .full:
      waiter.continuation.resume(
        throwing: Refusal(
          .leaseQueueFull, "Too many requests of this tenant are waiting for the database.", retryAfterSeconds: 1))
    case .cancelled: waiter.continuation.resume(throwing: CancellationError())
    }
  }

  package func release(_ tenant: TenantID) {
    let next = state.withLock { state -> [Waiter] in
      state.inUse -= 1
      if var lane = state.lanes[tenant] {
        lane.inUse -= 1
        state.lanes[tenant] = lane.inUse == 0 && lane.waiters.isEmpty ? nil : lane
      }
      return grant(&state)
    }
    for waiter in next { waiter.continuation.resume() }
  }

  /// Hands free leases to waiting tenants, one each, turn by turn.
  private func grant(_ state: inout State) -> [Waiter] {
    var granted: [Waiter] = []
    var passed = 0
    while state.inUse < limits.totalMax, passed < state.turns.count {
      let tenant = state.turns.removeFirst()
      guard var lane = state.lanes[tenant], !lane.waiters.isEmpty else { continue }
      guard lane.inUse < limits.perTenantMax else {
        state.turns.append(tenant)
        passed += 1
        continue
      }
      granted.append(lane.waiters.removeFirst())
      lane.inUse += 1
      state.inUse += 1
      state.waiting -= 1
      if !lane.waiters.isEmpty { state.turns.append(tenant) }
      state.lanes[tenant] = lane
      passed = 0
    }
    return granted
  }

  package func expire(now: ContinuousClock.Instant) {
    let late = remove { $0.deadline <= now }
    for waiter in late {
      waiter.continuation.resume(
        throwing: Refusal(.leaseTimedOut, "The database was busy for too long.", retryAfterSeconds: 1))
    }
  }

  private func cancel(_ id: UInt64, _ tenant: TenantID) {
    for waiter in remove({ $0.id == id }) { waiter.continuation.resume(throwing: CancellationError()) }
  }

  private func remove(_ matches: (Waiter) -> Bool) -> [Waiter] {
    state.withLock { state in
      guard state.waiting > 0 else { return [] }
      var removed: [Waiter] = []
      for tenant in state.turns {
        guard var lane = state.lanes[tenant] else { continue }
        let hits = lane.waiters.filter(matches)
        guard !hits.isEmpty else { continue }
        lane.waiters.removeAll(where: matches)
        removed += hits
        state.lanes[tenant] = lane.inUse == 0 && lane.waiters.isEmpty ? nil : lane
      }
      state.turns.removeAll { state.lanes[$0]?.waiters.isEmpty ?? true }
      state.waiting -= removed.count
      return removed
    }
  }
}
