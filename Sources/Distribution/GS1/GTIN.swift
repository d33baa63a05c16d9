import BulkheadCore

/// A Global Trade Item Number, held in its 14-digit form so that GTIN-8, -12 (UPC-A), -13 (EAN) and -14 of one trade
/// item compare equal. A GTIN names one packaging level: a case has another than the piece in it.
public struct GTIN: Hashable, Sendable, CustomStringConvertible {
  /// 14 digits, zero-filled from the left.
  public let digits: String

  /// Reads 8, 12, 13 or 14 digits. Refuses with `gtin.characters`, `gtin.length` or `gtin.checkDigit`.
  public init(_ text: String) throws(Refusal) {
    try GS1Digits.verify(text, lengths: [8, 12, 13, 14], name: "GTIN", codes: GS1Codes("gtin"))
    digits = GS1Digits.padded(text, to: 14)
  }

  /// The 14-digit form of `text`, or the refusal of `init`.
  public static func normalize(_ text: String) throws(Refusal) -> String { try GTIN(text).digits }

  public var description: String { digits }
}

/// A Global Location Number: 13 digits that name a party or a place.
public struct GLN: Hashable, Sendable, CustomStringConvertible {
  /// 13 digits.
  public let digits: String

  /// Refuses with `gln.characters`, `gln.length` or `gln.checkDigit`.
  public init(_ text: String) throws(Refusal) {
    try GS1Digits.verify(text, lengths: [13], name: "GLN", codes: GS1Codes("gln"))
    digits = text
  }

  public var description: String { digits }
}
