import BulkheadCore
import BulkheadServer
import Distribution

extension Side {
  /// A till with its drawer open and an order taken, a menu item and a ticket in the kitchen.
  mutating func makeTill(_ stand: Stand) async throws {
    try await make("pos_terminal", "/v1/pos/terminals", stand)
    try await make("pos_session", "/v1/pos/sessions", stand)
    try await make("pos_order", "/v1/pos/orders", stand)
    let item: JSON = ["sku": .string("MENU-\(Maker.fresh())"), "name": "Lunch", "baseUnit": "EA"]
    try take("menu_item", try await stand.post("/v1/products", tenant, item), at: ["id"])
    try await make("recipe", "/v1/recipes", stand)
    let ticket = try Bodies.till("POST /v1/pos/orders/{order}/tickets", self) ?? .null
    let path = "/v1/pos/orders/\(try id("pos_order"))/tickets"
    try take("kitchen_ticket", try await stand.post(path, tenant, ticket), at: ["id"])
  }

  /// An alert, and an endpoint that has been told something.
  mutating func makeAlerts(_ stand: Stand) async throws {
    let look = try Bodies.till("POST /v1/alert-evaluations", self) ?? .null
    try take("alert", try await stand.post("/v1/alert-evaluations", tenant, look), at: ["items", "id"])
    try await make("notification_endpoint", "/v1/notification-endpoints", stand)
    try await make("notification_subscription", "/v1/notification-subscriptions", stand)
    let trial = "/v1/notification-subscriptions/\(try id("notification_subscription"))/trials"
    try take("notification", try await stand.call("POST", trial, token: tenant.token), at: ["id"])
  }

  private mutating func make(_ kind: String, _ path: String, _ stand: Stand) async throws {
    let body = try Bodies.till("POST \(path)", self) ?? .null
    try take(kind, try await stand.post(path, tenant, body), at: ["id"])
  }
}

extension Bodies {
  private static let note: JSON = [["method": "cash", "amount": "10000.00"]]

  private static func uuid() -> JSON {
    .string("0f000000-0000-4000-8000-" + String(String(1_000_000_000_000 + Maker.fresh()).dropFirst()))
  }

  private static func order(_ side: Side) throws -> JSON {
    [
      "uuid": uuid(), "sessionId": .id(try side.id("pos_session")),
      "lines": [["sku": "WIDGET-001", "quantity": 1]], "payments": note,
    ]
  }

  /// Bodies of the routes about tills, alerts and notifications, by method and path.
  static func till(_ route: String, _ side: Side) throws -> JSON? {
    switch route {
    case "POST /v1/pos/terminals": ["code": .string("T\(Maker.fresh())"), "name": "Front till"]
    case "POST /v1/pos/sessions": ["terminalId": .id(try side.id("pos_terminal")), "float": "100.00"]
    case "POST /v1/pos/orders": try order(side)
    case "POST /v1/pos/orders/batch": ["orders": [try order(side)]]
    case "POST /v1/pos/orders/{order}/pay": ["payments": note]
    case "POST /v1/pos/orders/{order}/refunds":
      [
        "uuid": uuid(), "sessionId": .id(try side.id("pos_session")), "lines": [["line": 1, "quantity": "0.1"]],
        "payments": [["method": "cash", "amount": "1.25"]],
      ]
    case "POST /v1/pos/orders/{order}/tickets": ["station": "grill", "lines": [["line": 1, "quantity": 1]]]
    case "POST /v1/kitchen-tickets/{ticket}/advance": ["state": "preparing"]
    case "POST /v1/recipes":
      try recipe(side)
    case "POST /v1/alert-evaluations": ["productIds": [.id(try side.id("product"))]]
    case "POST /v1/notification-endpoints":
      [
        "name": "Shop", "url": "http://partner.test/hook",
        "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
      ]
    case "POST /v1/notification-subscriptions": try subscription(side)
    default: nil
    }
  }

  /// Of a product that nothing else sells: the demonstration product stays what it is.
  private static func recipe(_ side: Side) throws -> JSON {
    [
      "productId": .id(try side.id("menu_item")),
      "components": [["productId": .id(try side.id("product")), "quantity": 1]],
    ]
  }

  /// Each endpoint is told of an event once.
  private static func subscription(_ side: Side) throws -> JSON {
    let events = ["invoice.posted", "order.confirmed", "shipment.shipped", "alert.opened"]
    return [
      "endpointId": .id(try side.id("notification_endpoint")),
      "event": .string(events[Maker.fresh() % events.count]),
    ]
  }
}
