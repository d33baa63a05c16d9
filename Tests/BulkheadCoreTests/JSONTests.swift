import Testing

@testable import BulkheadCore

@Suite("JSON")
struct JSONTests {
  @Test(
    "what RFC 8259 allows is read and written back the same",
    arguments: [
      "null", "true", "false", "0", "-0.10", "1e3", "12.50", "\"\"", "\"a\\\"b\\\\c\"", "[]", "[1,[2,[3]]]", "{}",
      "{\"b\":1,\"a\":{\"c\":null}}", "\"é€😀\"",
    ])
  func roundTrip(text: String) throws {
    #expect(try JSONParser.parse(text).text == text)
  }

  @Test("a number keeps its own text, so a tenth stays a tenth")
  func numbersKeepTheirText() throws {
    #expect(try JSONParser.parse("0.1000").numberText == "0.1000")
  }

  @Test(
    "what is not JSON is refused with its reason and place",
    arguments: [
      ("", JSONError.Reason.empty, 0), ("   ", .empty, 3), ("{", .truncated, 1), ("{\"a\"", .truncated, 4),
      ("[1,]", .syntax, 3), ("[1 2]", .syntax, 3), ("tru", .truncated, 3), ("trux", .syntax, 3), ("01", .trailing, 1),
      ("1.", .truncated, 2), ("-", .truncated, 1), ("1e", .truncated, 2), ("+1", .syntax, 0), ("nan", .syntax, 1),
      ("{\"a\":1,\"a\":2}", .repeatedName, 7), ("\"\\x\"", .escape, 3), ("\"\\ud800\"", .escape, 7),
      ("\"\\u0000\"", .escape, 7), ("\"a\nb\"", .control, 2), ("1 1", .trailing, 2), ("'a'", .syntax, 0),
      ("[\"abc", .truncated, 5), ("{1:2}", .syntax, 1), ("\u{FEFF}1", .syntax, 0),
    ])
  func refusals(text: String, reason: JSONError.Reason, offset: Int) {
    #expect(throws: JSONError(reason: reason, offset: offset)) { try JSONParser.parse(text) }
  }

  @Test("bytes that are not UTF-8 are refused")
  func invalidUTF8() {
    #expect(throws: JSONError(reason: .encoding, offset: 1)) {
      try JSONParser.parse([0x22, 0xC3, 0x28, 0x22])
    }
  }

  @Test("nesting and number length are bounded")
  func bounds() throws {
    let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(throws: Never.self) { try JSONParser.parse(deep) }
    #expect(throws: JSONError.self) { try JSONParser.parse("[" + deep + "]") }
    #expect(throws: JSONError.self) { try JSONParser.parse(String(repeating: "9", count: 65)) }
  }

  @Test("escapes of every kind are understood")
  func escapes() throws {
    #expect(try JSONParser.parse(#""\b\f\n\r\t\/\u0041\ud83d\ude00""#).string == "\u{8}\u{c}\n\r\t/A😀")
  }

  @Test("random bytes never trap the parser, and what it accepts survives a round trip")
  func fuzz() throws {
    let seed: UInt64 = 20_261_121
    let random = SeededRandom(seed: seed)
    let alphabet = Array("{}[]\",:0123456789.eE+-truefalsn \\u".utf8)
    for round in 0..<20_000 {
      let text = (0..<Int(random.next() % 24)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
      if let value = try? JSONParser.parse(text) {
        #expect(try JSONParser.parse(value.utf8) == value, "seed \(seed), round \(round)")
      }
    }
  }
}
