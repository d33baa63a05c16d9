import BulkheadCore

/// The operator behind a platform token.
package struct PlatformCredential: Sendable {
  package let actor: Actor
  package let permissions: PermissionSet
  package let credential: EntityID
  package let expiresAt: Instant
}

/// Turns a token into the context of a request, or refuses it with `credential.invalid` whatever is wrong with it.
///
/// JWS is parsed here and not by a library because strictness is the point: a library must accept what the standards
/// allow (other algorithms, unknown parameters, lenient base64), and each of these has been a way in. The primitives
/// are P-256 and SHA-256 of swift-crypto. It is also the faster way: a token of 750 bytes takes one and a half times
/// as long as its bare signature check, and twice as long through jwt-kit, which decodes with Foundation.
package final class TokenVerifier: Sendable {
  /// How far the clocks of two nodes may be apart: applied to `exp`, `nbf` and `iat` alike.
  package static let leeway: Duration = .seconds(5)
  /// How long a verified token is remembered at most.
  package static let rememberedFor: Duration = .seconds(60)
  /// Tokens remembered, over all tenants. One tenant gets an eighth of them.
  package static let rememberedTokensMax = 65_536
  /// Revocations read from the store at once.
  package static let revocationBatchMax = 1000
  /// Batches read in one `refresh`.
  package static let revocationRoundsMax = 1000

  private let ring: KeyRing
  private let clock: any WallClock
  private let checks: TokenChecks
  private let tokens: VerifiedTokens
  private let revocations = Revocations()

  /// - Parameters:
  ///   - checks: `.all` in production.
  ///   - entriesMax: tokens remembered, over all tenants.
  package init(
    ring: KeyRing, clock: any WallClock, checks: TokenChecks = .all,
    entriesMax: Int = TokenVerifier.rememberedTokensMax
  ) {
    self.ring = ring
    self.clock = clock
    self.checks = checks
    tokens = VerifiedTokens(entriesMax: entriesMax, rememberedFor: Self.rememberedFor)
  }

  /// The context that `token` gives at a tenant's door.
  ///
  /// Refuses with `credential.invalid`, or with `service.unavailable` when keys or revocations cannot be had. Runs
  /// where its caller does: a change of thread costs forty times what a remembered token does.
  nonisolated(nonsending) package func verify(_ token: String) async throws(Refusal) -> TenantContext {
    if let context = remembered(token) { return context }
    let verified = try await examine(token, at: .tenant)
    guard let context = verified.context else { throw TokenFault.claims.refusal }
    return context
  }

  /// The context of a token that verified less than a minute ago, without waiting for anything; `nil` otherwise.
  package func remembered(_ token: String) -> TenantContext? { recall(token)?.context }

  /// The operator that `token` stands for at the platform's door. Refuses as `verify` does.
  nonisolated(nonsending) package func verifyPlatform(_ token: String) async throws(Refusal) -> PlatformCredential {
    if let known = recall(token), known.tenant == nil { return known.platform }
    return try await examine(token, at: .platform).platform
  }

  private func recall(_ token: String) -> VerifiedToken? {
    let key = TokenText(token)
    let now = clock.now()
    guard var known = tokens.find(key), now < known.rememberedUntil else { return nil }
    guard checks.contains(.revocation) else { return known }
    let epoch = revocations.epoch
    guard known.revocationEpoch != epoch else { return known }
    guard !isRevoked(known) else {
      tokens.forget(key, of: known.tenant)
      return nil
    }
    known.revocationEpoch = epoch
    tokens.remember(known, as: key, now: now)
    return known
  }

  private func isRevoked(_ token: VerifiedToken) -> Bool {
    revocations.refuses(
      tenant: token.tenant, subject: token.actor.id, credential: token.credential, kid: token.kid,
      issuedAt: token.issuedAt)
  }
}

// MARK: - The checks, in order

extension TokenVerifier {
  nonisolated(nonsending) private func examine(_ text: String, at door: Door) async throws(Refusal) -> VerifiedToken {
    // Read before any check, so that a revocation that arrives during them is seen at the next look.
    let epoch = revocations.epoch
    guard !checks.contains(.revocation) || revocations.isPrimed else { throw Self.unprimed }
    let now = clock.now()
    let token = try refusing { () throws(TokenFault) in try CompactToken(text) }
    let (header, claims) = try refusing { () throws(TokenFault) in
      let header = try TokenHeader(token.header)
      try checkHeader(header)
      return (header, try TokenClaims(token.payload))
    }
    let key = try await verifyingKey(header, claims, at: now)
    let verified = try refusing { () throws(TokenFault) in
      guard let key else { throw .key }
      try checkSignature(token, header, key)
      try checkTimes(claims, now: now)
      try checkDoor(claims, door)
      let verified = VerifiedToken(
        claims, kid: key.record.kid, keyNotAfter: key.record.notAfter, now: now, epoch: epoch)
      guard !checks.contains(.revocation) || !isRevoked(verified) else { throw .revoked }
      return verified
    }
    tokens.remember(verified, as: TokenText(text), now: now)
    return verified
  }

  /// The claims are not believed yet: the tenant that they name only says among whose keys to look.
  nonisolated(nonsending) private func verifyingKey(
    _ header: TokenHeader, _ claims: TokenClaims, at now: Instant
  ) async throws(Refusal) -> VerifyingKey? {
    guard checks.contains(.tenantKey) else { return ring.verifyingKeyOfAnyTenant(header.kid, at: now) }
    return try await ring.verifyingKey(header.kid, of: claims.tenant, at: now)
  }

  /// Whatever a check finds wrong, there is one refusal for it.
  private func refusing<Result>(_ check: () throws(TokenFault) -> Result) throws(Refusal) -> Result {
    do throws(TokenFault) { return try check() } catch { throw error.refusal }
  }

  private func checkHeader(_ header: TokenHeader) throws(TokenFault) {
    guard !checks.contains(.algorithm) || header.algorithm == TokenHeader.algorithm else { throw .algorithm }
    guard !checks.contains(.type) || header.type == TokenHeader.type else { throw .type }
  }

  /// Always ES256, whatever the header says; only a verifier without the `algorithm` check would believe a "none".
  private func checkSignature(_ token: CompactToken, _ header: TokenHeader, _ key: VerifyingKey) throws(TokenFault) {
    guard checks.contains(.signature) else { return }
    if !checks.contains(.algorithm), header.algorithm.lowercased() == "none" { return }
    guard key.signed(token) else { throw .signature }
  }

  private func checkTimes(_ claims: TokenClaims, now: Instant) throws(TokenFault) {
    guard !checks.contains(.expiry) || now < claims.expiresAt + Self.leeway else { throw .expired }
    let latest = max(claims.notBefore, claims.issuedAt)
    guard !checks.contains(.notBefore) || latest <= now + Self.leeway else { throw .early }
  }

  private func checkDoor(_ claims: TokenClaims, _ door: Door) throws(TokenFault) {
    guard !checks.contains(.issuer) || claims.issuer == TokenClaims.issuer else { throw .issuer }
    if checks.contains(.audience) {
      guard claims.audience == door.audience else { throw .audience }
      guard door.admits(claims.subject.kind) else { throw .actor }
    }
    guard (claims.tenant != nil) == (door == .tenant) else { throw .claims }
  }

  private static let unprimed = Refusal(
    .serviceUnavailable, "The service is starting; try again shortly.", retryAfterSeconds: 1,
    diagnostic: "no revocations have been read yet")
}

// MARK: - Revocation

extension TokenVerifier {
  /// Takes in what a store has recorded. Until the first call every token is refused with `service.unavailable`.
  package func apply(_ batch: RevocationBatch) { revocations.apply(batch, now: clock.now()) }

  /// Reads on in `store` and applies what is new; to be called once before serving and then every second.
  package func refresh(from store: any RevocationStore) async throws(Refusal) {
    for _ in 0..<Self.revocationRoundsMax {
      let batch = try await store.changes(since: revocations.position, limit: Self.revocationBatchMax)
      apply(batch)
      if batch.revocations.count < Self.revocationBatchMax { return }
    }
  }

  /// Refuses one token of `tenant` (or of the platform) at once in this process. Record it in the store first: that is
  /// what other processes and a restart learn it from. The same holds for the next two.
  package func revoke(credential: EntityID, of tenant: TenantID?, expiresAt: Instant) {
    revocations.apply([.credential(credential, tenant: tenant, expiresAt: expiresAt)], now: clock.now())
  }

  /// Refuses all tokens of one user, service or operator issued before `notBefore` (now, when `nil`).
  package func revokeSubject(_ subject: EntityID, of tenant: TenantID?, notBefore: Instant? = nil) {
    let now = clock.now()
    revocations.apply([.subject(subject, tenant: tenant, notBefore: notBefore ?? now)], now: now)
  }

  /// Refuses all tokens signed by one key of `tenant`.
  package func revokeKey(_ kid: String, of tenant: TenantID?) {
    let now = clock.now()
    revocations.apply([.key(kid, tenant: tenant, retiredAt: now)], now: now)
  }

  /// Refuses all tokens of `tenant` issued before `notBefore` (now, when `nil`).
  package func revokeAll(tenant: TenantID?, notBefore: Instant? = nil) {
    let now = clock.now()
    revocations.apply([.tenant(tenant, notBefore: notBefore ?? now)], now: now)
  }
}
