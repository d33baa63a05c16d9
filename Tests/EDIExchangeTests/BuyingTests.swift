import BulkheadCore
import BulkheadData
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("Orders out; answers, ship notices and invoices in")
  struct Buying {
    @Test(
      "150 of 240 come at 5.75 instead of 5.60: each figure is seen to and the invoice is held",
      arguments: [(Tier.pooled, Tier.dedicated)])
    func scenario(_ first: Tier, _ second: Tier) async throws {
      try await Shopper.run([first, second]) { system, shoppers in
        for shopper in shoppers { try await play(shopper) }
        for shopper in shoppers { #expect(try await system.brokenInvariants(shopper.trader.tenant) == []) }
      }
    }

    private func play(_ shopper: Shopper) async throws {
      let purchase = try await shopper.buy([("WIDGET-001", 240, "5.60")])
      let sent = try await shopper.maker.received(from: shopper.trader.address)
      #expect(sent.map(\.code) == ["850"] && sent.allSatisfy { $0.isAccepted && $0.findings.isEmpty }, "\(sent)")
      try await shopper.take("acknowledgment")
      #expect(try await shopper.dock.items("/v1/edi/acknowledgements").isEmpty)

      try await shopper.take("response")
      let answer = try await shopper.dock.items("\(purchase.path)/acknowledgements").first
      #expect(answer?["verdict"] == "changed")
      let said = answer?["lines"]?[0]
      #expect(said?["outcome"] == "quantity_changed" && said?["quantity"] == "150" && said?["unitPrice"] == "5.75")
      #expect(try await shopper.open() == ["edi.priceChanged", "edi.quantityChanged"])
      try await shopper.clear()

      try await shopper.take("despatch")
      let notice = try await shopper.dock.items("/v1/asns").first
      #expect(notice?["state"] == "announced")
      let path = "/v1/asns/\(notice?["id"]?.string ?? "")"
      let line = try await shopper.dock.get(path)["lines"]?[0]
      #expect(line?["advised"] == "150" && line?["beyondOrder"] == "0" && line?["order"]?.string == purchase.number)
      let counted = try await shopper.dock.post(
        "\(path)/receipts", ["lines": [["asnLineId": line?["id"] ?? .null, "quantity": 150, "lot": "L3"]]])
      #expect(counted["state"] == "received" && counted["lines"]?[0]?["short"] == "0")
      let receipt = try await shopper.dock.get("/v1/receipts/\(counted["receipts"]?[0]?.string ?? "")")
      #expect(receipt["value"]?["amount"] == "840.00" && receipt["lines"]?[0]?["advised"] == "150")

      try await shopper.take("invoice")
      let invoice = try await shopper.dock.items("/v1/supplier-invoices").first
      #expect(invoice?["state"] == "held" && invoice?["matchState"] == "price_hold")
      #expect(invoice?["net"]?["amount"] == "862.50")
      let shown = try await shopper.dock.get("/v1/supplier-invoices/\(invoice?["id"]?.string ?? "")")
      #expect(shown["lines"]?[0]?["priceDifferencePercent"] == "2.67857143")
      #expect(try await shopper.open() == ["edi.invoiceHeld"])
      let approved = try await shopper.dock.post("/v1/supplier-invoices/\(invoice?["id"]?.string ?? "")/approve", [:])
      #expect(approved["state"] == "posted")
      try await expectAcknowledged(shopper)
    }

    /// The supplier has a 997 for each of its documents, and none rejects.
    private func expectAcknowledged(_ shopper: Shopper) async throws {
      try await eventually("the supplier's documents are acknowledged") {
        try await shopper.maker.written(for: shopper.trader.address).filter { $0.code != "997" }
          .allSatisfy { $0.acknowledgment.hasPrefix("accepted") }
      }
      #expect(
        try await shopper.maker.written(for: shopper.trader.address).map(\.code).sorted()
          == ["810", "855", "856", "997"])
    }

    @Test("a supplier who ships short, ships over, leaves out a line, refuses, or bills twice is handled as such")
    func behaviours() async throws {
      try await Shopper.run([.pooled]) { system, shoppers in
        let shopper = shoppers[0]
        let product = try await shopper.dock.post(
          "/v1/products",
          ["sku": "WIDGET-002", "name": "Widget, red", "baseUnit": "EA", "tracking": "none", "valuation": "fifo"])["id"]
        try await shopper.dock.post(
          "/v1/products/\(product?.string ?? "")/identifiers",
          ["scheme": "supplier_sku", "value": "WIDGET-002", "partyId": shopper.supplier])
        try await shortShip(shopper)
        try await overShip(shopper)
        try await rejectLine(shopper)
        try await rejectAll(shopper)
        try await duplicateInvoice(shopper)
        #expect(try await system.brokenInvariants(shopper.trader.tenant) == [])
      }
    }

    private func begin(
      _ behaviour: String, _ shopper: Shopper, _ lines: [(sku: String, quantity: Int, price: String)]
    ) async throws -> Shopper.Purchase {
      try await shopper.clear()
      for kind in ["acknowledgment", "response", "despatch", "invoice"] { _ = try await shopper.collect(kind) }
      try await shopper.maker.behave(behaviour, towards: shopper.trader.address)
      return try await shopper.buy(lines)
    }

    /// 100 ordered, 80 confirmed, shipped and billed.
    private func shortShip(_ shopper: Shopper) async throws {
      let purchase = try await begin("short-ship", shopper, [("WIDGET-001", 100, "5.75")])
      try await shopper.take("response")
      #expect(try await shopper.open() == ["edi.quantityChanged"])
      try await shopper.take("despatch")
      let (path, line) = try await notice(shopper)
      #expect(line["advised"] == "80" && line["beyondOrder"] == "0")
      let counted = try await shopper.dock.post(
        "\(path)/receipts", ["lines": [["asnLineId": line["id"] ?? .null, "quantity": 78, "lot": "S1"]]])
      #expect(counted["state"] == "receiving" && counted["lines"]?[0]?["short"] == "2")
      #expect(try await shopper.dock.post("\(path)/close", ["reason": "Two are missing"])["state"] == "closed")
      let order = try await shopper.dock.get(purchase.path)
      #expect(order["lines"]?[0]?["received"] == "78" && order["lines"]?[0]?["open"] == "22")
    }

    /// 100 ordered and confirmed, 130 shipped and billed; the order takes no more than 100.
    private func overShip(_ shopper: Shopper) async throws {
      let purchase = try await begin("over-ship", shopper, [("WIDGET-001", 100, "5.75")])
      try await shopper.take("response")
      #expect(try await shopper.open() == [])
      try await shopper.take("despatch")
      #expect(try await shopper.open() == ["edi.advisedBeyondOrder"])
      let (path, line) = try await notice(shopper)
      #expect(line["advised"] == "130" && line["beyondOrder"] == "30")
      func count(_ quantity: Int) -> JSON {
        ["lines": [["asnLineId": line["id"] ?? .null, "quantity": .int(quantity), "lot": "O1"]]]
      }
      let tooMany = try await shopper.system.post("\(path)/receipts", shopper.trader.tenant, count(130))
      #expect(tooMany.status == 409 && tooMany.code == "receipt.overTolerance", "\(tooMany.text)")
      #expect(try await shopper.dock.post("\(path)/receipts", count(100))["lines"]?[0]?["short"] == "30")
      try await shopper.take("invoice")
      #expect(try await shopper.open() == ["edi.advisedBeyondOrder", "edi.invoiceHeld"])
      let invoice = try await shopper.dock.items("/v1/supplier-invoices").first
      #expect(invoice?["matchState"] == "qty_hold")
      #expect(try await shopper.dock.get(purchase.path)["receiptState"] == "full")
    }

    /// The second of two lines is rejected and closes; the first goes on.
    private func rejectLine(_ shopper: Shopper) async throws {
      let purchase = try await begin(
        "reject-line", shopper, [("WIDGET-001", 10, "5.75"), ("WIDGET-002", 5, "13.75")])
      try await shopper.take("response")
      #expect(try await shopper.open() == ["edi.lineRejected"])
      let order = try await shopper.dock.get(purchase.path)
      #expect(order["status"] == "sent")
      #expect(order["lines"]?[0]?["open"] == "10")
      #expect(order["lines"]?[1]?["open"] == "0" && order["lines"]?[1]?["cancelled"] == "5")
    }

    private func rejectAll(_ shopper: Shopper) async throws {
      let purchase = try await begin("reject-all", shopper, [("WIDGET-001", 10, "5.75")])
      try await shopper.take("response")
      #expect(try await shopper.open() == ["edi.lineRejected"])
      #expect(try await shopper.dock.get(purchase.path)["status"] == "cancelled")
    }

    /// The same invoice under another control number is refused and put on the list; the first stands alone.
    private func duplicateInvoice(_ shopper: Shopper) async throws {
      _ = try await begin("duplicate-invoice", shopper, [("WIDGET-001", 10, "5.75")])
      let before = try await shopper.dock.items("/v1/supplier-invoices").count
      for bytes in try await shopper.collect("despatch") { try await shopper.handIn(bytes) }
      let (path, line) = try await notice(shopper)
      try await shopper.dock.post(
        "\(path)/receipts", ["lines": [["asnLineId": line["id"] ?? .null, "quantity": 10, "lot": "D1"]]])
      try await shopper.maker.advance()
      let invoices = try await shopper.collect("invoice")
      #expect(invoices.count == 2)
      for bytes in invoices { #expect(try await shopper.handIn(bytes).json["state"] == "accepted") }
      #expect(try await shopper.open() == ["supplierInvoice.duplicate"])
      let after = try await shopper.dock.items("/v1/supplier-invoices")
      #expect(after.count == before + 1 && after.first?["state"] == "posted")
    }

    /// The newest notice and its one line.
    private func notice(_ shopper: Shopper) async throws -> (path: String, line: JSON) {
      let path = "/v1/asns/\(try await shopper.dock.first("/v1/asns").string ?? "")"
      return (path, try await shopper.dock.get(path)["lines"]?[0] ?? .null)
    }

    @Test("a supplier who says nothing is found out when its acknowledgment is due")
    func noAcknowledgment() async throws {
      try await Shopper.run([.schema], acknowledgeWithin: 1) { system, shoppers in
        let shopper = shoppers[0]
        try await shopper.maker.behave("no-ack", towards: shopper.trader.address)
        let purchase = try await shopper.buy([("WIDGET-001", 10, "5.75")])
        try await eventually("the missing acknowledgment is noticed") {
          try await shopper.open() == ["edi.acknowledgementOverdue"]
        }
        #expect(try await shopper.collect("acknowledgment").isEmpty)
        let overdue = try await shopper.dock.items("/v1/edi/acknowledgements?overdue=true")
        #expect(overdue.map { $0["reference"]?.string } == [purchase.number])
        let scoped = try await system.platform.operatorTenant(shopper.trader.tenant.record, reason: "test")
        let events = try await scoped.read(
          Query(Statement("SELECT count(*) FROM outbox WHERE topic = 'edi.acknowledgement.overdue'")))
        #expect(try events.first?.first?.int(0) == 1)
      }
    }
  }
}
