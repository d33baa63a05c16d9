import BulkheadCore
import Crypto
import Synchronization
import Testing

@testable import BulkheadKeys

@Suite("Signing keys")
struct KeyRingTests {
  @Test("after a rotation new tokens name the new key, and old ones verify until the overlap ends")
  func overlap() async throws {
    let world = try await World()
    let old = try await world.issue(world.alpha, lifetime: .seconds(3600)).text.withValue { $0 }
    let before = try await world.pair(world.alpha).kid
    let fresh = try await world.ring.rotate(world.alpha, overlap: .seconds(1800))
    let after = try await world.pair(world.alpha).kid
    #expect(after == fresh.kid && after != before)
    #expect(await world.refusal(old) == nil)
    world.clock.advance(by: .seconds(1799))
    #expect(await world.refusal(old) == nil)
    world.clock.advance(by: .seconds(1))
    let refusal = try #require(await world.refusal(old))
    #expect(refusal.isInvalidCredential && refusal.diagnostic == TokenFault.key.rawValue)
    #expect(await world.refusal(try await world.token(world.alpha)) == nil)
  }

  @Test("a rotation in one tenant leaves the other's keys alone")
  func rotationIsPerTenant() async throws {
    let world = try await World()
    let beta = try await world.pair(world.beta).kid
    try await world.ring.rotate(world.alpha, overlap: .zero)
    #expect(try await world.pair(world.beta).kid == beta)
  }

  @Test("rotating retires keys whose overlap has passed")
  func retirement() async throws {
    let world = try await World()
    let first = try await world.pair(world.alpha).kid
    try await world.ring.rotate(world.alpha, overlap: .seconds(60))
    world.clock.advance(by: .seconds(61))
    try await world.ring.rotate(world.alpha, overlap: .seconds(60))
    #expect(try await world.store.key(first, of: world.alpha)?.state == .retired)
    #expect(
      try await world.store.keys(of: world.alpha).map(\.state).sorted { $0.rawValue < $1.rawValue } == [
        .active, .retiring,
      ])
  }

  @Test("a key may be taken out of use at once, by its own tenant only")
  func emergency() async throws {
    let world = try await World()
    let token = try await world.token(world.alpha)
    let kid = try await world.pair(world.alpha).kid
    await #expect(throws: Refusal.self) { try await world.ring.retire(kid, of: world.beta) }
    #expect(await world.refusal(token) == nil)
    try await world.ring.rotate(world.alpha)
    try await world.ring.retire(kid, of: world.alpha)
    world.verifier.revokeAll(tenant: world.alpha, notBefore: world.clock.now() + .seconds(1))
    #expect(await world.refusal(token)?.isInvalidCredential == true)
  }

  @Test("the number of keys that stand at once is bounded")
  func bound() async throws {
    let world = try await World()
    for _ in 1..<KeyRing.keysPerTenantMax { try await world.ring.rotate(world.alpha) }
    await #expect(throws: Refusal.self) { try await world.ring.rotate(world.alpha) }
  }

  @Test("the published set holds the tenant's standing keys, without anything private")
  func jwks() async throws {
    let world = try await World()
    let first = try await world.pair(world.alpha)
    world.clock.advance(by: .seconds(10))
    let second = try await world.ring.rotate(world.alpha, overlap: .seconds(60))
    let keys = try #require(try await world.ring.jwks(of: world.alpha)["keys"]?.array)
    #expect(keys.compactMap { $0["kid"]?.string } == [first.kid, second.kid])
    let x = try #require(keys[0]["x"]?.string.flatMap { Base64.url.decode($0.utf8) })
    let y = try #require(keys[0]["y"]?.string.flatMap { Base64.url.decode($0.utf8) })
    #expect([4] + x + y == Array(first.key.publicKey.x963Representation))
    for key in keys {
      #expect(Set(key.members?.map(\.name) ?? []) == ["kty", "crv", "use", "alg", "kid", "x", "y"])
      #expect(key["kty"] == "EC" && key["crv"] == "P-256" && key["alg"] == "ES256" && key["use"] == "sig")
    }
    world.clock.advance(by: .seconds(61))
    #expect(try await world.ring.jwks(of: world.alpha)["keys"]?.array?.count == 1)
    #expect(try await world.ring.jwks(of: TenantID(world.user)) == ["keys": []])
  }

  @Test("a kid is opaque, and the private key is sealed for its tenant and kid")
  func records() async throws {
    let world = try await World()
    let record = try #require(try await world.store.keys(of: world.alpha).first)
    #expect(record.kid.count == 22 && !record.kid.contains(world.alpha.id.hex.prefix(8)))
    let foreign = SigningKey(
      kid: record.kid, tenant: world.beta, publicKey: record.publicKey, sealedPrivateKey: record.sealedPrivateKey,
      state: .active, createdAt: record.createdAt, notAfter: nil)
    #expect(refusal { () throws(Refusal) in try foreign.privateKey(world.sealer) }?.code == .sealedInvalid)
    #expect(refusal { () throws(Refusal) in try record.privateKey(world.sealer) } == nil)
  }

  @Test("a store that answers with another tenant's keys is not believed")
  func pinned() async throws {
    let world = try await World()
    let foreign = try await world.store.keys(of: world.beta)
    #expect(KeySet(foreign, tenant: world.alpha, loadedAt: world.clock.now()).keys.isEmpty)
    #expect(KeySet(foreign, tenant: nil, loadedAt: world.clock.now()).keys.isEmpty)
    #expect(KeySet(foreign, tenant: world.beta, loadedAt: world.clock.now()).keys.count == 1)
  }

  @Test("a tenant that has no key cannot issue, and is refused as such")
  func missing() async throws {
    let world = try await World()
    let other = TenantID(world.ambient.makeID())
    await #expect(throws: Refusal.self) { try await world.issue(other) }
  }
}

@Suite("The cache of signing keys")
struct KeySetCacheTests {
  @Test("keys are loaded once while they are fresh, and again when they are not")
  func freshness() async throws {
    let world = try await World()
    _ = try await world.ring.jwks(of: world.alpha)
    let loads = world.store.loads
    for _ in 0..<10 { _ = try await world.ring.jwks(of: world.alpha) }
    #expect(world.store.loads == loads)
    world.clock.advance(by: .seconds(30))
    _ = try await world.ring.jwks(of: world.alpha)
    #expect(world.store.loads == loads + 1)
  }

  @Test("a key made on another node is found within a second, and guesses load once a second")
  func unknownKid() async throws {
    let world = try await World()
    _ = try await world.ring.jwks(of: world.alpha)
    let elsewhere = try SigningKey.make(tenant: world.alpha, sealer: world.sealer, ambient: world.ambient)
    try await world.store.insert(elsewhere)
    world.clock.advance(by: .seconds(1))
    #expect(try await world.ring.verifyingKey(elsewhere.kid, of: world.alpha, at: world.clock.now()) != nil)
    let loads = world.store.loads
    for guess in 0..<50 {
      let key = try await world.ring.verifyingKey("guess-\(guess)-0123456789", of: world.alpha, at: world.clock.now())
      #expect(key == nil)
    }
    #expect(world.store.loads == loads)
  }

  @Test("while the store is down, keys serve for five minutes and no longer")
  func stale() async throws {
    let world = try await World()
    _ = try await world.ring.jwks(of: world.alpha)
    world.store.setDown(true)
    world.clock.advance(by: .seconds(299))
    _ = try await world.ring.jwks(of: world.alpha)
    world.clock.advance(by: .seconds(1))
    await #expect(throws: Refusal.self) { try await world.ring.jwks(of: world.alpha) }
  }

  @Test("tenants that do not exist push no tenant that does out of the cache")
  func absentTenants() async throws {
    var limits = KeyRing.Limits()
    limits.absentTenantsMax = 8
    limits.tenantsMax = 8
    let world = try await World(limits: limits)
    _ = try await world.ring.jwks(of: world.alpha)
    for _ in 0..<100 { _ = try await world.ring.jwks(of: TenantID(world.ambient.makeID())) }
    let loads = world.store.loads
    _ = try await world.ring.jwks(of: world.alpha)
    #expect(world.store.loads == loads)
  }

  @Test("callers who ask while a load is under way share it, and too many are refused")
  func sharedLoad() async throws {
    let store = GatedKeyStore()
    var limits = KeyRing.Limits()
    limits.waitersMax = 20
    let cache = KeySetCache(store: store, clock: ManualClock(), limits: limits)
    let tenant = TenantID(EntityID(high: 1, low: 1))
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<21 { group.addTask { (try? await cache.keySet(of: tenant)) != nil } }
      while cache.waiterCount < 20 { await Task.yield() }
      let late = (try? await cache.keySet(of: tenant)) != nil
      store.open()
      return await group.reduce(into: [late]) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 }.count == 21)
    #expect(outcomes.first == false)
    #expect(store.loads == 1 && cache.waiterCount == 0)
  }
}

/// A store whose answer waits for `open`.
final class GatedKeyStore: SigningKeyStore {
  private struct State {
    var loads = 0
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var loads: Int { state.withLock { $0.loads } }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      return state.waiting
    }
    for waiter in waiting { waiter.resume() }
  }

  func keys(of tenant: TenantID?) async throws(Refusal) -> [SigningKey] {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        state.loads += 1
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
    return []
  }

  func key(_ kid: String, of tenant: TenantID?) async throws(Refusal) -> SigningKey? { nil }
  func insert(_ key: SigningKey) async throws(Refusal) {}
  func insertFirst(_ key: SigningKey) async throws(Refusal) -> Bool { false }
  func update(
    _ kid: String, of tenant: TenantID?, state: SigningKey.State, notAfter: Instant?
  ) async throws(Refusal) {}
}
