import BulkheadCore
import Crypto
import Testing

@testable import BulkheadKeys

@Suite("Access tokens")
struct TokenTests {
  @Test("an issued token verifies to the context that it was issued for")
  func roundTrip() async throws {
    let world = try await World()
    let issued = try await world.issue(world.alpha)
    let context = try await world.verifier.verify(issued.text.withValue { $0 })
    #expect(context.tenant == world.alpha)
    #expect(context.actor == Actor(kind: .user, id: world.user))
    #expect(context.permissions == world.permissions)
    #expect(context.credential == issued.credential)
    #expect(issued.expiresAt == world.clock.now() + .seconds(3600))
    #expect(context.expiresAt == issued.expiresAt + TokenVerifier.leeway)
  }

  @Test("header and claims are those of the profile")
  func profile() async throws {
    let world = try await World()
    let forgery = try Forgery(try await world.token(world.alpha))
    #expect(forgery.header == ["alg": "ES256", "kid": .string(try await world.pair(world.alpha).kid), "typ": "at+jwt"])
    #expect(
      forgery.payload.members?.map(\.name)
        == ["iss", "aud", "sub", "act", "tid", "jti", "iat", "nbf", "exp", "perms"])
    #expect(forgery.payload["perms"] == "orders.read orders.write")
    #expect(forgery.payload["exp"] == .number("1800003600"))
    #expect(forgery.signature.count == 64)
  }

  @Test("a link is for one path, in its maker's name, and lives no longer than the maker's credential")
  func link() async throws {
    let world = try await World()
    let maker = try await world.verifier.verify(try await world.token(world.alpha))
    let issued = try await world.issuer.issueLink(
      to: "/v1/files/1", permission: "orders.read", by: maker, lifetime: TokenLifetimes.linkMax)
    let token = issued.text.withValue { $0 }
    let context = try await world.verifier.verify(token)
    #expect(context.path == "/v1/files/1" && context.tenant == world.alpha && context.actor == maker.actor)
    #expect(context.permissions == PermissionSet(["orders.read"]) && context.credential == maker.credential)
    #expect(issued.expiresAt == maker.expiresAt)
    func code(_ path: String, _ lifetime: Duration) async -> RefusalCode? {
      do throws(Refusal) {
        _ = try await world.issuer.issueLink(to: path, permission: "orders.read", by: maker, lifetime: lifetime)
        return nil
      } catch { return error.code }
    }
    #expect(await code("/v1/x", TokenLifetimes.linkMax + .seconds(1)) == .tokenLifetime)
    #expect(await code("/v1/x", .zero) == .tokenLifetime)
    #expect(await code("v1/x", .seconds(60)) == .tokenPath)
    #expect(await code("/" + String(repeating: "x", count: 512), .seconds(60)) == .tokenPath)
    var other = try Forgery(token)
    other.payload = other.payload.with("path", "/v1/files/2")
    #expect(await world.refusal(other.text)?.isInvalidCredential == true, "the signature covers the path")
    world.verifier.revoke(credential: maker.credential, of: world.alpha, expiresAt: maker.expiresAt)
    #expect(await world.refusal(token)?.isInvalidCredential == true, "revoked with what it was made by")
  }

  @Test("an operator's token verifies at the platform's door")
  func platform() async throws {
    let world = try await World()
    let credential = try await world.verifier.verifyPlatform(try await world.platformToken())
    #expect(credential.actor == Actor(kind: .operator, id: world.user))
    #expect(credential.permissions.contains("tenants.create"))
  }

  @Test("lifetimes are bounded by the kind of actor")
  func lifetimes() async throws {
    let world = try await World()
    func code(_ kind: Actor.Kind, _ lifetime: Duration?) async -> RefusalCode? {
      do throws(Refusal) {
        _ = try await world.issuer.issue(
          tenant: world.alpha, actor: Actor(kind: kind, id: world.user), permissions: world.permissions,
          lifetime: lifetime)
        return nil
      } catch { return error.code }
    }
    #expect(await code(.user, TokenLifetimes.userMax) == nil)
    #expect(await code(.user, TokenLifetimes.userMax + .seconds(1)) == .tokenLifetime)
    #expect(await code(.service, TokenLifetimes.serviceMax) == nil)
    #expect(await code(.service, TokenLifetimes.serviceMax + .seconds(1)) == .tokenLifetime)
    #expect(await code(.user, .zero) == .tokenLifetime)
    #expect(await code(.user, .seconds(-5)) == .tokenLifetime)
    #expect(await code(.operator, nil) == .tokenActor)
    #expect(await code(.job, nil) == .tokenActor)
  }

  @Test("permissions that cannot stand in a scope, or do not fit, are refused when issuing")
  func scopes() async throws {
    let world = try await World()
    let many = PermissionSet((0...TokenClaims.permissionsMax).map { Permission("p\($0)") })
    let long = PermissionSet((0..<100).map { Permission(String(repeating: "x", count: 40) + "\($0)") })
    for permissions in [PermissionSet(["a b"]), PermissionSet([""]), PermissionSet(["é"]), many, long] {
      await #expect(throws: Refusal.self) {
        try await world.issuer.issue(
          tenant: world.alpha, actor: Actor(kind: .user, id: world.user), permissions: permissions)
      }
    }
    let none = try await world.issuer.issue(
      tenant: world.alpha, actor: Actor(kind: .user, id: world.user), permissions: PermissionSet([]))
    #expect(try await world.verifier.verify(none.text.withValue { $0 }).permissions == PermissionSet([]))
  }

  @Test("the signature check agrees with the published example of ES256")
  func publishedVector() throws {
    // RFC 7515, appendix A.3.
    let text =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cn"
      + "VlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    let x = try #require(Base64.url.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".utf8))
    let y = try #require(Base64.url.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".utf8))
    let record = SigningKey(
      kid: "a3", tenant: nil, publicKey: [4] + x + y, sealedPrivateKey: [], state: .active,
      createdAt: Instant(seconds: 0), notAfter: nil)
    let key = try #require(KeySet([record], tenant: nil, loadedAt: Instant(seconds: 0)).keys["a3"])
    let token = try CompactToken(text)
    #expect(token.payload["iss"] == "joe")
    #expect(key.signed(token))
    var forgery = try Forgery(text)
    forgery.payload = forgery.payload.with("iss", "jim")
    #expect(!key.signed(try CompactToken(forgery.text)))
  }

  @Test(
    "dates are read to the microsecond and written back the same",
    arguments: ["0", "1800000000", "1800000000.000001", "1800000000.25"])
  func dates(_ text: String) throws {
    let instant = try #require(NumericDate.instant(.number(text)))
    #expect(NumericDate.instant(NumericDate.json(instant)) == instant)
  }

  @Test(
    "dates of any other form are no dates",
    arguments: ["-1", "1e9", "1.", "1.0000001", "253402300800", "9999999999999"])
  func badDates(_ text: String) {
    #expect(NumericDate.instant(.number(text)) == nil)
    #expect(NumericDate.instant(.string("1800000000")) == nil)
  }
}

@Suite("Remembered tokens")
struct RememberedTokenTests {
  @Test("a verified token is remembered for a minute, and never past its expiry")
  func memory() async throws {
    let world = try await World()
    let token = try await world.issue(world.alpha, lifetime: .seconds(100)).text.withValue { $0 }
    #expect(world.verifier.remembered(token) == nil)
    _ = try await world.verifier.verify(token)
    #expect(world.verifier.remembered(token)?.tenant == world.alpha)
    world.clock.advance(by: .seconds(59))
    #expect(world.verifier.remembered(token) != nil)
    world.clock.advance(by: .seconds(1))
    #expect(world.verifier.remembered(token) == nil)
    _ = try await world.verifier.verify(token)
    world.clock.advance(by: .seconds(45))
    #expect(world.verifier.remembered(token) == nil)
    #expect(await world.refusal(token)?.diagnostic == TokenFault.expired.rawValue)
  }

  @Test("a remembered token is found by its full text only")
  func fullText() async throws {
    let world = try await World()
    let token = try await world.token(world.alpha)
    _ = try await world.verifier.verify(token)
    let other = try await world.token(world.beta)
    let spliced = other.dropLast(86) + token.suffix(86)
    #expect(TokenText(String(spliced)).fingerprint == TokenText(token).fingerprint)
    #expect(world.verifier.remembered(String(spliced)) == nil)
    #expect(await world.refusal(String(spliced))?.isInvalidCredential == true)
  }

  @Test("a character that Swift holds equal to an ASCII letter does not find the token")
  func canonicalEquivalence() {
    let kelvin = "\u{212A}aaaaaaaaaaaaaaaaaaaaaaa"
    #expect(kelvin == "Kaaaaaaaaaaaaaaaaaaaaaaa")
    #expect(TokenText(kelvin) != TokenText("Kaaaaaaaaaaaaaaaaaaaaaaa"))
    #expect(TokenText(kelvin).fingerprint == TokenText("Kaaaaaaaaaaaaaaaaaaaaaaa").fingerprint)
  }

  @Test("a token remembered at one door opens no other")
  func doors() async throws {
    let world = try await World()
    let tenantToken = try await world.token(world.alpha)
    let platformToken = try await world.platformToken()
    _ = try await world.verifier.verify(tenantToken)
    _ = try await world.verifier.verifyPlatform(platformToken)
    #expect(await world.platformRefusal(tenantToken)?.isInvalidCredential == true)
    #expect(await world.refusal(platformToken)?.isInvalidCredential == true)
  }

  @Test("a tenant with very many tokens leaves those of the other tenants where they are")
  func share() {
    let now = Instant(seconds: 1_800_000_000)
    let tokens = VerifiedTokens(entriesMax: 1024, rememberedFor: .seconds(60))
    func verified(_ tenant: TenantID) -> VerifiedToken {
      VerifiedToken(
        tenant: tenant, actor: Actor(kind: .user, id: tenant.id), permissions: PermissionSet([]), path: nil,
        credential: tenant.id, kid: "k", issuedAt: now, expiresAt: now + .seconds(60),
        rememberedUntil: now + .seconds(60),
        revocationEpoch: 0)
    }
    let alpha = TenantID(EntityID(high: 1, low: 1))
    let beta = TenantID(EntityID(high: 1, low: 2))
    let mine = (0..<20).map { TokenText("beta-\($0)-" + Hex.encode(SHA256.hash(data: [UInt8($0)]).map { $0 })) }
    for token in mine { tokens.remember(verified(beta), as: token, now: now) }
    for index in 0..<20_000 {
      let text = TokenText("alpha-" + Hex.encode(SHA256.hash(data: Array("\(index)".utf8)).map { $0 }))
      tokens.remember(verified(alpha), as: text, now: now)
    }
    #expect(mine.filter { tokens.find($0) != nil }.count == 20)
    #expect(tokens.count <= 1024 / 8)
  }
}
