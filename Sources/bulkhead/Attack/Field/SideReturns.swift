import BulkheadCore
import BulkheadServer
import Distribution

extension Side {
  /// An order of its own that has left, a return of a part of it that somebody has asked for, and a month of stock that
  /// is closed: one so long ago that nobody posts into it.
  mutating func makeReturns(_ stand: Stand) async throws {
    let receipt: JSON = [
      "kind": "receipt", "reason": "Delivery",
      "lines": [["sku": "WIDGET-001", "quantity": 20, "lot": "L1", "unitCost": "5.00"]],
    ]
    _ = try await stand.post("/v1/stock-adjustments", tenant, receipt)
    let order: JSON = ["customer": "CUST-001", "lines": [["sku": "WIDGET-001", "quantity": 20]]]
    try take("order_gone", try await stand.post("/v1/orders", tenant, order), at: ["id"])
    let wave = try await stand.post("/v1/waves", tenant, ["orderIds": [.id(try id("order_gone"))]])
    var gone = self
    try gone.take("shipment", wave, at: ["shipments", "id"])
    let shipment = "/v1/shipments/\(try gone.id("shipment"))"
    try await pick(wave.json["id"]?.string ?? "", stand)
    var items: [JSON] = []
    let tasks = try await stand.get("/v1/pick-tasks?wave=\(wave.json["id"]?.string ?? "")", tenant)
    for task in tasks.json["items"]?.array ?? [] {
      items.append(["line": 1, "lot": task["lot"] ?? .null, "quantity": task["picked"] ?? .null])
    }
    _ = try await stand.post("\(shipment)/packages", tenant, ["items": .array(items)])
    _ = try await stand.call("POST", "\(shipment)/pack", token: tenant.token)
    let shipped = try await stand.post("\(shipment)/ship", tenant, ["carrier": "ACME Freight"])
    try take("shipment_line", shipped, at: ["lines", "id"])
    let body = try Bodies.returns("POST /v1/returns", self) ?? .null
    try take("customer_return", try await stand.post("/v1/returns", tenant, body), at: ["id"])
    try take(
      "stock_period", try await stand.post("/v1/stock-periods", tenant, ["month": "2020-01-15"]), at: ["id"])
  }

  /// Scans every task of a wave as done.
  private func pick(_ wave: String, _ stand: Stand) async throws {
    let tasks = try await stand.get("/v1/pick-tasks?wave=\(wave)", tenant)
    for task in tasks.json["items"]?.array ?? [] {
      _ = try await stand.post("/v1/pick-task-claims", tenant, ["device": "RF-9", "waveId": .string(wave)])
      let scan: JSON = [
        "device": "RF-9", "seq": .int(Int64(Maker.fresh())), "location": task["from"] ?? .null,
        "lot": task["lot"] ?? .null, "quantity": task["quantity"] ?? .null,
      ]
      _ = try await stand.post("/v1/pick-tasks/\(task["id"]?.string ?? "")/scans", tenant, scan)
    }
  }
}

extension Bodies {
  /// Bodies of the routes about returns, by method and path.
  static func returns(_ route: String, _ side: Side) throws -> JSON? {
    switch route {
    case "POST /v1/returns":
      [
        "reason": "Too many",
        "lines": [["shipmentLineId": .id(try side.id("shipment_line")), "quantity": 1]],
      ]
    case "POST /v1/returns/{return}/receive":
      ["items": [["line": 1, "quantity": 1, "lot": "L1", "disposition": "restock"]]]
    case "POST /v1/stock-periods": ["month": "2020-01-15"]
    default: nil
    }
  }
}
