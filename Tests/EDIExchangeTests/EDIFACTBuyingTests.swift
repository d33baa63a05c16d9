import BulkheadCore
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("EDIFACT: orders out; answers, ship notices and invoices in")
  struct EDIFACTBuying {
    @Test(
      "150 of 240 come at 5.75 instead of 5.60: each figure is seen to and the invoice is held",
      arguments: [(Tier.pooled, Tier.dedicated)])
    func scenario(_ first: Tier, _ second: Tier) async throws {
      try await Shopper.run([first, second], dialect: .edifact) { system, shoppers in
        for shopper in shoppers { try await play(shopper) }
        for shopper in shoppers { #expect(try await system.brokenInvariants(shopper.trader.tenant) == []) }
      }
    }

    private func play(_ shopper: Shopper) async throws {
      let purchase = try await shopper.buy([("WIDGET-001", 240, "5.60")])
      let sent = try await shopper.maker.received(from: shopper.trader.address)
      #expect(sent.map(\.code) == ["ORDERS"] && sent.allSatisfy { $0.isAccepted && $0.findings.isEmpty }, "\(sent)")
      try await shopper.take("acknowledgment")
      #expect(try await shopper.dock.items("/v1/edi/acknowledgements").isEmpty)

      try await shopper.take("response")
      let answer = try await shopper.dock.items("\(purchase.path)/acknowledgements").first
      #expect(answer?["verdict"] == "changed")
      #expect(answer?["lines"]?.array?.map { $0["outcome"] } == ["accepted", "backordered"], "\(answer ?? .null)")
      #expect(answer?["lines"]?.array?.map { $0["quantity"] } == ["150", "90"])
      #expect(answer?["lines"]?[0]?["unitPrice"] == "5.75" && answer?["lines"]?[0]?["unit"] == "EA")
      #expect(try await shopper.open() == ["edi.lineBackordered", "edi.priceChanged"])
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
      #expect(try await shopper.open() == ["edi.invoiceHeld"])
      let approved = try await shopper.dock.post("/v1/supplier-invoices/\(invoice?["id"]?.string ?? "")/approve", [:])
      #expect(approved["state"] == "posted")
      try await eventually("the supplier's documents are acknowledged") {
        try await shopper.maker.written(for: shopper.trader.address).filter { $0.code != "CONTRL" }
          .allSatisfy { $0.acknowledgment.hasPrefix("accepted") }
      }
      #expect(
        try await shopper.maker.written(for: shopper.trader.address).map(\.code).sorted()
          == ["CONTRL", "DESADV", "INVOIC", "ORDRSP"])
    }

    @Test("an order that is refused whole is cancelled; an invoice that comes twice stands once and is listed")
    func behaviours() async throws {
      try await Shopper.run([.schema], dialect: .edifact) { system, shoppers in
        let shopper = shoppers[0]
        try await shopper.maker.behave("reject-all", towards: shopper.trader.address)
        let refused = try await shopper.buy([("WIDGET-001", 10, "5.75")])
        try await shopper.take("response")
        #expect(try await shopper.open() == ["edi.lineRejected"])
        #expect(try await shopper.dock.get(refused.path)["status"] == "cancelled")
        try await shopper.clear()

        try await shopper.maker.behave("duplicate-invoice", towards: shopper.trader.address)
        _ = try await shopper.buy([("WIDGET-001", 10, "5.75")])
        for bytes in try await shopper.collect("despatch") { try await shopper.handIn(bytes) }
        let notice = "/v1/asns/\(try await shopper.dock.first("/v1/asns").string ?? "")"
        let line = try await shopper.dock.get(notice)["lines"]?[0] ?? .null
        try await shopper.dock.post(
          "\(notice)/receipts", ["lines": [["asnLineId": line["id"] ?? .null, "quantity": 10, "lot": "D1"]]])
        try await shopper.maker.advance()
        let invoices = try await shopper.collect("invoice")
        #expect(invoices.count == 2)
        for bytes in invoices { #expect(try await shopper.handIn(bytes).json["state"] == "accepted") }
        #expect(try await shopper.open() == ["supplierInvoice.duplicate"])
        let posted = try await shopper.dock.items("/v1/supplier-invoices")
        #expect(posted.map { $0["state"] } == ["posted"] && posted.first?["net"]?["amount"] == "57.50")
        #expect(try await system.brokenInvariants(shopper.trader.tenant) == [])
      }
    }
  }
}
