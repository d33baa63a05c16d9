import BulkheadCore

/// A Serial Shipping Container Code: 18 digits that name one logistic unit, made of an extension digit, the company
/// prefix, a serial reference and the check digit.
///
/// A company prefix and its serial counter belong to one tenant; a serial is not used again for at least twelve months
/// (GS1 General Specifications, section 4.3). Both are the caller's business: this type only builds and reads.
public struct SSCC: Hashable, Sendable, CustomStringConvertible {
  /// Digits of a company prefix as GS1 member organisations give them out for SSCC use.
  public static let prefixDigits = 7...10

  /// 18 digits.
  public let digits: String

  /// Refuses with `sscc.characters`, `sscc.length` or `sscc.checkDigit`.
  public init(_ text: String) throws(Refusal) {
    try GS1Digits.verify(text, lengths: [18], name: "SSCC", codes: GS1Codes("sscc"))
    digits = text
  }

  /// Builds the code with `serial` behind `companyPrefix`. Refuses with `sscc.extension` (not 0 to 9), `sscc.prefix`
  /// (not 7 to 10 digits) or `sscc.serial` (more digits than the prefix leaves).
  public init(extensionDigit: Int, companyPrefix: String, serial: UInt64) throws(Refusal) {
    guard (0...9).contains(extensionDigit) else {
      throw Refusal(RefusalCode("sscc.extension", .invalid), "The extension digit of an SSCC is 0 to 9.")
    }
    guard GS1Digits.isDigits(companyPrefix), Self.prefixDigits.contains(companyPrefix.utf8.count) else {
      throw Refusal(RefusalCode("sscc.prefix", .invalid), "A company prefix has 7 to 10 digits.")
    }
    let width = 16 - companyPrefix.utf8.count
    let reference = String(serial)
    guard reference.utf8.count <= width else {
      throw Refusal(RefusalCode("sscc.serial", .invalid), "The serial reference has at most \(width) digits here.")
    }
    let body = String(extensionDigit) + companyPrefix + GS1Digits.padded(reference, to: width)
    digits = body + String(GS1Digits.checkDigit(of: body) ?? 0)
  }

  public var extensionDigit: Int { digits.first?.wholeNumberValue ?? 0 }

  /// The serial reference behind a company prefix of `prefixLength` digits; `nil` when that is no length of a prefix.
  public func serial(prefixLength: Int) -> UInt64? {
    guard Self.prefixDigits.contains(prefixLength) else { return nil }
    return UInt64(digits.dropFirst(1 + prefixLength).dropLast())
  }

  public var description: String { digits }
}
