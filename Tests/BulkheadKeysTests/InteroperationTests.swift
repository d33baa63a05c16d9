import Crypto
import JWTKit
import Testing

@testable import BulkheadKeys

/// A second implementation of JWS, JWT and JWK reads what we write, and we read what it writes.
@Suite("Tokens and an independent library")
struct InteroperationTests {
  struct Payload: JWTPayload {
    var iss, aud, sub, act, tid, jti, perms: String
    var iat, nbf, exp: Double
    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }

  @Test("the library verifies our token with our published keys")
  func ours() async throws {
    let world = try await World()
    let keys = JWTKeyCollection()
    try await keys.add(jwksJSON: try await world.ring.jwks(of: world.alpha).text)
    let payload = try await keys.verify(try await world.token(world.alpha), as: Payload.self)
    #expect(payload.tid == world.alpha.description && payload.aud == "bulkhead-api")
    let foreign = JWTKeyCollection()
    try await foreign.add(jwksJSON: try await world.ring.jwks(of: world.beta).text)
    await #expect(throws: (any Error).self) {
      try await foreign.verify(try await world.token(world.alpha), as: Payload.self)
    }
  }

  @Test("we verify the library's token, and refuse it for another tenant")
  func theirs() async throws {
    let world = try await World()
    let pair = try await world.pair(world.alpha)
    let keys = JWTKeyCollection()
    await keys.add(ecdsa: try ES256PrivateKey(pem: pair.key.pemRepresentation), kid: JWKIdentifier(string: pair.kid))
    let now = Double(world.clock.now().seconds)
    var payload = Payload(
      iss: "bulkhead", aud: "bulkhead-api", sub: world.user.description, act: "user", tid: world.alpha.description,
      jti: world.ambient.makeID().description, perms: "orders.read", iat: now, nbf: now, exp: now + 60)
    let header: JWTHeader = ["typ": "at+jwt"]
    let kid = JWKIdentifier(string: pair.kid)
    let token = try await keys.sign(payload, kid: kid, header: header)
    #expect(try await world.verifier.verify(token).tenant == world.alpha)
    payload.tid = world.beta.description
    #expect(await world.refusal(try await keys.sign(payload, kid: kid, header: header))?.isInvalidCredential == true)
  }
}
