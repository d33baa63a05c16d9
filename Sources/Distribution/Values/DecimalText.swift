/// Decimal text to scaled integers and back, exactly. Binary floating point is used nowhere in this module.
enum DecimalText {
  enum Failure: Error, Hashable {
    /// Not a decimal number.
    case malformed
    /// A digit that is not zero stands beyond the scale.
    case tooPrecise
    /// More digits than the type holds.
    case tooLarge
  }

  /// Longest text read.
  static let bytesMax = 64

  /// The number that `text` spells (`-12.50`, `1e3`) times `10^scale`, of at most `digits` digits.
  static func scaled(_ text: some StringProtocol, scale: Int, digits: Int) throws(Failure) -> Int128 {
    let number = try Parts(text)
    // Zeros at the end say nothing, so `1.5000000` fits a scale of 6.
    var kept = number.digits[...]
    var shift = scale + number.exponent - number.fractionDigits
    while let last = kept.last, last == 0 {
      kept.removeLast()
      shift += 1
    }
    kept = kept.drop { $0 == 0 }
    guard !kept.isEmpty else { return 0 }
    guard shift >= 0 else { throw .tooPrecise }
    guard kept.count + shift <= digits else { throw .tooLarge }
    var value: Int128 = 0
    for digit in kept { value = value * 10 + Int128(digit) }
    for _ in 0..<shift { value *= 10 }
    return number.isNegative ? -value : value
  }

  /// The decimal text of `value / 10^scale`: no needless zeros beyond `fractionMin` places.
  static func text(_ value: Int128, scale: Int, fractionMin: Int) -> String {
    let magnitude = value.magnitude
    var digits = String(magnitude)
    if digits.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.count) + digits }
    let whole = digits.dropLast(scale)
    var fraction = digits.suffix(scale)
    while fraction.count > fractionMin, fraction.last == "0" { fraction.removeLast() }
    return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// Sign, digits, point and exponent of a number's text.
  private struct Parts {
    var isNegative = false
    var digits: [UInt8] = []
    var fractionDigits = 0
    var exponent = 0

    init(_ text: some StringProtocol) throws(Failure) {
      var bytes = Array(text.utf8)[...]
      guard bytes.count <= DecimalText.bytesMax else { throw .tooLarge }
      if bytes.first == UInt8(ascii: "-") {
        isNegative = true
        bytes.removeFirst()
      }
      if let mark = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
        exponent = try Self.exponent(bytes[(mark + 1)...])
        bytes = bytes[..<mark]
      }
      var pointSeen = false
      for byte in bytes {
        if byte == UInt8(ascii: "."), !pointSeen, !digits.isEmpty {
          pointSeen = true
          continue
        }
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw .malformed }
        digits.append(byte - UInt8(ascii: "0"))
        if pointSeen { fractionDigits += 1 }
      }
      guard !digits.isEmpty, !pointSeen || fractionDigits > 0 else { throw .malformed }
    }

    private static func exponent(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
      guard let value = Int(String(decoding: bytes, as: UTF8.self)) else { throw .malformed }
      guard (-64...64).contains(value) else { throw value > 0 ? .tooLarge : .tooPrecise }
      return value
    }
  }
}
