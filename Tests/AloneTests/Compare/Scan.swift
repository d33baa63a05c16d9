import BulkheadCore

/// Finds words of known forms in bytes.
enum Scan {
  static func isHex(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  static func isWord(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
  }

  static func wordEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var end = start
    while end < bytes.count, isWord(bytes[end]) { end += 1 }
    return end
  }

  static func base64End(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var end = start
    while end < bytes.count, isWord(bytes[end]) || bytes[end] == UInt8(ascii: "-") || bytes[end] == UInt8(ascii: "_") {
      end += 1
    }
    return min(end, bytes.count)
  }

  static func tokenEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var end = base64End(bytes, start)
    while end < bytes.count, bytes[end] == UInt8(ascii: ".") { end = base64End(bytes, end + 1) }
    return end
  }

  static func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ text: StaticString) -> Bool {
    guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
    for index in 0..<text.utf8CodeUnitCount where bytes[start + index] != text.utf8Start[index] { return false }
    return true
  }

  /// From `start` up to `end`, as far as there are bytes.
  static func string(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> String {
    guard start < end, end <= bytes.count else { return "" }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// The 36 characters at `start`, in lower case, as an id.
  static func uuid(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> EntityID? {
    let end = start + 36
    guard end <= bytes.count, bytes[start + 8] == UInt8(ascii: "-"), end == bytes.count || !isWord(bytes[end])
    else { return nil }
    let text = string(bytes, start, end)
    guard let id = EntityID(text), id.description == text else { return nil }
    return id
  }

  private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int64? {
    var value: Int64 = 0
    for index in start..<(start + count) {
      guard isDigit(bytes[index]) else { return nil }
      value = value * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
    }
    return value
  }

  private static let marks: [(place: Int, mark: UInt8)] = Array("    -  -  T  :  :  .      Z".utf8).enumerated()
    .filter { $0.element != UInt8(ascii: " ") }.map { (place: $0.offset, mark: $0.element) }

  /// `2026-01-31T23:59:59.000001Z`, as the API writes it, and where it ends.
  static func instant(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (Instant, Int)? {
    guard start + 27 <= bytes.count, marks.allSatisfy({ bytes[start + $0.place] == $0.mark }),
      let year = number(bytes, start, 4), let month = number(bytes, start + 5, 2),
      let day = number(bytes, start + 8, 2), let hour = number(bytes, start + 11, 2),
      let minute = number(bytes, start + 14, 2), let second = number(bytes, start + 17, 2),
      let fraction = number(bytes, start + 20, 6), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    return (Instant(microseconds: seconds * 1_000_000 + fraction), start + 27)
  }

  /// `1795275154.836997`, with up to six places, and where it ends.
  static func seconds(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (Instant, Int)? {
    var end = wordEnd(bytes, start)
    guard let seconds = Int64(string(bytes, start, end)), seconds < 1 << 40 else { return nil }
    guard end < bytes.count, bytes[end] == UInt8(ascii: ".") else { return (Instant(seconds: seconds), end) }
    let places = string(bytes, end + 1, wordEnd(bytes, end + 1))
    end = wordEnd(bytes, end + 1)
    guard (1...6).contains(places.count), let fraction = Int64((places + "000000").prefix(6)) else { return nil }
    return (Instant(microseconds: seconds * 1_000_000 + fraction), end)
  }

  /// `261121`, `1504`.
  static func minute(_ date: String, _ time: String) -> Instant? {
    guard date.utf8.count == 6, time.utf8.count == 4, let date = Int64(date), let time = Int64(time) else { return nil }
    let (year, month, day) = (2000 + date / 10_000, date / 100 % 100, date % 100)
    guard (1...12).contains(month), (1...31).contains(day), date >= 0, time >= 0 else { return nil }
    return Instant(seconds: ((days(year, month, day) * 24 + time / 100) * 60 + time % 100) * 60)
  }

  /// Days since 1970-01-01 in the Gregorian calendar.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
