import BulkheadCore

/// A token in JWS compact form (RFC 7515, section 7.1), taken apart and not yet believed.
struct CompactToken {
  /// Longest token, in bytes.
  static let bytesMax = 4096

  /// What the signature covers: the first two parts and the dot between them, as they were sent.
  let signed: [UInt8]
  let header: JSON
  let payload: JSON
  let signature: [UInt8]

  /// Exactly three parts of strict base64url, the first two strict JSON without repeated names (RFC 8725, section 2.4
  /// and RFC 7515, section 4).
  init(_ token: String) throws(TokenFault) {
    guard token.utf8.count <= Self.bytesMax else { throw .tooLarge }
    let bytes = Array(token.utf8)
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64.url.decode(parts[0]), let payload = Base64.url.decode(parts[1]),
      let signature = Base64.url.decode(parts[2])
    else { throw .form }
    do throws(JSONError) {
      self.header = try JSONParser.parse(header)
      self.payload = try JSONParser.parse(payload)
    } catch { throw .form }
    self.signature = signature
    signed = Array(bytes.prefix(parts[0].count + 1 + parts[1].count))
  }
}

/// The three header parameters that we issue and accept.
struct TokenHeader {
  static let algorithm = "ES256"
  /// RFC 9068, section 2.1: an access token, and nothing else that the same key might sign.
  static let type = "at+jwt"
  private static let kidLength = 16...64

  let algorithm: String
  let type: String?
  let kid: String

  /// Any other parameter is refused: `crit` by RFC 7515, section 4.1.11, and `jwk`, `jku`, `x5u`, `x5c` because a
  /// token may not bring its own key. The kid may not hold a character that means anything in a path or in SQL.
  init(_ header: JSON) throws(TokenFault) {
    guard let members = header.members, members.allSatisfy({ ["alg", "typ", "kid"].contains($0.name) }),
      let algorithm = header["alg"]?.string, let kid = header["kid"]?.string,
      Self.kidLength.contains(kid.utf8.count), kid.utf8.allSatisfy(Self.isKidCharacter)
    else { throw .header }
    self.algorithm = algorithm
    self.kid = kid
    type = header["typ"]?.string
  }

  /// The header's text, encoded, for a token about to be signed.
  static func encoded(kid: String) -> String {
    let header: JSON = ["alg": .string(algorithm), "kid": .string(kid), "typ": .string(type)]
    return Base64.url.encode(header.utf8)
  }

  private static func isKidCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
