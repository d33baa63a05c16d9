/// A decimal number of a document, kept as digits: never through a binary fraction, and always in one spelling, so
/// that `11.250`, `+11.25` and `011.25` are equal texts.
public struct EDIDecimal: Hashable, Sendable, CustomStringConvertible {
  /// The shortest plain spelling: optional minus, no leading zeros, no trailing zeros behind the point.
  public let text: String

  /// Reads an element of type R, or a plain decimal of the database. At most `digitsMax` digits; `nil` otherwise.
  public init?(_ source: String, digitsMax: Int = 30) {
    let isNegative = source.utf8.first == UInt8(ascii: "-")
    let body = isNegative ? source.dropFirst() : source[...]
    guard X12Number.isDecimal(String(body)), X12Number.digitCount(source) <= digitsMax,
      body.utf8.first != UInt8(ascii: "-")
    else { return nil }
    let parts = body.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var whole = String((parts.first ?? "").drop { $0 == "0" })
    if whole.isEmpty { whole = "0" }
    var fraction = parts.count > 1 ? String(parts[1]) : ""
    while fraction.last == "0" { fraction.removeLast() }
    let magnitude = fraction.isEmpty ? whole : whole + "." + fraction
    text = isNegative && magnitude != "0" ? "-" + magnitude : magnitude
  }

  /// Text already in the shortest spelling.
  init(unchecked text: String) { self.text = text }

  public static let zero = EDIDecimal(unchecked: "0")

  public var isPositive: Bool { text != "0" && !text.hasPrefix("-") }
  public var isZero: Bool { text == "0" }
  public var description: String { text }

  /// Digits behind the point.
  public var scale: Int {
    guard let point = text.firstIndex(of: ".") else { return 0 }
    return text.distance(from: point, to: text.endIndex) - 1
  }

  /// `text` with at least `scale` digits behind the point: unit prices are usually written with two.
  public func spelled(minimumScale: Int) -> String {
    let missing = minimumScale - scale
    guard missing > 0 else { return text }
    return text + (scale == 0 ? "." : "") + String(repeating: "0", count: missing)
  }
}
