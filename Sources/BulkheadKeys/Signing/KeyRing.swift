import BulkheadCore
import Crypto

/// The signing keys of every tenant: cached for verifying, rotated with overlap, published as JWK sets.
///
/// A key is looked up by tenant *and* kid, never by kid alone, so a token signed with one tenant's key that names
/// another tenant names a key that does not exist.
package final class KeyRing: Sendable {
  /// Bounds and times of the cache.
  package struct Limits: Sendable {
    /// Tenants whose keys are kept.
    package var tenantsMax = 8192
    /// Tenants without keys that are remembered as such; apart from the others, so that guesses push nobody out.
    package var absentTenantsMax = 8192
    /// Age at which keys are loaded again; how long a rotation elsewhere may go unnoticed.
    package var freshFor: Duration = .seconds(30)
    /// Age up to which keys still serve while the store does not answer.
    package var staleFor: Duration = .seconds(300)
    /// An unknown kid loads the keys again, though not more often than this for one tenant.
    package var reloadAfter: Duration = .seconds(1)
    /// Loads under way at once, over all tenants.
    package var loadsMax = 32
    /// Callers that wait for another caller's load of the same tenant, over all tenants.
    package var waitersMax = 1024
    package init() {}
  }

  /// How long a rotated key verifies by default: as long as the longest token of a person. Tokens of services live for
  /// up to 400 days, but a tenant's longest standing one seldom does: who rotates knows when it ends and asks for that.
  /// A key that verifies for longer than anything it signed is of use to a thief alone.
  package static let overlapDefault: Duration = TokenLifetimes.userMax
  /// Keys of one tenant that may stand at once; a rotation beyond it is refused.
  package static let keysPerTenantMax = 16

  private let store: any SigningKeyStore
  private let sealer: SecretSealer
  private let ambient: Ambient
  let cache: KeySetCache

  package init(store: any SigningKeyStore, sealer: SecretSealer, ambient: Ambient, limits: Limits = Limits()) {
    self.store = store
    self.sealer = sealer
    self.ambient = ambient
    cache = KeySetCache(store: store, clock: ambient.clock, limits: limits)
  }

  /// Gives `tenant` (or the platform) a new active key. Keys that were active verify for `overlap` more and then no
  /// longer; keys whose overlap has passed are retired. For a key that leaked, see `retire`.
  ///
  /// The new key is stored first, so there is always one to sign with. Refuses with `signingKey.tooMany`.
  @discardableResult
  package func rotate(
    _ tenant: TenantID?, overlap: Duration = KeyRing.overlapDefault
  ) async throws(Refusal) -> SigningKey {
    let now = ambient.now
    let records = try await store.keys(of: tenant).filter { $0.tenant == tenant }
    guard records.filter({ $0.verifies(at: now) }).count < Self.keysPerTenantMax else {
      throw Refusal(.signingKeyTooMany, "There are too many signing keys; wait for one to pass out of use.")
    }
    let fresh = try SigningKey.make(tenant: tenant, sealer: sealer, ambient: ambient)
    try await store.insert(fresh)
    for record in records {
      if record.state == .active {
        try await store.update(record.kid, of: tenant, state: .retiring, notAfter: now + overlap)
      } else if !record.verifies(at: now) {
        try await store.update(record.kid, of: tenant, state: .retired, notAfter: record.notAfter)
      }
    }
    cache.forget(tenant)
    return fresh
  }

  /// Gives `tenant` (or the platform) its first key, unless it has one; safe when several processes do it at once.
  package func ensureKey(of tenant: TenantID?) async throws(Refusal) {
    guard try await store.keys(of: tenant).isEmpty else { return }
    if try await store.insertFirst(SigningKey.make(tenant: tenant, sealer: sealer, ambient: ambient)) {
      cache.forget(tenant)
    }
  }

  /// Takes one key out of use: at once here, within `freshFor` elsewhere. Verifiers that remember its tokens, or the
  /// key, are told by the revocation of the key (`Revocation.key`), which must be recorded too. When it is the last
  /// one that signs, rotate first. Refuses with `resource.notFound` when `tenant` has no such key.
  package func retire(_ kid: String, of tenant: TenantID?) async throws(Refusal) {
    guard let record = try await store.key(kid, of: tenant), record.tenant == tenant else { throw Refusal.notFound }
    try await store.update(kid, of: tenant, state: .retired, notAfter: min(record.notAfter ?? ambient.now, ambient.now))
    cache.forget(tenant)
  }

  /// The keys of `tenant` that are not retired, oldest first, from the store.
  package func keys(of tenant: TenantID?) async throws(Refusal) -> [SigningKey] {
    try await store.keys(of: tenant).filter { $0.tenant == tenant }
  }

  /// The public keys of `tenant` as a JWK Set (RFC 7517): what verifies now. Empty when there is no such tenant.
  nonisolated(nonsending) package func jwks(of tenant: TenantID?) async throws(Refusal) -> JSON {
    try await cache.keySet(of: tenant).jwks(at: ambient.now)
  }

  /// Drops what is cached of `tenant`, so that the next use loads it.
  package func forget(_ tenant: TenantID?) { cache.forget(tenant) }

  /// The key `kid` of `tenant`, when it verifies at `now`.
  nonisolated(nonsending) func verifyingKey(
    _ kid: String, of tenant: TenantID?, at now: Instant
  ) async throws(Refusal) -> VerifyingKey? {
    if let key = try await cache.keySet(of: tenant).verifyingKey(kid, at: now) { return key }
    return try await cache.keySet(of: tenant, seeking: kid).verifyingKey(kid, at: now)
  }

  /// A key of any tenant, among those cached: what a verifier that does not pin keys would use. It exists for the
  /// negative control of that wall and is reached only with `TokenChecks.tenantKey` taken away.
  func verifyingKeyOfAnyTenant(_ kid: String, at now: Instant) -> VerifyingKey? {
    cache.keyOfAnyTenant(kid, at: now)
  }

  /// The pair that signs for `tenant`. The private key is unsealed for each use and not kept. Refuses with
  /// `signingKey.missing` when `rotate` was never called.
  package func signingPair(of tenant: TenantID?) async throws(Refusal) -> (kid: String, key: P256.Signing.PrivateKey) {
    guard let record = try await cache.keySet(of: tenant).signingKey(at: ambient.now) else {
      throw Refusal(.signingKeyMissing, "Credentials cannot be issued now.")
    }
    return (record.kid, try record.privateKey(sealer))
  }
}
