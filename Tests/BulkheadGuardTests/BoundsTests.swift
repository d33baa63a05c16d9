import BulkheadCore
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
