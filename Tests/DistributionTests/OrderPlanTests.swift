import BulkheadCore
import Testing

@testable import Distribution

@Suite("Order plans")
struct OrderPlanTests {
  private let today = CivilDate(Instant(seconds: 1_800_000_000))

  private func product(_ number: UInt64) -> MentionedProduct {
    MentionedProduct(
      id: id(number), sku: "SKU-\(number)", name: "Widget", baseUnit: "EA", tracking: .none, removal: .fifo,
      isActive: true, categories: [], unit: "EA", conversion: .identity)
  }

  private func terms(hold: HoldCode? = nil) throws -> CustomerTerms {
    CustomerTerms(
      id: id(10), code: "CUST-001", buys: true, currency: try Currency("USD"), groupID: nil, priceLists: [id(20)],
      holdCode: hold, isActive: true, legalEntity: nil, hasOrderWithPO: false)
  }

  private func plan(
    _ quantities: [Int32], free: Int32, limit: Int64? = nil, openOrders: Int64 = 0,
    policy: OrderRequest.ShipPolicy = .shipPartial, hold: HoldCode? = nil, price: String? = "12.50"
  ) throws -> OrderPlan {
    let request = OrderRequest(
      customer: .code("CUST-001"), shipPolicy: policy, channel: .api,
      lines: quantities.map { OrderRequest.Line(product: .sku("SKU-1"), quantity: Quantity($0)) })
    let draft = OrderDraft(
      request: request, terms: try terms(hold: hold),
      entity: LegalEntity(id: id(30), currency: try Currency("USD"), fiscalYearStartMonth: 1),
      warehouse: Warehouse(id: id(40), code: "WH1", storage: id(41), storageCode: "WH1-STOCK", lostFound: id(42)),
      lines: quantities.map {
        MeasuredProduct(product: product(1), entered: Quantity($0), base: Quantity($0))
      })
    let rules = try price.map {
      [
        PriceRule(
          id: id(50), source: .list, holderID: id(20), subjectID: id(1), kind: .fixed, value: try UnitPrice($0))
      ]
    }
    let stock = FreeStock(
      quantID: id(60), productID: id(1), locationCode: "A1", pickSequence: 0, lotCode: nil, expiry: nil,
      inDate: Instant(seconds: 0), free: Quantity(free))
    return try OrderPlan(
      draft, prices: PriceBook(rules ?? [], lists: [id(20)]),
      credit: CreditPosition(limit: limit, openReceivable: 0, unbilled: 0, openOrders: openOrders),
      stock: free > 0 ? [stock] : [], on: today)
  }

  @Test("what stock covers is reserved, the rest is backordered")
  func backorder() throws {
    let plan = try plan([100], free: 60)
    #expect(plan.status == .confirmed)
    #expect(plan.lines[0].reserved == Quantity(60))
    #expect(plan.lines[0].open == Quantity(40))
    #expect(plan.lines[0].backordered == Quantity(40))
    #expect(plan.total.text == "1250.00")
    #expect(plan.exposure == 125_000)
  }

  @Test("cancel_backorder cancels the rest and charges nothing for it")
  func cancelBackorder() throws {
    let plan = try plan([100], free: 60, policy: .cancelBackorder)
    #expect(plan.lines[0].cancelled == Quantity(40))
    #expect(plan.lines[0].open == .zero)
    #expect(plan.total.text == "750.00")
    #expect(try self.plan([1], free: 0, policy: .cancelBackorder).status == .cancelled)
  }

  @Test("over the credit limit the order is held, and nothing is reserved, promised or cancelled")
  func creditHold() throws {
    let held = try plan([100], free: 60, limit: 124_999)
    #expect(held.status == .hold)
    #expect(held.holdCode == .credit)
    #expect(held.takes.isEmpty)
    #expect(held.exposure == 0)
    #expect(held.lines[0].open == Quantity(100))
    #expect(held.lines[0].backordered == .zero)
    #expect(try plan([100], free: 60, limit: 125_000).status == .confirmed)
    #expect(try plan([100], free: 60, limit: 125_000, openOrders: 1).status == .hold)
  }

  @Test("an order of a customer on hold waits, whatever the limit")
  func customerHold() throws {
    let held = try plan([1], free: 60, hold: .manual)
    #expect(held.status == .hold)
    #expect(held.holdCode == .manual)
  }

  @Test("a product without a price is refused by its line")
  func noPrice() {
    let refusal = #expect(throws: Refusal.self) { try plan([1, 2], free: 10, price: nil) }
    #expect(refusal?.code == .priceMissing)
    #expect(refusal?.violations.map(\.pointer) == ["/lines/0", "/lines/1"])
  }

  @Test("the credit sum cannot overflow")
  func creditOverflow() throws {
    let position = CreditPosition(limit: .max, openReceivable: .max, unbilled: .max, openOrders: .max)
    #expect(!position.allows(Money(minor: .max, try Currency("USD"))))
  }
}

@Suite("Order requests")
struct OrderRequestTests {
  private func refusal(_ lines: [OrderRequest.Line], currency: String? = nil) -> Refusal? {
    #expect(throws: Refusal.self) {
      try OrderRequest(customer: .code("C"), currency: currency, channel: .api, lines: lines).check()
    }
  }

  private func line(_ quantity: Int32, expected: String? = nil) -> OrderRequest.Line {
    OrderRequest.Line(
      product: .sku("S"), quantity: Quantity(quantity), expectedPrice: expected.flatMap { try? UnitPrice($0) })
  }

  @Test("the first broken rule of the fixed order is the one that is told, with every line that breaks it")
  func precedence() {
    #expect(refusal([])?.code == .orderNoLines)
    #expect(refusal(Array(repeating: line(0), count: 1001))?.code == .orderTooManyLines)
    let notPositive = refusal([line(1), line(0), line(-3, expected: "-1")], currency: "ZZZ")
    #expect(notPositive?.code == .quantityNotPositive)
    #expect(notPositive?.violations.map(\.pointer) == ["/lines/1/quantity", "/lines/2/quantity"])
    #expect(refusal([line(1, expected: "-1")], currency: "ZZZ")?.code == .priceNegative)
    #expect(refusal([line(1)], currency: "ZZZ")?.violations.first?.pointer == "/currency")
  }

  @Test("no more violations are listed than the bound, however many lines are wrong")
  func bounded() {
    #expect(refusal(Array(repeating: line(0), count: 1000))?.violations.count == MentionCheck.violationsMax)
  }

  @Test("a GTIN with a wrong check digit is refused by its line before anything is looked up")
  func gtin() {
    let refusal = #expect(throws: Refusal.self) {
      try ProductLookup(
        [
          ProductMention(.gtin(DemoCompany.gtin), unit: nil), ProductMention(.gtin("00614141123453"), unit: nil),
        ], customer: nil, pointer: "/lines")
    }
    #expect(refusal?.violations.map(\.pointer) == ["/lines/1/gtin"])
  }
}

@Suite("Fiscal years")
struct FiscalYearTests {
  @Test("a fiscal year carries the number of the calendar year it begins in")
  func april() throws {
    let entity = LegalEntity(id: id(1), currency: try Currency("GBP"), fiscalYearStartMonth: 4)
    #expect(NumberSeries.fiscalYear(of: try CivilDate("2026-03-31"), entity) == 2025)
    #expect(NumberSeries.fiscalYear(of: try CivilDate("2026-04-01"), entity) == 2026)
  }
}
