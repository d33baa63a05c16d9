import BulkheadCore
import Testing

@testable import Distribution

@Suite("Comma-separated values")
struct CSVTests {
  private func read(
    _ bytes: [UInt8], _ delimiter: CSVDelimiter = .comma, pieces: [Int] = []
  ) throws(CSVFault) -> [CSVRow] {
    var reader = CSVReader(delimiter)
    var rows: [CSVRow] = []
    var rest = bytes[...]
    for piece in pieces where !rest.isEmpty {
      reader.append(rest.prefix(piece))
      rest = rest.dropFirst(piece)
      while let row = try reader.next() { rows.append(row) }
    }
    reader.append(rest)
    reader.finish()
    while let row = try reader.next() { rows.append(row) }
    #expect(reader.consumed == bytes.count)
    return rows
  }

  private func fields(_ text: String, _ delimiter: CSVDelimiter = .comma) throws(CSVFault) -> [[String]] {
    try read(Array(text.utf8), delimiter).map(\.fields)
  }

  @Test("rows end with CR LF or LF, the last with neither; blank lines say nothing")
  func lines() throws {
    #expect(try fields("a,b\r\n1,2\n3,4") == [["a", "b"], ["1", "2"], ["3", "4"]])
    #expect(try fields("a\r\n\r\n\nb\n\n") == [["a"], ["b"]])
    #expect(try fields("") == [])
    #expect(try fields("\n\n") == [])
    #expect(try fields(",\n\"\"\n") == [["", ""], [""]])
  }

  @Test("quotes keep delimiters, line ends and doubled quotes")
  func quotes() throws {
    #expect(
      try fields("\"a,b\",\"c\r\nd\",\"e\"\"f\",\"\"\nx,y,z,w") == [
        ["a,b", "c\r\nd", "e\"f", ""], ["x", "y", "z", "w"],
      ])
    let rows = try read(Array("\"1\n2\n3\"\nnext\n".utf8))
    #expect(rows.map(\.line) == [1, 4], "a quoted field of three lines is followed by line 4")
  }

  @Test("a byte order mark is skipped at the beginning and kept elsewhere")
  func mark() throws {
    let mark = "\u{FEFF}"
    #expect(try fields(mark + "a,b\n1,2") == [["a", "b"], ["1", "2"]])
    #expect(try fields("a\n\(mark)b") == [["a"], [mark + "b"]])
    #expect(try read(Array((mark + "a").utf8), pieces: [1, 1, 1]).map(\.fields) == [["a"]])
  }

  @Test(
    "the delimiter is the one that stands most often in the first row, outside quotes",
    arguments: [
      ("a,b,c\n1;2;3;4;5", CSVDelimiter.comma), ("a;b;c", .semicolon), ("a\tb", .tab), ("x|y", .pipe),
      ("\"a;b;c\",d", .comma), ("alone", .comma), ("", .comma),
    ])
  func delimiters(_ text: String, _ expected: CSVDelimiter) {
    #expect(CSVDelimiter.found(in: Array(text.utf8)) == expected)
  }

  @Test("a bad row is given out with its fault and its field, and the rows after it are read")
  func rowFaults() throws {
    func fault(_ bytes: [UInt8]) throws -> String {
      let rows = try read(Array("h,h\n".utf8) + bytes + Array("\nnext,row\n".utf8))
      #expect(rows.count == 3 && rows[0].fault == nil && rows[2].fields == ["next", "row"], "\(rows)")
      return rows[1].fault.map { "\($0.cause.rawValue) \($0.column)" } ?? "none"
    }
    #expect(try fault(Array("a,b\"c".utf8)) == "csv.strayQuote 2")
    #expect(try fault(Array("\"a\"b,c".utf8)) == "csv.textAfterQuote 1")
    #expect(try fault(Array("a,".utf8) + [0xFF]) == "csv.encoding 2")
    #expect(try fault(Array("a\0,b".utf8)) == "csv.encoding 1")
    #expect(try fault(Array("a\rb,c".utf8)) == "csv.bareReturn 1")
    #expect(try fault(Array(repeating: UInt8(ascii: "x"), count: 4097)) == "csv.fieldTooLong 1")
    #expect(try fault(Array(repeating: UInt8(ascii: ","), count: 250)) == "csv.tooManyFields 201")
  }

  @Test("what makes the rest unreadable is thrown with line and field")
  func fileFaults() {
    #expect(throws: CSVFault(cause: .unclosedQuote, line: 2, column: 2)) { try fields("a,b\nc,\"d\ne,f\n") }
    let long = "a\nb,\"" + String(repeating: "x", count: 70_000) + "\"\n"
    #expect(throws: CSVFault(cause: .rowTooLong, line: 2, column: 2)) { try fields(long) }
    #expect(throws: CSVFault(cause: .rowTooLong, line: 1, column: 1)) {
      try read(Array(repeating: UInt8(ascii: "x"), count: 80_000), pieces: [30_000, 30_000])
    }
  }

  private static let alphabet = ["a", "ü", "字", "\"", ",", ";", "\t", "|", "\n", "\r\n", " ", "0", "=", "\u{FEFF}"]

  private func table(_ random: SeededRandom) -> [[String]] {
    let width = 1 + Int(random.next() % 5)
    return (0..<Int(1 + random.next() % 8)).map { _ in
      (0..<width).map { _ in
        (0..<Int(random.next() % 6)).map { _ in Self.alphabet[Int(random.next() % UInt64(Self.alphabet.count))] }
          .joined()
      }
    }
  }

  @Test("what is written is read back, in pieces of any size, with any delimiter", arguments: 0..<150)
  func roundTrip(seed: UInt64) throws {
    let random = SeededRandom(seed: seed)
    let table = table(random)
    let delimiter = CSVDelimiter.allCases[Int(random.next() % 4)]
    let bytes = Array(table.map { CSVWriter.row($0, delimiter) }.joined().utf8)
    let pieces = (0..<40).map { _ in Int(1 + random.next() % 7) }
    let rows = try read(bytes, delimiter, pieces: pieces)
    #expect(rows.map(\.fields) == table, "seed \(seed)")
    #expect(rows.allSatisfy { $0.fault == nil }, "seed \(seed)")
    #expect(rows.map(\.length).reduce(0, +) == bytes.count, "seed \(seed)")
  }

  @Test("a reader that begins at the place of another reads the rest as that one would", arguments: 0..<50)
  func resumes(seed: UInt64) throws {
    let random = SeededRandom(seed: seed &+ 1000)
    let bytes = Array(([["h"]] + table(random)).map { CSVWriter.row($0) }.joined().utf8)
    let whole = try read(bytes)
    var reader = CSVReader(.comma)
    reader.append(bytes)
    reader.finish()
    for count in 1..<max(2, whole.count) {
      _ = try reader.next()
      var second = CSVReader(.comma, line: reader.nextLine)
      second.append(bytes.dropFirst(reader.consumed))
      second.finish()
      var rest: [CSVRow] = []
      while let row = try second.next() { rest.append(row) }
      #expect(rest == Array(whole.dropFirst(count)), "seed \(seed)")
    }
  }

  @Test("any bytes are read or refused, the same in pieces as at once", arguments: 0..<150)
  func noise(seed: UInt64) {
    let random = SeededRandom(seed: seed)
    let bytes = (0..<Int(random.next() % 200)).map { _ in
      [UInt8(ascii: "\""), 0x2C, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF, 0x00, 0xFF, 0x61][Int(random.next() % 10)]
    }
    let pieces = (0..<200).map { _ in Int(1 + random.next() % 3) }
    func result(_ pieces: [Int]) -> Result<[CSVRow], CSVFault> {
      Result { () throws(CSVFault) in
        var reader = CSVReader(.comma)
        var rows: [CSVRow] = []
        var rest = bytes[...]
        for piece in pieces {
          reader.append(rest.prefix(piece))
          rest = rest.dropFirst(piece)
          while let row = try reader.next() { rows.append(row) }
        }
        reader.append(rest)
        reader.finish()
        while let row = try reader.next() { rows.append(row) }
        return rows
      }
    }
    #expect(result(pieces) == result([]), "seed \(seed): \(bytes)")
  }
}

@Suite("Columns of an import")
struct ImportColumnsTests {
  private func columns(_ header: [String], _ sources: [ImportSource] = []) throws(Refusal) -> ImportColumns {
    try ImportColumns(.stock, header: header, sources: sources)
  }

  private func row(_ fields: [String]) throws -> CSVRow {
    var reader = CSVReader(.comma)
    reader.append(Array(CSVWriter.row(fields).utf8))
    reader.finish()
    return try #require(try reader.next())
  }

  @Test("a column is found by its name, whatever its case, spaces and hyphens")
  func names() throws {
    let columns = try columns(["SKU", "Unit Cost", "QUANTITY", "expiry-on"])
    let row = try row(["A", " 2.50\t", "", "2030-01-01"])
    #expect(columns.value("sku", in: row) == "A" && columns.value("unitCost", in: row) == "2.50")
    #expect(columns.value("quantity", in: row) == nil && columns.value("expiryOn", in: row) == "2030-01-01")
    #expect(columns.title("unitCost") == "Unit Cost" && columns.title("lot") == "lot")
  }

  @Test("what is said goes before what is found; a value stands in for what is empty")
  func mapping() throws {
    let columns = try columns(
      ["Item", "sku", "Menge"],
      [
        .init(field: "sku", column: "item"), .init(field: "quantity", column: "Menge", value: "1"),
        .init(field: "unitCost", value: "9.99"),
      ])
    let full = try row(["A", "B", "7"])
    #expect(columns.value("sku", in: full) == "A" && columns.value("quantity", in: full) == "7")
    #expect(columns.value("unitCost", in: full) == "9.99")
    #expect(columns.value("quantity", in: try row(["A", "B", ""])) == "1")
  }

  @Test("a column that is missing or there twice is refused by its name")
  func refused() {
    func code(_ header: [String], _ sources: [ImportSource] = []) -> String? {
      do throws(Refusal) {
        _ = try columns(header, sources)
        return nil
      } catch { return "\(error.code) \(error.detail)" }
    }
    #expect(code(["sku", "quantity"]) == "import.columnMissing The file has no column for unitCost.")
    #expect(
      code(["quantity", "unitCost"]) == "import.columnMissing The file has no column for sku or gtin or productId.")
    #expect(
      code(["sku", "quantity", "unitCost"], [.init(field: "lot", column: "Charge")])
        == "import.columnMissing The file has no column Charge for lot.")
    #expect(
      code(["sku", "quantity", "Unit cost", "unit_cost"])
        == "import.columnTwice The file has more than one column Unit cost.")
  }
}
