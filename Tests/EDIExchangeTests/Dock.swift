import BulkheadCore
import BulkheadTesting
import Distribution
import Foundation
import Testing

@testable import bulkhead

/// What people of a tenant do with goods and papers between two documents.
struct Dock {
  let system: TestSystem
  let tenant: TestTenant

  @discardableResult
  func post(
    _ path: String, _ body: JSON? = nil, _ place: SourceLocation = #_sourceLocation
  ) async throws -> JSON {
    let answer = try await system.call("POST", path, token: tenant.token, json: body)
    #expect((200..<300).contains(answer.status), "\(path): \(answer.text)", sourceLocation: place)
    return answer.json
  }

  func get(_ path: String) async throws -> JSON { try await system.get(path, tenant).json }
  func items(_ path: String) async throws -> [JSON] { try await get(path)["items"]?.array ?? [] }
  func first(_ path: String) async throws -> JSON { try await items(path).first?["id"] ?? .null }

  /// Sales tax of 8 % on everything, and thirty days to pay.
  func taxes() async throws {
    let code = try await post("/v1/tax-codes", ["code": "SALES", "name": "Sales tax"])["id"] ?? .null
    try await post(
      "/v1/tax-codes/\(code.string ?? "")/rates",
      ["jurisdiction": "State", "percent": "8", "validFrom": "2020-01-01"])
    try await post("/v1/tax-rules", ["taxCodeId": code])
    try await post(
      "/v1/payment-terms", ["code": "NET30", "name": "30 days", "days": 30, "isDefault": true])
  }

  /// Picks and packs what is reserved for `order`, a carton for each lot, and lets it leave.
  func ship(_ order: String, _ lots: [(code: String, quantity: Int)]) async throws {
    try await post("/v1/gs1-prefixes", ["prefix": "0614141", "nextSerial": 123_456_789])
    let wave = try await post("/v1/waves", ["orderIds": [.string(order)]])
    let shipment = wave["shipments"]?[0]?["id"]?.string ?? ""
    for number in 1...lots.count {
      guard let task = try await post("/v1/pick-task-claims", ["device": "RF-1"])["task"], !task.isNull else { break }
      try await post(
        "/v1/pick-tasks/\(task["id"]?.string ?? "")/scans",
        [
          "device": "RF-1", "seq": .int(number), "location": task["from"] ?? .null, "lot": task["lot"] ?? .null,
          "barcode": .string(DemoCompany.gtin), "quantity": task["quantity"] ?? .null,
        ])
    }
    for lot in lots {
      try await post(
        "/v1/shipments/\(shipment)/packages",
        ["items": [["line": 1, "lot": .string(lot.code), "quantity": .int(lot.quantity)]]])
    }
    try await post("/v1/shipments/\(shipment)/pack")
    try await post("/v1/shipments/\(shipment)/ship", ["carrier": "ACME Freight", "trackingNumber": "1Z999"])
  }

  /// Invoices what has left of `order`.
  func invoice(_ order: String) async throws {
    let draft = try await post("/v1/invoices", ["orderId": .string(order)])
    try await post("/v1/invoices/\(draft["id"]?.string ?? "")/post")
  }
}

/// A tenant that buys from a supplier over a channel.
struct Shopper: Sendable {
  /// What the supplier calls itself in envelopes.
  static let supplierID = "WIDGETWORKS"
  let system: TestSystem
  let maker: MockTradingPartner
  let trader: Trader
  let supplier: JSON

  var dock: Dock { Dock(system: system, tenant: trader.tenant) }

  /// Runs a system with a worker, a supplier who sells widgets at 5.75 and has 150 of them, and a tenant of each of
  /// `tiers` that buys there.
  static func run(
    _ tiers: [Tier], acknowledgeWithin: Int = 86_400, dialect: MockTradingPartner.Dialect = .x12,
    _ body: (TestSystem, [Shopper]) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("maker-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await TestSystem.run(worker: true) { system in
      let addresses = tiers.map { _ in Trade.freshAddress() }
      let maker = try await MockTradingPartner.start(
        id: supplierID, suppliers: addresses.map { .init(id: $0, isCustomer: true, dialect: dialect) },
        startAt: "2025-06-02T09:00:00Z", database: folder.appendingPathComponent("maker.db"))
      defer { maker.stop() }
      try maker.stock("WIDGET-001", price: "5.75", inStock: 150)
      var shoppers: [Shopper] = []
      for (tier, address) in zip(tiers, addresses) {
        shoppers.append(try await open(system, maker, tier, address, acknowledgeWithin, dialect))
      }
      try await body(system, shoppers)
    }
  }

  private static func open(
    _ system: TestSystem, _ maker: MockTradingPartner, _ tier: Tier, _ address: String, _ seconds: Int,
    _ dialect: MockTradingPartner.Dialect
  ) async throws -> Shopper {
    let tenant = try await system.tenant(tier)
    try await system.platform.allot(scheme: "x12", address: "ZZ:\(address)", to: tenant.record)
    let dock = Dock(system: system, tenant: tenant)
    let supplier = try await dock.first("/v1/parties?code=\(DemoCompany.supplier)")
    let product = try await dock.first("/v1/products?sku=\(DemoCompany.sku)")
    try await dock.post(
      "/v1/products/\(product.string ?? "")/identifiers",
      ["scheme": "supplier_sku", "value": "WIDGET-001", "partyId": supplier])
    let partner = try await dock.post("/v1/edi/partners", ["party": supplier])["id"] ?? .null
    let channel = try await dock.post(
      "/v1/edi/channels", ["partner": partner, "name": "maker", "deliveryUrl": .string(maker.deliveryURL)])["id"]
    try await dock.post(
      "/v1/edi/agreements",
      [
        "partner": partner, "ourQualifier": "ZZ", "ourId": .string(address), "theirQualifier": "ZZ",
        "theirId": .string(supplierID), "version": .string(dialect.agreed), "usage": "T",
        "sendsOrders": true,
        "acknowledgeWithin": .int(seconds),
      ])
    return Shopper(
      system: system, maker: maker,
      trader: Trader(tenant: tenant, address: address, channel: try #require(channel?.string)), supplier: supplier)
  }

  struct Purchase: Sendable {
    let id: String
    let number: String
    var path: String { "/v1/purchase-orders/\(id)" }
  }

  /// An order that is sent to the supplier, as the buyer's people would; it has arrived there.
  func buy(_ lines: [(sku: String, quantity: Int, price: String)]) async throws -> Purchase {
    let order = try await dock.post(
      "/v1/purchase-orders",
      [
        "supplierId": supplier,
        "lines": .array(
          lines.map { ["sku": .string($0.sku), "quantity": .int($0.quantity), "unitPrice": .string($0.price)] }),
      ])
    let purchase = Purchase(id: order["id"]?.string ?? "", number: order["number"]?.string ?? "")
    for act in ["submit", "confirm", "send"] { try await dock.post("\(purchase.path)/\(act)", [:]) }
    try await eventually("the order reaches the supplier") {
      try await maker.received(from: trader.address).contains {
        ["850", "ORDERS"].contains($0.code) && $0.reference == purchase.number
      }
    }
    try await eventually("that it has is noted") {
      try await dock.items("/v1/edi/interchanges?direction=out").allSatisfy { $0["state"] == "sent" }
    }
    return purchase
  }

  /// What the supplier has for the tenant, of one kind: `acknowledgment`, `response`, `despatch` or `invoice`.
  func collect(_ kind: String) async throws -> [[UInt8]] { try await maker.collect(from: trader.address, kind: kind) }

  /// Collects the one document of `kind`, hands it in, and waits until it has been dealt with.
  @discardableResult
  func take(_ kind: String) async throws -> TestAnswer {
    let found = try await collect(kind)
    #expect(found.count == 1, "\(kind)")
    return try await handIn(try #require(found.first))
  }

  @discardableResult
  func handIn(_ bytes: [UInt8]) async throws -> TestAnswer {
    let answer = try await system.handIn(bytes, trader)
    #expect(answer.status == 202, "\(answer.text)")
    let id = answer.json["interchange"]?.string ?? ""
    try await eventually("interchange \(id) is dealt with") {
      let messages = try await dock.get("/v1/edi/interchanges/\(id)")["messages"]?.array ?? []
      return !messages.contains { $0["state"]?.string == "received" }
    }
    return answer
  }

  /// Codes of what somebody has to see to, sorted.
  func open() async throws -> [String] {
    try await dock.items("/v1/edi/exceptions?state=open").compactMap { $0["code"]?.string }.sorted()
  }

  /// Ends everything on the list.
  func clear() async throws {
    for entry in try await dock.items("/v1/edi/exceptions?state=open") {
      try await dock.post("/v1/edi/exceptions/\(entry["id"]?.string ?? "")/resolve", ["reason": "Seen"])
    }
  }
}
