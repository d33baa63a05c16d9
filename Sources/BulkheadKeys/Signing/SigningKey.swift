import BulkheadCore
import Crypto

/// One ES256 key pair of one tenant (or, with no tenant, of the platform), as the control database keeps it.
package struct SigningKey: Sendable {
  /// The life of a key. It only moves forward.
  package enum State: String, Sendable, CaseIterable {
    /// Signs and verifies; the newest active key signs.
    case active
    /// Verifies until `notAfter`; then retired.
    case retiring
    /// Does nothing any more; kept for the record.
    case retired
  }

  /// Names the key in a token's header: 22 random characters that tell nothing of the tenant.
  package let kid: String
  /// The tenant that the key is pinned to; `nil` for the platform.
  package let tenant: TenantID?
  /// The public point, uncompressed: 65 bytes (X9.63).
  package let publicKey: [UInt8]
  /// The private scalar, sealed for this tenant and kid.
  package let sealedPrivateKey: [UInt8]
  package let state: State
  package let createdAt: Instant
  /// From this instant on nothing signed by the key verifies. `nil` while it is active.
  package let notAfter: Instant?

  package init(
    kid: String, tenant: TenantID?, publicKey: [UInt8], sealedPrivateKey: [UInt8], state: State, createdAt: Instant,
    notAfter: Instant?
  ) {
    self.kid = kid
    self.tenant = tenant
    self.publicKey = publicKey
    self.sealedPrivateKey = sealedPrivateKey
    self.state = state
    self.createdAt = createdAt
    self.notAfter = notAfter
  }
}

extension SigningKey {
  /// `kid` in the form of other ids, by which routes name the key; `nil` for a kid that was not made here.
  package var id: EntityID? { Base64.url.decode(kid.utf8).flatMap { EntityID(bytes: $0) } }

  /// The kid of the key that routes name `id`.
  package static func kid(of id: EntityID) -> String { Base64.url.encode(id.bytes) }

  /// A fresh active key. The private key comes from the system's generator whatever `ambient` says: a key from a
  /// repeatable seed is no key.
  static func make(tenant: TenantID?, sealer: SecretSealer, ambient: Ambient) throws(Refusal) -> SigningKey {
    let pair = P256.Signing.PrivateKey()
    let kid = kid(of: ambient.makeID())
    let sealed = try sealer.seal(Array(pair.rawRepresentation), tenant: tenant, purpose: sealingPurpose(kid))
    return SigningKey(
      kid: kid, tenant: tenant, publicKey: Array(pair.publicKey.x963Representation), sealedPrivateKey: sealed,
      state: .active, createdAt: ambient.now, notAfter: nil)
  }

  /// Unseals the private key. Refuses with `sealed.invalid` when the record is not what `make` made.
  func privateKey(_ sealer: SecretSealer) throws(Refusal) -> P256.Signing.PrivateKey {
    let raw = try sealer.open(sealedPrivateKey, tenant: tenant, purpose: Self.sealingPurpose(kid))
    return try raw.withValue { (bytes) throws(Refusal) in
      guard let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) else {
        throw Refusal(.sealedInvalid, "An internal error occurred.", diagnostic: "signing key \(kid) is no P-256 key")
      }
      return key
    }
  }

  /// Whether a signature by this key counts at `now`.
  func verifies(at now: Instant) -> Bool {
    switch state {
    case .active: notAfter.map { now < $0 } ?? true
    case .retiring: notAfter.map { now < $0 } ?? false
    case .retired: false
    }
  }

  private static func sealingPurpose(_ kid: String) -> String { "signing key \(kid)" }
}
