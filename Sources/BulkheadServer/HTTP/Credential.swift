import BulkheadCore

/// The token that a request carries.
enum Credential {
  /// Longest `Authorization` header read, in bytes.
  static let bytesMax = 8192

  /// The token of `Authorization: Bearer …` (RFC 6750), or the password of `Basic` (RFC 7617) where that is taken; its
  /// user name is ignored, since the tenant comes from the token alone. `nil` when there is none that can be read.
  static func token(_ authorization: String, takesBasic: Bool) -> String? {
    guard authorization.utf8.count <= bytesMax, let space = authorization.firstIndex(of: " ") else { return nil }
    let rest = authorization[authorization.index(after: space)...].drop { $0 == " " }
    switch authorization[..<space].lowercased() {
    case "bearer": return rest.isEmpty ? nil : String(rest)
    case "basic" where takesBasic: return password(rest)
    default: return nil
    }
  }

  private static func password(_ encoded: Substring) -> String? {
    guard let bytes = base64(encoded), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let token = bytes[(colon + 1)...]
    return token.isEmpty ? nil : String(validating: token, as: UTF8.self)
  }

  /// RFC 4648 section 4, with or without padding.
  static func base64(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var characters = text.utf8[...]
    for _ in 0..<2 where characters.last == UInt8(ascii: "=") { characters = characters.dropLast() }
    guard characters.count % 4 != 1 else { return nil }
    for byte in characters {
      guard let value = sextet(byte) else { return nil }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  private static func sextet(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
