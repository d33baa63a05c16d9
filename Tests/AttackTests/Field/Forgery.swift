import BulkheadCore
import Crypto

@testable import BulkheadKeys
@testable import bulkhead

/// A token taken apart, so that a test can put it together wrongly.
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

  func with(header name: String, _ value: JSON) -> Forgery {
    var copy = self
    copy.header = copy.header.replacing(name, value)
    return copy
  }

  func with(_ name: String, _ value: JSON) -> Forgery {
    var copy = self
    copy.payload = copy.payload.replacing(name, value)
    return copy
  }

  func signed(with key: P256.Signing.PrivateKey) throws -> Forgery {
    var copy = self
    copy.signature = Array(try key.signature(for: Array(copy.signed.utf8)).rawRepresentation)
    return copy
  }
}

extension JSON {
  /// The object with one member changed.
  fileprivate func replacing(_ name: String, _ value: JSON) -> JSON {
    .object((members ?? []).map { $0.name == name ? Member(name, value) : $0 })
  }
}

/// Every wrong credential that names the victim or the attacker.
struct Forgeries {
  let edited, expired, early, victimsKey, attackersKey, none, symmetric, unsigned, ownKey: String

  init(_ duel: Duel, _ system: TestSystem) async throws {
    let ring = system.platform.ring
    let attacker = duel.attacker.tenant
    let victim = duel.victim.tenant
    let mine = try await ring.signingPair(of: attacker.id)
    let theirs = try await ring.signingPair(of: victim.id)
    let good = try Forgery(attacker.token)
    let target = good.with("tid", .id(victim.id.id))
    edited = target.text
    let now = system.platform.ambient.now.seconds
    expired = try good.with("iat", .int(now - 7200)).with("nbf", .int(now - 7200)).with("exp", .int(now - 3600))
      .signed(with: mine.key).text
    early = try good.with("nbf", .int(now + 3600)).signed(with: mine.key).text
    victimsKey = try good.with(header: "kid", .string(theirs.kid)).signed(with: theirs.key).text
    attackersKey = try target.signed(with: mine.key).text
    ownKey = try target.with(header: "kid", .string(theirs.kid)).signed(with: P256.Signing.PrivateKey()).text
    var bare = target.with(header: "kid", .string(theirs.kid)).with(header: "alg", "none")
    bare.signature = []
    none = bare.text
    var keyed = target.with(header: "kid", .string(theirs.kid)).with(header: "alg", "HS256")
    let secret = SymmetricKey(data: Array(theirs.key.publicKey.x963Representation))
    keyed.signature = Array(HMAC<SHA256>.authenticationCode(for: Array(keyed.signed.utf8), using: secret))
    symmetric = keyed.text
    var blank = target.with(header: "kid", .string(theirs.kid))
    blank.signature = Array(repeating: 0, count: 64)
    unsigned = blank.text
  }

  /// All of them by what they are.
  var all: [(name: String, token: String)] {
    [
      ("edited payload", edited), ("expired", expired), ("not valid yet", early),
      ("signed by the victim's key, names the attacker", victimsKey),
      ("signed by the attacker's key, names the victim", attackersKey), ("signed by a key of nobody", ownKey),
      ("alg none", none), ("HS256 with the public key", symmetric), ("blank signature", unsigned),
      ("garbage", "garbage"), ("three parts of garbage", "e30.e30.e30"),
    ]
  }
}
