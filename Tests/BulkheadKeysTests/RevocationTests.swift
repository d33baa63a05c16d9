import BulkheadCore
import Testing

@testable import BulkheadKeys

@Suite("Revocation")
struct RevocationTests {
  @Test("a revoked token is refused at once, also when it is remembered, and no other is")
  func credential() async throws {
    let world = try await World()
    let first = try await world.issue(world.alpha)
    let second = try await world.token(world.alpha)
    for token in [first.text.withValue { $0 }, second] { _ = try await world.verifier.verify(token) }
    world.verifier.revoke(credential: first.credential, of: world.alpha, expiresAt: first.expiresAt)
    #expect(world.verifier.remembered(first.text.withValue { $0 }) == nil)
    let refusal = await world.refusal(first.text.withValue { $0 })
    #expect(refusal?.isInvalidCredential == true && refusal?.diagnostic == TokenFault.revoked.rawValue)
    #expect(world.verifier.remembered(second) != nil)
  }

  @Test("a tenant cannot revoke another tenant's token, though it knows its id")
  func foreignCredential() async throws {
    let world = try await World()
    let issued = try await world.issue(world.alpha)
    world.verifier.revoke(credential: issued.credential, of: world.beta, expiresAt: issued.expiresAt)
    world.verifier.revokeSubject(world.user, of: world.beta, notBefore: world.clock.now() + .seconds(1))
    world.verifier.revokeAll(tenant: world.beta, notBefore: world.clock.now() + .seconds(1))
    world.verifier.revokeAll(tenant: nil, notBefore: world.clock.now() + .seconds(1))
    #expect(await world.refusal(issued.text.withValue { $0 }) == nil)
  }

  @Test("after a password change older tokens are refused, and one of the same second passes")
  func subject() async throws {
    let world = try await World()
    let old = try await world.token(world.alpha)
    _ = try await world.verifier.verify(old)
    world.clock.advance(by: .microseconds(1))
    world.verifier.revokeSubject(world.user, of: world.alpha)
    let new = try await world.token(world.alpha)
    #expect(await world.refusal(old)?.isInvalidCredential == true)
    #expect(await world.refusal(new) == nil)
  }

  @Test("a tenant's cut-off refuses everything older, for that tenant only")
  func tenant() async throws {
    let world = try await World()
    let mine = try await world.token(world.alpha)
    let theirs = try await world.token(world.beta)
    for token in [mine, theirs] { _ = try await world.verifier.verify(token) }
    world.clock.advance(by: .microseconds(1))
    world.verifier.revokeAll(tenant: world.alpha)
    #expect(await world.refusal(mine)?.isInvalidCredential == true)
    #expect(world.verifier.remembered(theirs) != nil)
    #expect(await world.refusal(try await world.token(world.alpha)) == nil)
  }

  @Test("an operator's token can be revoked")
  func platform() async throws {
    let world = try await World()
    let token = try await world.platformToken()
    _ = try await world.verifier.verifyPlatform(token)
    world.clock.advance(by: .microseconds(1))
    world.verifier.revokeSubject(world.user, of: nil)
    #expect(await world.platformRefusal(token)?.isInvalidCredential == true)
  }

  @Test("until revocations have been read once, nothing is let in")
  func unprimed() async throws {
    let world = try await World()
    let fresh = TokenVerifier(ring: world.ring, clock: world.clock)
    let token = try await world.token(world.alpha)
    await #expect { try await fresh.verify(token) } throws: { ($0 as? Refusal)?.code == .serviceUnavailable }
    try await fresh.refresh(from: MemoryRevocationStore())
    #expect(try await fresh.verify(token).tenant == world.alpha)
  }

  @Test("what a store records reaches the verifier with the next reading, in batches")
  func store() async throws {
    let world = try await World()
    let store = MemoryRevocationStore()
    for _ in 0..<(TokenVerifier.revocationBatchMax * 2) {
      try await store.record(
        .credential(world.ambient.makeID(), tenant: world.beta, expiresAt: world.clock.now() + .seconds(60)))
    }
    let issued = try await world.issue(world.alpha)
    let token = issued.text.withValue { $0 }
    try await store.record(.credential(issued.credential, tenant: world.alpha, expiresAt: issued.expiresAt))
    #expect(await world.refusal(token) == nil)
    try await world.verifier.refresh(from: store)
    #expect(await world.refusal(token)?.isInvalidCredential == true)
    let again = try await world.issue(world.alpha)
    try await store.record(.credential(again.credential, tenant: world.alpha, expiresAt: again.expiresAt))
    try await world.verifier.refresh(from: store)
    #expect(await world.refusal(again.text.withValue { $0 })?.isInvalidCredential == true)
  }

  @Test("a tenant that revokes more than is remembered has its older tokens refused, and no other tenant's")
  func overflow() {
    let now = Instant(seconds: 1_800_000_000)
    let alpha = TenantID(EntityID(high: 1, low: 1))
    let beta = TenantID(EntityID(high: 1, low: 2))
    let revocations = Revocations()
    func refuses(_ tenant: TenantID, _ credential: UInt64, issuedAt: Instant) -> Bool {
      revocations.refuses(
        tenant: tenant, subject: alpha.id, credential: EntityID(high: 9, low: credential), kid: "k",
        issuedAt: issuedAt)
    }
    let many = (0...UInt64(Revocations.credentialsPerTenantMax)).map {
      Revocation.credential(EntityID(high: 9, low: $0), tenant: alpha, expiresAt: now + .seconds(60))
    }
    revocations.apply(Array(many.dropLast()), now: now)
    #expect(!refuses(alpha, 999_999, issuedAt: now - .seconds(1)))
    revocations.apply(many.suffix(1), now: now)
    #expect(refuses(alpha, UInt64(Revocations.credentialsPerTenantMax), issuedAt: now - .seconds(1)))
    #expect(refuses(alpha, 999_999, issuedAt: now - .seconds(1)))
    #expect(!refuses(alpha, 999_999, issuedAt: now))
    #expect(refuses(alpha, 3, issuedAt: now))
    #expect(!refuses(beta, 3, issuedAt: now - .seconds(1)))
  }

  @Test("revocations of tokens that have expired take no room")
  func pruning() {
    let now = Instant(seconds: 1_800_000_000)
    let alpha = TenantID(EntityID(high: 1, low: 1))
    let revocations = Revocations()
    for round in 0..<3 {
      let later = now + .seconds(round * 3600)
      revocations.apply(
        (0..<UInt64(Revocations.credentialsPerTenantMax)).map {
          .credential(EntityID(high: UInt64(round), low: $0), tenant: alpha, expiresAt: later + .seconds(60))
        }, now: later)
    }
    #expect(
      !revocations.refuses(
        tenant: alpha, subject: alpha.id, credential: EntityID(high: 77, low: 0), kid: "k",
        issuedAt: now - .seconds(9)))
    #expect(
      revocations.refuses(
        tenant: alpha, subject: alpha.id, credential: EntityID(high: 2, low: 5), kid: "k", issuedAt: now))
  }
}
