import BulkheadCore
import BulkheadTesting
import Foundation
import Testing

@testable import Distribution

/// Reads bar codes with somebody else's reader.
enum Scanner {
  struct Unread: Error { let output: String }

  /// What `zbarimg` (package zbar-tools, installed by scripts/setup-tests) reads in a picture of rows that are all alike.
  static func read(_ row: [Bool]) throws -> String {
    let height = 60
    var bytes = Array("P5\n\(row.count) \(height)\n255\n".utf8)
    for _ in 0..<height { bytes += row.map { $0 ? 0 : 255 } }
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("bars-\(UUID().uuidString).pgm")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try ToolRun(["zbarimg", "-q", "--raw", "-Sdisable", "-Scode128.enable", file.path])
    guard run.status == 0 else { throw Unread(output: run.output) }
    return String(run.output.dropLast())
  }

  /// One row of the picture that an SVG's bars make, a pixel for each unit.
  static func row(ofSVG svg: String) throws -> [Bool] {
    var row = [Bool](repeating: false, count: 1016)
    for line in svg.split(separator: "\n") where line.hasPrefix("<rect class=\"bar\"") {
      let numbers = line.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
      guard numbers.count == 4 else { throw Unread(output: String(line)) }
      for x in numbers[0]..<(numbers[0] + numbers[2]) { row[x] = true }
    }
    return row
  }

  /// One row of a bar code, three pixels for each module and ten modules of white on both sides.
  static func row(_ code: Code128) -> [Bool] {
    let white = [Bool](repeating: false, count: 30)
    var row = white
    for (index, width) in code.widths.enumerated() {
      row += [Bool](repeating: index.isMultiple(of: 2), count: width * 3)
    }
    return row + white
  }
}

@Suite("Bar codes")
struct BarcodeTests {
  @Test("every pattern of Code 128 is eleven modules of three bars and three spaces, and no two are alike")
  func patterns() {
    #expect(Code128.patterns.count == 106)
    #expect(Set(Code128.patterns).count == 106)
    for pattern in Code128.patterns {
      let widths = pattern.utf8.map { Int($0) - 48 }
      #expect(widths.count == 6 && widths.reduce(0, +) == 11, "\(pattern)")
      // Bars have an even number of black modules in all (ISO/IEC 15417, 4.3.2).
      #expect((widths[0] + widths[2] + widths[4]).isMultiple(of: 2), "\(pattern)")
    }
  }

  @Test("the check symbol weighs each symbol by its place")
  func checkSymbol() throws {
    // "Wikipedia" in code set B: 3281 modulo 103.
    let code = try #require(Code128("Wikipedia".utf8.map { .ascii($0) }))
    #expect(code.values == [104, 55, 73, 75, 73, 80, 69, 68, 73, 65, 88])
  }

  @Test("an SSCC begins in code set C with FNC1 and takes one symbol for two digits")
  func sscc() throws {
    let code = try #require(Code128(gs1: [.init(identifier: "00", value: "006141411234567890")]))
    #expect(code.values.dropLast() == [105, 102, 0, 0, 61, 41, 41, 12, 34, 56, 78, 90])
    #expect(code.modules == 13 * 11 + 13)
  }

  @Test(
    "code sets change where it pays, and what they cannot say is refused",
    arguments: [
      ("AB1234", [104, 33, 34, 99, 12, 34]), ("AB12345", [104, 33, 34, 17, 99, 23, 45]),
      ("12345", [105, 12, 34, 100, 21]),
      ("123", [104, 17, 18, 19]), ("1234A", [105, 12, 34, 100, 33]),
    ])
  func sets(_ text: String, _ values: [Int]) throws {
    #expect(try #require(Code128(text.utf8.map { .ascii($0) })).values.dropLast() == values[...])
  }

  @Test("nothing, control characters and letters beyond ASCII have no bar code")
  func unencodable() {
    #expect(Code128([]) == nil)
    #expect(Code128([.ascii(7)]) == nil)
    #expect(Code128("é".utf8.map { .ascii($0) }) == nil)
  }

  @Test("another's reader reads what was written", arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
  func roundTrip(seed: UInt64) throws {
    let random = SeededRandom(seed: seed)
    let alphabet = Array("0123456789012345678901234567890123456789ABCxyz-./ +%$!".utf8)
    let text = (0..<(6 + Int(random.next() % 14))).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
    let code = try #require(Code128(text.map { .ascii($0) }))
    #expect(try Scanner.read(Scanner.row(code)) == String(decoding: text, as: UTF8.self), "seed \(seed)")
  }

  @Test("a value of variable length is ended by FNC1, one of fixed length is not")
  func separators() throws {
    let code = try #require(
      Code128(gs1: [
        .init(identifier: "02", value: "00614141123452"), .init(identifier: "10", value: "L1"),
        .init(identifier: "37", value: "40"),
      ]))
    #expect(code.values.count { $0 == 102 } == 2)
    // The reader tells FNC1 between values as the character that scanners send for it.
    #expect(try Scanner.read(Scanner.row(code)) == "020061414112345210L1\u{1D}3740")
  }

  private func made() throws -> LogisticLabel {
    LogisticLabel(
      sscc: try SSCC("006141411234567890"), from: ["Demo Distribution Inc."], to: ["Corner Shop Ltd."],
      facts: [.init(name: "PO", value: "4500000042")])
  }

  @Test("the label's bars scan back to the SSCC")
  func label() throws {
    let row = try Scanner.row(ofSVG: made().svg())
    #expect(try Scanner.read(row) == "00006141411234567890")
    // The control: one bar that is missing is no bar code any more.
    let first = try #require(row.firstIndex(of: true))
    var spoilt = row
    for x in first..<(first + 10) { spoilt[x] = false }
    #expect(throws: Scanner.Unread.self) { try Scanner.read(spoilt) }
  }

  @Test("a printer is told the same SSCC, with FNC1 and code set C")
  func zpl() throws {
    let zpl = try made().zpl()
    #expect(zpl.contains("^BY4^BCN,256,N,N,N^FD>;>800006141411234567890^FS"))
    #expect(zpl.hasPrefix("^XA\n") && zpl.hasSuffix("^XZ\n"))
  }

  @Test("no name of a customer writes markup into a label or commands a printer")
  func injection() throws {
    let label = LogisticLabel(
      sscc: try made().sscc, from: ["<script>alert(1)</script>"], to: ["^XZ^XA^FD~JA_5E\u{1B}\n", "Bäcker & Söhne"],
      facts: [])
    let svg = label.svg()
    #expect(!svg.contains("<script") && svg.contains("&lt;script&gt;"))
    #expect(svg.contains("Bäcker &amp; Söhne") && !svg.contains("\u{1B}"))
    let zpl = label.zpl()
    #expect(zpl.components(separatedBy: "^XA").count == 2 && zpl.components(separatedBy: "^XZ").count == 2)
    #expect(!zpl.contains("~") && zpl.contains("_5EXZ_5EXA_5EFD_7EJA_5F5E"))
    #expect(zpl.contains("B_C3_A4cker _26 S_C3_B6hne"))
  }

  @Test("a label cuts what is too long, and stays a label")
  func long() throws {
    let label = LogisticLabel(
      sscc: try made().sscc, from: [String(repeating: "W", count: 400)], to: (0..<40).map { "Line \($0)" },
      facts: (0..<40).map { .init(name: "Fact \($0)", value: "x") })
    #expect(try Scanner.read(Scanner.row(ofSVG: label.svg())) == "00006141411234567890")
    #expect(label.svg().components(separatedBy: "<text").count == 1 + 3 + 1 + 5 + 5 + 1 + 1)
  }
}
