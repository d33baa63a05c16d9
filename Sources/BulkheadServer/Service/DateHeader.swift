import BulkheadCore
import Synchronization

/// The `Date` header (RFC 9110 section 5.6.7), written once a second.
package final class DateHeader: Sendable {
  private let last = Mutex<(seconds: Int64, text: String)>((.min, ""))

  func text(at now: Instant) -> String {
    last.withLock { last in
      if last.seconds != now.seconds { last = (now.seconds, Self.format(now)) }
      return last.text
    }
  }

  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Sun, 06 Nov 1994 08:49:37 GMT`. 1970-01-01 was a Thursday.
  package static func format(_ instant: Instant) -> String {
    let date = instant.date
    let time = instant.time
    let day = (instant.seconds - (instant.seconds % 86_400 + 86_400) % 86_400) / 86_400
    let weekday = Int((day % 7 + 7) % 7)
    return "\(days[weekday]), \(two(date.day)) \(months[date.month - 1]) \(date.year) "
      + "\(two(time.hour)):\(two(time.minute)):\(two(time.second)) GMT"
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
