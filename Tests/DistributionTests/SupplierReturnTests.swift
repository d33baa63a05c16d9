import BulkheadCore
import Testing

@testable import Distribution

@Suite("What goes back of a receipt")
struct SupplierReturnTests {
  private func part(_ quantity: Int32, _ value: Int64) -> SupplierReturnSplit.Part {
    SupplierReturnSplit.Part(quantity: Quantity(quantity), value: value)
  }

  @Test("what nobody billed goes first, each part at its own cost")
  func order() throws {
    let split = try #require(
      try SupplierReturnSplit(Quantity(40), unbilled: part(30, 16_800), billed: part(20, 11_200)))
    #expect(split.open == part(30, 16_800) && split.billed == part(10, 5_600) && split.value == 22_400)
    let first = try #require(
      try SupplierReturnSplit(Quantity(30), unbilled: part(30, 16_800), billed: part(20, 11_200)))
    #expect(first.billed == part(0, 0))
    #expect(try SupplierReturnSplit(Quantity(51), unbilled: part(30, 16_800), billed: part(20, 11_200)) == nil)
  }

  @Test("in whatever steps it goes back, the cost of all is the cost of the receipt")
  func steps() throws {
    var left = part(3, 1_000)
    var values: [Int64] = []
    for _ in 0..<3 {
      let split = try #require(try SupplierReturnSplit(Quantity(1), unbilled: left, billed: part(0, 0)))
      values.append(split.value)
      left = SupplierReturnSplit.Part(
        quantity: try left.quantity.subtracting(Quantity(1)), value: left.value - split.value)
    }
    #expect(values == [333, 334, 333] && left == part(0, 0))
  }

  @Test("a reversal is expected again, a return is not, and either can be told otherwise")
  func expected() {
    func request(_ kind: SupplierReturnKind, _ again: Bool?) -> Bool {
      SupplierReturnRequest(kind: kind, reason: "R", expectedAgain: again, lines: []).isExpectedAgain
    }
    #expect(request(.reversal, nil) && !request(.return, nil))
    #expect(!request(.reversal, false) && request(.return, true))
  }
}
