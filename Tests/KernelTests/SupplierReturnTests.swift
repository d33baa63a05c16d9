import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

/// One tenant's goods on their way back, as a buyer and the dock drive them.
private struct Sender {
  let buyer: Buyer

  /// An order over 100 of which `quantity` came in one lot; its path, its line and the line of the receipt.
  func received(
    _ quantity: Int, price: String, lot: String = "L3", on day: String? = nil
  ) async throws -> (path: String, line: JSON, receipt: JSON, receiptLine: JSON) {
    let order = try await buyer.order(100, price: price)
    let body = JSON.object(
      [.init("receivedOn", .optional(day))] + (buyer.receipt(order.line, quantity, lot: lot).members ?? []))
    let made = try await buyer.ok("\(order.path)/receipts", body, 201)
    return (order.path, order.line, made["id"] ?? .null, made["lines"]?[0]?["id"] ?? .null)
  }

  func wanted(_ receiptLine: JSON, _ quantity: Int, _ more: [JSON.Member] = []) -> JSON {
    .object(
      [
        .init("reason", "Broken"),
        .init("lines", [["receiptLineId": receiptLine, "quantity": .int(quantity)]]),
      ] + more)
  }

  func ask(_ body: JSON) async throws -> TestAnswer {
    try await buyer.system.post("/v1/supplier-returns", buyer.tenant, body)
  }

  /// A return that is accepted; its path.
  func accepted(_ body: JSON) async throws -> String {
    let made = try await buyer.ok("/v1/supplier-returns", body, 201)
    let path = "/v1/supplier-returns/\(made["id"]?.string ?? "")"
    if made["state"]?.string == "requested" {
      _ = try await buyer.ok("\(path)/accept", ["supplierReference": "RMA-7"])
    }
    return path
  }

  /// A supplier's invoice that somebody approves when it is dearer than the order.
  func bill(_ line: JSON, _ quantity: Int, _ price: String, number: String) async throws {
    let bill = try await PurchasingTests.invoice(buyer, line, quantity, price, number: number)
    let made = try await buyer.ok("/v1/supplier-invoices", bill, 201)
    guard made["state"]?.string == "held" else { return }
    let approved = try await buyer.ok("/v1/supplier-invoices/\(made["id"]?.string ?? "")/approve", [:])
    #expect(approved["state"]?.string == "posted", "\(approved)")
  }

  func line(_ order: String) async throws -> JSON? {
    try await buyer.system.get(order, buyer.tenant).json["lines"]?[0]
  }
}

@Suite("Goods that go back to their supplier")
struct SupplierReturnTests {
  @Test("what nobody billed is not owed, what was billed is credited, and the costs' difference is a variance")
  func scenario() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for tenant in tenants {
          group.addTask { try await Self.play(Sender(buyer: Buyer(system: system, tenant: tenant))) }
        }
        try await group.waitForAll()
      }
      for tenant in tenants { #expect(try await system.brokenInvariants(tenant) == []) }
    }
  }

  /// 50 come at 5.60 (280.00) and freight of 25.00 makes them 6.10. 20 are billed: 112.00. 40 go back.
  private static func play(_ sender: Sender) async throws {
    let buyer = sender.buyer
    let order = try await sender.received(50, price: "5.60")
    let freight = try await buyer.ok(
      "/v1/landed-costs",
      ["kind": "freight", "allocation": "value", "amount": "25.00", "receiptIds": [order.receipt]], 201)
    let post = "/v1/landed-costs/\(freight["id"]?.string ?? "")/post"
    #expect(try await buyer.system.call("POST", post, token: buyer.tenant.token).status == 200)
    let bill = try await PurchasingTests.invoice(buyer, order.line, 20, "5.60")
    #expect(try await buyer.ok("/v1/supplier-invoices", bill, 201)["state"]?.string == "posted")
    #expect(try await buyer.balance("grni") == -16_800)
    #expect(try await buyer.balance("inventory") == 31_000 + 30_500)

    let made = try await buyer.ok(
      "/v1/supplier-returns", sender.wanted(order.receiptLine, 40), 201)
    #expect(made["number"]?.string?.hasPrefix("RTV-") == true && made["state"]?.string == "requested")
    let path = "/v1/supplier-returns/\(made["id"]?.string ?? "")"
    #expect(try await buyer.system.post("\(path)/ship", buyer.tenant, [:]).code == "supplierReturn.wrongState")
    #expect(try await buyer.ok("\(path)/accept", ["supplierReference": "RMA-7"])["state"]?.string == "accepted")

    // 30 had not been billed: 168.00. 10 had: 56.00. The stock was worth 305.00 x 40 / 50 = 244.00: 20.00 too dear.
    let shipped = try await buyer.ok("\(path)/ship", [:])
    #expect(shipped["state"]?.string == "shipped" && shipped["supplierReference"]?.string == "RMA-7")
    let line = shipped["lines"]?[0]
    #expect(line?["unbilled"]?.string == "30" && line?["unbilledValue"]?.string == "168.00", "\(shipped)")
    #expect(line?["billedValue"]?.string == "56.00" && line?["stockValue"]?.string == "244.00")
    #expect(try await buyer.balance("inventory") == 31_000 + 6_100)
    #expect(try await buyer.system.stockValue(buyer.tenant) == 31_000 + 6_100)
    #expect(try await buyer.balance("price_variance") == 2_000)
    #expect(try await buyer.balance("grni") == 5_600, "the supplier owes a credit")
    let bought = try await sender.line(order.path)
    #expect(bought?["received"]?.string == "50" && bought?["returned"]?.string == "40", "\(String(describing: bought))")
    #expect(bought?["open"]?.string == "50", "nothing is to come again")
    #expect(try await buyer.system.availability(buyer.tenant)["onHand"]?.string == "70")

    // What went back before it was billed cannot be billed any more.
    let late = try await PurchasingTests.invoice(buyer, order.line, 1, "5.60", number: "INV-2")
    #expect(try await buyer.ok("/v1/supplier-invoices", late, 201)["matchState"]?.string == "no_receipt")

    // 57.00 and 4.56 tax are credited: a whole 1.00 more than they had cost.
    let credit: JSON = ["supplierNumber": "CR-1", "net": "57.00", "tax": "4.56"]
    let done = try await buyer.ok("\(path)/credit", credit)
    #expect(done["state"]?.string == "completed" && done["creditNet"]?["amount"]?.string == "57.00", "\(done)")
    #expect(try await buyer.balance("grni") == 0)
    #expect(try await buyer.balance("price_variance") == 1_900)
    #expect(try await buyer.balance("payable") == -11_200 + 6_156)
    #expect(try await buyer.balance("tax_receivable") == -456)
    #expect(try await buyer.system.post("\(path)/credit", buyer.tenant, credit).code == "supplierReturn.wrongState")
    let events = try await buyer.system.get("\(path)/history", buyer.tenant).json["items"]?.array ?? []
    #expect(
      events.compactMap { $0["event"]?.string } == [
        "supplierReturn.requested", "supplierReturn.accepted", "supplierReturn.shipped", "supplierReturn.completed",
      ])
  }

  @Test("what went back unbilled leaves the price of what stayed alone", arguments: Tier.allCases)
  func billedDearer(tier: Tier) async throws {
    try await TestSystem.run { system in
      let sender = Sender(buyer: Buyer(system: system, tenant: try await system.tenant(tier)))
      let buyer = sender.buyer
      // 10 come at 5.00 (50.00), 4 go back unbilled (20.00), the other 6 are billed at 6.00 (36.00).
      let order = try await sender.received(10, price: "5.00")
      let path = try await sender.accepted(sender.wanted(order.receiptLine, 4))
      _ = try await buyer.ok("\(path)/ship", [:])
      #expect(try await buyer.balance("grni") == -3_000)
      try await sender.bill(order.line, 6, "6.00", number: "INV-1")
      #expect(try await buyer.balance("inventory") == 31_000 + 3_600)
      #expect(try await buyer.system.stockValue(buyer.tenant) == 31_000 + 3_600)
      #expect(try await buyer.balance("grni") == 0)
      #expect(try await buyer.balance("price_variance") == 0)
      #expect(try await buyer.balance("payable") == -3_600)

      // Goods of the second receipt go back out of the layer of the first, which is older: 20 come at 5.00 in two
      // receipts, 4 of the second go back, all the rest is billed at 6.00. 16 stay, and they cost 96.00.
      let first = try await sender.received(10, price: "5.00", lot: "L4")
      let second = try await sender.received(10, price: "5.00", lot: "L4")
      let back = try await sender.accepted(sender.wanted(second.receiptLine, 4))
      _ = try await buyer.ok("\(back)/ship", [:])
      try await sender.bill(first.line, 10, "6.00", number: "INV-2")
      try await sender.bill(second.line, 6, "6.00", number: "INV-3")
      #expect(try await buyer.balance("inventory") == 31_000 + 3_600 + 9_600)
      #expect(try await buyer.balance("grni") == 0)
      #expect(try await buyer.balance("price_variance") == 0)

      // Half of what stayed is sold before it is billed: its half of 6.00 is a variance.
      let sold = try await sender.received(10, price: "5.00", lot: "L5")
      let third = try await sender.accepted(sender.wanted(sold.receiptLine, 4))
      _ = try await buyer.ok("\(third)/ship", [:])
      try await buyer.take(3, lot: "L5")
      try await sender.bill(sold.line, 6, "6.00", number: "INV-4")
      #expect(try await buyer.balance("inventory") == 31_000 + 3_600 + 9_600 + 1_800)
      #expect(try await buyer.balance("grni") == 0)
      #expect(try await buyer.balance("price_variance") == 300)
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  @Test(
    "a receipt that was posted wrongly is taken back whole, and the goods are expected again", arguments: Tier.allCases)
  func reversal(tier: Tier) async throws {
    try await TestSystem.run { system in
      let sender = Sender(buyer: Buyer(system: system, tenant: try await system.tenant(tier)))
      let buyer = sender.buyer
      let order = try await sender.received(100, price: "3.333")
      #expect(try await buyer.balance("grni") == -33_330)
      #expect(try await system.get(order.path, buyer.tenant).json["receiptState"]?.string == "full")
      let more = [JSON.Member("kind", "reversal")]
      let path = try await sender.accepted(sender.wanted(order.receiptLine, 60, more))
      let shipped = try await buyer.ok("\(path)/ship", [:])
      #expect(shipped["state"]?.string == "completed", "nobody had billed any of it: \(shipped)")
      #expect(shipped["lines"]?[0]?["unbilledValue"]?.string == "199.98")
      #expect(try await buyer.balance("grni") == -13_332)
      #expect(try await buyer.balance("price_variance") == 0)
      #expect(try await sender.line(order.path)?["open"]?.string == "60")
      let incoming = try await system.get(
        "/v1/products/\(try await system.widget(buyer.tenant))/availability?date=9999-12-31", buyer.tenant)
      #expect(incoming.json["incoming"]?.string == "60")
      let rest = try await sender.accepted(sender.wanted(order.receiptLine, 40, more))
      _ = try await buyer.ok("\(rest)/ship", [:])
      #expect(try await buyer.balance("grni") == 0)
      #expect(try await system.stockValue(buyer.tenant) == 31_000)
      #expect(try await system.get(order.path, buyer.tenant).json["receiptState"]?.string == "none")
      #expect(try await system.brokenInvariants(buyer.tenant) == [])

      _ = try await buyer.ok("\(order.path)/receipts", buyer.receipt(order.line, 100), 201)
      let over = try await system.post("\(order.path)/receipts", buyer.tenant, buyer.receipt(order.line, 1))
      #expect(over.code == "receipt.overTolerance", "\(over.text)")
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
      _ = try await buyer.ok("\(order.path)/close", ["reason": "Done"])
      let late = try await sender.accepted(
        sender.wanted(try await Self.newest(buyer, order.path), 10, [.init("expectedAgain", true)]))
      _ = try await buyer.ok("\(late)/ship", [:])
      #expect(try await sender.line(order.path)?["open"]?.string == "0", "nothing comes against a closed order")
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  /// The line of an order's latest receipt.
  private static func newest(_ buyer: Buyer, _ order: String) async throws -> JSON {
    let id = order.dropFirst("/v1/purchase-orders/".count)
    let list = try await buyer.system.get("/v1/receipts?order=\(id)", buyer.tenant).json["items"]?.array ?? []
    let path = "/v1/receipts/\(list.last?["id"]?.string ?? "")"
    return try await buyer.system.get(path, buyer.tenant).json["lines"]?[0]?["id"] ?? .null
  }

  @Test("what cannot go back is refused by its own name and leaves nothing behind")
  func refusals() async throws {
    try await TestSystem.run { system in
      let sender = Sender(buyer: Buyer(system: system, tenant: try await system.tenant(.pooled)))
      let buyer = sender.buyer
      let order = try await sender.received(50, price: "5.60", on: "2026-01-05")
      let other = try await sender.received(1, price: "5.60")
      func refused(_ body: JSON) async throws -> String? { try await sender.ask(body).code }
      #expect(try await refused(sender.wanted(order.receiptLine, 51)) == "supplierReturn.beyondReceived")
      #expect(try await refused(sender.wanted(order.line, 1)) == "reference.unknown")
      let line: JSON = ["receiptLineId": order.receiptLine, "quantity": 1]
      let strange: JSON = ["receiptLineId": other.receiptLine, "quantity": 1]
      let mixed = try await sender.ask(["reason": "Broken", "lines": [line, strange]])
      #expect(mixed.code == "reference.unknown" && mixed.places == ["/lines/1/receiptLineId reference.unknown"])
      let twice: JSON = ["reason": "Broken", "lines": [line, line]]
      #expect(try await refused(twice) == "line.repeated")
      let away: JSON = [
        "reason": "Broken", "lines": [["receiptLineId": order.receiptLine, "quantity": 1, "location": "WH1"]],
      ]
      #expect(try await refused(away) == "location.wrongType")

      let path = try await sender.accepted(sender.wanted(order.receiptLine, 50))
      #expect(try await refused(sender.wanted(order.receiptLine, 1)) == "supplierReturn.beyondReceived")
      let before = try await system.rowsOf(buyer.tenant)
      func ship(_ body: JSON) async throws -> String? {
        try await system.post("\(path)/ship", buyer.tenant, body).code
      }
      #expect(try await ship(["shippedOn": "9999-01-01"]) == "date.inFuture")
      #expect(try await ship(["shippedOn": "2026-01-04"]) == "supplierReturn.beforeReceipt")
      let entity = try await buyer.id("/v1/legal-entities").string ?? ""
      _ = try await buyer.ok("/v1/legal-entities/\(entity)/periods/close", ["month": "2026-01-31"])
      let closed = try await system.rowsOf(buyer.tenant)
      #expect(try await ship(["shippedOn": "2026-01-10"]) == "period.closed")
      // Everything that lies there is promised to somebody.
      _ = try await buyer.ok("/v1/orders", Bodies.order(111), 201)
      #expect(try await ship([:]) == "stock.insufficient")
      let after = try await system.rowsOf(buyer.tenant)
      for table in ["supplier_return", "supplier_return_line", "stock_move", "ledger_entry", "receipt_line"] {
        #expect(before[table] == after[table] && closed[table] == after[table], "\(table)")
      }
      _ = try await buyer.ok("\(path)/cancel", ["reason": "Kept"])
      #expect(try await ship([:]) == "supplierReturn.wrongState")
      #expect(try await sender.ask(sender.wanted(order.receiptLine, 50)).status == 201, "free again")
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }

  @Test("of many at the same moment no more goes back than came, and one credit note is taken once")
  func races() async throws {
    try await TestSystem.run { system in
      let sender = Sender(buyer: Buyer(system: system, tenant: try await system.tenant(.schema)))
      let buyer = sender.buyer
      let order = try await sender.received(50, price: "5.60")
      _ = try await buyer.ok(
        "/v1/supplier-invoices", try await PurchasingTests.invoice(buyer, order.line, 50, "5.60"), 201)
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for _ in 0..<8 {
          group.addTask { try await sender.ask(sender.wanted(order.receiptLine, 20)) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let made = answers.filter { $0.status == 201 }.compactMap { $0.json["id"]?.string }
      #expect(made.count == 2 && answers.filter { $0.code == "supplierReturn.beyondReceived" }.count == 6)
      for id in made {
        _ = try await buyer.ok("/v1/supplier-returns/\(id)/accept", [:])
        _ = try await buyer.ok("/v1/supplier-returns/\(id)/ship", [:])
      }
      let credits = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for id in made + made {
          group.addTask {
            try await system.post(
              "/v1/supplier-returns/\(id)/credit", buyer.tenant, ["supplierNumber": "CR-1", "net": "1.00"])
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(credits.filter { $0.status == 200 }.count == 1, "\(credits.map(\.text))")
      #expect(
        Set(credits.compactMap(\.code)).isSubset(of: ["supplierReturn.creditTaken", "supplierReturn.wrongState"]))
      #expect(try await buyer.balance("grni") == 11_200, "the other still waits for its credit")
      #expect(try await system.brokenInvariants(buyer.tenant) == [])
    }
  }
}
