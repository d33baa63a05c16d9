import BulkheadCore
import Crypto
import Synchronization

@testable import BulkheadKeys

/// A clock that stands still until it is moved.
final class ManualClock: WallClock {
  private let instant: Mutex<Instant>

  init(_ start: Instant = Instant(seconds: 1_800_000_000)) { instant = Mutex(start) }

  func now() -> Instant { instant.withLock { $0 } }
  func advance(by duration: Duration) { instant.withLock { $0 = $0 + duration } }
}

/// Signing keys in memory, with what a test wants to know of the traffic.
final class MemoryKeyStore: SigningKeyStore {
  private struct State {
    var keys: [SigningKey] = []
    var loads = 0
    var isDown = false
  }

  private let state = Mutex(State())

  var loads: Int { state.withLock { $0.loads } }
  func setDown(_ down: Bool) { state.withLock { $0.isDown = down } }

  func keys(of tenant: TenantID?) async throws(Refusal) -> [SigningKey] {
    let keys = state.withLock { state -> [SigningKey]? in
      state.loads += 1
      return state.isDown ? nil : state.keys.filter { $0.tenant == tenant && $0.state != .retired }
    }
    guard let keys else { throw Refusal(.serviceUnavailable, "down") }
    return keys
  }

  func key(_ kid: String, of tenant: TenantID?) async throws(Refusal) -> SigningKey? {
    state.withLock { $0.keys.first { $0.kid == kid && $0.tenant == tenant } }
  }

  func insert(_ key: SigningKey) async throws(Refusal) { state.withLock { $0.keys.append(key) } }

  func insertFirst(_ key: SigningKey) async throws(Refusal) -> Bool {
    state.withLock { state in
      guard !state.keys.contains(where: { $0.tenant == key.tenant && $0.state != .retired }) else { return false }
      state.keys.append(key)
      return true
    }
  }

  func update(
    _ kid: String, of tenant: TenantID?, state new: SigningKey.State, notAfter: Instant?
  ) async throws(Refusal) {
    state.withLock { state in
      guard let index = state.keys.firstIndex(where: { $0.kid == kid && $0.tenant == tenant }) else { return }
      let old = state.keys[index]
      state.keys[index] = SigningKey(
        kid: kid, tenant: tenant, publicKey: old.publicKey, sealedPrivateKey: old.sealedPrivateKey, state: new,
        createdAt: old.createdAt, notAfter: notAfter)
    }
  }
}

/// Revocations in memory, numbered from 1.
final class MemoryRevocationStore: RevocationStore {
  private let recorded = Mutex<[Revocation]>([])

  func record(_ revocation: Revocation) async throws(Refusal) { recorded.withLock { $0.append(revocation) } }

  func changes(since position: Int64?, limit: Int) async throws(Refusal) -> RevocationBatch {
    recorded.withLock { all in
      let start = Int(position ?? 0)
      let batch = Array(all.dropFirst(start).prefix(limit))
      return RevocationBatch(revocations: batch, position: Int64(start + batch.count))
    }
  }
}

/// Two tenants whose users have the same ids, their keys, and both doors.
struct World {
  let clock = ManualClock()
  let ambient: Ambient
  let sealer: SecretSealer
  let store = MemoryKeyStore()
  let ring: KeyRing
  let issuer: TokenIssuer
  let platformIssuer: PlatformTokenIssuer
  let verifier: TokenVerifier
  let alpha: TenantID
  let beta: TenantID
  /// The id of a user in both tenants.
  let user: EntityID
  let permissions = PermissionSet(["orders.read", "orders.write"])

  init(checks: TokenChecks = .all, seed: UInt64 = 20, limits: KeyRing.Limits = .init()) async throws {
    ambient = Ambient(clock: clock, random: SeededRandom(seed: seed))
    sealer = SecretSealer(master: try MasterKey(bytes: Array(0..<32)), clock: clock)
    ring = KeyRing(store: store, sealer: sealer, ambient: ambient, limits: limits)
    issuer = TokenIssuer(ring: ring, ambient: ambient)
    platformIssuer = PlatformTokenIssuer(ring: ring, ambient: ambient)
    verifier = TokenVerifier(ring: ring, clock: clock, checks: checks)
    alpha = TenantID(ambient.makeID())
    beta = TenantID(ambient.makeID())
    user = ambient.makeID()
    verifier.apply(RevocationBatch(revocations: [], position: 0))
    for tenant in [alpha, beta, nil] { try await ring.rotate(tenant) }
  }

  func issue(_ tenant: TenantID, lifetime: Duration? = nil) async throws -> IssuedToken {
    try await issuer.issue(
      tenant: tenant, actor: Actor(kind: .user, id: user), permissions: permissions, lifetime: lifetime)
  }

  func token(_ tenant: TenantID) async throws -> String { try await issue(tenant).text.withValue { $0 } }

  func platformToken() async throws -> String {
    let issued = try await platformIssuer.issue(
      actor: Actor(kind: .operator, id: user), permissions: PermissionSet(["tenants.create"]))
    return issued.text.withValue { $0 }
  }

  /// The pair that signs for `tenant`, as only a thief of the database and the master key would have it.
  func pair(_ tenant: TenantID?) async throws -> (kid: String, key: P256.Signing.PrivateKey) {
    try await ring.signingPair(of: tenant)
  }

  /// The refusal that `token` meets at the tenants' door; `nil` when it is let in.
  func refusal(_ token: String) async -> Refusal? {
    do throws(Refusal) {
      _ = try await verifier.verify(token)
      return nil
    } catch { return error }
  }

  func platformRefusal(_ token: String) async -> Refusal? {
    do throws(Refusal) {
      _ = try await verifier.verifyPlatform(token)
      return nil
    } catch { return error }
  }
}

extension JSON {
  /// The object with one member replaced, added, or (with `nil`) taken away.
  func with(_ name: String, _ value: JSON?) -> JSON {
    var members = (members ?? []).filter { $0.name != name }
    if let value { members.append(Member(name, value)) }
    return .object(members)
  }
}

/// A token taken apart so that a test can put it together wrongly.
struct Forgery {
  var header: JSON
  var payload: JSON
  var signature: [UInt8]

  init(_ token: String) throws {
    let token = try CompactToken(token)
    header = token.header
    payload = token.payload
    signature = token.signature
  }

  var signed: String { Base64.url.encode(header.utf8) + "." + Base64.url.encode(payload.utf8) }
  var text: String { signed + "." + Base64.url.encode(signature) }

  /// Signs what stands here now.
  mutating func sign(_ key: P256.Signing.PrivateKey) throws {
    signature = Array(try key.signature(for: Array(signed.utf8)).rawRepresentation)
  }
}

extension Refusal {
  var isInvalidCredential: Bool { code == .credentialInvalid && detail == "The credential is not valid." }
}

/// What `body` is refused with; `nil` when it is not.
func refusal<Result>(_ body: () throws(Refusal) -> Result) -> Refusal? {
  do throws(Refusal) {
    _ = try body()
    return nil
  } catch { return error }
}
