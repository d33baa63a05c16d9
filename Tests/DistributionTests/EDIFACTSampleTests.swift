import Foundation
import Testing

@testable import Distribution

/// What other software has sent: the examples of Debian's libbusiness-edifact-interchange-perl, which
/// `scripts/setup-tests` fetches.
@Suite("EDIFACT of other software")
struct EDIFACTSampleTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(".build-test-tools/edifact")

  /// What each interchange of a file has: type of its messages, how many, and the places of what is wrong.
  private static let expected: [String: [String]] = [
    "2_BLSINV224768.CEI": ["INVOIC 1"], "INVOIC_019371B.CEI": ["INVOIC 1 UNT[100].1"], "SampleQuote.txt": ["QUOTES 1"],
    "invoice_example": ["INVOIC 1 UNT[38]"], "prquotes_73050_20110826.ceq": ["QUOTES 1"],
    "quotes.edi": ["QUOTES 1", "QUOTES 1", "QUOTES 6", "QUOTES 1", "QUOTES 1", "QUOTES 1", "QUOTES 1", "QUOTES 3"],
    "test2qty.ceq": ["QUOTES 1"],
  ]

  @Test("each file is read, and what is wrong with it is found", arguments: expected.keys.sorted())
  func read(_ name: String) throws {
    let bytes = try [UInt8](Data(contentsOf: Self.folder.appendingPathComponent(name)))
    let found = try EDIFACTMailbox.split(bytes).map { part in
      let read = try EDIFACTReader.read(part)
      let types = Set(read.messages.map(\.type)).sorted().joined(separator: ",")
      let places = (read.findings + read.messages.flatMap(\.findings)).filter(\.isFatal).map(\.place)
      return (["\(types) \(read.messages.count)"] + places).joined(separator: " ")
    }
    #expect(found == Self.expected[name])
  }
}
