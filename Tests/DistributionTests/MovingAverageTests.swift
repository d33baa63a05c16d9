import BulkheadCore
import Testing

@testable import Distribution

@Suite("Moving average")
struct MovingAverageTests {
  private func movement(_ quantity: Int32, _ worth: StockMovement.Worth, lot: UInt64 = 0) -> StockMovement {
    StockMovement(
      productID: id(1), lotKey: lot == 0 ? .zero : id(lot), quantity: Quantity(quantity), entered: Quantity(quantity),
      unit: "EA", from: id(2), to: id(3), worth: worth, originLine: 1, pointer: "/lines/0")
  }

  private func post(_ movements: [StockMovement], averaged: Bool = true) throws -> StockPostingPlan {
    let posting = StockPosting(
      entity: LegalEntity(id: id(9), currency: try Currency("USD"), fiscalYearStartMonth: 1),
      originType: "receipt", originID: id(8), effectiveAt: Instant(seconds: 0), memo: "GR",
      counterpart: .receivedNotInvoiced, movements: movements)
    let cost = StockPostingPlan.Cost(quantity: .zero, value: 0, sequence: 0, isAveraged: averaged)
    return try StockPostingPlan(posting, costs: [id(1): cost], layers: [], Ambient())
  }

  @Test("in 1 at 100, 1 at 200 and 2 at 200: 100, then 150, then 175 each, in whichever lot")
  func golden() throws {
    let first = movement(1, .arrives(at: try UnitPrice("100")), lot: 5)
    let second = movement(1, .arrives(at: try UnitPrice("200")), lot: 6)
    let third = movement(2, .arrives(at: try UnitPrice("200")), lot: 7)
    for (movements, unit) in [([first], Int64(10_000)), ([first, second], 15_000), ([first, second, third], 17_500)] {
      let plan = try post(movements)
      for layer in plan.remaining.values {
        #expect(layer.value * 1_000_000 == unit * layer.quantity.millionths)
      }
      #expect(plan.costs[id(1)]?.value == plan.remaining.values.reduce(0) { $0 + $1.value })
      #expect(plan.revalued.values.reduce(0, +) == 0, "what one layer gains others lose")
    }
  }

  @Test("what goes out leaves at the average, of its own lot")
  func issue() throws {
    let plan = try post([
      movement(1, .arrives(at: try UnitPrice("100")), lot: 5), movement(3, .arrives(at: try UnitPrice("200")), lot: 6),
      movement(1, .leaves, lot: 5),
    ])
    #expect(plan.left == 17_500)
    #expect(plan.costs[id(1)]?.value == 52_500)
  }

  @Test("first in, first out is left as it is")
  func fifo() throws {
    let plan = try post(
      [movement(1, .arrives(at: try UnitPrice("100"))), movement(1, .arrives(at: try UnitPrice("200")))],
      averaged: false)
    #expect(plan.revalued.isEmpty)
    #expect(plan.remaining.values.map(\.value).sorted() == [10_000, 20_000])
  }

  @Test("a third of a cent stays with somebody: the layers add up to the value")
  func cents() throws {
    let layers = (1...3).map {
      OpenLayer(id: id($0), productID: id(1), lotKey: .zero, quantity: Quantity(1), value: $0 == 1 ? 100 : 0)
    }
    #expect(try MovingAverage.level(layers, worth: 100) == [id(1): -66, id(2): 33, id(3): 33])
    #expect(try MovingAverage.level([], worth: 0).isEmpty)
  }

  @Test("freight on an averaged product raises what all its stock costs")
  func freight() throws {
    func layer(_ number: UInt64, in quantity: Int32, left: Int32, _ value: Int64) -> RevaluationPlan.Layer {
      .init(
        id: id(number), productID: id(1), quantityIn: Quantity(quantity), remaining: Quantity(left), value: value)
    }
    let plan = try RevaluationPlan(
      [.init(moveID: id(11), amount: 1000)],
      layers: [id(11): layer(1, in: 10, left: 5, 5000), id(12): layer(2, in: 5, left: 5, 5000)],
      costs: [id(1): 10_000], averaged: [id(1)])
    #expect(plan.splits == [.init(stock: 500, gone: 500)])
    #expect(plan.costs == [id(1): 10_500])
    #expect(plan.layers.values.map(\.value) == [5250, 5250])
    #expect(plan.revalued == [id(1): 250, id(2): 250])
  }
}
