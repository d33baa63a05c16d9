/// The shape of a decimal's text: what fits `numeric(digits, scale)` is decided without ever converting it.
///
/// The grammar is JSON's number (RFC 8259 section 6) without its exponent, so that `1e9999` cannot ask for a value
/// that no column holds.
struct DecimalForm: Equatable {
  /// Digits before the point; a lone zero counts as none.
  let integerDigits: Int
  /// Digits after the point, as written.
  let fractionDigits: Int
  /// -1, 0 or 1; `-0.00` is 0.
  let sign: Int

  /// Longest text accepted.
  static let bytesMax = 64

  init?(_ text: String) {
    var integer = 0
    var fraction = 0
    var isNegative = false
    var hasPoint = false
    var startsWithZero = false
    var isZero = true
    guard text.utf8.count <= Self.bytesMax else { return nil }
    for (index, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "-") where index == 0: isNegative = true
      case UInt8(ascii: ".") where !hasPoint && integer > 0: hasPoint = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if byte != UInt8(ascii: "0") { isZero = false }
        if hasPoint {
          fraction += 1
        } else {
          if startsWithZero { return nil }
          startsWithZero = integer == 0 && byte == UInt8(ascii: "0")
          integer += 1
        }
      default: return nil
      }
    }
    guard integer > 0, !hasPoint || fraction > 0 else { return nil }
    integerDigits = startsWithZero ? 0 : integer
    fractionDigits = fraction
    sign = isZero ? 0 : (isNegative ? -1 : 1)
  }
}
