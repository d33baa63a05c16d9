import CPgQuery

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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
    var reader = Reader(text: json)
    return reader.value()
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

/// Reads what libpg_query wrote, up to its NUL. It is not a judge of JSON: what it does not expect ends the reading.
/// libc finds the ends of words, because trees are long and this runs in unoptimised tests as well.
private struct Reader {
  let text: UnsafePointer<CChar>
  var place = 0

  private var sign: UInt8 { UInt8(bitPattern: text[place]) }

  mutating func value() -> TreeValue? {
    switch sign {
    case UInt8(ascii: "{"): return object()
    case UInt8(ascii: "["): return list()
    case UInt8(ascii: "\""): return string().map { .text($0) }
    case 0: return nil
    default: return .bare(take(until: ",]}"))
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

  private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
    guard sign == UInt8(ascii: wanted) else { return false }
    place += 1
    return true
  }

  private mutating func take(until ends: String) -> String {
    let count = strcspn(text + place, ends)
    defer { place += count }
    let bytes = UnsafeRawBufferPointer(start: text + place, count: count)
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    var whole = take(until: "\"\\")
    while take("\\") {
      guard let escaped = escape() else { return nil }
      whole.unicodeScalars.append(escaped)
      whole += take(until: "\"\\")
    }
    return take("\"") ? whole : nil
  }

  /// Only characters below 0x80 are escaped by the writer.
  private mutating func escape() -> Unicode.Scalar? {
    let letter = sign
    guard letter != 0 else { return nil }
    place += 1
    switch letter {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "u"):
      let digits = String(
        decoding: UnsafeRawBufferPointer(start: text + place, count: strnlen(text + place, 4)), as: UTF8.self)
      place += digits.utf8.count
      return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
    default: return Unicode.Scalar(letter)
    }
  }
}
