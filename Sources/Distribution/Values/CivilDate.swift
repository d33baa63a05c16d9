import BulkheadCore

/// A day of the Gregorian calendar without a time or a zone, as on a document: `YYYY-MM-DD`.
public struct CivilDate: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let year: Int
  public let month: Int
  public let day: Int

  /// The day of `instant` in UTC.
  public init(_ instant: Instant) { (year, month, day) = instant.date }

  /// Refuses days that the calendar does not have (years 1900 to 9999) with `date.malformed`.
  public init(year: Int, month: Int, day: Int) throws(Refusal) {
    guard (1900...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year) else {
      throw Refusal(.dateMalformed, "This is not a date between 1900-01-01 and 9999-12-31.")
    }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// Reads `2026-01-31`. Refuses with `date.malformed`.
  public init(_ text: some StringProtocol) throws(Refusal) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy { 48...57 ~= $0 } }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { throw Refusal(.dateMalformed, "A date has the form YYYY-MM-DD.") }
    try self.init(year: year, month: month, day: day)
  }

  public static func < (left: CivilDate, right: CivilDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  public var description: String {
    func pad(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
