import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

/// One tenant's purchases, as a buyer would make them.
struct Buyer {
  let system: TestSystem
  let tenant: TestTenant

  func ok(_ path: String, _ json: JSON, _ status: Int = 200) async throws -> JSON {
    let answer = try await system.post(path, tenant, json)
    #expect(answer.status == status, "\(path): \(answer.text)")
    return answer.json
  }

  func id(_ path: String) async throws -> JSON {
    try await system.get(path, tenant).json["items"]?[0]?["id"] ?? .null
  }

  var supplier: JSON { get async throws { try await id("/v1/parties?code=\(DemoCompany.supplier)") } }
  var product: JSON { get async throws { try await id("/v1/products?sku=\(DemoCompany.sku)") } }
  var warehouse: JSON { get async throws { try await id("/v1/locations?code=\(DemoCompany.warehouse)") } }

  /// 5.60 each, in packs of 12, at least 48.
  func listPrice() async throws {
    _ = try await ok(
      "/v1/supplier-prices",
      [
        "supplierId": try await supplier, "productId": try await product, "unitPrice": "5.60",
        "minimumOrder": 48, "packMultiple": 12, "leadTimeDays": 14,
      ], 201)
  }

  /// A confirmed order over `quantity`; its path and its line.
  func order(_ quantity: Int, price: String? = nil) async throws -> (path: String, line: JSON) {
    var line: [JSON.Member] = [
      .init("sku", .string(DemoCompany.sku)), .init("quantity", .int(quantity)),
    ]
    if let price { line.append(.init("unitPrice", .string(price))) }
    let order = try await ok(
      "/v1/purchase-orders", ["supplierId": try await supplier, "lines": [.object(line)]], 201)
    let path = "/v1/purchase-orders/\(order["id"]?.string ?? "")"
    for act in ["submit", "confirm"] { _ = try await ok("\(path)/\(act)", [:]) }
    return (path, order["lines"]?[0]?["id"] ?? .null)
  }

  func receipt(_ line: JSON, _ quantity: Int, lot: String = "L3") -> JSON {
    ["lines": [["orderLineId": line, "quantity": .int(quantity), "lot": .string(lot)]]]
  }

  /// Debit less credit of an account, in minor units.
  func balance(_ role: String) async throws -> Int64 {
    let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
    let rows = try await scoped.read(
      Query(
        Statement(
          """
          SELECT coalesce(sum(line.debit_minor - line.credit_minor), 0)::bigint
            FROM ledger_line AS line
            JOIN account_role AS role ON role.account_id = line.account_id WHERE role.role = $1
          """), .text(role)))
    return try rows.first?.first?.int(0) ?? -1
  }

  /// What is left when stock leaves without an order, as if it had been shipped.
  func take(_ quantity: Int, lot: String) async throws {
    _ = try await ok(
      "/v1/stock-adjustments",
      [
        "kind": "correction", "reason": "Gone",
        "lines": [
          ["sku": .string(DemoCompany.sku), "quantity": .int(-quantity), "lot": .string(lot)]
        ],
      ], 201)
  }
}

@Suite("Purchasing, from the proposal to the approved invoice")
struct PurchasingTests {
  @Test("the scenario's figures, in every tier at once, with the same numbers in each")
  func scenario() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for tenant in tenants {
          group.addTask { try await Self.play(Buyer(system: system, tenant: tenant)) }
        }
        try await group.waitForAll()
      }
      for tenant in tenants { #expect(try await system.brokenInvariants(tenant) == []) }
    }
  }

  private static func play(_ buyer: Buyer) async throws {
    let system = buyer.system
    try await buyer.listPrice()
    _ = try await buyer.ok("/v1/orders", Bodies.order(100), 201)
    _ = try await buyer.ok(
      "/v1/reorder-policies",
      [
        "productId": try await buyer.product, "warehouseId": try await buyer.warehouse, "method": "order_up_to",
        "reorderPoint": 50, "target": 200,
      ], 201)

    // Step 7: 60 on hand, 60 reserved, 40 backordered: -40 < 50, up to 200 in packs of 12.
    let run = try await buyer.ok("/v1/replenishment-runs", [:])
    #expect(run["proposed"]?.array?.count == 1)
    let again = try await buyer.ok("/v1/replenishment-runs", [:])
    #expect(again["proposed"]?.array?.count == 0 && again["unchanged"]?.int == 1)
    let path = "/v1/replenishment-suggestions/\(run["proposed"]?[0]?.string ?? "")"
    let proposal = try await system.get(path, buyer.tenant).json
    #expect(proposal["quantity"]?.string == "240")
    #expect(proposal["inputs"]?["position"]?.string == "-40")
    let tooEarly = try await system.call("POST", "\(path)/order", token: buyer.tenant.token)
    #expect(tooEarly.code == "suggestion.wrongState", "\(tooEarly.text)")
    _ = try await buyer.ok("\(path)/accept", [:])
    let placed = try await system.call("POST", "\(path)/order", token: buyer.tenant.token)
    #expect(placed.status == 201, "\(placed.text)")
    #expect(placed.json["number"]?.string?.hasSuffix("-000001") == true)
    #expect(placed.json["total"]?["amount"]?.string == "1344.00")
    let third = try await buyer.ok("/v1/replenishment-runs", [:])
    #expect(third["proposed"]?.array?.count == 0, "a draft is on order already")

    let purchase = "/v1/purchase-orders/\(placed.json["id"]?.string ?? "")"
    let line = placed.json["lines"]?[0]?["id"] ?? .null
    for act in ["submit", "confirm", "send"] { _ = try await buyer.ok("\(purchase)/\(act)", [:]) }
    let incoming = try await system.get(
      "/v1/products/\(try await system.widget(buyer.tenant))/availability?date=9999-12-31", buyer.tenant)
    #expect(incoming.json["incoming"]?.string == "240")

    // Step 8: 150 come, worth 840.00, and freight of 30.00 makes them 5.80 each.
    let received = try await buyer.ok("\(purchase)/receipts", buyer.receipt(line, 150), 201)
    #expect(received["value"]?["amount"]?.string == "840.00")
    let partial = try await system.get(purchase, buyer.tenant).json
    #expect(partial["receiptState"]?.string == "partial")
    #expect(partial["lines"]?[0]?["open"]?.string == "90")
    #expect(try await buyer.balance("grni") == -84_000)
    #expect(try await system.stockValue(buyer.tenant) == 31_000 + 84_000)
    let cost = try await buyer.ok(
      "/v1/landed-costs",
      ["kind": "freight", "allocation": "value", "amount": "30.00", "receiptIds": [received["id"] ?? .null]], 201)
    let costPath = "/v1/landed-costs/\(cost["id"]?.string ?? "")"
    let posted = try await system.call("POST", "\(costPath)/post", token: buyer.tenant.token)
    #expect(posted.json["lines"]?[0]?["inStock"]?.string == "30.00", "\(posted.text)")
    #expect(try await buyer.balance("freight_accrual") == -3000)

    // Step 9: 40 leave at 5.80; 110 are left, worth 638.00.
    try await buyer.take(40, lot: "L3")
    #expect(try await buyer.balance("inventory_adjustment") == 23_200)
    #expect(try await system.stockValue(buyer.tenant) == 31_000 + 63_800)

    // Step 10: 150 at 5.75 are 2.68 % too dear: held, approved, 16.50 to stock and 6.00 to the variance.
    let invoice = try await buyer.ok("/v1/supplier-invoices", try await Self.invoice(buyer, line, 150, "5.75"), 201)
    #expect(invoice["state"]?.string == "held" && invoice["matchState"]?.string == "price_hold")
    #expect(invoice["lines"]?[0]?["priceDifferencePercent"]?.string == "2.67857143")
    #expect(try await system.get(purchase, buyer.tenant).json["matchState"]?.string == "held")
    let approved = try await buyer.ok("/v1/supplier-invoices/\(invoice["id"]?.string ?? "")/approve", [:])
    #expect(approved["state"]?.string == "posted")
    #expect(approved["lines"]?[0]?["cleared"]?.string == "840.00")
    #expect(approved["lines"]?[0]?["toInventory"]?.string == "16.50")
    #expect(approved["lines"]?[0]?["toVariance"]?.string == "6.00")
    #expect(try await buyer.balance("grni") == 0)
    #expect(try await buyer.balance("price_variance") == 600)
    #expect(try await buyer.balance("payable") == -86_250)
    #expect(try await system.stockValue(buyer.tenant) == 31_000 + 65_450)
    #expect(try await buyer.balance("inventory") == 31_000 + 65_450)
    let matched = try await system.get(purchase, buyer.tenant).json
    #expect(matched["matchState"]?.string == "matched" && matched["invoiceState"]?.string == "partial")
  }

  static func invoice(
    _ buyer: Buyer, _ line: JSON, _ quantity: Int, _ price: String, number: String = "INV-1"
  ) async throws -> JSON {
    [
      "supplierId": try await buyer.supplier, "supplierNumber": .string(number), "invoicedOn": "2026-01-15",
      "lines": [["orderLineId": line, "quantity": .int(quantity), "unitPrice": .string(price)]],
    ]
  }

  @Test("what was posted is undone by its opposite, once, and a draft can be dropped")
  func landedCost() async throws {
    try await TestSystem.run { system in
      let buyer = Buyer(system: system, tenant: try await system.tenant(.schema))
      let (path, line) = try await buyer.order(100, price: "10.00")
      let received = try await buyer.ok("\(path)/receipts", buyer.receipt(line, 10), 201)
      let body: JSON = [
        "kind": "freight", "allocation": "quantity", "amount": "10.00", "receiptIds": [received["id"] ?? .null],
      ]
      let cost = "/v1/landed-costs/\(try await buyer.ok("/v1/landed-costs", body, 201)["id"]?.string ?? "")"
      func act(_ name: String) async throws -> TestAnswer {
        try await system.call("POST", "\(cost)/\(name)", token: buyer.tenant.token)
      }
      #expect(try await act("reverse").code == "landedCost.wrongState")
      #expect(try await act("post").status == 200)
      #expect(try await system.stockValue(buyer.tenant) == 31_000 + 11_000)
      #expect(try await act("post").code == "landedCost.wrongState")
      #expect(try await act("cancel").code == "landedCost.wrongState")
      let reversal = try await act("reverse")
      #expect(reversal.json["amount"]?["amount"]?.string == "-10.00", "\(reversal.text)")
      #expect(try await act("reverse").code == "landedCost.wrongState")
      #expect(try await system.stockValue(buyer.tenant) == 31_000 + 10_000)
      #expect(try await buyer.balance("freight_accrual") == 0)
      let other = try await buyer.ok("/v1/landed-costs", body, 201)["id"]?.string ?? ""
      let dropped = try await system.call("POST", "/v1/landed-costs/\(other)/cancel", token: buyer.tenant.token)
      #expect(dropped.json["state"]?.string == "cancelled")
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  @Test("a contract's price is called off by orders, and what does not come goes back to it")
  func contract() async throws {
    try await TestSystem.run { system in
      let buyer = Buyer(system: system, tenant: try await system.tenant(.dedicated))
      try await buyer.listPrice()
      let contract = try await buyer.ok(
        "/v1/supplier-contracts",
        [
          "supplierId": try await buyer.supplier, "code": "BLANKET",
          "lines": [["productId": try await buyer.product, "committed": 100, "unitPrice": "5.00"]],
        ], 201)
      let path = "/v1/supplier-contracts/\(contract["id"]?.string ?? "")"
      func released() async throws -> String? {
        try await system.get(path, buyer.tenant).json["lines"]?[0]?["released"]?.string
      }
      func price(_ order: String) async throws -> String? {
        try await system.get(order, buyer.tenant).json["lines"]?[0]?["unitPrice"]?.string
      }
      #expect(try await price(try await buyer.order(60).path) == "5.60", "a draft has no prices")
      #expect(try await system.call("POST", "\(path)/run", token: buyer.tenant.token).status == 200)
      let first = try await buyer.order(60)
      #expect(try await price(first.path) == "5.00")
      #expect(try await price(try await buyer.order(60).path) == "5.60", "40 are left of it")
      #expect(try await released() == "60")
      _ = try await buyer.ok("\(first.path)/receipts", buyer.receipt(first.line, 25), 201)
      #expect(try await system.post("\(first.path)/cancel", buyer.tenant, [:]).code == "purchase.notCancellable")
      _ = try await buyer.ok("\(first.path)/close", ["reason": "The rest is not made any more"])
      #expect(try await released() == "25")
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  @Test("damaged goods go to quarantine, what the note said and the count did not is told")
  func discrepancies() async throws {
    try await TestSystem.run { system in
      let buyer = Buyer(system: system, tenant: try await system.tenant(.pooled))
      let (path, line) = try await buyer.order(100, price: "5.60")
      let body: JSON = [
        "deliveryNote": "DN-1",
        "lines": [
          ["orderLineId": line, "quantity": 48, "lot": "L3", "advised": 50],
          ["orderLineId": line, "quantity": 2, "lot": "L3", "condition": "damaged"],
        ],
      ]
      #expect(try await system.post("\(path)/receipts", buyer.tenant, body).code == "setup.missing")
      _ = try await buyer.ok(
        "/v1/locations",
        [
          "code": "WH1-QUAR", "name": "Quarantine", "type": "storage", "parentId": try await buyer.warehouse,
          "isQuarantine": true,
        ], 201)
      let received = try await buyer.ok("\(path)/receipts", body, 201)
      #expect(received["lines"]?[0]?["short"]?.string == "2")
      #expect(received["lines"]?[1]?["location"]?.string == "WH1-QUAR")
      #expect(try await system.availability(buyer.tenant)["onHand"]?.string == "108")
      // In cases of 24, of which one brings the order to 74.
      _ = try await buyer.ok(
        "\(path)/receipts", ["lines": [["orderLineId": line, "quantity": 1, "unit": "CA", "lot": "L4"]]], 201)
      #expect(try await system.get(path, buyer.tenant).json["lines"]?[0]?["open"]?.string == "26")
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  @Test("an averaged product costs the same in every lot, also after freight and a dearer invoice")
  func average() async throws {
    try await TestSystem.run { system in
      let buyer = Buyer(system: system, tenant: try await system.tenant(.schema))
      _ = try await buyer.ok(
        "/v1/products",
        ["sku": "AVG", "name": "Averaged", "baseUnit": "EA", "tracking": "lot", "valuation": "average"], 201)
      func receive(_ quantity: Int, _ price: String, lot: String) async throws -> (receipt: JSON, line: JSON) {
        let line: JSON = ["sku": "AVG", "quantity": .int(quantity), "unitPrice": .string(price)]
        let order = try await buyer.ok(
          "/v1/purchase-orders", ["supplierId": try await buyer.supplier, "lines": [line]], 201)
        let path = "/v1/purchase-orders/\(order["id"]?.string ?? "")"
        for act in ["submit", "confirm"] { _ = try await buyer.ok("\(path)/\(act)", [:]) }
        let id = order["lines"]?[0]?["id"] ?? .null
        let made = try await buyer.ok("\(path)/receipts", buyer.receipt(id, quantity, lot: lot), 201)
        return (made["id"] ?? .null, id)
      }
      func values() async throws -> [Int64] {
        let scoped = try await system.platform.operatorTenant(buyer.tenant.record, reason: "test")
        let rows = try await scoped.read(
          Query(
            Statement(
              """
              SELECT layer.value_remaining_minor FROM valuation_layer AS layer
                JOIN product AS p ON p.id = layer.product_id WHERE p.sku = 'AVG' ORDER BY layer.posted_seq
              """)))[0]
        return try rows.map { try $0.int(0) }
      }
      _ = try await receive(1, "100", lot: "A")
      _ = try await receive(1, "200", lot: "B")
      #expect(try await values() == [15_000, 15_000])
      let last = try await receive(2, "200", lot: "C")
      #expect(try await values() == [17_500, 17_500, 35_000])
      let cost = try await buyer.ok(
        "/v1/landed-costs",
        ["kind": "freight", "allocation": "equal", "amount": "4.00", "receiptIds": [last.receipt]], 201)
      let path = "/v1/landed-costs/\(cost["id"]?.string ?? "")/post"
      #expect(try await system.call("POST", path, token: buyer.tenant.token).status == 200)
      #expect(try await values() == [17_600, 17_600, 35_200])
      let gone: JSON = ["sku": "AVG", "quantity": -1, "lot": "A"]
      _ = try await buyer.ok(
        "/v1/stock-adjustments", ["kind": "correction", "reason": "Gone", "lines": [gone]], 201)
      #expect(try await values() == [0, 17_600, 35_200])
      let bill = try await PurchasingTests.invoice(buyer, last.line, 2, "201.50")
      #expect(try await buyer.ok("/v1/supplier-invoices", bill, 201)["matchState"]?.string == "within_tolerance")
      #expect(try await values() == [0, 17_700, 35_400])
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  @Test("of many receipts at the same moment no more comes in than was ordered")
  func receiptRace() async throws {
    try await TestSystem.run { system in
      let buyer = Buyer(system: system, tenant: try await system.tenant(.pooled))
      let (path, line) = try await buyer.order(100, price: "5.60")
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for _ in 0..<8 {
          group.addTask { try await system.post("\(path)/receipts", buyer.tenant, buyer.receipt(line, 30)) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.filter { $0.status == 201 }.count == 3, "\(answers.map(\.text))")
      #expect(answers.filter { $0.code == "receipt.overTolerance" }.count == 5)
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  @Test("of many runs at the same moment one proposes")
  func runRace() async throws {
    try await TestSystem.run { system in
      let buyer = Buyer(system: system, tenant: try await system.tenant(.pooled))
      _ = try await buyer.ok(
        "/v1/reorder-policies",
        [
          "productId": try await buyer.product, "warehouseId": try await buyer.warehouse, "method": "min_max",
          "reorderPoint": 60, "target": 100,
        ], 201)
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for _ in 0..<8 {
          group.addTask { try await system.post("/v1/replenishment-runs", buyer.tenant, [:]) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.filter { $0.json["proposed"]?.array?.count == 1 }.count == 1, "\(answers.map(\.text))")
      #expect(answers.allSatisfy { $0.status == 200 })
    }
  }
}
