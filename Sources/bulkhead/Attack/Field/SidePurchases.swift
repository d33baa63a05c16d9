import BulkheadCore
import BulkheadServer
import Distribution

extension Side {
  /// One of everything that buying leaves behind, from the price to the held invoice. The order stays open, so that
  /// more can be received against it.
  mutating func makePurchases(_ stand: Stand) async throws {
    let price = try Bodies.purchase("POST /v1/supplier-prices", self) ?? .null
    try take("supplier_price", try await stand.post("/v1/supplier-prices", tenant, price), at: ["id"])
    let contract = try Bodies.purchase("POST /v1/supplier-contracts", self) ?? .null
    try take("supplier_contract", try await stand.post("/v1/supplier-contracts", tenant, contract), at: ["id"])
    let policy = try Bodies.purchase("POST /v1/reorder-policies", self) ?? .null
    try take("reorder_policy", try await stand.post("/v1/reorder-policies", tenant, policy), at: ["id"])
    try take("suggestion", try await stand.post("/v1/replenishment-runs", tenant, [:]), at: ["proposed"])
    let order = try await stand.post(
      "/v1/purchase-orders", tenant, try Bodies.purchase("POST /v1/purchase-orders", self) ?? .null)
    try take("purchase_order", order, at: ["id"])
    try take("purchase_order_line", order, at: ["lines", "id"])
    let path = "/v1/purchase-orders/\(try id("purchase_order"))"
    for act in ["submit", "confirm"] { _ = try await stand.post("\(path)/\(act)", tenant, [:]) }
    let receipt = try await stand.post("\(path)/receipts", tenant, try Bodies.receipt(self))
    try take("receipt", receipt, at: ["id"])
    try take("receipt_line", receipt, at: ["lines", "id"])
    let back = try Bodies.purchase("POST /v1/supplier-returns", self) ?? .null
    try take("supplier_return", try await stand.post("/v1/supplier-returns", tenant, back), at: ["id"])
    let rule = try Bodies.purchase("POST /v1/putaway-rules", self) ?? .null
    try take("putaway_rule", try await stand.post("/v1/putaway-rules", tenant, rule), at: ["id"])
    let line: JSON = [
      "orderLineId": .id(try id("purchase_order_line")), "quantity": 2, "lot": "L1", "location": "WH1-IN",
    ]
    _ = try await stand.post("\(path)/receipts", tenant, ["lines": [line]])
    try take("putaway_task", try await stand.get("/v1/putaway-tasks", tenant), at: ["items", "id"])
    let cost = try Bodies.purchase("POST /v1/landed-costs", self) ?? .null
    try take("landed_cost", try await stand.post("/v1/landed-costs", tenant, cost), at: ["id"])
    let invoice = try Bodies.purchase("POST /v1/supplier-invoices", self) ?? .null
    try take("supplier_invoice", try await stand.post("/v1/supplier-invoices", tenant, invoice), at: ["id"])
  }
}

extension Bodies {
  static func receipt(_ side: Side) throws -> JSON {
    ["lines": [["orderLineId": .id(try side.id("purchase_order_line")), "quantity": 2, "lot": "L1"]]]
  }

  /// Bodies of the routes about buying, by method and path.
  static func purchase(_ route: String, _ side: Side) throws -> JSON? {
    switch route {
    case "POST /v1/supplier-prices":
      [
        "supplierId": .id(try side.id("supplier")), "productId": .id(try side.id("product")), "unitPrice": "5.60",
        "minimumOrder": 48, "packMultiple": 12,
      ]
    case "POST /v1/supplier-contracts":
      [
        "supplierId": .id(try side.id("supplier")), "code": .string("SC\(Maker.fresh())"),
        "lines": [["productId": .id(try side.id("product")), "committed": 1000, "unitPrice": "5.50"]],
      ]
    case "POST /v1/reorder-policies":
      [
        "productId": .id(try side.id("product")), "warehouseId": .id(try side.id("location")),
        "method": "order_up_to", "reorderPoint": 500, "target": 2000,
      ]
    case "PATCH /v1/reorder-policies/{policy}": ["supplierId": .id(try side.id("supplier"))]
    case "POST /v1/purchase-orders":
      ["supplierId": .id(try side.id("supplier")), "lines": [["sku": "WIDGET-001", "quantity": 1000]]]
    case "POST /v1/purchase-orders/{purchase}/receipts": try receipt(side)
    case "POST /v1/asns":
      [
        "supplierId": .id(try side.id("supplier")), "number": .string("ASN-\(Maker.fresh())"),
        "lines": [["orderLineId": .id(try side.id("purchase_order_line")), "quantity": 5, "lot": "L1"]],
      ]
    case "POST /v1/asns/{asn}/receipts":
      ["lines": [["asnLineId": .id(try side.id("asn_line")), "quantity": 1, "lot": "L1"]]]
    case "POST /v1/landed-costs":
      ["kind": "freight", "allocation": "value", "amount": "1.00", "receiptIds": [.id(try side.id("receipt"))]]
    case "POST /v1/supplier-invoices":
      [
        "supplierId": .id(try side.id("supplier")), "supplierNumber": .string("INV-\(Maker.fresh())"),
        "invoicedOn": "2020-01-01",
        "lines": [
          ["orderLineId": .id(try side.id("purchase_order_line")), "quantity": 1, "unitPrice": "7.00"]
        ],
      ]
    case "POST /v1/putaway-rules": ["zone": "A"]
    case "POST /v1/putaway-tasks/{putawayTask}/scans":
      ["device": "RF-1", "seq": .int(Int64(Maker.fresh())), "location": "WH1-STOCK", "lot": "L1", "quantity": 1]
    case "POST /v1/supplier-returns":
      // Little enough that any number of attempts finds something left.
      ["reason": "Broken", "lines": [["receiptLineId": .id(try side.id("receipt_line")), "quantity": "0.001"]]]
    default: try returns(route, side)
    }
  }
}
