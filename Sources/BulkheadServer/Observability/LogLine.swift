import BulkheadCore

/// Builds one JSON object a line, straight into bytes: one line is written for every request, so it makes no values on
/// its way. Names of fields are literals of this program and need no escapes.
struct LogLine {
  private(set) var bytes: [UInt8] = []

  init(time: Instant, level: StaticString) {
    bytes.reserveCapacity(384)
    bytes.append(contentsOf: "{\"time\":\"".utf8)
    append(time)
    bytes.append(contentsOf: "\",\"level\":\"".utf8)
    append(level)
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    append(value)
  }

  mutating func field(_ name: StaticString, _ value: Int64) {
    key(name)
    bytes.append(contentsOf: String(value).utf8)
  }

  /// A field whose name is not known beforehand.
  mutating func field(named name: String, _ value: JSON) {
    bytes.append(UInt8(ascii: ","))
    append(name)
    bytes.append(UInt8(ascii: ":"))
    value.write(into: &bytes)
  }

  /// The finished line.
  consuming func finished() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private mutating func key(_ name: StaticString) {
    bytes.append(contentsOf: ",\"".utf8)
    append(name)
    bytes.append(contentsOf: "\":".utf8)
  }

  private mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private mutating func append(_ text: String) {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    if isPlain {
      bytes.append(UInt8(ascii: "\""))
      bytes.append(contentsOf: text.utf8)
      bytes.append(UInt8(ascii: "\""))
    } else {
      JSON.string(text).write(into: &bytes)
    }
  }

  /// RFC 3339 in UTC with microseconds.
  private mutating func append(_ instant: Instant) {
    let date = instant.date
    let time = instant.time
    append(date.year, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    append(date.month, digits: 2)
    bytes.append(UInt8(ascii: "-"))
    append(date.day, digits: 2)
    bytes.append(UInt8(ascii: "T"))
    append(time.hour, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    append(time.minute, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    append(time.second, digits: 2)
    bytes.append(UInt8(ascii: "."))
    append(Int(instant.microseconds - instant.seconds * 1_000_000), digits: 6)
    bytes.append(UInt8(ascii: "Z"))
  }

  private mutating func append(_ value: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }
}
