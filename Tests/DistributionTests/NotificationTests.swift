import BulkheadCore
import Testing

@testable import Distribution

@Suite("Alerts and notifications")
struct NotificationTests {
  private func stock(_ onHand: Int32, onOrder: Int32 = 0, active: Bool = true) -> AlertPlan.Stock {
    AlertPlan.Stock(
      productID: id(1), warehouseID: id(2),
      rule: ReorderQuantity(method: .orderUpTo, reorderPoint: Quantity(50), target: Quantity(200)), isActive: active,
      position: ReorderQuantity.Position(
        onHand: Quantity(onHand), onOrder: Quantity(onOrder), backordered: .zero, reserved: .zero))
  }

  private let low = AlertPlan.Subject(rule: .lowStock, productID: id(1), locationID: id(2))

  @Test("stock below the point is raised once and resolved when it is back")
  func lowStock() throws {
    let raised = try AlertPlan([stock(49)], [], standing: [:])
    #expect(raised.raised.map(\.subject) == [low] && raised.resolved == [])
    let again = try AlertPlan([stock(40)], [], standing: [low: id(9)])
    #expect(again.raised == [] && again.resolved == [])
    #expect(try AlertPlan([stock(50)], [], standing: [low: id(9)]).resolved == [id(9)])
    #expect(try AlertPlan([stock(10, active: false)], [], standing: [low: id(9)]).resolved == [id(9)])
  }

  @Test("what is on order does not hide an empty shelf")
  func onOrder() throws {
    #expect(try AlertPlan([stock(0, onOrder: 500)], [], standing: [:]).raised.count == 1)
  }

  @Test("a place below zero is raised by itself")
  func oversold() throws {
    let place = AlertPlan.Negative(productID: id(1), locationID: id(3), onHand: Quantity(2).negated)
    let plan = try AlertPlan([], [place], standing: [low: id(9)])
    #expect(plan.raised.map(\.subject.rule) == [.oversold] && plan.resolved == [id(9)])
    #expect(plan.raised[0].detail["onHand"]?.string == "-2")
  }

  @Test("places are filled in by their path, and what is filled in is not read again")
  func template() {
    let facts: JSON = ["brand": "{{order.number}}", "order": ["number": "SO-1", "lines": 3]]
    let text = NotificationTemplate.fill(
      "{{brand}}: {{ order.number }} {{order.lines}} {{order.none}}{{x}} {{", facts, lengthMax: 100)
    #expect(text == "{{order.number}}: SO-1 3  {{")
    #expect(NotificationTemplate.fill("{{order.number}}", facts, lengthMax: 2) == "SO")
  }

  @Test("a secret is whsec_ and 24 to 64 bytes in base64")
  func secret() {
    #expect(WebhookSecret.key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?.count == 24)
    #expect(WebhookSecret.key("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")?.count == 32)
    for bad in [
      "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!w", "whsec_====",
    ] {
      #expect(WebhookSecret.key(bad) == nil, "\(bad)")
    }
  }
}
