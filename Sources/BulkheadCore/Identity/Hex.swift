/// Hexadecimal text of byte strings.
public enum Hex {
  /// Lower-case digits, two per byte.
  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
      var out = 0
      for byte in bytes {
        buffer[out] = hexDigit(byte >> 4)
        buffer[out + 1] = hexDigit(byte & 0xF)
        out += 2
      }
      return out
    }
  }

  /// The bytes that `text` spells, or `nil` when a character is no digit or one is missing.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var result: [UInt8] = []
    var pending: UInt8?
    for byte in text.utf8 {
      guard let value = hexValue(byte) else { return nil }
      if let first = pending {
        result.append(first << 4 | value)
        pending = nil
      } else {
        pending = value
      }
    }
    return pending == nil ? result : nil
  }
}
