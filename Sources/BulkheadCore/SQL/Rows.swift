/// The outcome of one statement: its rows, or how many rows it changed.
///
/// All cells lie in one buffer in PostgreSQL's text format.
public struct Rows: Sendable, RandomAccessCollection {
  package let columnCount: Int
  /// Bounds of each cell in `bytes`, row by row; a start of -1 is SQL NULL.
  package let starts: [Int32]
  package let ends: [Int32]
  package let bytes: [UInt8]
  /// Rows returned by a query, or inserted, updated or deleted by a command.
  public let affected: Int

  package init(columnCount: Int, starts: [Int32], ends: [Int32], bytes: [UInt8], affected: Int) {
    self.columnCount = columnCount
    self.starts = starts
    self.ends = ends
    self.bytes = bytes
    self.affected = affected
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { columnCount == 0 ? 0 : starts.count / columnCount }
  public subscript(position: Int) -> Row { Row(rows: self, offset: position * columnCount) }
}

/// One row. Columns are read by position, in the order of the statement's select list.
public struct Row: Sendable {
  let rows: Rows
  let offset: Int

  public func isNull(_ column: Int) -> Bool { rows.starts[offset + column] < 0 }

  public func textOrNil(_ column: Int) -> String? {
    let start = rows.starts[offset + column]
    guard start >= 0 else { return nil }
    return String(decoding: rows.bytes[Int(start)..<Int(rows.ends[offset + column])], as: UTF8.self)
  }

  /// The cell's text. Throws `internal.fault` on NULL: the statement and the code disagree.
  public func text(_ column: Int) throws(Refusal) -> String {
    guard let text = textOrNil(column) else { throw mismatch(column, "text") }
    return text
  }

  public func idOrNil(_ column: Int) -> EntityID? { textOrNil(column).flatMap { EntityID($0) } }

  public func id(_ column: Int) throws(Refusal) -> EntityID {
    guard let id = idOrNil(column) else { throw mismatch(column, "uuid") }
    return id
  }

  public func intOrNil(_ column: Int) -> Int64? { textOrNil(column).flatMap { Int64($0) } }

  public func int(_ column: Int) throws(Refusal) -> Int64 {
    guard let value = intOrNil(column) else { throw mismatch(column, "bigint") }
    return value
  }

  public func bool(_ column: Int) throws(Refusal) -> Bool {
    switch textOrNil(column) {
    case "t": true
    case "f": false
    default: throw mismatch(column, "boolean")
    }
  }

  /// A `bytea` cell.
  public func bytesOrNil(_ column: Int) -> [UInt8]? {
    guard let text = textOrNil(column), text.hasPrefix("\\x") else { return nil }
    return Hex.decode(text.dropFirst(2))
  }

  public func bytes(_ column: Int) throws(Refusal) -> [UInt8] {
    guard let bytes = bytesOrNil(column) else { throw mismatch(column, "bytea") }
    return bytes
  }

  /// A `timestamptz` cell. Connections are pinned to UTC and ISO dates.
  public func instantOrNil(_ column: Int) -> Instant? { textOrNil(column).flatMap { Instant(postgres: $0) } }

  public func instant(_ column: Int) throws(Refusal) -> Instant {
    guard let instant = instantOrNil(column) else { throw mismatch(column, "timestamptz") }
    return instant
  }

  /// A `json` or `jsonb` cell.
  public func json(_ column: Int) throws(Refusal) -> JSON {
    guard let text = textOrNil(column), let value = try? JSONParser.parse(text) else { throw mismatch(column, "jsonb") }
    return value
  }

  private func mismatch(_ column: Int, _ type: String) -> Refusal {
    Refusal(.internalFault, "An internal error occurred.", diagnostic: "column \(column) is not \(type)")
  }
}

extension Instant {
  /// Reads `2026-01-31 23:59:59.123456+00`, or the same with `T` and `Z`. Offsets other than zero are refused.
  public init?(postgres text: String) {
    var fields: [Int64] = []
    var current: Int64 = 0
    var digits = 0
    var fractionDigits = 0
    let utf8 = Array(text.utf8)
    var index = 0
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    while index < utf8.count, fields.count < 6 {
      if isDigit(utf8[index]) {
        guard digits < 9 else { return nil }
        current = current * 10 + Int64(utf8[index] - UInt8(ascii: "0"))
        digits += 1
        index += 1
        if index < utf8.count { continue }
      }
      guard digits > 0 else { return nil }
      fields.append(current)
      current = 0
      digits = 0
      if fields.count < 6 { index += 1 }
    }
    guard fields.count == 6 else { return nil }
    var fraction: Int64 = 0
    if index < utf8.count, utf8[index] == UInt8(ascii: ".") {
      index += 1
      while index < utf8.count, isDigit(utf8[index]), fractionDigits < 6 {
        fraction = fraction * 10 + Int64(utf8[index] - UInt8(ascii: "0"))
        fractionDigits += 1
        index += 1
      }
      for _ in fractionDigits..<6 { fraction *= 10 }
    }
    let zone = String(decoding: utf8[index...], as: UTF8.self)
    guard zone == "+00" || zone == "Z" || zone == "+00:00" else { return nil }
    guard (1...12).contains(fields[1]), (1...31).contains(fields[2]), fields[3] < 24, fields[4] < 60, fields[5] < 61
    else { return nil }
    let days = Instant.daysFromCivil(year: fields[0], month: fields[1], day: fields[2])
    let seconds = days * 86_400 + fields[3] * 3600 + fields[4] * 60 + fields[5]
    self.init(microseconds: seconds * 1_000_000 + fraction)
  }

  /// Days since 1970-01-01 of a civil date (H. Hinnant).
  static func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
