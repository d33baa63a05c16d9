import BulkheadCore
import BulkheadServer
import Testing

@testable import Distribution

/// Recorders that record nothing.
private struct Silent: OutboxRecorder, AuditRecorder {
  func query(topic: String, key: String, payload: JSON, context: TenantContext) -> Query {
    Query(Statement("SELECT 1"))
  }
  func query(_ events: [EventRecord], context: TenantContext) -> Query { Query(Statement("SELECT 1")) }
  func query(_ act: String, subject: String, detail: JSON, context: TenantContext) -> Query {
    Query(Statement("SELECT 1"))
  }
}

@Suite("The module")
struct ModuleTests {
  private let routes = DistributionModule(Services(outbox: Silent(), audit: Silent())).routes()

  @Test("its routes make a sound table")
  func table() throws {
    #expect(try RouteTable(routes).routes.count == routes.count)
  }

  @Test("every route asks for a permission that some role has, and the administrator has them all")
  func permissions() throws {
    let admin = try #require(DistributionRoles.permissions[DistributionRoles.admin])
    for route in routes {
      guard case .tenant(let permission) = route.access else {
        Issue.record("\(route.path) is not a tenant's")
        continue
      }
      #expect(admin.contains(permission), "\(route.path) needs \(permission)")
    }
  }

  @Test("a viewer reaches no route that writes, and no role but the administrator approves credit")
  func roles() throws {
    let viewer = try #require(DistributionRoles.permissions[DistributionRoles.viewer])
    for route in routes {
      guard route.handler.isWrite, case .tenant(let permission) = route.access else { continue }
      #expect(!viewer.contains(permission), "\(route.method) \(route.path)")
    }
    for (role, permissions) in DistributionRoles.permissions where role != DistributionRoles.admin {
      #expect(!permissions.contains(.creditApprove), "\(role)")
    }
  }

  @Test("codes are told apart by their names")
  func codes() {
    #expect(Set(RefusalCode.distribution.map(\.name)).count == RefusalCode.distribution.count)
  }

  @Test("invariants are told apart by their names")
  func invariants() {
    #expect(Set(InvariantCheck.all.map(\.name)).count == InvariantCheck.all.count)
    #expect(Set(InvariantCheck.all.map(\.name)).isSuperset(of: ["I1", "I2", "I3", "I4", "I6", "I7", "I8"]))
  }

  @Test("an order's JSON is what the API document says")
  func orderShape() throws {
    let usd = try Currency("USD")
    let line = PlacedOrder.Line(
      id: id(1), number: 1, customerLine: nil, productID: id(2), sku: "WIDGET-001", name: "Widget", baseUnit: "EA",
      enteredQuantity: Quantity(100), enteredUnit: "EA", ordered: Quantity(100), open: Quantity(40),
      reserved: Quantity(60), backordered: Quantity(40), shipped: .zero, invoiced: .zero, returned: .zero,
      cancelled: .zero, unitPrice: try UnitPrice("11.25"), listPrice: try UnitPrice("12.50"), priceRuleID: id(3),
      priceSteps: [.init(name: "list", ruleID: id(3), applied: "12.50", price: try UnitPrice("12.50"))],
      expectedPrice: try UnitPrice("11"), enteredUnitPrice: try UnitPrice("11.25"),
      amount: Money(minor: 112_500, usd), requestedOn: try CivilDate("2026-12-01"))
    let order = PlacedOrder(
      id: id(9), number: "SO-2026-000001", customerID: id(10), customerCode: "CUST-001", poNumber: nil, status: .hold,
      holdCode: .credit, shipmentState: .none, invoiceState: "none", shipPolicy: .shipPartial, channel: .api,
      warehouse: "WH1", requestedOn: nil, total: Money(minor: 112_500, usd), placedAt: Instant(seconds: 1), version: 1,
      lines: [line])
    #expect(OrderShapes.order.validate(order.json) == [])
    #expect(line.priceDiffers)
  }

  @Test("the example order is a good body")
  func example() throws {
    let body = try JSONParser.parse(DemoCompany.orderExample)
    #expect(OrderShapes.new.validate(body) == [])
    #expect(try OrderShapes.request(BodyReader(body)).lines.count == 1)
  }

  @Test("a line that names no product, or two, is refused at its place")
  func oneReference() {
    for text in [
      #"{"customer":"C","lines":[{"quantity":1}]}"#,
      #"{"customer":"C","lines":[{"sku":"A","gtin":"00614141123452","quantity":1}]}"#,
    ] {
      let refusal = #expect(throws: Refusal.self) { try OrderShapes.request(BodyReader(try JSONParser.parse(text))) }
      #expect(refusal?.code == .referenceMissing)
      #expect(refusal?.violations.map(\.pointer) == ["/lines/0"])
    }
  }
}
