/// What stands between the fields of a row.
public enum CSVDelimiter: String, Sendable, CaseIterable {
  case comma, semicolon, tab, pipe

  public var byte: UInt8 {
    switch self {
    case .comma: UInt8(ascii: ",")
    case .semicolon: UInt8(ascii: ";")
    case .tab: 0x09
    case .pipe: UInt8(ascii: "|")
    }
  }

  /// The delimiter that stands most often in the first row of `bytes`, outside quotes; a comma when none does. Of two
  /// that stand equally often, the first in the order of the cases.
  public static func found(in bytes: some Collection<UInt8>) -> CSVDelimiter {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in bytes {
      if byte == CSVReader.quote { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == CSVReader.lineFeed || byte == CSVReader.carriageReturn { break }
      counts[byte, default: 0] += 1
    }
    var best = CSVDelimiter.comma
    for candidate in allCases where counts[candidate.byte, default: 0] > counts[best.byte, default: 0] {
      best = candidate
    }
    return best
  }
}

/// How large the parts of a file may be. A file that is larger is refused where it becomes so.
public struct CSVLimits: Sendable {
  public var fieldBytesMax = 4096
  public var rowBytesMax = 64 * 1024
  public var fieldsMax = 200

  public init() {}
  public static let standard = CSVLimits()
}

/// What is wrong with one row. The rows after it can still be read.
public enum CSVRowFault: String, Sendable, CaseIterable {
  /// A quote inside a field that does not begin with one.
  case strayQuote = "csv.strayQuote"
  /// Something other than a delimiter or the end of the row after a closing quote.
  case textAfterQuote = "csv.textAfterQuote"
  /// Bytes that are no UTF-8, or a zero byte.
  case encoding = "csv.encoding"
  case fieldTooLong = "csv.fieldTooLong"
  case tooManyFields = "csv.tooManyFields"
  /// A carriage return without its line feed.
  case bareReturn = "csv.bareReturn"

  public var reason: String {
    switch self {
    case .strayQuote: "A quote stands inside a field that does not begin with one; double it and quote the field."
    case .textAfterQuote: "After the closing quote there must be a delimiter or the end of the row."
    case .encoding: "The field is not UTF-8 text."
    case .fieldTooLong: "The field is longer than \(CSVLimits.standard.fieldBytesMax) bytes."
    case .tooManyFields: "The row has more than \(CSVLimits.standard.fieldsMax) fields."
    case .bareReturn: "A carriage return stands without its line feed."
    }
  }
}

/// What makes the rest of a file unreadable.
public struct CSVFault: Error, Hashable, Sendable {
  public enum Cause: String, Sendable, CaseIterable {
    /// A quoted field that no quote closes before the file ends.
    case unclosedQuote = "csv.unclosedQuote"
    /// Usually a quote that is missing: one row then swallows all that follow.
    case rowTooLong = "csv.rowTooLong"
  }

  public let cause: Cause
  /// Of the file, from 1.
  public let line: Int
  /// The field, from 1.
  public let column: Int
}

/// One row as it stands in the file.
public struct CSVRow: Hashable, Sendable {
  /// Line of the file that the row begins in, from 1. A quoted field may go over several lines.
  public let line: Int
  public let fields: [String]
  /// What is wrong with it, and in which field (from 1).
  public let fault: (cause: CSVRowFault, column: Int)?
  /// How many bytes it takes, its line end with it.
  let length: Int

  public static func == (left: CSVRow, right: CSVRow) -> Bool {
    left.line == right.line && left.fields == right.fields && left.length == right.length
      && left.fault?.cause == right.fault?.cause && left.fault?.column == right.fault?.column
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(line)
    hasher.combine(fields)
  }
}
