import BulkheadCore

/// Base64 without padding (RFC 4648, sections 4 and 5), read strictly: one text for each byte string.
///
/// Refused: padding, white space, characters of the other alphabet, a lone last character, and unused bits that are
/// not zero. A lenient reader would let one token have many texts.
package enum Base64 {
  /// `A–Z a–z 0–9 + /`, as in PHC strings.
  case standard
  /// `A–Z a–z 0–9 - _`, as in tokens and JWK (RFC 7515, section 2).
  case url

  package func encode(_ bytes: some Collection<UInt8>) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count * 4 + 2) / 3)
    var bits: UInt32 = 0
    var bitCount = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        out.append(character(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)) & 0x3F))
      }
    }
    if bitCount > 0 { out.append(character(UInt8(truncatingIfNeeded: bits << UInt32(6 - bitCount)) & 0x3F)) }
    return String(decoding: out, as: UTF8.self)
  }

  package func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 != 1 else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(text.count * 3 / 4)
    var bits: UInt32 = 0
    var bitCount = 0
    for byte in text {
      guard let value = value(byte) else { return nil }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      }
    }
    let unused = bits & ((1 << UInt32(bitCount)) - 1)
    return unused == 0 ? out : nil
  }

  private func character(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: self == .url ? UInt8(ascii: "-") : UInt8(ascii: "+")
    default: self == .url ? UInt8(ascii: "_") : UInt8(ascii: "/")
    }
  }

  private func value(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "-") where self == .url, UInt8(ascii: "+") where self == .standard: 62
    case UInt8(ascii: "_") where self == .url, UInt8(ascii: "/") where self == .standard: 63
    default: nil
    }
  }
}
