import BulkheadCore
import Synchronization

/// What is revoked, as this process knows it.
///
/// Every change raises `epoch`. A verified token remembers the epoch in which it was last found good, so the common
/// case costs one atomic load, and a revocation takes effect with the next look at the token, however many tokens are
/// remembered and without searching through them.
final class Revocations: Sendable {
  /// Single tokens remembered as revoked in one tenant. Beyond it the tenant's older tokens are all refused: the list
  /// fails closed, and only for the tenant that filled it.
  static let credentialsPerTenantMax = 10_000
  /// How long a retired key is remembered: well beyond any cache of keys or tokens.
  static let keysRememberedFor: Duration = .seconds(3600)
  /// Retired keys remembered of one tenant; beyond it the oldest go.
  static let keysPerTenantMax = 256
  /// Subjects with a cut-off in one tenant; beyond it likewise.
  static let subjectsPerTenantMax = 10_000

  fileprivate struct Scope {
    var notBefore: Instant?
    var credentials: [EntityID: Instant] = [:]
    var subjects: [EntityID: Instant] = [:]
    /// Retired keys, and when each was retired. The ring itself refuses them once it has loaded the keys again; this
    /// covers what is remembered until then.
    var keys: [String: Instant] = [:]
  }

  private struct State {
    /// One for each tenant that has revoked anything; the registry bounds their number.
    var scopes: [TenantID?: Scope] = [:]
    var position: Int64?
    var primed = false
  }

  private let counter = Atomic<Int>(0)
  private let state = Mutex(State())

  /// Rises with every change.
  var epoch: Int { counter.load(ordering: .acquiring) }

  /// Whether a store's revocations have been applied once.
  var isPrimed: Bool { state.withLock { $0.primed } }

  /// Where to read on in the store.
  var position: Int64? { state.withLock { $0.position } }

  func apply(_ revocations: [Revocation], now: Instant) {
    guard !revocations.isEmpty else { return }
    state.withLock { state in
      for revocation in revocations { Self.apply(revocation, to: &state, now: now) }
    }
    counter.add(1, ordering: .acquiringAndReleasing)
  }

  /// `position` is where to read on.
  func apply(_ batch: RevocationBatch, now: Instant) {
    apply(batch.revocations, now: now)
    state.withLock { state in
      state.position = batch.position
      state.primed = true
    }
  }

  func refuses(
    tenant: TenantID?, subject: EntityID, credential: EntityID, kid: String, issuedAt: Instant
  ) -> Bool {
    state.withLock { state in
      guard let scope = state.scopes[tenant] else { return false }
      if scope.keys[kid] != nil { return true }
      if let notBefore = scope.notBefore, issuedAt < notBefore { return true }
      if let notBefore = scope.subjects[subject], issuedAt < notBefore { return true }
      return scope.credentials[credential] != nil
    }
  }

  private static func apply(_ revocation: Revocation, to state: inout State, now: Instant) {
    switch revocation {
    case .credential(let credential, let tenant, let expiresAt):
      // Within the leeway a token outlives its expiry.
      guard now - TokenVerifier.leeway < expiresAt else { return }
      state.scopes[tenant, default: Scope()].revoke(credential, until: expiresAt, now: now)
    case .subject(let subject, let tenant, let notBefore):
      state.scopes[tenant, default: Scope()].cutOff(subject, before: notBefore)
    case .tenant(let tenant, let notBefore):
      state.scopes[tenant, default: Scope()].cutOff(before: notBefore)
    case .key(let kid, let tenant, let retiredAt):
      guard now - keysRememberedFor < retiredAt else { return }
      state.scopes[tenant, default: Scope()].retire(kid, at: retiredAt, now: now)
    }
  }
}

extension Revocations.Scope {
  fileprivate mutating func revoke(_ credential: EntityID, until expiresAt: Instant, now: Instant) {
    if credentials.count >= Revocations.credentialsPerTenantMax {
      credentials = credentials.filter { now - TokenVerifier.leeway < $0.value }
    }
    if credentials.count >= Revocations.credentialsPerTenantMax {
      cutOff(before: now)
    } else {
      credentials[credential] = max(expiresAt, credentials[credential] ?? expiresAt)
    }
  }

  fileprivate mutating func cutOff(_ subject: EntityID, before instant: Instant) {
    if subjects[subject] == nil, subjects.count >= Revocations.subjectsPerTenantMax {
      cutOff(before: instant)
    } else {
      subjects[subject] = max(instant, subjects[subject] ?? instant)
    }
  }

  fileprivate mutating func retire(_ kid: String, at instant: Instant, now: Instant) {
    if keys.count >= Revocations.keysPerTenantMax {
      keys = keys.filter { now - Revocations.keysRememberedFor < $0.value }
    }
    while keys.count >= Revocations.keysPerTenantMax, let oldest = keys.min(by: { $0.value < $1.value }) {
      keys[oldest.key] = nil
    }
    keys[kid] = instant
  }

  /// Single tokens stay listed: one that was issued after the cut-off may have been revoked before it was applied.
  fileprivate mutating func cutOff(before instant: Instant) {
    let notBefore = max(instant, self.notBefore ?? instant)
    self.notBefore = notBefore
    subjects = subjects.filter { $0.value > notBefore }
  }
}
