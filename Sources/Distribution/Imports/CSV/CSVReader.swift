/// Reads comma-separated values (RFC 4180) from bytes that arrive in pieces of any size.
///
/// Rows end with CR LF or LF; the last one may have no end. A byte order mark at the beginning is skipped, as are lines
/// without anything in them. A row with a fault is given out with it, so that one bad row costs one row; only what
/// makes the rest unreadable is thrown.
public struct CSVReader: Sendable {
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let delimiter: UInt8
  private let limits: CSVLimits
  private var buffer: [UInt8] = []
  private var position = 0
  private var isWhole = false
  private var isAtBeginning: Bool
  private var line: Int
  /// Bytes that rows given out have taken, blank lines and the byte order mark with them.
  public private(set) var consumed = 0
  /// The line that the next row begins in.
  public var nextLine: Int { line }

  /// `line`: of the first byte; 1 means that the file begins here.
  public init(_ delimiter: CSVDelimiter, line: Int = 1, limits: CSVLimits = .standard) {
    self.delimiter = delimiter.byte
    self.limits = limits
    self.line = line
    isAtBeginning = line == 1
  }

  public mutating func append(_ bytes: some Collection<UInt8>) {
    if position > 0 {
      buffer.removeFirst(position)
      position = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// Nothing more comes: what is left is the last row.
  public mutating func finish() { isWhole = true }

  /// The next row; `nil` when the bytes so far hold no whole one.
  public mutating func next() throws(CSVFault) -> CSVRow? {
    guard skipMark() else { return nil }
    while true {
      guard let scan = try scanRow() else { return nil }
      let first = line
      position += scan.length
      consumed += scan.length
      line += scan.lines
      if scan.isBlank { continue }
      return CSVRow(line: first, fields: scan.fields, fault: scan.fault, length: scan.length)
    }
  }

  /// False when it cannot be said yet whether the file begins with a mark.
  private mutating func skipMark() -> Bool {
    guard isAtBeginning else { return true }
    if buffer.count < Self.mark.count, !isWhole { return false }
    isAtBeginning = false
    if buffer.starts(with: Self.mark) {
      position = Self.mark.count
      consumed = Self.mark.count
    }
    return true
  }

  private struct Scan {
    var fields: [String] = []
    var fault: (cause: CSVRowFault, column: Int)?
    var length = 0
    var lines = 0
    var isBlank = false

    mutating func note(_ cause: CSVRowFault) {
      if fault == nil { fault = (cause, fields.count + 1) }
    }
  }

  /// One row from `position` on; `nil` when its end has not come yet.
  private func scanRow() throws(CSVFault) -> Scan? {
    var scan = Scan()
    var index = position
    guard index < buffer.count else { return nil }
    while true {
      guard let end = try scanField(from: index, &scan) else { return nil }
      guard end < buffer.count, buffer[end] == delimiter else {
        index = end
        break
      }
      index = end + 1
    }
    scan.isBlank = index == position
    if index < buffer.count {
      scan.lines += 1
      index += buffer[index] == Self.carriageReturn ? 2 : 1
    }
    scan.length = index - position
    return scan
  }

  /// Reads one field; returns where the delimiter, the line end or the end of the file is.
  private func scanField(from start: Int, _ scan: inout Scan) throws(CSVFault) -> Int? {
    guard start < buffer.count else {
      guard isWhole else { return nil }
      add([], &scan)
      return start
    }
    return buffer[start] == Self.quote ? try scanQuoted(from: start, &scan) : try scanPlain(from: start, &scan)
  }

  private func scanPlain(from start: Int, _ scan: inout Scan) throws(CSVFault) -> Int? {
    guard let end = try plainEnd(from: start, &scan) else { return nil }
    add(buffer[start..<end], &scan)
    return end
  }

  /// Where an unquoted stretch ends.
  private func plainEnd(from start: Int, _ scan: inout Scan) throws(CSVFault) -> Int? {
    var index = start
    while index < buffer.count {
      let byte = buffer[index]
      if byte == delimiter || byte == Self.lineFeed { return index }
      if byte == Self.quote { scan.note(.strayQuote) }
      if byte == Self.carriageReturn {
        guard index + 1 < buffer.count else {
          guard isWhole else { return try pending(scan, at: index) }
          scan.note(.bareReturn)
          index += 1
          continue
        }
        if buffer[index + 1] == Self.lineFeed { return index }
        scan.note(.bareReturn)
      }
      index += 1
      try bound(index, scan)
    }
    return isWhole ? index : try pending(scan, at: index)
  }

  private func scanQuoted(from start: Int, _ scan: inout Scan) throws(CSVFault) -> Int? {
    var index = start + 1
    var text: [UInt8] = []
    var stretch = index
    while index < buffer.count {
      let byte = buffer[index]
      if byte == Self.lineFeed { scan.lines += 1 }
      guard byte == Self.quote else {
        index += 1
        try bound(index, scan)
        continue
      }
      text.append(contentsOf: buffer[stretch..<index])
      guard index + 1 < buffer.count else {
        guard isWhole else { return try pending(scan, at: index) }
        add(text[...], &scan)
        return index + 1
      }
      guard buffer[index + 1] == Self.quote else { return try afterQuote(index + 1, text, &scan) }
      text.append(Self.quote)
      index += 2
      stretch = index
    }
    guard !isWhole else { throw CSVFault(cause: .unclosedQuote, line: line, column: scan.fields.count + 1) }
    return try pending(scan, at: index)
  }

  /// What may follow a closing quote.
  private func afterQuote(_ index: Int, _ text: [UInt8], _ scan: inout Scan) throws(CSVFault) -> Int? {
    let byte = buffer[index]
    var isEnd = byte == delimiter || byte == Self.lineFeed
    if byte == Self.carriageReturn {
      if index + 1 >= buffer.count, !isWhole { return try pending(scan, at: index) }
      isEnd = index + 1 < buffer.count && buffer[index + 1] == Self.lineFeed
    }
    var rest = index
    if !isEnd {
      scan.note(.textAfterQuote)
      guard let end = try plainEnd(from: index, &scan) else { return nil }
      rest = end
    }
    add(text[...], &scan)
    return rest
  }

  /// A row that has not ended within the bound never will.
  private func pending(_ scan: Scan, at index: Int) throws(CSVFault) -> Int? {
    try bound(index, scan)
    return nil
  }

  private func bound(_ index: Int, _ scan: Scan) throws(CSVFault) {
    guard index - position <= limits.rowBytesMax else {
      throw CSVFault(cause: .rowTooLong, line: line, column: scan.fields.count + 1)
    }
  }

  private func add(_ bytes: ArraySlice<UInt8>, _ scan: inout Scan) {
    if scan.fields.count >= limits.fieldsMax {
      scan.note(.tooManyFields)
      return
    }
    if bytes.count > limits.fieldBytesMax { scan.note(.fieldTooLong) }
    let kept = bytes.prefix(limits.fieldBytesMax)
    if kept.contains(0) { scan.note(.encoding) }
    guard let text = String(validating: kept, as: UTF8.self) else {
      scan.note(bytes.count > limits.fieldBytesMax ? .fieldTooLong : .encoding)
      // What cannot be read is shown as what can be: the row is refused, but has to be found again.
      scan.fields.append(String(decoding: kept, as: UTF8.self).replacing("\0", with: "\u{FFFD}"))
      return
    }
    scan.fields.append(kept.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text)
  }
}
