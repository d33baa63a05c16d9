/// Why a text is not JSON, and where.
public struct JSONError: Error, Hashable, Sendable {
  public enum Reason: String, Sendable {
    case empty = "The body is empty."
    case syntax = "This is not JSON."
    case truncated = "The text ends in the middle of a value."
    case trailing = "Something follows the JSON value."
    case depth = "The value is nested too deeply."
    case repeatedName = "A member name is repeated."
    case encoding = "The text is not valid UTF-8."
    case escape = "A string has an escape that is not allowed."
    case control = "A string has a control character."
    case number = "This is not a JSON number."
  }
  public let reason: Reason
  /// Byte offset from the start of the text.
  public let offset: Int
}

/// A strict RFC 8259 parser: no trailing text, no repeated member names, no lone surrogates, no U+0000 (which
/// PostgreSQL's `text` cannot hold), bounded depth and number length. Linear in time; refuses rather than repairs.
public struct JSONParser {
  /// Nesting beyond this is refused.
  public static let depthMax = 64
  /// Longest number text accepted.
  public static let numberBytesMax = 64

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
    let outcome = bytes.withUnsafeBufferPointer { buffer -> Result<JSON, JSONError> in
      var parser = JSONParser(buffer)
      do throws(JSONError) { return .success(try parser.document()) } catch { return .failure(error) }
    }
    return try outcome.get()
  }

  public static func parse(_ text: String) throws(JSONError) -> JSON { try parse(Array(text.utf8)) }

  private mutating func document() throws(JSONError) -> JSON {
    skipSpace()
    guard position < bytes.count else { throw fail(.empty) }
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw fail(.trailing) }
    return value
  }

  private func fail(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: position) }

  private mutating func skipSpace() {
    while position < bytes.count, isJSONSpace(bytes[position]) { position += 1 }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    guard depth < Self.depthMax else { throw fail(.depth) }
    guard position < bytes.count else { throw fail(.truncated) }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw fail(.syntax)
    }
  }

  private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    for index in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count else { throw fail(.truncated) }
      guard bytes[position] == word.utf8Start[index] else { throw fail(.syntax) }
      position += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    position += 1
    var members: [JSON.Member] = []
    var names: Set<String> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      skipSpace()
      guard position < bytes.count else { throw fail(.truncated) }
      guard bytes[position] == UInt8(ascii: "\"") else { throw fail(.syntax) }
      let start = position
      let name = try string()
      guard names.insert(name).inserted else { throw JSONError(reason: .repeatedName, offset: start) }
      skipSpace()
      try expect(UInt8(ascii: ":"))
      skipSpace()
      members.append(JSON.Member(name, try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      try expect(UInt8(ascii: ","))
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    position += 1
    var elements: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    while true {
      skipSpace()
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      try expect(UInt8(ascii: ","))
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard position < bytes.count else { throw fail(.truncated) }
    guard take(byte) else { throw fail(.syntax) }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    guard position - start <= Self.numberBytesMax else { throw JSONError(reason: .number, offset: start) }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
    guard position > start else { throw fail(position == bytes.count ? .truncated : .number) }
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
          throw JSONError(reason: .encoding, offset: start)
        }
        position += 1
        return text
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw fail(.control)
      default: position += 1
      }
    }
    throw fail(.truncated)
  }

  /// The slow path, from the first backslash on.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var text = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw JSONError(reason: .encoding, offset: start)
        }
        position += 1
        return result
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &text)
      case 0..<0x20: throw fail(.control)
      default:
        text.append(byte)
        position += 1
      }
    }
    throw fail(.truncated)
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    guard position < bytes.count else { throw fail(.truncated) }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try unicodeEscape()).utf8)
    default: throw fail(.escape)
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try fourHexDigits()
    var code = first
    if (0xD800..<0xDC00).contains(first) {
      guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fail(.escape) }
      let second = try fourHexDigits()
      guard (0xDC00..<0xE000).contains(second) else { throw fail(.escape) }
      code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }
    guard code != 0, let scalar = Unicode.Scalar(code) else { throw fail(.escape) }
    return scalar
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw fail(.truncated) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = hexValue(bytes[position]) else { throw fail(.escape) }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}

private func isJSONSpace(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}
