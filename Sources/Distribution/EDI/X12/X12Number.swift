/// Numbers inside an interchange: control numbers, counts and decimals.
enum X12Number {
  /// A whole number of one to nine digits, leading zeros allowed.
  static func whole(_ text: String) -> Int? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy(isDigit) else { return nil }
    return Int(text)
  }

  /// Control numbers are equal as numbers: `000000077` is `77`. Texts that are no numbers must be the same text.
  static func sameControl(_ left: String, _ right: String) -> Bool {
    if let first = whole(left), let second = whole(right) { return first == second }
    return left == right && !left.isEmpty
  }

  /// Whether `text` is a decimal of type R: digits with at most one point and an optional leading minus.
  static func isDecimal(_ text: String) -> Bool {
    let body = text.utf8.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    let points = body.utf8.count { $0 == UInt8(ascii: ".") }
    let digits = body.utf8.count(where: isDigit)
    return digits > 0 && points <= 1 && digits + points == body.utf8.count
  }

  /// Whether `text` is a whole number of type N0: digits with an optional leading minus.
  static func isInteger(_ text: String) -> Bool {
    let body = text.utf8.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    return !body.isEmpty && body.utf8.allSatisfy(isDigit)
  }

  /// Digits of a number; sign and point do not count towards an element's length (X12.6).
  static func digitCount(_ text: String) -> Int { text.utf8.count(where: isDigit) }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  /// `number` with leading zeros to `width` digits.
  static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
  }
}
