import BulkheadCore
import Crypto
import Testing

@testable import BulkheadKeys

/// Negative controls: with one check taken away, the attack that it stands against succeeds, and with all it fails.
@Suite("What each check of a token holds back")
struct TokenControlTests {
  private func holds(
    _ check: TokenChecks, _ attack: (World) async throws -> String,
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let guarded = try await World()
    #expect(await guarded.refusal(try await attack(guarded))?.isInvalidCredential == true, sourceLocation: location)
    let open = try await World(checks: TokenChecks.all.subtracting(check))
    #expect(await open.refusal(try await attack(open)) == nil, sourceLocation: location)
  }

  @Test("without the signature an edited token passes")
  func signature() async throws {
    try await holds(.signature) { world in
      var forgery = try Forgery(try await world.token(world.alpha))
      forgery.payload = forgery.payload.with("perms", "everything")
      return forgery.text
    }
  }

  @Test("without pinned keys a token signed by one tenant's key opens another tenant")
  func tenantKey() async throws {
    try await holds(.tenantKey) { world in
      _ = try await world.ring.jwks(of: world.beta)
      let beta = try await world.pair(world.beta)
      var forgery = try Forgery(try await world.token(world.beta))
      forgery.payload = forgery.payload.with("tid", .id(world.alpha.id))
      try forgery.sign(beta.key)
      return forgery.text
    }
  }

  @Test("without the algorithm a token without a signature passes")
  func algorithm() async throws {
    try await holds(.algorithm) { world in
      var forgery = try Forgery(try await world.token(world.alpha))
      forgery.header = forgery.header.with("alg", "none")
      forgery.payload = forgery.payload.with("perms", "everything")
      forgery.signature = []
      return forgery.text
    }
  }

  @Test("without the type a token made for something else passes")
  func type() async throws {
    try await holds(.type) { world in
      var forgery = try Forgery(try await world.token(world.alpha))
      forgery.header = forgery.header.with("typ", "logout+jwt")
      try forgery.sign(try await world.pair(world.alpha).key)
      return forgery.text
    }
  }

  @Test("without the expiry an expired token passes")
  func expiry() async throws {
    try await holds(.expiry) { world in
      let token = try await world.token(world.alpha)
      world.clock.advance(by: .seconds(4000))
      return token
    }
  }

  @Test("without the beginning a token of the future passes")
  func notBefore() async throws {
    try await holds(.notBefore) { world in
      world.clock.advance(by: .seconds(1000))
      let token = try await world.token(world.alpha)
      world.clock.advance(by: .seconds(-1000))
      return token
    }
  }

  @Test("without the audience a token for another door passes")
  func audience() async throws {
    try await holds(.audience) { world in
      var forgery = try Forgery(try await world.token(world.alpha))
      forgery.payload = forgery.payload.with("aud", "bulkhead-platform")
      try forgery.sign(try await world.pair(world.alpha).key)
      return forgery.text
    }
  }

  @Test("without the issuer a stranger's token passes")
  func issuer() async throws {
    try await holds(.issuer) { world in
      var forgery = try Forgery(try await world.token(world.alpha))
      forgery.payload = forgery.payload.with("iss", "stranger")
      try forgery.sign(try await world.pair(world.alpha).key)
      return forgery.text
    }
  }

  @Test("without revocation a revoked token passes, remembered or not")
  func revocation() async throws {
    for isRemembered in [false, true] {
      try await holds(.revocation) { world in
        let issued = try await world.issue(world.alpha)
        let token = issued.text.withValue { $0 }
        if isRemembered { _ = try await world.verifier.verify(token) }
        world.verifier.revoke(credential: issued.credential, of: world.alpha, expiresAt: issued.expiresAt)
        return token
      }
    }
  }
}
