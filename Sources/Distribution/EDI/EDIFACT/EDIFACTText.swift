/// The character repertoires of UNB 0001 that are read here.
public enum EDIFACTText: String, Sendable, CaseIterable {
  /// Capital letters, digits and some signs (ISO 646). Lower case is read all the same: most senders use it.
  case unoA = "UNOA"
  case unoB = "UNOB"
  /// ISO 8859-1.
  case unoC = "UNOC"
  /// UTF-8 (UNOW is ISO 10646 in UTF-8; UNOY came with syntax version 4).
  case unoW = "UNOW"
  case unoY = "UNOY"

  /// The text that `bytes` spell, and whether all of them belong to the repertoire.
  func decode(_ bytes: some Collection<UInt8>) -> (text: String, isInside: Bool) {
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    if isASCII { return (String(decoding: bytes, as: UTF8.self), isPlain) }
    switch self {
    case .unoC:
      // 0x80 to 0x9F are control characters of ISO 8859-1.
      return (Self.latin(bytes), isPlain && bytes.allSatisfy { !(0x80...0x9F).contains($0) })
    case .unoW, .unoY:
      guard let text = String(validating: bytes, as: UTF8.self) else { return (Self.latin(bytes), false) }
      return (text, isPlain)
    case .unoA, .unoB:
      return (String(validating: bytes, as: UTF8.self) ?? Self.latin(bytes), false)
    }
  }

  /// The bytes of `text`; `nil` when the repertoire has no such character.
  func encode(_ text: String) -> [UInt8]? {
    switch self {
    case .unoW, .unoY: return Array(text.utf8)
    case .unoC:
      let bytes = text.unicodeScalars.map { UInt8(exactly: $0.value) }
      return bytes.contains(nil) ? nil : bytes.compactMap { $0 }
    case .unoA, .unoB: return text.utf8.allSatisfy { $0 < 0x80 } ? Array(text.utf8) : nil
    }
  }

  private static func latin(_ bytes: some Collection<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(UnicodeScalar(byte)) }
    return String(text)
  }
}
