/// Dates and times as X12 writes them.
enum X12Calendar {
  /// Whether `text` is a real day `CCYYMMDD` of the proleptic Gregorian calendar.
  static func isDate(_ text: String) -> Bool {
    guard let digits = digits(text, count: 8) else { return false }
    let year = number(digits[0..<4])
    let month = number(digits[4..<6])
    let day = number(digits[6..<8])
    guard year > 0, (1...12).contains(month) else { return false }
    return (1...daysIn(month: month, year: year)).contains(day)
  }

  /// Whether `text` is `HHMM`, `HHMMSS` or `HHMMSSD…` with up to two decimals of a second.
  static func isTime(_ text: String) -> Bool {
    guard [4, 6, 7, 8].contains(text.utf8.count), let digits = digits(text, count: text.utf8.count) else {
      return false
    }
    guard number(digits[0..<2]) < 24, number(digits[2..<4]) < 60 else { return false }
    return digits.count == 4 || number(digits[4..<6]) < 60
  }

  /// `20261215` as `2026-12-15`; `nil` when it is no day.
  static func iso(_ text: String) -> String? {
    guard isDate(text) else { return nil }
    return "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
  }

  /// `2026-12-15` as `20261215`; empty when it is not of that form.
  static func compact(_ iso: String) -> String {
    let digits = String(iso.filter { $0 != "-" })
    return isDate(digits) ? digits : ""
  }

  private static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func digits(_ text: String, count: Int) -> [Int]? {
    var digits: [Int] = []
    for byte in text.utf8 {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      digits.append(Int(byte - UInt8(ascii: "0")))
    }
    return digits.count == count ? digits : nil
  }

  private static func number(_ digits: ArraySlice<Int>) -> Int { digits.reduce(0) { $0 * 10 + $1 } }
}
