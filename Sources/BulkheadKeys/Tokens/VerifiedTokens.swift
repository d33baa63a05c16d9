import BulkheadCore

/// A token that verified, for as long as that is remembered.
struct VerifiedToken: Sendable {
  /// `nil` for a platform token.
  let tenant: TenantID?
  let actor: Actor
  let permissions: PermissionSet
  /// Of a link to a file.
  let path: String?
  let credential: EntityID
  /// The key that signed it.
  let kid: String
  let issuedAt: Instant
  /// The end of the credential itself.
  let expiresAt: Instant
  /// The end of this entry.
  let rememberedUntil: Instant
  /// The epoch of `Revocations` in which it was last found good.
  var revocationEpoch: Int
}

/// The text of a token as a key: hashed by its end alone and compared in full.
///
/// The end belongs to the signature, which only the holder of a signing key can choose, and the hash is seeded in each
/// process; so hashing 16 bytes spreads as well as hashing all 400, at a tenth of the time.
struct TokenText: Hashable {
  let text: String
  let fingerprint: UInt64

  init(_ text: String) {
    self.text = text
    var tail: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8.suffix(16) { tail = (tail ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    fingerprint = tail
  }

  /// Equal bytes. Swift compares strings by canonical equivalence, under which the Kelvin sign is a `K`; but it and
  /// all such characters take more bytes than the ASCII that a verified token consists of.
  static func == (left: TokenText, right: TokenText) -> Bool {
    left.text.utf8.count == right.text.utf8.count && left.text == right.text
  }

  func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

/// The tokens that verified of late.
///
/// Bounded as a whole and for each tenant: a tenant that makes tokens by the thousand has some of its own verified
/// anew, and pushes out nobody else's.
final class VerifiedTokens: Sendable {
  /// The part of a shard that one tenant may fill in one generation, as a divisor; an eighth over both.
  static let tenantShare = 16
  private static let shardCount = 16

  private let shards: [Guarded<GenerationCache<TokenText, VerifiedToken>>]

  /// - Parameter rememberedFor: longest life of an entry; a generation that is older holds nothing good.
  init(entriesMax: Int, rememberedFor: Duration) {
    let shardMax = max(2, entriesMax / Self.shardCount)
    shards = (0..<Self.shardCount).map { _ in
      Guarded(
        GenerationCache(
          entriesMax: shardMax, ownerEntriesMax: shardMax / Self.tenantShare, turnAfter: rememberedFor))
    }
  }

  var count: Int { shards.reduce(0) { $0 + $1.state.withLock { $0.count } } }

  func find(_ token: TokenText) -> VerifiedToken? {
    shard(token).state.withLock { $0.value(for: token) }
  }

  func remember(_ verified: VerifiedToken, as token: TokenText, now: Instant) {
    shard(token).state.withLock { _ = $0.insert(verified, for: token, owner: verified.tenant, now: now) }
  }

  func forget(_ token: TokenText, of tenant: TenantID?) {
    shard(token).state.withLock { $0.remove(token, owner: tenant) }
  }

  private func shard(_ token: TokenText) -> Guarded<GenerationCache<TokenText, VerifiedToken>> {
    shards[Int(truncatingIfNeeded: token.fingerprint >> 32) & (Self.shardCount - 1)]
  }
}

extension VerifiedToken {
  init(_ claims: TokenClaims, kid: String, keyNotAfter: Instant?, now: Instant, epoch: Int) {
    self.kid = kid
    tenant = claims.tenant
    actor = claims.subject
    permissions = claims.permissions
    path = claims.path
    credential = claims.credential
    issuedAt = claims.issuedAt
    expiresAt = claims.expiresAt + TokenVerifier.leeway
    rememberedUntil = min(expiresAt, keyNotAfter ?? expiresAt, now + TokenVerifier.rememberedFor)
    revocationEpoch = epoch
  }

  /// What the token gives at a tenant's door; `nil` for a platform token.
  var context: TenantContext? {
    guard let tenant else { return nil }
    return TenantContext(
      verified: tenant, actor: actor, permissions: permissions, credential: credential, expiresAt: expiresAt,
      path: path)
  }

  /// What the token gives at the platform's door.
  var platform: PlatformCredential {
    PlatformCredential(actor: actor, permissions: permissions, credential: credential, expiresAt: expiresAt)
  }
}
