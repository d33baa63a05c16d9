import BulkheadCore
import Crypto
import Testing

@testable import BulkheadKeys

/// Every attack meets the same refusal; the cause stands in the operator's diagnostic alone.
@Suite("Attacks on tokens")
struct TokenAttackTests {
  private func expect(
    _ world: World, _ token: String, _ fault: TokenFault, _ location: SourceLocation = #_sourceLocation
  ) async {
    guard let refusal = await world.refusal(token) else {
      Issue.record("let in", sourceLocation: location)
      return
    }
    #expect(refusal.isInvalidCredential, sourceLocation: location)
    #expect(refusal.diagnostic == fault.rawValue, sourceLocation: location)
  }

  @Test(
    "no algorithm but ES256 is accepted",
    arguments: ["none", "None", "NONE", "nOnE", "HS256", "es256", "ES384", "RS256", "ES256 ", ""])
  func algorithms(_ name: String) async throws {
    let world = try await World()
    var forgery = try Forgery(try await world.token(world.alpha))
    forgery.header = forgery.header.with("alg", .string(name))
    await expect(world, forgery.text, .algorithm)
    forgery.signature = []
    await expect(world, forgery.text, .algorithm)
  }

  @Test("the public key is no HMAC secret, in any of its forms")
  func algorithmConfusion() async throws {
    let world = try await World()
    let pair = try await world.pair(world.alpha)
    let secrets = [
      Array(pair.key.publicKey.x963Representation), Array(pair.key.publicKey.derRepresentation),
      Array(pair.key.publicKey.pemRepresentation.utf8), Array(pair.key.publicKey.rawRepresentation),
    ]
    for secret in secrets {
      for algorithm in ["HS256", "ES256"] {
        var forgery = try Forgery(try await world.token(world.alpha))
        forgery.header = forgery.header.with("alg", .string(algorithm))
        let mac = HMAC<SHA256>.authenticationCode(for: Array(forgery.signed.utf8), using: SymmetricKey(data: secret))
        forgery.signature = Array(mac)
        await expect(world, forgery.text, algorithm == "HS256" ? .algorithm : .signature)
      }
    }
  }

  @Test("a token signed with another tenant's key is refused, however it names the key")
  func foreignKey() async throws {
    let world = try await World()
    let beta = try await world.pair(world.beta)
    var forgery = try Forgery(try await world.token(world.alpha))
    try forgery.sign(beta.key)
    await expect(world, forgery.text, .signature)
    forgery.header = forgery.header.with("kid", .string(beta.kid))
    try forgery.sign(beta.key)
    await expect(world, forgery.text, .key)
    let own = try await world.pair(world.alpha)
    try forgery.sign(own.key)
    await expect(world, forgery.text, .key)
  }

  @Test("a token moved to another tenant is refused")
  func movedTenant() async throws {
    let world = try await World()
    var forgery = try Forgery(try await world.token(world.beta))
    forgery.payload = forgery.payload.with("tid", .id(world.alpha.id))
    await expect(world, forgery.text, .key)
    try forgery.sign(try await world.pair(world.beta).key)
    await expect(world, forgery.text, .key)
    forgery.payload = forgery.payload.with("tid", .id(world.user))
    await expect(world, forgery.text, .key)
  }

  @Test(
    "a kid with anything but the letters of one is refused",
    arguments: [
      "../../../../dev/null", "' OR 1=1 --aaaaaaaa", "short", "", String(repeating: "a", count: 65),
      "kid\u{0000}aaaaaaaaaaaaaaaa", "https://evil.example/k", "aaaaaaaaaaaaaaaaaaaaé",
    ])
  func kidTricks(_ kid: String) async throws {
    let world = try await World()
    var forgery = try Forgery(try await world.token(world.alpha))
    forgery.header = forgery.header.with("kid", .string(kid))
    try forgery.sign(try await world.pair(world.alpha).key)
    await expect(world, forgery.text, kid.contains("\0") ? .form : .header)
  }

  @Test(
    "a header with a parameter that we do not issue is refused",
    arguments: ["crit", "jwk", "jku", "x5u", "x5c", "b64", "zip", "cty"])
  func foreignParameters(_ name: String) async throws {
    let world = try await World()
    var forgery = try Forgery(try await world.token(world.alpha))
    forgery.header = forgery.header.with(name, .array(["exp"]))
    try forgery.sign(try await world.pair(world.alpha).key)
    await expect(world, forgery.text, .header)
  }

  @Test("a header without kid, of another type, or that is no object is refused")
  func headers() async throws {
    let world = try await World()
    let key = try await world.pair(world.alpha).key
    var forgery = try Forgery(try await world.token(world.alpha))
    let good = forgery.header
    let cases: [(JSON, TokenFault)] = [
      (good.with("kid", nil), .header), (good.with("kid", 5), .header), (["x"], .header),
      (good.with("alg", nil), .header),
      (good.with("typ", "JWT"), .type), (good.with("typ", nil), .type), (good.with("typ", "AT+JWT"), .type),
    ]
    for (header, fault) in cases {
      forgery.header = header
      try forgery.sign(key)
      await expect(world, forgery.text, fault)
    }
  }

  @Test("an edited payload, a swapped signature and any flipped bit of the signature are refused")
  func tampering() async throws {
    let world = try await World()
    let token = try await world.token(world.alpha)
    var edited = try Forgery(token)
    edited.payload = edited.payload.with("perms", "orders.read orders.write users.manage")
    await expect(world, edited.text, .signature)
    var swapped = try Forgery(token)
    swapped.signature = try Forgery(try await world.token(world.alpha)).signature
    await expect(world, swapped.text, .signature)
    for bit in 0..<512 {
      var flipped = try Forgery(token)
      flipped.signature[bit / 8] ^= 1 << UInt8(bit % 8)
      await expect(world, flipped.text, .signature)
    }
    #expect(await world.refusal(token) == nil)
  }

  @Test("a truncated token is refused at every length")
  func truncation() async throws {
    let world = try await World()
    let token = try await world.token(world.alpha)
    for count in 0..<token.count {
      #expect(await world.refusal(String(token.prefix(count)))?.isInvalidCredential == true, "\(count)")
    }
  }

  @Test("signatures that verify without a key in careless libraries are refused")
  func psychicSignatures() async throws {
    // CVE-2022-21449: r = s = 0; and the values at the edges of the group's order.
    let world = try await World()
    let order = try #require(Hex.decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"))
    let zero = [UInt8](repeating: 0, count: 32)
    for signature in [zero + zero, order + order, zero + order, order + zero, zero, [], zero + zero + zero] {
      var forgery = try Forgery(try await world.token(world.alpha))
      forgery.signature = signature
      await expect(world, forgery.text, .signature)
    }
  }

  @Test("a signature in DER instead of two numbers is refused")
  func derSignature() async throws {
    let world = try await World()
    var forgery = try Forgery(try await world.token(world.alpha))
    let key = try await world.pair(world.alpha).key
    forgery.signature = Array(try key.signature(for: Array(forgery.signed.utf8)).derRepresentation)
    await expect(world, forgery.text, .signature)
  }

  @Test("a repeated claim or parameter is refused, even rightly signed")
  func repeatedNames() async throws {
    let world = try await World()
    let pair = try await world.pair(world.alpha)
    let good = try Forgery(try await world.token(world.alpha))
    let doubled = "{\"tid\":\"\(world.beta)\"," + good.payload.text.dropFirst()
    let escaped = "{\"\\u0074id\":\"\(world.beta)\"," + good.payload.text.dropFirst()
    let header = "{\"alg\":\"none\"," + good.header.text.dropFirst()
    for (header, payload) in [(good.header.text, doubled), (good.header.text, escaped), (header, good.payload.text)] {
      let signed = Base64.url.encode(Array(header.utf8)) + "." + Base64.url.encode(Array(payload.utf8))
      let signature = try pair.key.signature(for: Array(signed.utf8)).rawRepresentation
      await expect(world, signed + "." + Base64.url.encode(signature), .form)
    }
  }

  @Test("text that is not exactly three parts of strict base64url is refused")
  func forms() async throws {
    let world = try await World()
    let token = try await world.token(world.alpha)
    let parts = token.split(separator: ".").map(String.init)
    let texts = [
      "", ".", "..", "...", "a.b", token + ".", "." + token, token + ".x", token + "=", token + "==", token + "\n",
      " " + token, parts[0] + "=." + parts[1] + "." + parts[2], token.replacing("_", with: "/") + "+",
      parts[0] + ".." + parts[2], "Bearer " + token, parts[0] + "." + parts[1], "ⓔⓨ." + parts[1] + "." + parts[2],
      token + "\u{0301}", "\u{FEFF}" + token, parts[0] + "\u{2024}" + parts[1] + "." + parts[2], "null", "{}",
      String(token.dropLast()) + (token.last == "A" ? "B" : "C"),
    ]
    for text in texts {
      let refusal = await world.refusal(text)
      #expect(refusal?.isInvalidCredential == true, "\(text.debugDescription)")
    }
  }

  @Test("a huge token is refused before it is read")
  func huge() async throws {
    let world = try await World()
    await expect(world, String(repeating: "a", count: CompactToken.bytesMax + 1), .tooLarge)
    await expect(world, try await world.token(world.alpha) + String(repeating: ".", count: 5_000_000), .tooLarge)
    let nested = Base64.url.encode(Array(String(repeating: "[", count: 1000).utf8))
    await expect(world, nested + "." + nested + ".", .form)
  }

  @Test("claims that are missing or of another type are refused, even rightly signed")
  func claims() async throws {
    let world = try await World()
    let key = try await world.pair(world.alpha).key
    var forgery = try Forgery(try await world.token(world.alpha))
    let good = forgery.payload
    for name in ["iss", "aud", "sub", "act", "jti", "iat", "nbf", "exp", "perms"] {
      for value in [nil, JSON.null, .number("1e3"), .array([good[name] ?? .null]), .string("\u{212A}")] {
        forgery.payload = good.with(name, value)
        try forgery.sign(key)
        let refusal = await world.refusal(forgery.text)
        #expect(refusal?.isInvalidCredential == true, "\(name) \(String(describing: value))")
      }
    }
    for value in ["*", "", "%"] {
      forgery.payload = good.with("tid", .string(value))
      try forgery.sign(key)
      await expect(world, forgery.text, .claims)
    }
    for value in ["253402300799999", "-1", "99999999999999999999999999", "1.5e3"] {
      forgery.payload = good.with("exp", .number(value))
      try forgery.sign(key)
      await expect(world, forgery.text, .claims)
    }
  }

  @Test("an expired token is refused, with the leeway and not beyond")
  func expired() async throws {
    let world = try await World()
    let token = try await world.issue(world.alpha, lifetime: .seconds(600)).text.withValue { $0 }
    world.clock.advance(by: .seconds(604))
    #expect(await world.refusal(token) == nil)
    world.clock.advance(by: .seconds(1))
    await expect(world, token, .expired)
  }

  @Test("a token of the future is refused, with the leeway and not beyond")
  func early() async throws {
    let world = try await World()
    world.clock.advance(by: .seconds(6))
    let token = try await world.token(world.alpha)
    world.clock.advance(by: .seconds(-6))
    await expect(world, token, .early)
    world.clock.advance(by: .seconds(1))
    #expect(await world.refusal(token) == nil)
  }

  @Test("a token for another audience or of another issuer is refused")
  func strangers() async throws {
    let world = try await World()
    let key = try await world.pair(world.alpha).key
    let good = try Forgery(try await world.token(world.alpha))
    let cases: [(String, String, TokenFault)] = [
      ("aud", "bulkhead-platform", .audience), ("aud", "bulkhead", .audience), ("aud", "BULKHEAD-API", .audience),
      ("iss", "https://evil.example", .issuer), ("act", "operator", .actor), ("act", "job", .actor),
    ]
    for (name, value, fault) in cases {
      var forgery = good
      forgery.payload = forgery.payload.with(name, .string(value))
      try forgery.sign(key)
      await expect(world, forgery.text, fault)
    }
  }

  @Test("the platform's tokens open no tenant, and a tenant's tokens not the platform")
  func doors() async throws {
    let world = try await World()
    let platformKey = try await world.pair(nil).key
    let alphaKey = try await world.pair(world.alpha).key
    let platform = try Forgery(try await world.platformToken())
    await expect(world, platform.text, .audience)
    var dressed = platform
    dressed.payload = dressed.payload.with("aud", "bulkhead-api").with("act", "user")
    try dressed.sign(platformKey)
    await expect(world, dressed.text, .claims)
    dressed.payload = dressed.payload.with("tid", .id(world.alpha.id))
    try dressed.sign(platformKey)
    await expect(world, dressed.text, .key)

    let tenant = try Forgery(try await world.token(world.alpha))
    #expect(await world.platformRefusal(tenant.text)?.diagnostic == TokenFault.audience.rawValue)
    var climber = tenant
    climber.payload = climber.payload.with("aud", "bulkhead-platform").with("act", "operator")
    try climber.sign(alphaKey)
    #expect(await world.platformRefusal(climber.text)?.diagnostic == TokenFault.claims.rawValue)
    climber.payload = climber.payload.with("tid", nil)
    try climber.sign(alphaKey)
    #expect(await world.platformRefusal(climber.text)?.diagnostic == TokenFault.key.rawValue)
  }

  @Test("random bytes in the place of any part are refused and trap nothing")
  func noise() async throws {
    let world = try await World()
    let random = SeededRandom(seed: 99)
    let token = Array(try await world.token(world.alpha).utf8)
    for round in 0..<2000 {
      var changed = token
      for _ in 0...(random.next() % 4) {
        changed[Int(random.next() % UInt64(changed.count))] = UInt8(truncatingIfNeeded: random.next() & 0x7F)
      }
      guard changed != token else { continue }
      let refusal = await world.refusal(String(decoding: changed, as: UTF8.self))
      #expect(refusal?.isInvalidCredential == true, "seed 99, round \(round)")
    }
  }
}
