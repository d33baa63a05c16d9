import CPgQuery

/// A parsed statement as libpg_query writes it in JSON: a second way to the tree, which shares nothing with the one
/// that the guard edits. Foundation's reader stops at 512 levels, which a claimed statement can exceed.
indirect enum TreeValue {
  case object([(name: String, value: TreeValue)])
  case list([TreeValue])
  case text(String)
  /// A number or a truth value, as written.
  case bare(String)

  /// nil when PostgreSQL's grammar does not read `statement`.
  static func parse(_ statement: String) -> TreeValue? {
    let result = pg_query_parse(statement)
    defer { pg_query_free_parse_result(result) }
    guard result.error == nil, let json = result.parse_tree else { return nil }
    var reader = Reader(
      bytes: Array(UnsafeBufferPointer(start: json, count: length(json))).map { UInt8(bitPattern: $0) })
    return reader.value()
  }

  private static func length(_ text: UnsafePointer<CChar>) -> Int {
    var end = 0
    while text[end] != 0 { end += 1 }
    return end
  }

  subscript(_ name: String) -> TreeValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var items: [TreeValue] { if case .list(let items) = self { items } else { [] } }
  var string: String? { if case .text(let text) = self { text } else { nil } }
  var number: Int? { if case .bare(let text) = self { Int(text) } else { nil } }

  /// The strings of a list of names: `[{"String":{"sval":"a"}}, …]`.
  var names: [String] { items.compactMap { $0["String"]?["sval"]?.string } }
}

/// Reads what libpg_query wrote. It is not a judge of JSON: what it does not expect ends the reading.
private struct Reader {
  let bytes: [UInt8]
  var place = 0

  mutating func value() -> TreeValue? {
    guard place < bytes.count else { return nil }
    switch bytes[place] {
    case UInt8(ascii: "{"): return object()
    case UInt8(ascii: "["): return list()
    case UInt8(ascii: "\""): return string().map { .text($0) }
    default:
      let start = place
      while place < bytes.count, !",]}".utf8.contains(bytes[place]) { place += 1 }
      return .bare(String(decoding: bytes[start..<place], as: UTF8.self))
    }
  }

  private mutating func object() -> TreeValue? {
    var members: [(name: String, value: TreeValue)] = []
    place += 1
    if take("}") { return .object(members) }
    repeat {
      guard let name = string(), take(":"), let value = value() else { return nil }
      members.append((name, value))
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func list() -> TreeValue? {
    var items: [TreeValue] = []
    place += 1
    if take("]") { return .list(items) }
    repeat {
      guard let item = value() else { return nil }
      items.append(item)
    } while take(",")
    return take("]") ? .list(items) : nil
  }

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard place < bytes.count, bytes[place] == UInt8(ascii: sign) else { return false }
    place += 1
    return true
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = escape() else { return nil }
        text.append(escaped)
      default: text.append(byte)
      }
    }
    return nil
  }

  /// Only characters below 0x80 are escaped by the writer.
  private mutating func escape() -> UInt8? {
    guard place < bytes.count else { return nil }
    let byte = bytes[place]
    place += 1
    switch byte {
    case UInt8(ascii: "n"): return 10
    case UInt8(ascii: "t"): return 9
    case UInt8(ascii: "r"): return 13
    case UInt8(ascii: "b"): return 8
    case UInt8(ascii: "f"): return 12
    case UInt8(ascii: "u"):
      guard place + 4 <= bytes.count else { return nil }
      let digits = String(decoding: bytes[place..<place + 4], as: UTF8.self)
      place += 4
      return UInt8(digits, radix: 16)
    default: return byte
    }
  }
}
