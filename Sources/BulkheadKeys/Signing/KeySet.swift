import BulkheadCore
import Crypto

/// The public half of one key, ready to verify with.
struct VerifyingKey: Sendable {
  let record: SigningKey
  let point: P256.Signing.PublicKey

  /// ES256 (RFC 7518, section 3.4): ECDSA on P-256 with SHA-256, the signature as two numbers of 32 bytes.
  func signed(_ token: CompactToken) -> Bool {
    guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: token.signature) else { return false }
    return point.isValidSignature(signature, for: token.signed)
  }
}

/// The keys of one tenant as they were loaded at one moment.
struct KeySet: Sendable {
  let keys: [String: VerifyingKey]
  let loadedAt: Instant

  /// Keeps only keys pinned to `tenant`, whatever a store may answer, and only points that are on the curve.
  init(_ records: [SigningKey], tenant: TenantID?, loadedAt: Instant) {
    var keys: [String: VerifyingKey] = [:]
    for record in records where record.tenant == tenant {
      guard let point = try? P256.Signing.PublicKey(x963Representation: record.publicKey) else { continue }
      keys[record.kid] = VerifyingKey(record: record, point: point)
    }
    self.keys = keys
    self.loadedAt = loadedAt
  }

  func verifyingKey(_ kid: String, at now: Instant) -> VerifyingKey? {
    guard let key = keys[kid], key.record.verifies(at: now) else { return nil }
    return key
  }

  /// The newest active key. Two rotations at once may leave two active; both verify and the newer one signs.
  func signingKey(at now: Instant) -> SigningKey? {
    keys.values.map(\.record).filter { $0.state == .active && $0.verifies(at: now) }
      .max { ($0.createdAt, $0.kid) < ($1.createdAt, $1.kid) }
  }

  /// A JWK Set (RFC 7517) of everything that verifies at `now`, oldest first.
  func jwks(at now: Instant) -> JSON {
    let standing = keys.values.map(\.record).filter { $0.verifies(at: now) }
      .sorted { ($0.createdAt, $0.kid) < ($1.createdAt, $1.kid) }
    return ["keys": .array(standing.map(\.jwk))]
  }
}

extension SigningKey {
  /// The public key as a JWK (RFC 7517; RFC 7518, section 6.2.1).
  var jwk: JSON {
    let coordinates = publicKey.dropFirst()
    return [
      "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": .string(kid),
      "x": .string(Base64.url.encode(coordinates.prefix(32))),
      "y": .string(Base64.url.encode(coordinates.suffix(32))),
    ]
  }
}
