import BulkheadCore
import BulkheadData
import Synchronization
import Testing

/// A value that tasks of a test share.
private final class Shared<Value: Sendable>: Sendable {
  private let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }
  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
}

@Suite("Leases")
struct FairLeasesTests {
  let a = TenantID(EntityID(high: 0, low: 1))
  let b = TenantID(EntityID(high: 0, low: 2))
  let far = ContinuousClock.now + .seconds(3600)

  /// Waits, without a clock, until `count` wait at the gate.
  func untilWaiting(_ count: Int, _ gate: FairLeases) async {
    while gate.usage.waiting < count { await Task.yield() }
  }

  @Test("a tenant gets no more than its share, and another is not kept waiting by it")
  func boundedPerTenant() async throws {
    let gate = FairLeases(limits: LeaseLimits(totalMax: 4, perTenantMax: 2, waitersPerTenantMax: 8))
    let first = try await gate.acquire(a, deadline: far)
    let second = try await gate.acquire(a, deadline: far)
    let third = Task { try await gate.acquire(a, deadline: far) }
    await untilWaiting(1, gate)
    let other = try await gate.acquire(b, deadline: far)
    #expect(gate.usage.inUse == 3)
    gate.release(first)
    let last = try await third.value
    #expect(gate.usage.inUse == 3)
    for lease in [second, last, other] { gate.release(lease) }
    gate.release(other)
    #expect(gate.usage.inUse == 0 && gate.usage.waiting == 0)
  }

  @Test("waiting tenants are served turn by turn, whoever queued most")
  func turnByTurn() async throws {
    let gate = FairLeases(limits: LeaseLimits(totalMax: 1, perTenantMax: 1, waitersPerTenantMax: 100))
    let held = try await gate.acquire(a, deadline: far)
    let order = Shared<[TenantID]>([])
    var tasks: [Task<Void, any Error>] = []
    for (index, tenant) in [a, a, a, a, b, b].enumerated() {
      tasks.append(
        Task {
          let lease = try await gate.acquire(tenant, deadline: far)
          order.withLock { $0.append(tenant) }
          gate.release(lease)
        })
      await untilWaiting(index + 1, gate)
    }
    gate.release(held)
    for task in tasks { try await task.value }
    // b has had nothing yet, a one lease: however many of a queued first, b comes first and they take turns.
    let turns = order.withLock { $0 }
    #expect(turns.first == b && turns.prefix(4).count { $0 == b } == 2, "\(turns)")
  }

  @Test("a full queue refuses at once and says when to come back")
  func fullQueue() async throws {
    let gate = FairLeases(limits: LeaseLimits(totalMax: 1, perTenantMax: 1, waitersPerTenantMax: 1))
    let held = try await gate.acquire(a, deadline: far)
    let waiting = Task { try await gate.acquire(a, deadline: far) }
    await untilWaiting(1, gate)
    let refusal = await #expect(throws: Refusal.self) { try await gate.acquire(a, deadline: far) }
    #expect(refusal?.code == .leaseQueueFull && refusal?.retryAfterSeconds == 1)
    #expect(refusal?.limit == LimitReached(.leaseWaiters, 1))
    gate.release(held)
    gate.release(try await waiting.value)
    #expect(gate.usage.inUse == 0)
  }

  @Test("a wait ends with its deadline or its task, and leaves nothing behind")
  func endings() async throws {
    let gate = FairLeases(limits: LeaseLimits(totalMax: 1, perTenantMax: 1, waitersPerTenantMax: 8))
    let held = try await gate.acquire(a, deadline: far)
    let late = Task { try await gate.acquire(b, deadline: .now - .seconds(1)) }
    await untilWaiting(1, gate)
    let cancelled = Task { try await gate.acquire(b, deadline: far) }
    await untilWaiting(2, gate)
    gate.expire(now: .now)
    let refusal = await #expect(throws: Refusal.self) { try await late.value }
    #expect(refusal?.code == .leaseTimedOut)
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    #expect(gate.usage.waiting == 0)
    gate.release(held)
    let next = try await gate.acquire(b, deadline: far)
    #expect(gate.usage.inUse == 1)
    gate.release(next)
  }

  @Test("a thousand tasks of ten tenants all get a turn and the bounds always hold")
  func storm() async throws {
    let gate = FairLeases(limits: LeaseLimits(totalMax: 5, perTenantMax: 2, waitersPerTenantMax: 1000))
    let held = Shared<[TenantID: Int]>([:])
    let worst = Shared((total: 0, perTenant: 0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<1000 {
        let tenant = TenantID(EntityID(high: 1, low: UInt64(index % 10)))
        group.addTask {
          let lease = try await gate.acquire(tenant, deadline: far)
          let (own, total) = held.withLock { held in
            held[tenant, default: 0] += 1
            return (held[tenant] ?? 0, held.values.reduce(0, +))
          }
          worst.withLock { $0 = (max($0.total, total), max($0.perTenant, own)) }
          await Task.yield()
          held.withLock { $0[tenant, default: 0] -= 1 }
          gate.release(lease)
        }
      }
      try await group.waitForAll()
    }
    let (total, perTenant) = worst.withLock { $0 }
    #expect(total <= 5 && perTenant <= 2)
    #expect(gate.usage.inUse == 0 && gate.usage.waiting == 0)
  }
}
