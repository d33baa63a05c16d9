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

  /// The segment with its texts made fit for the repertoire: control characters become spaces, and characters that it
  /// has not question marks.
  func fitted(_ segment: EDIFACTSegment) -> EDIFACTSegment {
    EDIFACTSegment(segment.tag, segment.elements.map { $0.map(fitted) }, position: segment.position)
  }

  private func fitted(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(Self.isControl(scalar) ? " " : has(scalar) ? scalar : "?")
    }
    return String(result)
  }

  private func has(_ scalar: UnicodeScalar) -> Bool {
    switch self {
    case .unoA, .unoB: scalar.isASCII
    case .unoC: scalar.value < 0x100
    case .unoW, .unoY: true
    }
  }

  static func isControl(_ scalar: UnicodeScalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }

  /// The bytes of a text that was made fit.
  func bytes(_ text: String) -> [UInt8] {
    switch self {
    case .unoW, .unoY: Array(text.utf8)
    case .unoA, .unoB, .unoC: text.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
    }
  }

  private static func latin(_ bytes: some Collection<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(UnicodeScalar(byte)) }
    return String(text)
  }
}
