import BulkheadCore
import Synchronization

/// Gives leases out as `FairShare` decides: it adds the clock, the lock, deadlines and the tasks that wait.
package final class FairLeases: LeaseScheduler {
  private struct Waiter {
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var share: FairShare
    var waiters: [FairShare.Ticket: Waiter] = [:]
    var lastTicket: FairShare.Ticket = 0
    var expiries = 0
  }

  /// Tenants without anything to remember are looked for once in so many calls of `expire`.
  private static let expiriesPerForgetting = 10

  private let limits: LeaseLimits
  private let origin = ContinuousClock.now
  private let state: Mutex<State>

  package init(limits: LeaseLimits = LeaseLimits()) {
    self.limits = limits
    state = Mutex(
      State(share: FairShare(FairShare.Limits(totalMax: limits.totalMax, reserved: limits.newcomersReserve))))
  }

  package var usage: LeaseUsage {
    state.withLock { LeaseUsage(inUse: $0.share.inUse, waiting: $0.share.waiting) }
  }

  private func time(_ instant: ContinuousClock.Instant) -> FairShare.Time { (instant - origin).nanoseconds }

  package func acquire(
    _ line: ShareLine, policy: PolicyLimits, deadline: ContinuousClock.Instant
  ) async throws -> Lease {
    let ticket = state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
    let bounds = limits.bounds(policy)
    let lease = Lease(ticket: ticket)
    if takesAtOnce(ticket, line, bounds) { return lease }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enqueue(ticket, Waiter(deadline: deadline, continuation: continuation), line, bounds)
      }
    } onCancel: {
      cancel(ticket)
    }
    return lease
  }

  /// The usual case, without a continuation.
  private func takesAtOnce(_ ticket: FairShare.Ticket, _ line: ShareLine, _ bounds: LeaseLimits.Bounds) -> Bool {
    state.withLock { state in
      // Nobody may wait in this call, so there is nothing to be taken back when it does not succeed.
      state.share.arrive(
        ticket, line, inUseMax: bounds.inUse, waitersMax: 0, now: time(.now)) == .granted
    }
  }

  private func enqueue(
    _ ticket: FairShare.Ticket, _ waiter: Waiter, _ line: ShareLine, _ bounds: LeaseLimits.Bounds
  ) {
    enum Entry { case granted, queued, full, cancelled }
    let (entry, granted) = state.withLock { state -> (Entry, [Waiter]) in
      // A cancellation that comes later finds the waiter.
      if Task.isCancelled { return (.cancelled, []) }
      let now = time(.now)
      switch state.share.arrive(ticket, line, inUseMax: bounds.inUse, waitersMax: bounds.waiters, now: now) {
      case .granted: return (.granted, [])
      case .full: return (.full, [])
      case .queued:
        state.waiters[ticket] = waiter
        return (.queued, Self.grant(&state, now))
      }
    }
    switch entry {
    case .granted: waiter.continuation.resume()
    case .queued: break
    case .full:
      waiter.continuation.resume(
        throwing: Refusal(
          .leaseQueueFull, "Too many requests of this tenant are waiting for the database.",
          limit: LimitReached(.leaseWaiters, bounds.waiters), retryAfterSeconds: 1))
    case .cancelled: waiter.continuation.resume(throwing: CancellationError())
    }
    for waiter in granted { waiter.continuation.resume() }
  }

  package func release(_ lease: Lease) {
    let granted = state.withLock { state -> [Waiter] in
      let now = time(.now)
      state.share.release(lease.ticket, now: now)
      return Self.grant(&state, now)
    }
    for waiter in granted { waiter.continuation.resume() }
  }

  /// Hands out what is free.
  private static func grant(_ state: inout State, _ now: FairShare.Time) -> [Waiter] {
    var granted: [Waiter] = []
    while let ticket = state.share.next(now: now) {
      if let waiter = state.waiters.removeValue(forKey: ticket) { granted.append(waiter) }
    }
    return granted
  }

  package func expire(now: ContinuousClock.Instant) {
    let late = state.withLock { state -> [Waiter] in
      state.share.refresh(now: time(now))
      state.expiries += 1
      if state.expiries % Self.expiriesPerForgetting == 0 { state.share.forget() }
      let tickets = state.waiters.filter { $0.value.deadline <= now }.map(\.key)
      return tickets.compactMap { Self.remove($0, &state) }
    }
    for waiter in late {
      waiter.continuation.resume(
        throwing: Refusal(.leaseTimedOut, "The database was busy for too long.", retryAfterSeconds: 1))
    }
  }

  private func cancel(_ ticket: FairShare.Ticket) {
    state.withLock { Self.remove(ticket, &$0) }?.continuation.resume(throwing: CancellationError())
  }

  private static func remove(_ ticket: FairShare.Ticket, _ state: inout State) -> Waiter? {
    guard state.share.leave(ticket) else { return nil }
    return state.waiters.removeValue(forKey: ticket)
  }
}
