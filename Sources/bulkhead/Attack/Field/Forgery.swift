import BulkheadCore
import BulkheadKeys
import Crypto

/// A token taken apart, so that it can be put together wrongly.
struct Forgery {
  var header: JSON
  var payload: JSON
  var signature: [UInt8]

  init(_ token: String) throws {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) }
    guard parts.count == 3, let header = Base64.url.decode(parts[0]), let payload = Base64.url.decode(parts[1]),
      let signature = Base64.url.decode(parts[2])
    else { throw Unmakeable("the token is not three parts of base64url") }
    self.header = try JSONParser.parse(header)
    self.payload = try JSONParser.parse(payload)
    self.signature = signature
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

  func without(_ name: String) -> Forgery {
    var copy = self
    copy.payload = .object((copy.payload.members ?? []).filter { $0.name != name })
    return copy
  }

  func signed(with key: P256.Signing.PrivateKey) throws -> Forgery {
    var copy = self
    copy.signature = Array(try key.signature(for: Array(copy.signed.utf8)).rawRepresentation)
    return copy
  }

  func unsigned(_ signature: [UInt8] = []) -> Forgery {
    var copy = self
    copy.signature = signature
    return copy
  }
}

extension JSON {
  /// The object with one member changed.
  fileprivate func replacing(_ name: String, _ value: JSON) -> JSON {
    .object((members ?? []).map { $0.name == name ? Member(name, value) : $0 })
  }
}

/// What forgers have: tokens to start from and the keys that leaked.
struct ForgersTable: Sendable {
  typealias Pair = (kid: String, key: P256.Signing.PrivateKey)

  let attackersToken: String
  let victim: EntityID
  let now: Int64
  let mine: Pair
  let theirs: Pair
  let platforms: Pair

  init(_ field: Battlefield) async throws {
    let ring = field.platform.ring
    attackersToken = field.attacker.tenant.token
    victim = field.victim.tenant.id.id
    now = field.platform.ambient.now.seconds
    mine = try await ring.signingPair(of: field.attacker.tenant.id)
    theirs = try await ring.signingPair(of: field.victim.tenant.id)
    platforms = try await ring.signingPair(of: nil)
  }

  /// The attacker's own good token.
  var good: Forgery { get throws { try Forgery(attackersToken) } }
  /// The same with the victim's name in it: its signature is good no longer.
  var target: Forgery { get throws { try good.with("tid", .id(victim)) } }
  /// That with the id of the victim's key as well.
  var keyed: Forgery { get throws { try target.with(header: "kid", .string(theirs.kid)) } }
}
