import BulkheadCore
import BulkheadKeys
import BulkheadServer
import Crypto

/// A token that is forged or stolen, presented to every route of a tenant.
///
/// Held: every route gives the one answer that garbage gets, and the verifier by itself refuses the token too.
struct ForgeryAttack: Attack {
  let id: String
  let title: String
  let checks: TokenChecks
  private let forge: @Sendable (ForgersTable) throws -> String

  init(
    _ id: String, _ title: String, without checks: TokenChecks,
    _ forge: @escaping @Sendable (ForgersTable) throws -> String
  ) {
    self.id = "request.token.\(id)"
    self.title = title
    self.checks = checks
    self.forge = forge
  }

  var verb: Verb { .access }
  var layer: Layer { .request }
  var tiers: [Tier] { Tier.allCases }
  var steps: [String] {
    ["Forge: \(title).", "Ask the verifier, and every route of a tenant, with the token."]
  }
  var expected: String { "401 from every route, the same bytes as for garbage." }
  var wall: Wall { Wall("checks of the token", without: Without(token: checks)) }

  func run(_ field: Battlefield) async throws -> Outcome {
    // Both tenants are at work, so both tenants' keys are in memory.
    for side in [field.attacker, field.victim] { _ = try await field.stand.get("/v1/units", side.tenant) }
    let token = try forge(try await ForgersTable(field))
    if (try? await field.stand.application.verifier.verify(token)) != nil {
      return .breach("the verifier takes it")
    }
    let reference = try await field.stand.call("GET", "/v1/orders", token: "garbage").constant
    let found = Findings()
    try await concurrently(field.stand.tenantRoutes) { route in
      let answer = try await Shot(route, field.victim).fire(field.stand, token: token)
      found.count()
      if answer.status != 401 || answer.constant != reference { found.add("\(route.label): \(answer.brief)") }
    }
    return found.outcome("requests refused alike")
  }
}

extension Catalogue {
  static let forgeries: [any Attack] = [
    ForgeryAttack("edited", "a good token with the victim's name written over the attacker's", without: [.signature]) {
      try $0.keyed.text
    },
    ForgeryAttack("permissions", "a good token with permissions added", without: [.signature]) { table in
      try table.good.with("perms", "orders.read tenants.read tenants.write").text
    },
    ForgeryAttack("lifetime", "a good token with its expiry moved", without: [.signature]) { table in
      try table.good.with("exp", .int(table.now + 90 * 86_400)).text
    },
    ForgeryAttack("expired", "a token of the attacker that expired an hour ago", without: [.expiry]) { table in
      try table.good.with("iat", .int(table.now - 7200)).with("nbf", .int(table.now - 7200))
        .with("exp", .int(table.now - 3600)).signed(with: table.mine.key).text
    },
    ForgeryAttack("early", "a token that is not good before an hour from now", without: [.notBefore]) { table in
      try table.good.with("nbf", .int(table.now + 3600)).signed(with: table.mine.key).text
    },
    ForgeryAttack("issuedLater", "a token that is issued an hour from now", without: [.notBefore]) { table in
      try table.good.with("iat", .int(table.now + 3600)).signed(with: table.mine.key).text
    },
    ForgeryAttack(
      "leakedKey", "signed with the attacker's leaked key, names the victim", without: [.tenantKey]
    ) { table in try table.target.signed(with: table.mine.key).text },
    ForgeryAttack(
      "leakedKeyOfVictim", "signed with the victim's leaked key, names the attacker", without: [.tenantKey]
    ) { table in try table.good.with(header: "kid", .string(table.theirs.kid)).signed(with: table.theirs.key).text },
    ForgeryAttack(
      "leakedKeyOtherKid", "signed with the attacker's leaked key under the victim's key id", without: [.signature]
    ) { table in try table.keyed.signed(with: table.mine.key).text },
    ForgeryAttack(
      "platformKey", "signed with the platform's key, names the victim", without: [.tenantKey]
    ) { table in
      try table.target.with(header: "kid", .string(table.platforms.kid)).signed(with: table.platforms.key).text
    },
    ForgeryAttack("strangersKey", "signed with a key of nobody", without: [.signature]) { table in
      try table.keyed.signed(with: P256.Signing.PrivateKey()).text
    },
    ForgeryAttack("algNone", "alg none without a signature", without: [.algorithm]) { table in
      try table.keyed.with(header: "alg", "none").unsigned().text
    },
    ForgeryAttack("algNoneCapital", "alg None, in another spelling", without: [.algorithm]) { table in
      try table.keyed.with(header: "alg", "NoNe").unsigned().text
    },
    ForgeryAttack("algEmpty", "an empty alg", without: [.algorithm, .signature]) { table in
      try table.keyed.with(header: "alg", "").unsigned().text
    },
    ForgeryAttack("hmac", "HS256 with the victim's public key as the secret", without: [.algorithm, .signature]) {
      table in
      let forged = try table.keyed.with(header: "alg", "HS256")
      let secret = SymmetricKey(data: Array(table.theirs.key.publicKey.x963Representation))
      return forged.unsigned(
        Array(HMAC<SHA256>.authenticationCode(for: Array(forged.signed.utf8), using: secret))
      ).text
    },
    ForgeryAttack("otherCurve", "ES384 over the same bytes", without: [.algorithm, .signature]) { table in
      let forged = try table.keyed.with(header: "alg", "ES384")
      let key = P384.Signing.PrivateKey()
      return forged.unsigned(Array(try key.signature(for: Array(forged.signed.utf8)).rawRepresentation)).text
    },
    ForgeryAttack("blank", "a signature of zeros (the psychic signature)", without: [.signature]) { table in
      try table.keyed.unsigned(Array(repeating: 0, count: 64)).text
    },
    ForgeryAttack("noSignature", "no signature at all", without: [.signature]) { try $0.keyed.unsigned().text },
    ForgeryAttack("longSignature", "a good signature with a byte more", without: [.signature]) { table in
      let good = try table.keyed.signed(with: table.theirs.key)
      return good.unsigned(good.signature + [0]).text
    },
    ForgeryAttack("swapped", "the signature of another token of the same tenant", without: [.signature]) { table in
      let other = try table.keyed.with("exp", .int(table.now + 60)).signed(with: table.theirs.key)
      return try table.keyed.unsigned(other.signature).text
    },
    ForgeryAttack("type", "a token of another type, signed with the right key", without: [.type]) { table in
      try table.good.with(header: "typ", "JWT").signed(with: table.mine.key).text
    },
    ForgeryAttack("audience", "a token for the platform's door, signed with the right key", without: [.audience]) {
      table in
      try table.good.with("aud", "bulkhead-platform").signed(with: table.mine.key).text
    },
    ForgeryAttack("operator", "a token that says operator, signed with a tenant's key", without: [.audience]) { table in
      try table.good.with("act", "operator").signed(with: table.mine.key).text
    },
    ForgeryAttack("job", "a token that says job, signed with a tenant's key", without: [.audience]) { table in
      try table.good.with("act", "job").signed(with: table.mine.key).text
    },
    ForgeryAttack("issuer", "a token of another issuer, signed with the right key", without: [.issuer]) { table in
      try table.good.with("iss", "elsewhere").signed(with: table.mine.key).text
    },
  ]
}
