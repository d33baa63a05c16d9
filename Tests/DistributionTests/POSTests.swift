import BulkheadCore
import Testing

@testable import Distribution

@Suite("Tills")
struct POSTests {
  private func rate(_ place: String, _ percent: String) throws -> TaxRate {
    TaxRate(code: "SALES", jurisdiction: place, percent: try UnitPrice(percent))
  }

  @Test("tax is taken out of a price that holds it, and several rates share it")
  func included() throws {
    let lines = [
      POSTax.Line(amount: 11_900, rates: [try rate("DE", "19")]),
      POSTax.Line(amount: 108_00, rates: [try rate("State", "5"), try rate("County", "3")]),
      POSTax.Line(amount: 500, rates: []),
    ]
    let taxed = try POSTax.taxed(lines, includesTax: true, .document)
    #expect(taxed.map(\.net) == [10_000, 10_000, 500])
    #expect(taxed[1].parts.map(\.tax) == [500, 300])
    #expect(zip(lines, taxed).allSatisfy { $0.amount == $1.net + $1.tax })
  }

  @Test("tax on top of a price is what an invoice would have")
  func added() throws {
    let lines = [POSTax.Line(amount: 3750, rates: [try rate("State", "5"), try rate("County", "3")])]
    let taxed = try POSTax.taxed(lines, includesTax: false, .document)
    #expect(taxed[0].net == 3750 && taxed[0].parts.map(\.tax) == [188, 113])
  }

  @Test("change is given in cash, out of the last note")
  func change() throws {
    let tender = try POSTender(
      [(.card, 1000, "A1"), (.cash, 2000, nil), (.cash, 5000, nil)], total: 4051, isOffline: false)
    #expect(tender.parts.map(\.amount) == [1000, 2000, 1051])
    #expect(tender.parts.map(\.tendered) == [1000, 2000, 5000])
    #expect(tender.difference == 0)
  }

  @Test("too little and too much on a card are refused, but never of an order that was taken offline")
  func differences() throws {
    #expect(throws: Refusal.self) { try POSTender([(.cash, 4050, nil)], total: 4051, isOffline: false) }
    #expect(throws: Refusal.self) { try POSTender([(.card, 4052, nil)], total: 4051, isOffline: false) }
    #expect(try POSTender([(.cash, 4050, nil)], total: 4051, isOffline: true).difference == 1)
    #expect(try POSTender([(.card, 4052, nil)], total: 4051, isOffline: true).difference == -1)
    #expect(try POSTender([], total: 4051, isOffline: true).difference == 4051)
  }

  private func lot(_ lot: UInt64, _ quantity: Int32, expiry: String? = nil, at seconds: Int64 = 0) throws
    -> POSGoods.Lot
  {
    POSGoods.Lot(
      productID: id(1), lotKey: id(lot), onHand: Quantity(quantity), expiry: try expiry.map { try CivilDate($0) },
      inDate: Instant(seconds: seconds))
  }

  private func need(_ quantity: Int32, _ removal: Removal = .fifo, line: Int = 0) -> POSGoods.Need {
    POSGoods.Need(
      line: line,
      stocked: POSGoods.Stocked(productID: id(1), unit: "EA", tracking: .lot, removal: removal),
      quantity: Quantity(quantity), lot: nil)
  }

  @Test("lots leave oldest first, two lines see each other's, and the last one goes below zero")
  func lots() throws {
    let lots = [try lot(12, 5, at: 20), try lot(11, 3, at: 10)]
    let taken = try POSGoods.taken([need(4), need(6, line: 1)], lots: lots, named: [nil, nil], newest: [:])
    #expect(taken.map(\.line) == [0, 0, 1])
    #expect(taken.map(\.lotKey) == [id(11), id(12), id(12)])
    #expect(taken.map(\.quantity) == [Quantity(3), Quantity(1), Quantity(6)])
  }

  @Test("what expires first leaves first where the product says so")
  func fefo() throws {
    let lots = [try lot(11, 3, at: 1), try lot(12, 3, expiry: "2030-01-01", at: 2)]
    let taken = try POSGoods.taken([need(4, .fefo)], lots: lots, named: [nil], newest: [:])
    #expect(taken.map(\.lotKey) == [id(12), id(11)])
  }

  @Test("a tracked product that never had a lot cannot say which one left")
  func noLot() {
    #expect(throws: Refusal.self) { try POSGoods.taken([need(1)], lots: [], named: [nil], newest: [:]) }
  }

  @Test("layers are divided among rows in their order; the rest is short")
  func split() throws {
    let layer = OpenLayer(id: id(5), productID: id(1), lotKey: .zero, quantity: Quantity(5), value: 500)
    let rows = [3, 4].map { quantity in
      GoodsIssue.Goods(
        id: id(UInt64(quantity)), productID: id(1), unit: "EA", lotKey: .zero, quantity: Quantity(Int32(quantity)),
        line: 0)
    }
    let splits = try GoodsIssue.split(rows, [layer])
    #expect(splits.map(\.covered) == [Quantity(3), Quantity(2)] && splits.map(\.short) == [.zero, Quantity(2)])
  }

  @Test("shortages are valued oldest first, as far as layers go")
  func settle() throws {
    var layers = [
      OpenLayer(id: id(5), productID: id(1), lotKey: .zero, quantity: Quantity(3), value: 1000),
      OpenLayer(id: id(6), productID: id(2), lotKey: .zero, quantity: Quantity(9), value: 900),
    ]
    let open = [2, 4].map { quantity in
      StockShortage.Open(
        id: id(UInt64(quantity)), productID: id(1), lotKey: .zero, moveID: id(UInt64(90 + quantity)),
        quantity: Quantity(Int32(quantity)))
    }
    let settled = try StockShortage.settle(open, from: &layers)
    #expect(settled.map(\.quantity) == [Quantity(2), Quantity(1)])
    #expect(settled.map(\.value) == [667, 333], "the last unit takes the rest")
    #expect(layers.map(\.quantity) == [.zero, Quantity(9)])
  }

  private func sold(returned: Int32 = 0) throws -> RefundPlan.Sold {
    RefundPlan.Sold(
      id: id(1), line: 1, productID: id(1), unit: "EA", quantity: Quantity(3), returned: Quantity(returned),
      unitPrice: try UnitPrice("3.33"), net: 1000,
      taxes: [RefundPlan.Tax(code: "T", jurisdiction: "S", percent: try UnitPrice("8"), minor: 80)])
  }

  private func goods(short: Int32 = 0, open: Int32 = 0, returned: Int32 = 0, back: Int64 = 0) -> RefundPlan.Goods {
    RefundPlan.Goods(
      id: id(7), soldLineID: id(1), productID: id(1), unit: "EA", lotKey: .zero, due: Quantity(3),
      quantity: Quantity(3), isPosted: true, cost: 500, shortageID: short > 0 ? id(8) : nil, open: Quantity(open),
      cancelled: .zero, returned: Quantity(returned), returnedMinor: back)
  }

  @Test("what comes back one by one adds up to what was sold, to the cent")
  func oneByOne() throws {
    var (net, tax, cost): (Int64, Int64, Int64) = (0, 0, 0)
    for step in 0..<3 {
      let plan = try RefundPlan(
        [.init(line: 1, quantity: Quantity(1), restocks: true)], sold: [try sold(returned: Int32(step))],
        goods: [goods(returned: Int32(step), back: cost)])
      net += plan.net
      tax += plan.tax
      cost += plan.returns[0].value
      #expect(plan.isWhole == (step == 2))
    }
    #expect(net == 1000 && tax == 80 && cost == 500)
  }

  @Test("what is not valued yet comes back first, and costs nothing")
  func shortReturn() throws {
    let plan = try RefundPlan(
      [.init(line: 1, quantity: Quantity(2), restocks: true)], sold: [try sold()], goods: [goods(short: 1, open: 1)])
    #expect(plan.returns[0].unvalued == Quantity(1) && plan.returns[0].valued == Quantity(1))
    #expect(plan.returns[0].value == 250, "one of the two that were paid for")
  }

  @Test("more than was sold does not come back")
  func beyond() throws {
    #expect(throws: Refusal.self) {
      try RefundPlan(
        [.init(line: 1, quantity: Quantity(2), restocks: true)], sold: [try sold(returned: 2)], goods: [])
    }
  }

  @Test("the same order in other words is the same content")
  func settled() {
    let one: JSON = ["b": [["x": 1, "a": nil]], "a": "1"]
    let other: JSON = ["a": "1", "b": [["x": 1]], "c": nil]
    #expect(one.settled == other.settled)
    #expect(one.settled != JSON.object([.init("a", "2"), .init("b", [["x": 1]])]).settled)
  }

  @Test("times are read with any offset")
  func times() {
    let noon = Instant(rfc3339: "2026-01-31T12:00:00Z")
    #expect(noon != nil)
    #expect(Instant(rfc3339: "2026-01-31T13:30:00+01:30") == noon)
    #expect(Instant(rfc3339: "2026-01-31t07:00:00.000000000-05:00") == noon)
    #expect(Instant(rfc3339: "yesterday") == nil)
  }
}
