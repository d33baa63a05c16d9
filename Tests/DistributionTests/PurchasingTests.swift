import BulkheadCore
import Testing

@testable import Distribution

@Suite("Purchasing")
struct PurchasingTests {
  private func price(
    _ number: UInt64, supplier: UInt64 = 1, from minimum: Int32 = 0, _ amount: String, pack: Int32 = 1, moq: Int32 = 0
  ) throws -> SupplierPrice {
    SupplierPrice(
      id: id(number), supplierID: id(supplier), productID: id(9), minQuantity: Quantity(minimum),
      unitPrice: try UnitPrice(amount), leadTimeDays: 7, minimumOrder: Quantity(moq), pack: Quantity(pack),
      validFrom: try CivilDate("2026-01-01"))
  }

  private func position(_ onHand: Int32, _ onOrder: Int32, _ backordered: Int32, _ reserved: Int32 = 0)
    -> ReorderQuantity.Position
  {
    ReorderQuantity.Position(
      onHand: Quantity(onHand), onOrder: Quantity(onOrder), backordered: Quantity(backordered),
      reserved: Quantity(reserved))
  }

  @Test("nothing there and 40 promised: 240 are ordered, up to 200, in packs of 12")
  func reorder() throws {
    let rule = ReorderQuantity(method: .orderUpTo, reorderPoint: Quantity(50), target: Quantity(200))
    let missing = try #require(try rule.missing(position(0, 0, 40)))
    #expect(missing == Quantity(240))
    let source = try #require(
      try ReorderSource(missing, [try price(1, "5.60", pack: 12, moq: 48)], preferred: nil))
    #expect(source.quantity == Quantity(240))
    #expect(try rule.missing(position(0, 240, 40)) == nil, "what is on order is not ordered again")
  }

  @Test("the reorder point itself is enough for order_up_to and too little for min_max")
  func boundary() throws {
    for (method, expected) in [(ReorderQuantity.Method.orderUpTo, nil), (.minMax, Quantity(150))] {
      let rule = ReorderQuantity(method: method, reorderPoint: Quantity(50), target: Quantity(200))
      #expect(try rule.missing(position(60, 0, 0, 10)) == expected)
    }
  }

  @Test(
    "a quantity is rounded up to packs and to the smallest order",
    arguments: [(1, 12, 48, 48), (49, 12, 48, 60), (240, 12, 48, 240), (5, 7, 0, 7), (1, 10, 25, 30)])
  func packs(missing: Int32, pack: Int32, moq: Int32, expected: Int32) throws {
    let order = try ReorderQuantity.order(Quantity(missing), pack: Quantity(pack), minimumOrder: Quantity(moq))
    #expect(order == Quantity(expected))
  }

  @Test("the cheapest supplier at the needed quantity is proposed, unless one is preferred")
  func sources() throws {
    let offers = [
      try price(1, supplier: 1, "5.60"), try price(2, supplier: 2, "5.80"),
      try price(3, supplier: 2, from: 100, "5.40"),
    ]
    #expect(try ReorderSource(Quantity(99), offers, preferred: nil)?.price.id == id(1))
    #expect(try ReorderSource(Quantity(100), offers, preferred: nil)?.price.id == id(3))
    #expect(try ReorderSource(Quantity(100), offers, preferred: id(1))?.price.id == id(1))
    #expect(try ReorderSource(Quantity(100), offers, preferred: id(7)) == nil)
  }

  @Test("a contract comes before the list while it covers the line, also within one order")
  func contractPrice() throws {
    var book = PurchasePriceBook(
      contracts: [
        ContractPrice(
          lineID: id(5), productID: id(9), unitPrice: try UnitPrice("5.00"), left: Quantity(100),
          minRelease: Quantity(10))
      ], prices: [try price(1, "5.60")])
    #expect(try book.price(id(9), Quantity(9), manual: nil)?.source == .supplierPrice(id(1)), "below the release")
    #expect(try book.price(id(9), Quantity(60), manual: nil)?.source == .contract(id(5)))
    #expect(try book.price(id(9), Quantity(60), manual: nil)?.source == .supplierPrice(id(1)), "only 40 are left")
    #expect(try book.price(id(9), Quantity(40), manual: try UnitPrice("4"))?.source == .manual)
    #expect(try book.price(id(9), Quantity(40), manual: nil)?.source == .contract(id(5)))
    #expect(book.releases.map(\.quantity) == [Quantity(100)])
    #expect(try book.price(id(8), Quantity(1), manual: nil) == nil)
  }

  @Test("parts add up to the amount, whatever the weights", arguments: 1...50)
  func remainder(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let weights = (0..<Int(next(9) + 1)).map { _ in Int128(next(1_000_000)) } + [1]
    let amount = Int64(next(1_000_000)) * (seed % 2 == 0 ? 1 : -1)
    let parts = try #require(LargestRemainder.divide(amount, by: weights))
    #expect(parts.reduce(0, +) == amount)
    let sum = weights.reduce(0, +)
    for (part, weight) in zip(parts, weights) {
      // No part is a whole minor unit away from its exact share.
      let distance = Int128(part) * sum - Int128(amount) * weight
      #expect(distance.magnitude < sum.magnitude)
    }
  }

  @Test("ten cents over three equal lines are 4, 3 and 3; over nothing they are refused")
  func tenCents() throws {
    #expect(LargestRemainder.divide(10, by: [1, 1, 1]) == [4, 3, 3])
    #expect(LargestRemainder.divide(-10, by: [1, 1, 1]) == [-4, -3, -3])
    #expect(LargestRemainder.divide(10, by: [0, 0]) == nil)
    let targets = [LandedCost.Target(receiptLine: id(1), basis: 0)]
    let refusal = #expect(throws: Refusal.self) { try LandedCost.divide(10, among: targets) }
    #expect(refusal?.code == .allocationBaseZero)
  }

  private func plan(_ amounts: [Int64], left: Int32, value: Int64) throws -> RevaluationPlan {
    try RevaluationPlan(
      amounts.map { StockRevaluation.Change(moveID: id(1), amount: $0) },
      layers: [
        id(1): .init(
          id: id(2), productID: id(3), quantityIn: Quantity(150), remaining: Quantity(left), value: value)
      ], costs: [id(3): value])
  }

  @Test("22.50 more on the invoice of 150, of which 110 are left: 16.50 to stock, 6.00 to the variance")
  func priceDifference() throws {
    let plan = try plan([2250], left: 110, value: 63_800)
    #expect(plan.splits == [StockRevaluation.Split(stock: 1650, gone: 600)])
    #expect(plan.layers[id(1)]?.value == 65_450)
    #expect(plan.costs == [id(3): 65_450])
  }

  @Test("freight of 30.00 on 150 that are all there goes to stock, on none to what has gone")
  func freight() throws {
    #expect(try plan([3000], left: 150, value: 84_000).splits == [.init(stock: 3000, gone: 0)])
    #expect(try plan([3000], left: 0, value: 0).splits == [.init(stock: 0, gone: 3000)])
    #expect(try plan([3000, -3000], left: 110, value: 61_600).costs == [id(3): 61_600], "and back again")
  }

  @Test("what went back before it was billed has no share in another price of what stayed")
  func returned() throws {
    // Of 10, 4 went back and some were sold; what is billed differs by 6.00.
    func split(left: Int32, returned: Int32) throws -> [StockRevaluation.Split] {
      let layer = RevaluationPlan.Layer(
        id: id(2), productID: id(3), quantityIn: Quantity(10), remaining: Quantity(left), value: 500 * Int64(left),
        returned: Quantity(returned))
      return try RevaluationPlan(
        [.init(moveID: id(1), amount: 600)], layers: [id(1): layer], costs: [id(3): layer.value]
      ).splits
    }
    #expect(try split(left: 6, returned: 4) == [.init(stock: 600, gone: 0)], "all that stayed lies here")
    #expect(try split(left: 3, returned: 4) == [.init(stock: 300, gone: 300)], "half of what stayed was sold")
    #expect(try split(left: 6, returned: 0) == [.init(stock: 360, gone: 240)], "4 were sold")
    #expect(try split(left: 0, returned: 10) == [.init(stock: 0, gone: 600)])
  }

  @Test("a reduction never makes stock worth less than nothing")
  func reduction() throws {
    #expect(try plan([-10_000], left: 150, value: 4000).splits == [.init(stock: -4000, gone: -6000)])
  }

  @Test(
    "an invoice line is judged by quantity first, then by price",
    arguments: [
      ("5.60", 150, 150, ThreeWayMatch.Result.matched), ("5.71", 150, 150, .withinTolerance),
      ("5.712", 150, 150, .withinTolerance), ("5.713", 150, 150, .priceHold), ("5.75", 150, 150, .priceHold),
      ("5.48", 150, 150, .priceHold), ("5.49", 150, 150, .withinTolerance), ("5.75", 151, 150, .quantityHold),
      ("5.60", 1, 0, .noReceipt),
    ])
  func judgement(price: String, quantity: Int32, open: Int32, expected: ThreeWayMatch.Result) throws {
    let usd = try Currency("USD")
    let (ordered, invoiced) = (try UnitPrice("5.60"), try UnitPrice(price))
    let line = ThreeWayMatch.Line(
      orderedPrice: ordered, invoicedPrice: invoiced, quantity: Quantity(quantity), open: Quantity(open),
      amount: try invoiced.amount(of: Quantity(quantity), in: usd).minor,
      orderedAmount: try ordered.amount(of: Quantity(quantity), in: usd).minor)
    let tolerance = PurchaseTolerance(overReceiptPercent: .zero, pricePercent: try UnitPrice("2"), priceMinor: nil)
    #expect(try ThreeWayMatch.judge(line, tolerance).result == expected)
    let tight = PurchaseTolerance(overReceiptPercent: .zero, pricePercent: try UnitPrice("2"), priceMinor: 100)
    if expected == .withinTolerance { #expect(try ThreeWayMatch.judge(line, tight).result == .priceHold) }
  }

  @Test("5.75 for what was ordered at 5.60 is 2.67857143 percent more")
  func percent() throws {
    let line = ThreeWayMatch.Line(
      orderedPrice: try UnitPrice("5.60"), invoicedPrice: try UnitPrice("5.75"), quantity: Quantity(150),
      open: Quantity(150), amount: 86_250, orderedAmount: 84_000)
    let tolerance = PurchaseTolerance(overReceiptPercent: .zero, pricePercent: try UnitPrice("2"), priceMinor: nil)
    #expect(try ThreeWayMatch.judge(line, tolerance).differencePercent == UnitPrice("2.67857143"))
    #expect(ThreeWayMatch.worst([.matched, .quantityHold, .priceHold]) == .quantityHold)
  }

  @Test("an invoice clears its receipts oldest first, to the last cent")
  func settlement() throws {
    let receipts = [
      OpenLayer(id: id(1), productID: id(9), lotKey: .zero, quantity: Quantity(3), value: 1000),
      OpenLayer(id: id(2), productID: id(9), lotKey: .zero, quantity: Quantity(6), value: 2000),
    ]
    let one = try #require(try SupplierInvoiceSettlement(Quantity(5), amount: 1677, receipts: receipts))
    #expect(one.parts.map(\.quantity) == [Quantity(3), Quantity(2)])
    #expect(one.parts.map(\.cleared) == [1000, 667])
    #expect(one.parts.map(\.difference) == [6, 4])
    #expect(try SupplierInvoiceSettlement(Quantity(10), amount: 1, receipts: receipts) == nil)
  }

  @Test("a tenth over is taken in, one more is not")
  func tolerance() throws {
    let tolerance = PurchaseTolerance(
      overReceiptPercent: try UnitPrice("10"), pricePercent: .zero, priceMinor: nil)
    #expect(try tolerance.receivable(Quantity(240)) == Quantity(264))
  }
}
