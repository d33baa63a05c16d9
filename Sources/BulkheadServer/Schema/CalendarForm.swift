/// Dates and times as text, checked against the calendar before they reach the database.
enum CalendarForm {
  /// `YYYY-MM-DD` of a day that exists, in the years 0001 to 9999 (PostgreSQL has no year 0).
  static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 10 && isDate(bytes[...])
  }

  /// RFC 3339 `date-time`: offset required, letters in either case, up to nine digits of a second. Second 60 is
  /// refused: PostgreSQL has no leap seconds and would silently store the next minute.
  static func isDateTime(_ text: String) -> Bool {
    var rest = ArraySlice(text.utf8)
    guard rest.count >= 20, rest.count <= 35, isDate(rest.prefix(10)) else { return false }
    rest = rest.dropFirst(10)
    guard take(&rest, "T") || take(&rest, "t"),
      number(&rest, 2, in: 0...23) != nil, take(&rest, ":"), number(&rest, 2, in: 0...59) != nil, take(&rest, ":"),
      number(&rest, 2, in: 0...59) != nil
    else { return false }
    if take(&rest, ".") {
      let fraction = rest.prefix { isDigit($0) }
      guard (1...9).contains(fraction.count) else { return false }
      rest = rest.dropFirst(fraction.count)
    }
    if take(&rest, "Z") || take(&rest, "z") { return rest.isEmpty }
    guard take(&rest, "+") || take(&rest, "-") else { return false }
    return number(&rest, 2, in: 0...23) != nil && take(&rest, ":") && number(&rest, 2, in: 0...59) != nil
      && rest.isEmpty
  }

  private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    guard let year = number(&rest, 4, in: 1...9999), take(&rest, "-"),
      let month = number(&rest, 2, in: 1...12), take(&rest, "-"),
      number(&rest, 2, in: 1...daysIn(month, of: year)) != nil
    else { return false }
    return rest.isEmpty
  }

  private static func daysIn(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func take(_ rest: inout ArraySlice<UInt8>, _ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private static func number(_ rest: inout ArraySlice<UInt8>, _ width: Int, in range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix(width)
    guard digits.count == width, digits.allSatisfy(isDigit) else { return nil }
    rest = rest.dropFirst(width)
    let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return range.contains(value) ? value : nil
  }
}
