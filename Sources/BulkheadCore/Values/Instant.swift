#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A point in time: microseconds since 1970-01-01T00:00:00Z, the resolution of PostgreSQL's `timestamptz`.
public struct Instant: Hashable, Sendable, Comparable {
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }
  public init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

  /// Whole seconds since the epoch, rounded down.
  public var seconds: Int64 {
    microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
  }

  public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

  /// `instant` moved by `duration`, whose part below a microsecond is dropped.
  public static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(microseconds: instant.microseconds + duration.microseconds)
  }
  public static func - (instant: Instant, duration: Duration) -> Instant {
    Instant(microseconds: instant.microseconds - duration.microseconds)
  }
  public static func - (left: Instant, right: Instant) -> Duration {
    .microseconds(left.microseconds - right.microseconds)
  }
}

extension Duration {
  /// Whole microseconds, rounded towards zero.
  public var microseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }

  /// Whole nanoseconds, within a century either way.
  public var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let century: Int64 = 100 * 366 * 86_400
    return max(-century, min(century, seconds)) * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC with microseconds: `2026-01-31T23:59:59.000001Z`.
  public var description: String {
    let date = civil
    let clock = microseconds - date.days * 86_400_000_000
    let seconds = clock / 1_000_000
    // Years that RFC 3339 cannot say are shown as they are.
    guard (0...9999).contains(date.year) else {
      return "\(date.year)-\(date.month)-\(date.day)T\(seconds / 3600):\(seconds / 60 % 60):\(seconds % 60)Z"
    }
    return String(unsafeUninitializedCapacity: Self.textLength) { text in
      var end = 0
      func put(_ value: Int64, width: Int, then mark: UInt8) {
        var rest = value
        for place in stride(from: end + width - 1, through: end, by: -1) {
          text.initializeElement(at: place, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
          rest /= 10
        }
        text.initializeElement(at: end + width, to: mark)
        end += width + 1
      }
      put(Int64(date.year), width: 4, then: UInt8(ascii: "-"))
      put(Int64(date.month), width: 2, then: UInt8(ascii: "-"))
      put(Int64(date.day), width: 2, then: UInt8(ascii: "T"))
      put(seconds / 3600, width: 2, then: UInt8(ascii: ":"))
      put(seconds / 60 % 60, width: 2, then: UInt8(ascii: ":"))
      put(seconds % 60, width: 2, then: UInt8(ascii: "."))
      put(clock % 1_000_000, width: 6, then: UInt8(ascii: "Z"))
      return end
    }
  }

  /// Characters of `2026-01-31T23:59:59.000000Z`.
  private static let textLength = 27

  /// The civil date in UTC (proleptic Gregorian).
  public var date: (year: Int, month: Int, day: Int) {
    let date = civil
    return (date.year, date.month, date.day)
  }

  /// Hour, minute and second in UTC.
  public var time: (hour: Int, minute: Int, second: Int) {
    let clock = Int((microseconds - civil.days * 86_400_000_000) / 1_000_000)
    return (clock / 3600, clock / 60 % 60, clock % 60)
  }

  /// Days since the epoch and the civil date they stand for (H. Hinnant, "chrono-compatible low-level date
  /// algorithms").
  private var civil: (days: Int64, year: Int, month: Int, day: Int) {
    let days =
      microseconds >= 0 ? microseconds / 86_400_000_000 : (microseconds - 86_399_999_999) / 86_400_000_000
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (days, Int(year), Int(month), Int(day))
  }
}

/// Where the time comes from. Passed in, so that tests decide what time it is.
public protocol WallClock: Sendable {
  func now() -> Instant
}

/// The machine's real-time clock.
public struct SystemClock: WallClock {
  public init() {}
  public func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
