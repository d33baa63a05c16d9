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
    if let plain = plain(text, scale: scale, digits: digits) { return plain }
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

  /// The common case, as PostgreSQL and most people write it: an optional sign, digits, a point and no more digits
  /// than `scale` behind it, all within 18 digits. `nil` leaves the judgement to the full reading.
  private static func plain(_ text: some StringProtocol, scale: Int, digits: Int) -> Int128? {
    var value: Int64 = 0
    var read = 0
    var fraction = -1
    var isNegative = false
    for (index, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard read < 18 else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        read += 1
        if fraction >= 0 { fraction += 1 }
      case UInt8(ascii: "."):
        guard fraction < 0, read > 0 else { return nil }
        fraction = 0
      case UInt8(ascii: "-"):
        guard index == 0 else { return nil }
        isNegative = true
      default: return nil
      }
    }
    let shift = scale - max(0, fraction)
    guard read > 0, fraction != 0, shift >= 0, read + shift <= min(18, digits) else { return nil }
    for _ in 0..<shift { value *= 10 }
    return Int128(isNegative ? -value : value)
  }

  /// The decimal text of `value / 10^scale`: no needless zeros beyond `fractionMin` places.
  ///
  /// Every figure of every answer passes here, so the digits are written from the last one backwards, in place.
  static func text(_ value: Int128, scale: Int, fractionMin: Int) -> String {
    if let small = Int64(exactly: value) { return written(small.magnitude, value < 0, scale, fractionMin) }
    return written(value.magnitude, value < 0, scale, fractionMin)
  }

  private static func written(
    _ magnitude: some UnsignedInteger & FixedWidthInteger, _ isNegative: Bool, _ scale: Int, _ fractionMin: Int
  ) -> String {
    var rest = magnitude
    var places = scale
    while places > fractionMin, rest % 10 == 0 {
      rest /= 10
      places -= 1
    }
    // 39 digits of the largest magnitude, a point, a sign, and zeros before a small fraction.
    let size = 42 + scale
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { buffer in
      var start = size
      func put(_ byte: UInt8) {
        start -= 1
        buffer.initializeElement(at: start, to: byte)
      }
      var written = 0
      while rest != 0 || written <= places {
        if written == places, places > 0 { put(UInt8(ascii: ".")) }
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
        rest = quotient
        written += 1
      }
      if isNegative { put(UInt8(ascii: "-")) }
      return String(decoding: buffer[start..<size], as: UTF8.self)
    }
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
