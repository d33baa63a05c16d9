import BulkheadCore
import Testing

@testable import BulkheadServer

@Suite("Schemas")
struct SchemaTests {
  static let threeCapitals = Schema.Pattern("^[A-Z]{3}$", "three capital letters") {
    $0.utf8.count == 3 && $0.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }

  static let shape = Schema.object([
    Schema.Field("sku", .string(minLength: 1, maxLength: 5)),
    .optional("currency", .string(maxLength: 3, pattern: threeCapitals)),
    .optional("count", .integer(1...10)),
    .optional("big", .integer(Int64.min...Int64.max)),
    .optional("price", .decimal(digits: 6, scale: 2, minimum: .nonNegative)),
    .optional("quantity", .decimal(digits: 6, scale: 3, minimum: .positive)),
    .optional("delta", .decimal(digits: 6, scale: 2)),
    .optional("rush", .boolean),
    .optional("party", .id(of: "party")),
    .optional("day", .date),
    .optional("at", .dateTime),
    .optional("kind", .oneOf(["sale", "return"])),
    .optional("lines", .array(.object([Schema.Field("n", .integer(1...9))]), minItems: 1, maxItems: 3)),
    .optional("note", .nullable(.string(maxLength: 3))),
    .optional("free", .any),
    .optional("a/b~c", .boolean),
  ])

  /// `body | pointer code, pointer code`; nothing after the bar is an accepted body.
  static let table = #"""
    {"sku":"A"} |
    {"sku":"ÄÖÜßé"} |
    {"sku":"A","note":null,"free":{"x":[1,null]},"rush":false} |
    [] | /  field.type
    {} | /sku field.missing
    {"sku":""} | /sku field.length
    {"sku":"ABCDEF"} | /sku field.length
    {"sku":null} | /sku field.type
    {"sku":7} | /sku field.type
    {"sku":"A","tenant_id":"x"} | /tenant_id field.unknown
    {"sku":"A","SKU":"x"} | /SKU field.unknown
    {"tenant_id":1} | /sku field.missing, /tenant_id field.unknown
    {"sku":"A","currency":"eur"} | /currency field.pattern
    {"sku":"A","currency":"EUR"} |
    {"sku":"A","count":1} |
    {"sku":"A","count":0} | /count field.range
    {"sku":"A","count":11} | /count field.range
    {"sku":"A","count":1.0} | /count field.type
    {"sku":"A","count":1e0} | /count field.type
    {"sku":"A","count":"1"} | /count field.type
    {"sku":"A","count":99999999999999999999} | /count field.range
    {"sku":"A","big":9223372036854775807} |
    {"sku":"A","big":9223372036854775808} | /big field.range
    {"sku":"A","price":0} |
    {"sku":"A","price":"0.00"} |
    {"sku":"A","price":-0.0} |
    {"sku":"A","price":9999.99} |
    {"sku":"A","price":10000} | /price field.range
    {"sku":"A","price":-0.01} | /price field.range
    {"sku":"A","price":1.001} | /price number.scale
    {"sku":"A","price":1e2} | /price number.exponent
    {"sku":"A","price":"1e2"} | /price field.type
    {"sku":"A","price":"1,5"} | /price field.type
    {"sku":"A","price":"01"} | /price field.type
    {"sku":"A","price":" 1"} | /price field.type
    {"sku":"A","price":"+1"} | /price field.type
    {"sku":"A","price":"1."} | /price field.type
    {"sku":"A","price":".5"} | /price field.type
    {"sku":"A","price":""} | /price field.type
    {"sku":"A","price":"NaN"} | /price field.type
    {"sku":"A","price":true} | /price field.type
    {"sku":"A","quantity":0} | /quantity field.range
    {"sku":"A","quantity":"-1"} | /quantity field.range
    {"sku":"A","quantity":0.001} |
    {"sku":"A","delta":-12.5} |
    {"sku":"A","rush":"true"} | /rush field.type
    {"sku":"A","party":"01890a5d-ac96-774b-bcce-b302099a8057"} |
    {"sku":"A","party":"01890a5dac96774bbcceb302099a8057"} | /party field.format
    {"sku":"A","party":5} | /party field.type
    {"sku":"A","day":"2024-02-29"} |
    {"sku":"A","day":"2023-02-29"} | /day field.format
    {"sku":"A","day":"1900-02-29"} | /day field.format
    {"sku":"A","day":"2000-02-29"} |
    {"sku":"A","day":"2024-13-01"} | /day field.format
    {"sku":"A","day":"2024-04-31"} | /day field.format
    {"sku":"A","day":"0000-01-01"} | /day field.format
    {"sku":"A","day":"2024-1-1"} | /day field.format
    {"sku":"A","at":"2024-02-29T23:59:59Z"} |
    {"sku":"A","at":"2024-02-29t23:59:59.123456789+14:00"} |
    {"sku":"A","at":"2024-02-29T23:59:59"} | /at field.format
    {"sku":"A","at":"2024-02-29T24:00:00Z"} | /at field.format
    {"sku":"A","at":"2024-02-29T23:59:60Z"} | /at field.format
    {"sku":"A","at":"2024-02-29T23:59:59.Z"} | /at field.format
    {"sku":"A","at":"2024-02-29T23:59:59+1400"} | /at field.format
    {"sku":"A","at":"2024-02-30T00:00:00Z"} | /at field.format
    {"sku":"A","kind":"sale"} |
    {"sku":"A","kind":"Sale"} | /kind field.value
    {"sku":"A","lines":[]} | /lines field.length
    {"sku":"A","lines":[{"n":1},{"n":2},{"n":3}]} |
    {"sku":"A","lines":[{"n":1},{"n":2},{"n":3},{"n":4}]} | /lines field.length
    {"sku":"A","lines":[{"n":1},{"n":0},{"m":1}]} | /lines/1/n field.range, /lines/2/n field.missing, /lines/2/m field.unknown
    {"sku":"A","lines":{}} | /lines field.type
    {"sku":"A","note":"long"} | /note field.length
    {"sku":"A","a/b~c":1} | /a~1b~0c field.type
    """#

  @Test("a body is accepted or refused at the right places", arguments: table.split(separator: "\n"))
  func row(_ row: Substring) throws {
    let bar = try #require(row.lastIndex(of: "|"))
    let json = try JSONParser.parse(String(row[..<bar]))
    let expected = row[row.index(after: bar)...].split(separator: ",").map { entry in
      entry.split(separator: " ").joined(separator: " ")
    }
    let found = Self.shape.validate(json).map { "\($0.pointer.isEmpty ? "/" : $0.pointer) \($0.code)" }
    #expect(found == expected, "\(row)")
  }

  @Test("no more violations are reported than the bound")
  func bounded() {
    let body = JSON.object((0..<1000).map { JSON.Member("unknown\($0)", 1) })
    #expect(Self.shape.validate(body).count == Schema.violationsMax)
    let list = JSON.array((0..<1000).map { _ in JSON.string("x") })
    #expect(Schema.array(.boolean, maxItems: 1000).validate(list).count == Schema.violationsMax)
  }

  @Test("a pointer does not echo a huge member name")
  func longName() throws {
    let body = JSON.object([JSON.Member(String(repeating: "n", count: 100_000), 1)])
    let violation = try #require(Schema.object([]).validate(body).first)
    #expect(violation.pointer.utf8.count <= 101)
  }
}
