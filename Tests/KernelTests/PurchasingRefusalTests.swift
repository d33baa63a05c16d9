import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

@Suite("What cannot be bought, received or billed is refused by its own name and leaves nothing behind")
struct PurchasingRefusalTests {
  /// One request that must be refused. `{…}` is replaced by what the test has made.
  private struct Refused {
    let path: String
    let body: String
    let code: String
    var place: String?
  }

  private static let committed = #"{"productId":"{product}","committed":1,"unitPrice":1}"#

  private static func counted(_ quantity: Int, _ lot: String) -> String {
    #"{"orderLineId":"{openLine}","quantity":\#(quantity),"lot":"\#(lot)"}"#
  }

  private static func bill(_ number: String, on day: String, currency: String = "USD", lines: [String]) -> String {
    let lines = lines.map { #"{"orderLineId":"{\#($0)}","quantity":1,"unitPrice":1}"# }.joined(separator: ",")
    return #"{"supplierId":"{supplier}","supplierNumber":"\#(number)","currency":"\#(currency)","#
      + #""invoicedOn":"\#(day)","lines":[\#(lines)]}"#
  }

  private static let refused: [Refused] = [
    Refused(
      path: "/v1/purchase-orders", body: #"{"supplierId":"{customer}","lines":[{"sku":"WIDGET-001","quantity":1}]}"#,
      code: "party.notSupplier", place: "/supplierId"),
    Refused(
      path: "/v1/purchase-orders", body: #"{"supplierId":"{euro}","lines":[{"sku":"WIDGET-001","quantity":1}]}"#,
      code: "currency.mismatch", place: "/supplierId"),
    Refused(
      path: "/v1/purchase-orders",
      body: #"{"supplierId":"{supplier}","lines":[{"sku":"WIDGET-001","quantity":1,"unit":"PAL","unitPrice":1}]}"#,
      code: "unit.unknown", place: "/lines/0/unit"),
    Refused(
      path: "/v1/purchase-orders", body: #"{"supplierId":"{supplier}","lines":[{"sku":"WIDGET-001","quantity":1}]}"#,
      code: "price.missing", place: "/lines/0"),
    Refused(
      path: "{draft}/receipts", body: #"{"lines":[{"orderLineId":"{draftLine}","quantity":1,"lot":"L3"}]}"#,
      code: "purchase.wrongState"),
    Refused(path: "{draft}/send", body: "{}", code: "purchase.wrongState"),
    Refused(path: "{open}/submit", body: "{}", code: "purchase.wrongState"),
    Refused(path: "{open}/cancel", body: "{}", code: "purchase.notCancellable"),
    Refused(
      path: "{open}/receipts", body: #"{"lines":[{"orderLineId":"{draftLine}","quantity":1,"lot":"L3"}]}"#,
      code: "reference.unknown", place: "/lines/0/orderLineId"),
    Refused(
      path: "{open}/receipts", body: #"{"lines":[{"orderLineId":"{openLine}","quantity":1,"unit":"PAL","lot":"L3"}]}"#,
      code: "unit.unknown", place: "/lines/0/unit"),
    Refused(
      path: "{open}/receipts", body: #"{"lines":[{"orderLineId":"{openLine}","quantity":1}]}"#,
      code: "lot.required", place: "/lines/0/lot"),
    Refused(
      path: "{open}/receipts",
      body: #"{"lines":[\#(counted(40, "A")),\#(counted(51, "B"))]}"#,
      code: "receipt.overTolerance", place: "/lines/1/quantity"),
    Refused(
      path: "{open}/receipts",
      body: #"{"receivedOn":"9999-01-01","lines":[{"orderLineId":"{openLine}","quantity":1,"lot":"L3"}]}"#,
      code: "date.inFuture", place: "/receivedOn"),
    Refused(
      path: "{open}/receipts",
      body: #"{"receivedOn":"2020-02-10","lines":[{"orderLineId":"{openLine}","quantity":1,"lot":"L3"}]}"#,
      code: "period.closed"),
    Refused(
      path: "{open}/receipts",
      body: #"{"lines":[{"orderLineId":"{openLine}","quantity":1,"lot":"L3","location":"WH1"}]}"#,
      code: "location.wrongType", place: "/lines/0/location"),
    Refused(
      path: "/v1/landed-costs",
      body: #"{"kind":"duty","allocation":"weight","amount":"1","receiptIds":["{weightless}"]}"#,
      code: "allocation.baseZero", place: "/allocation"),
    Refused(
      path: "/v1/landed-costs",
      body: #"{"kind":"duty","allocation":"value","amount":"0.001","receiptIds":["{receipt}"]}"#,
      code: "money.malformed", place: "/amount"),
    Refused(
      path: "/v1/supplier-invoices",
      body: bill("INV-1", on: "9999-12-31", lines: ["openLine"]),
      code: "date.inFuture", place: "/invoicedOn"),
    Refused(
      path: "/v1/supplier-invoices",
      body: bill("INV-1", on: "2026-02-01", lines: ["openLine"]),
      code: "supplierInvoice.duplicate", place: "/supplierNumber"),
    Refused(
      path: "/v1/supplier-invoices",
      body: bill("INV-2", on: "2026-02-01", currency: "EUR", lines: ["openLine"]),
      code: "currency.mismatch", place: "/currency"),
    Refused(
      path: "/v1/supplier-invoices",
      body: bill("INV-2", on: "2026-02-01", lines: ["draftLine"]),
      code: "purchase.wrongState", place: "/lines/0/orderLineId"),
    Refused(
      path: "/v1/supplier-invoices",
      body: bill("INV-2", on: "2026-02-01", lines: ["openLine", "openLine"]),
      code: "supplierInvoice.lineTwice", place: "/lines/1/orderLineId"),
    Refused(path: "{posted}/approve", body: "{}", code: "supplierInvoice.wrongState"),
    Refused(path: "{posted}/cancel", body: "{}", code: "supplierInvoice.wrongState"),
    Refused(path: "{tooMuch}/approve", body: "{}", code: "supplierInvoice.notApprovable"),
    Refused(
      path: "/v1/supplier-contracts",
      body: #"{"supplierId":"{supplier}","code":"C","lines":[\#(committed),\#(committed)]}"#,
      code: "supplierContract.productTwice", place: "/lines"),
    Refused(
      path: "/v1/reorder-policies",
      body:
        #"{"productId":"{product}","warehouseId":"{warehouse}","method":"min_max","reorderPoint":10,"target":9}"#,
      code: "input.invalid", place: "/target"),
  ]

  @Test("in every tier", arguments: Tier.allCases)
  func everything(tier: Tier) async throws {
    try await TestSystem.run { system in
      let buyer = Buyer(system: system, tenant: try await system.tenant(tier))
      let made = try await Self.prepare(buyer)
      let before = try await system.rowsOf(buyer.tenant)
      for input in Self.refused {
        var (path, body) = (input.path, input.body)
        for (name, value) in made {
          path = path.replacing("{\(name)}", with: value)
          body = body.replacing("{\(name)}", with: value)
        }
        let answer = try await system.call(
          "POST", path, token: buyer.tenant.token, bytes: Array(body.utf8),
          headers: ["Content-Type": "application/json"])
        #expect(answer.code == input.code, "\(path) \(body): \(answer.text)")
        if let place = input.place {
          #expect(answer.places.first?.hasPrefix(place + " ") == true, "\(path) \(body): \(answer.text)")
        }
      }
      #expect(try await system.rowsOf(buyer.tenant) == before)
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  /// A draft, an order with 10 of 100 received, a posted invoice INV-1 and one over more than came, a supplier who
  /// sells in euros, a receipt of something without a weight, and a closed month.
  private static func prepare(_ buyer: Buyer) async throws -> [String: String] {
    let supplier = try await buyer.supplier
    var made: [String: String] = [:]
    func keep(_ name: String, _ json: JSON?) { made[name] = json?.string ?? "" }
    keep("supplier", supplier)
    keep("product", try await buyer.product)
    keep("warehouse", try await buyer.warehouse)
    keep("customer", try await buyer.id("/v1/parties?code=\(DemoCompany.customer)"))
    let euro: JSON = ["code": "SUPP-EUR", "kind": "supplier", "legalName": "Ruhr AG", "currency": "EUR"]
    keep("euro", try await buyer.ok("/v1/parties", euro, 201)["id"])
    let lines: JSON = [["sku": .string(DemoCompany.sku), "quantity": 5, "unitPrice": "1"]]
    let draft = try await buyer.ok("/v1/purchase-orders", ["supplierId": supplier, "lines": lines], 201)
    keep("draft", .string("/v1/purchase-orders/\(draft["id"]?.string ?? "")"))
    keep("draftLine", draft["lines"]?[0]?["id"])
    let open = try await buyer.order(100, price: "5.60")
    keep("open", .string(open.path))
    keep("openLine", open.line)
    keep("receipt", try await buyer.ok("\(open.path)/receipts", buyer.receipt(open.line, 10), 201)["id"])
    let posted = try await buyer.ok(
      "/v1/supplier-invoices", try await PurchasingTests.invoice(buyer, open.line, 4, "5.60"), 201)
    #expect(posted["state"]?.string == "posted" && posted["matchState"]?.string == "matched")
    keep("posted", .string("/v1/supplier-invoices/\(posted["id"]?.string ?? "")"))
    let tooMuch = try await buyer.ok(
      "/v1/supplier-invoices", try await PurchasingTests.invoice(buyer, open.line, 7, "5.60", number: "INV-7"), 201)
    #expect(tooMuch["matchState"]?.string == "qty_hold")
    keep("tooMuch", .string("/v1/supplier-invoices/\(tooMuch["id"]?.string ?? "")"))
    _ = try await buyer.ok("/v1/products", ["sku": "AIR", "name": "Air", "baseUnit": "EA"], 201)
    let air: JSON = [["sku": "AIR", "quantity": 5, "unitPrice": "1"]]
    let light = try await buyer.ok("/v1/purchase-orders", ["supplierId": supplier, "lines": air], 201)
    let path = "/v1/purchase-orders/\(light["id"]?.string ?? "")"
    for act in ["submit", "confirm"] { _ = try await buyer.ok("\(path)/\(act)", [:]) }
    let weightless = try await buyer.ok(
      "\(path)/receipts", ["lines": [["orderLineId": light["lines"]?[0]?["id"] ?? .null, "quantity": 5]]], 201)
    keep("weightless", weightless["id"])
    let scoped = try await buyer.system.platform.operatorTenant(buyer.tenant.record, reason: "test")
    try await scoped.transaction { tx in
      _ = try await tx.run(
        Statement(
          """
          INSERT INTO fiscal_period (legal_entity_id, starts_on, state)
          SELECT id, '2020-02-01', 'closed' FROM legal_entity WHERE is_default
          """))
    }
    return made
  }

  @Test("a tolerance lets a tenth more in, and an invoice is matched again when the rest has come")
  func tolerance() async throws {
    try await TestSystem.run { system in
      let buyer = Buyer(system: system, tenant: try await system.tenant(.pooled))
      let set = try await system.call(
        "PUT", "/v1/purchasing-tolerances", token: buyer.tenant.token,
        json: ["overReceiptPercent": "10", "priceTolerancePercent": "5", "priceToleranceAmount": "100.00"])
      #expect(set.status == 200, "\(set.text)")
      let (path, line) = try await buyer.order(100, price: "5.60")
      let body = try await PurchasingTests.invoice(buyer, line, 110, "5.75")
      let held = try await buyer.ok("/v1/supplier-invoices", body, 201)
      #expect(held["matchState"]?.string == "no_receipt")
      _ = try await buyer.ok("\(path)/receipts", buyer.receipt(line, 105), 201)
      let invoice = "/v1/supplier-invoices/\(held["id"]?.string ?? "")"
      #expect(try await buyer.ok("\(invoice)/rematch", [:])["matchState"]?.string == "qty_hold")
      _ = try await buyer.ok("\(path)/receipts", buyer.receipt(line, 5), 201)
      #expect(try await system.post("\(path)/receipts", buyer.tenant, buyer.receipt(line, 1)).status == 409)
      #expect(try await system.get(path, buyer.tenant).json["receiptState"]?.string == "over")
      let posted = try await buyer.ok("\(invoice)/rematch", [:])
      #expect(posted["matchState"]?.string == "within_tolerance" && posted["state"]?.string == "posted")
      #expect(posted["lines"]?[0]?["toInventory"]?.string == "16.50")
      #expect(try await system.get(path, buyer.tenant).json["invoiceState"]?.string == "full")
      #expect(try await buyer.balance("grni") == 0)
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  @Test("whoever buys does not confirm, post or approve")
  func roles() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let buyer = Buyer(system: system, tenant: tenant)
      let order = try await buyer.ok(
        "/v1/purchase-orders",
        [
          "supplierId": try await buyer.supplier,
          "lines": [["sku": .string(DemoCompany.sku), "quantity": 5, "unitPrice": "1"]],
        ], 201)
      let path = "/v1/purchase-orders/\(order["id"]?.string ?? "")"
      let permissions = DistributionRoles.permissions[DistributionRoles.buyer]
      let token = try await system.token(tenant.record, permissions: permissions)
      #expect(try await system.call("POST", "\(path)/submit", token: token, json: [:]).status == 200)
      #expect(try await system.call("POST", "\(path)/confirm", token: token, json: [:]).status == 403)
      #expect(try await system.call("POST", "\(path)/receipts", token: token, json: ["lines": []]).status == 403)
    }
  }
}
