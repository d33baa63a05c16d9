import BulkheadCore

/// What is refused before the parser sees it.
enum StatementBounds {
  /// 256 KiB.
  static let textBytesMax = 262_144
  /// Words and signs that can deepen the tree. Together with `deepStackBytes` it bounds recursion: the reading of the
  /// tree's wire form takes about 2 KiB of stack for one level, and one level needs at least one of these.
  static let tokensMax = 8_192
  /// Nested nodes in a tree that is walked, rewritten and written out. Real statements stay below 40.
  static let depthMax = 256
  /// Highest parameter of the original. The protocol's count has 16 bits, and one more is needed for the tenant.
  static let parametersMax = 65_534

  /// Refuses with `statement.syntax` (NUL) or `statement.tooLarge`.
  static func check(_ text: String) throws(Refusal) {
    try check(text.utf8)
  }

  /// Reads one byte more than the bounds allow and no further, however long the text is.
  static func check(_ text: some Sequence<UInt8>) throws(Refusal) {
    var tokens = 0
    var bytes = 0
    var inWord = false
    for byte in text {
      guard byte != 0 else { throw refusal(.statementSyntax, "NUL byte") }
      bytes += 1
      guard bytes <= textBytesMax else { throw refusal(.statementTooLarge, "more than \(textBytesMax) bytes") }
      let isWord = isWordByte(byte)
      if isWord ? !inWord : deepens(byte) { tokens += 1 }
      inWord = isWord
      guard tokens <= tokensMax else { throw refusal(.statementTooLarge, "more than \(tokensMax) words and signs") }
    }
  }

  /// Bytes of words, numbers and parameters. What they hold is not looked into: overcounting is safe.
  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }

  /// Signs other than white space and those that only separate.
  private static func deepens(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: ")"), UInt8(ascii: "]"),
      UInt8(ascii: "'"), UInt8(ascii: "\""):
      false
    default: true
    }
  }
}
