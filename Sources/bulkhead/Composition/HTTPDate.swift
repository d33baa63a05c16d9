import BulkheadCore

/// The date of HTTP headers, in the one form that may be sent (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37
/// GMT`.
enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `nil` for anything else.
  static func read(_ text: String) -> Instant? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].utf8.count == 4, parts[0].hasSuffix(","), parts[5] == "GMT",
      let month = months.firstIndex(of: String(parts[2])), let year = digits(parts[3], 4), let day = digits(parts[1], 2)
    else { return nil }
    let time = parts[4].split(separator: ":", omittingEmptySubsequences: false)
    guard time.count == 3, time.allSatisfy({ digits($0, 2) != nil }) else { return nil }
    let shortMonth = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
    return Instant(postgres: "\(year)-\(shortMonth)-\(day)T\(parts[4])Z")
  }

  private static func digits(_ text: Substring, _ count: Int) -> Substring? {
    text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
  }
}
