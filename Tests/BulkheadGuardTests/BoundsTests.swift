import BulkheadCore
import Foundation
import Testing

@testable import BulkheadGuard

@Suite("Bounds of a statement")
struct BoundsTests {
  let guarding = StatementGuard(catalog: Corpus.catalog)

  func code(_ text: String) -> String {
    do throws(Refusal) {
      _ = try guarding.check(text, schema: "app")
      return "passed"
    } catch { return error.code.name }
  }

  @Test("a text of 256 KiB is read and one byte more is refused")
  func length() {
    let start = "SELECT '"
    let filler = String(repeating: "x", count: StatementBounds.textBytesMax - start.utf8.count - 1)
    #expect(code(start + filler + "'") == "passed")
    #expect(code(start + filler + "x'") == "statement.tooLarge")
  }

  @Test("a NUL byte is refused, so that the C parser cannot see less than we do")
  func nul() {
    #expect(code("SELECT 1\u{0}; DROP TABLE product") == "statement.syntax")
  }

  /// Each makes the tree one level deeper with every repetition.
  static let deepeners: [(name: String, start: String, open: String, middle: String, close: String)] = [
    ("addition", "SELECT ", "", "1", " + 1"), ("negation", "SELECT ", "NOT ", "true", ""),
    ("minus", "SELECT ", "- ", "price", ""), ("sub-query", "SELECT ", "(SELECT ", "1", ")"),
    ("cast", "SELECT ", "", "1", "::int"), ("case", "SELECT ", "CASE WHEN ", "true", " THEN true END"),
    ("union", "SELECT 1", "", "", " UNION SELECT 1"), ("join", "SELECT 1 FROM product", "", "", " CROSS JOIN product"),
    ("call", "SELECT ", "abs(", "1", ")"), ("from", "SELECT 1 FROM ", "(SELECT 1 FROM ", "product", ") q"),
    ("array", "SELECT ", "ARRAY[", "1", "]"), ("parenthesis", "SELECT ", "(", "1", ")"),
    ("with", "", "WITH a AS (", "SELECT 1", ") SELECT 1"),
    ("mixed", "SELECT ", "(1 + ", "1", " AND true)"),
  ]

  @Test("a tree of any depth and any length of text gives a refusal and never overflows", arguments: deepeners.indices)
  func depth(index: Int) {
    let (name, start, open, middle, close) = Self.deepeners[index]
    for count in [300, 1000, 2000, 2700, 4000, 8000, 60_000] {
      let text = start + String(repeating: open, count: count) + middle + String(repeating: close, count: count)
      let code = code(text)
      let isExpected = code == "statement.tooLarge" || code == "statement.syntax"
      #expect(isExpected || (name == "parenthesis" && code == "passed"), "\(name) \(count): \(code)")
    }
  }

  /// Bytes that are counted as they are read.
  struct Counted: Sequence, IteratorProtocol {
    let byte: UInt8
    var left: Int
    let read: Counter

    final class Counter { var count = 0 }

    mutating func next() -> UInt8? {
      guard left > 0 else { return nil }
      left -= 1
      read.count += 1
      return byte
    }
  }

  @Test("of a text of any length no more is read than its bound", arguments: [1 << 20, 1 << 30, Int.max])
  func reading(length: Int) {
    for (byte, most) in [(UInt8(ascii: "x"), StatementBounds.textBytesMax), (40, StatementBounds.tokensMax), (0, 0)] {
      let text = Counted(byte: byte, left: length, read: Counted.Counter())
      #expect(throws: Refusal.self) { try StatementBounds.check(text) }
      #expect(text.read.count == most + 1)
    }
  }

  @Test("a megabyte of anything is refused, and nothing of it is kept")
  func megabyte() throws {
    var generator = SeededGenerator.announced("the megabytes")
    let before = try Self.residentBytes()
    for piece in [
      "x", " ", "(", "'", "$1,", "SELECT ", "-- ", "/*", "\u{FFFD}", "é", "\"a\".", "1+", "a AND ", "E'\\", "::int",
    ] {
      let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
      let code = code("SELECT 1 WHERE " + text)
      #expect(code == "statement.tooLarge", "\(piece): \(code)")
    }
    for _ in 0..<8 {
      let bytes = (0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let code = code(String(decoding: bytes, as: UTF8.self))
      #expect(code == "statement.tooLarge" || code == "statement.syntax")
    }
    // The stack of the parsing thread is 64 MiB, of which touched pages stay.
    #expect(try Self.residentBytes() - before < 128 << 20)
  }

  /// Memory in use, from `/proc/self/statm` (proc(5)), field 2.
  private static func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  @Test("bytes that are not UTF-8 cannot reach the parser: each becomes a character that no rule claims as syntax")
  func invalidUTF8() throws {
    for bytes: [UInt8] in [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ] {
      let name = String(
        decoding: Array("SELECT id FROM product WHERE ".utf8) + bytes + Array(" = 1".utf8), as: UTF8.self)
      // A column of that name, which does not exist. It stays one word: no sign of SQL comes out of it.
      #expect(try guarding.check(name, schema: "app").text.contains("WHERE \"\u{FFFD}"))
      let quoted = String(decoding: Array("SELECT 'a".utf8) + bytes + Array("'".utf8), as: UTF8.self)
      #expect(try guarding.check(quoted, schema: "app").tables == [])
      let open = String(decoding: Array("SELECT 'a".utf8) + bytes, as: UTF8.self)
      #expect(code(open) == "statement.syntax")
    }
  }

  @Test("ten thousand parameters pass as numbers and are refused as words")
  func manyParameters() throws {
    #expect(code("SELECT " + (1...10_000).map { "$\($0)" }.joined(separator: ", ")) == "statement.tooLarge")
    #expect(code("SELECT id FROM product WHERE id = $10000") == "passed")
    let four = (1...4_000).map { "$\($0)" }.joined(separator: ", ")
    let guarded = try guarding.check("SELECT id FROM product WHERE name IN (\(four))", schema: "app")
    #expect(guarded.tenantParameter == 4_001)
    for number in ["0", "-1", "65535", "65536", "2147483647", "2147483648", "99999999999999999999"] {
      #expect(["statement.unclaimed", "statement.syntax"].contains(code("SELECT $\(number)")), "\(number)")
    }
  }

  @Test("ordinary depth passes")
  func ordinary() {
    #expect(code("SELECT " + String(repeating: "1 + ", count: 100) + "1") == "passed")
    #expect(code("SELECT " + (1...500).map { "$\($0)" }.joined(separator: ", ")) == "passed")
    let rows = (0..<1000).map { "($\($0 * 2 + 1), $\($0 * 2 + 2))" }.joined(separator: ", ")
    #expect(code("INSERT INTO product (id, name) VALUES \(rows)") == "passed")
    let conditions = (1...200).map { "price <> $\($0)" }.joined(separator: " AND ")
    #expect(code("SELECT id FROM product WHERE \(conditions)") == "passed")
  }

  @Test("the highest parameter leaves room for the tenant's")
  func parameters() throws {
    let guarded = try guarding.check("SELECT id FROM product WHERE id = $65534", schema: "app")
    #expect(guarded.tenantParameter == 65_535)
    #expect(code("SELECT id FROM product WHERE id = $65535") == "statement.unclaimed")
  }

  @Test("a schema that is not a plain identifier is refused")
  func schemas() throws {
    let long = String(repeating: "s", count: 63)
    for name in ["app", "_x", "t_0192", "user", long] {
      #expect(try guarding.check("SELECT id FROM product", schema: name).text.contains("FROM \"\(name)\".product"))
    }
    let names = [
      "", "App", "1a", "a b", "a\"", "a\"; DROP TABLE product; --", "a.b", "ä", "a\u{0}", long + "s", "pg_catalog",
      "pg_temp", "information_schema", StatementTemplate.placeholder,
    ]
    for name in names {
      do throws(Refusal) {
        _ = try guarding.check("SELECT id FROM product", schema: name)
        Issue.record("schema \(name) passed")
      } catch { #expect(error.code == .statementSchema) }
    }
  }
}
