import BulkheadCore
import Synchronization

/// The key sets of tenants, loaded from the store when needed: one load at a time for each tenant, whose outcome all
/// who ask meanwhile share.
final class KeySetCache: Sendable {
  private typealias Waiter = CheckedContinuation<Result<KeySet, Refusal>?, Never>

  private struct State {
    var present: GenerationCache<TenantID?, KeySet>
    var absent: GenerationCache<TenantID?, KeySet>
    /// Tenants being loaded now, and who waits for each.
    var loading: [TenantID?: [Waiter]] = [:]
    var waiterCount = 0
    /// Rises when anything is forgotten: a load that began before must not be kept, since it may have read old keys.
    var forgettings = 0
  }

  private enum Step {
    case use(KeySet)
    case load(forgettings: Int)
    case wait
    case refuse
  }

  private let store: any SigningKeyStore
  private let clock: any WallClock
  private let limits: KeyRing.Limits
  private let state: Mutex<State>

  init(store: any SigningKeyStore, clock: any WallClock, limits: KeyRing.Limits) {
    self.store = store
    self.clock = clock
    self.limits = limits
    state = Mutex(
      State(
        present: GenerationCache(entriesMax: limits.tenantsMax),
        absent: GenerationCache(entriesMax: limits.absentTenantsMax)))
  }

  /// The keys of `tenant`, no older than `freshFor`; or, when `seeking` a kid that they lack, than `reloadAfter`.
  /// Refuses with `service.unavailable` when they cannot be loaded now.
  nonisolated(nonsending) func keySet(of tenant: TenantID?, seeking kid: String? = nil) async throws(Refusal) -> KeySet
  {
    let now = clock.now()
    switch state.withLock({ step(&$0, tenant, seeking: kid, now: now) }) {
    case .use(let set): return set
    case .load(let forgettings): return try await load(tenant, forgettings: forgettings, now: now)
    case .wait:
      guard let outcome = await join(tenant) else { return try await keySet(of: tenant, seeking: kid) }
      return try outcome.get()
    case .refuse: return try stale(tenant, now: now, otherwise: Self.overloaded)
    }
  }

  func forget(_ tenant: TenantID?) {
    state.withLock { state in
      state.present.remove(tenant)
      state.absent.remove(tenant)
      state.forgettings += 1
    }
  }

  /// Callers that wait for another's load now.
  var waiterCount: Int { state.withLock { $0.waiterCount } }

  func keyOfAnyTenant(_ kid: String, at now: Instant) -> VerifyingKey? {
    state.withLock { $0.present.first { $0.verifyingKey(kid, at: now) != nil } }?.verifyingKey(kid, at: now)
  }

  private func step(_ state: inout State, _ tenant: TenantID?, seeking kid: String?, now: Instant) -> Step {
    if let set = state.present.use(tenant, now: now) ?? state.absent.value(for: tenant) {
      let age = now - set.loadedAt
      let lacking = kid.map { set.keys[$0] == nil } ?? false
      let ageMax = lacking ? limits.reloadAfter : limits.freshFor
      if age >= .zero, age < ageMax { return .use(set) }
    }
    if state.loading[tenant] != nil { return state.waiterCount < limits.waitersMax ? .wait : .refuse }
    guard state.loading.count < limits.loadsMax else { return .refuse }
    state.loading[tenant] = []
    return .load(forgettings: state.forgettings)
  }

  private func load(_ tenant: TenantID?, forgettings: Int, now: Instant) async throws(Refusal) -> KeySet {
    let outcome: Result<KeySet, Refusal>
    do throws(Refusal) {
      outcome = .success(KeySet(try await store.keys(of: tenant), tenant: tenant, loadedAt: now))
    } catch {
      outcome = Result { () throws(Refusal) in try stale(tenant, now: now, otherwise: error) }
    }
    let waiters = state.withLock { state in
      if case .success(let set) = outcome, set.loadedAt == now, state.forgettings == forgettings {
        keep(set, of: tenant, in: &state, now: now)
      }
      let waiters = state.loading.removeValue(forKey: tenant) ?? []
      state.waiterCount -= waiters.count
      return waiters
    }
    for waiter in waiters { waiter.resume(returning: outcome) }
    return try outcome.get()
  }

  private func keep(_ set: KeySet, of tenant: TenantID?, in state: inout State, now: Instant) {
    if set.keys.isEmpty {
      state.present.remove(tenant)
      state.absent.insert(set, for: tenant, now: now)
    } else {
      state.absent.remove(tenant)
      state.present.insert(set, for: tenant, now: now)
    }
  }

  /// The outcome of the load under way; `nil` when it ended before it could be waited for.
  private func join(_ tenant: TenantID?) async -> Result<KeySet, Refusal>? {
    await withCheckedContinuation { waiter in
      let ended = state.withLock { state -> Bool in
        guard state.loading[tenant] != nil else { return true }
        state.loading[tenant]?.append(waiter)
        state.waiterCount += 1
        return false
      }
      if ended { waiter.resume(returning: nil) }
    }
  }

  /// Keys that are no longer fresh, while the store does not answer: a fault of the control database must not turn
  /// every tenant away at once.
  private func stale(_ tenant: TenantID?, now: Instant, otherwise refusal: Refusal) throws(Refusal) -> KeySet {
    guard let set = state.withLock({ $0.present.value(for: tenant) }), now - set.loadedAt < limits.staleFor else {
      throw refusal
    }
    return set
  }

  private static let overloaded = Refusal(
    .serviceUnavailable, "The service is busy; try again shortly.", retryAfterSeconds: 1,
    diagnostic: "too many loads of signing keys at once")
}
