import BulkheadCore
import Testing

@testable import Distribution

@Suite("Returns")
struct ReturnTests {
  private func issued(_ quantity: Int32, worth: Int64) throws -> IssuedLine {
    var line = IssuedLine()
    try line.add(
      IssuedLine.Lot(key: id(1), code: "L1", place: id(2), quantity: Quantity(quantity)), worth: worth)
    return line
  }

  @Test("five of sixty that cost 310.00 come back at 25.83")
  func share() throws {
    #expect(try issued(60, worth: 31_000).worth(of: Quantity(5)) == 2_583)
  }

  @Test("however a line comes back piece by piece, the pieces add up to what it had cost", arguments: 1...40)
  func pieces(seed: UInt64) throws {
    var random = seed
    func draw(_ bound: UInt64) -> UInt64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (random >> 33) % bound
    }
    let quantity = Int32(1 + draw(97))
    let value = Int64(draw(100_000))
    var line = try issued(quantity, worth: value)
    var left = quantity
    var sum: Int64 = 0
    while left > 0 {
      let part = Int32(1 + draw(UInt64(left)))
      let worth = try line.worth(of: Quantity(part))
      #expect(worth >= 0, "seed \(seed)")
      try line.bring(id(1), Quantity(part), worth: worth)
      sum += worth
      left -= part
      let exact = Double(value) * Double(quantity - left) / Double(quantity)
      #expect(abs(Double(sum) - exact) <= 0.5, "never more than half a cent from its share; seed \(seed)")
    }
    #expect(sum == value, "seed \(seed)")
  }

  private func line(_ number: Int, _ received: Int32, shippedAt: Int64) throws -> LockedReturn.Line {
    LockedReturn.Line(
      id: id(UInt64(number)), number: number, shipmentLineID: id(100 + UInt64(number)), orderLineID: id(200),
      orderLine: 1, productID: id(300), baseUnit: "EA", tracking: .none, requested: Quantity(received),
      authorised: Quantity(received), received: Quantity(received), unitPrice: try UnitPrice("11.25"),
      shippedAt: Instant(seconds: shippedAt))
  }

  private func billed(_ invoice: UInt64, at: Int64, _ rest: Int32) -> ReturnCredit.Billed {
    ReturnCredit.Billed(
      invoiceID: id(invoice), invoicedAt: Instant(seconds: at), line: 1, orderLineID: id(200), rest: Quantity(rest))
  }

  private func plan(
    _ lines: [LockedReturn.Line], _ billed: [ReturnCredit.Billed], open: Int32
  ) throws(Refusal) -> ReturnCredit {
    try ReturnCredit(lines, billed: billed, open: [id(200): Quantity(open)])
  }

  private func notes(_ credit: ReturnCredit) -> [String] {
    credit.notes.map { note in
      "\(note.invoiceID.low): \(note.asked.map { $0.quantity.description }.joined(separator: ","))"
    }
  }

  @Test("the invoice that was made first after the goods left is credited first, then later ones, then earlier ones")
  func order() throws {
    let invoices = [billed(1, at: 10, 60), billed(2, at: 20, 4), billed(3, at: 30, 2)]
    #expect(notes(try plan([try line(1, 5, shippedAt: 5)], invoices, open: 66)) == ["1: 5"])
    #expect(notes(try plan([try line(1, 5, shippedAt: 15)], invoices, open: 66)) == ["2: 4", "3: 1"])
    #expect(notes(try plan([try line(1, 5, shippedAt: 25)], invoices, open: 66)) == ["1: 3", "3: 2"])
  }

  @Test("no more is credited than is billed, and what two lines need is not credited twice")
  func bounds() throws {
    let nothing = try plan([try line(1, 5, shippedAt: 5)], [], open: 0)
    #expect(nothing.notes.isEmpty && nothing.credited == [.zero])
    let both = try plan(
      [try line(1, 5, shippedAt: 5), try line(2, 5, shippedAt: 5)], [billed(1, at: 10, 8)], open: 8)
    #expect(notes(both) == ["1: 8"])
    #expect(both.credited == [Quantity(5), Quantity(3)])
  }

  @Test("drafts of credit notes that hold what a return needs stand in its way")
  func drafts() throws {
    let lines = [try line(1, 5, shippedAt: 5)]
    #expect { try plan(lines, [billed(1, at: 10, 4)], open: 60) } throws: {
      ($0 as? Refusal)?.code == .returnCreditDrafted
    }
  }

  @Test("a month ends when the next begins, also in December")
  func months() throws {
    #expect(try StockMonth(of: try CivilDate("2026-02-17")).endsAt == (try CivilDate("2026-03-01").midnight))
    #expect(try StockMonth(of: try CivilDate("2026-12-31")).endsAt == (try CivilDate("2027-01-01").midnight))
    #expect(try StockMonth(of: try CivilDate("2026-12-31")).startsOn == (try CivilDate("2026-12-01")))
    #expect(try CivilDate("2026-02-28").end == (try CivilDate("2026-03-01").midnight))
  }
}
