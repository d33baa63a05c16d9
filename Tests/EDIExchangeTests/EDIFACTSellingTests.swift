import BulkheadCore
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("EDIFACT: orders in; answers, ship notices and invoices out")
  struct EDIFACTSelling {
    @Test(
      "an order that came as ORDERS is answered, announced and billed in EDIFACT, and the buyer accepts it all",
      arguments: [(Tier.pooled, Tier.schema), (.dedicated, .pooled)])
    func scenario(_ first: Tier, _ second: Tier) async throws {
      try await Trade.run([first, second], dialect: .edifact) { system, trade in
        let orders = try await trade.purchase()
        for (bytes, trader) in zip(orders, trade.traders) {
          try await Dock(system: system, tenant: trader.tenant).taxes()
          let answer = try await system.handIn(bytes, trader)
          #expect(answer.status == 202 && answer.json["state"] == "accepted", "\(answer.text)")
          #expect(answer.json["sets"]?[0]?["type"] == "ORDERS")
          #expect(answer.json["sets"]?[0]?["reference"]?.string == Trade.order)
          #expect(answer.json["acknowledgement"]?.string?.contains("+ORDERS:D:96A:UN+7'") == true, "\(answer.text)")
        }
        for trader in trade.traders {
          try await expectAnswered(system, trade, trader)
          let dock = Dock(system: system, tenant: trader.tenant)
          let order = try await dock.first("/v1/orders").string ?? ""
          try await dock.ship(order, [("L1", 40), ("L2", 20)])
          try await dock.invoice(order)
          try await eventually("ship notice and invoice reach the buyer") {
            try await Set(trade.buyer.received(from: trader.address).map(\.code)).isSuperset(of: ["DESADV", "INVOIC"])
          }
          let received = try await trade.buyer.received(from: trader.address)
          #expect(received.map(\.code).sorted() == ["CONTRL", "DESADV", "INVOIC", "ORDRSP"])
          #expect(received.allSatisfy { $0.isAccepted }, "\(received)")
          try await expectContents(system, trader)
          try await expectSettled(system, trade, trader)
          let lines = try await trade.buyer.reconciliation(order: Trade.order, supplier: trader.address)
          #expect(lines.map { $0["shipped"]?.string } == ["60"], "\(lines)")
          #expect(lines.map { $0["billed"]?.string } == ["60"], "\(lines)")
          #expect(try await system.brokenInvariants(trader.tenant) == [])
        }
      }
    }

    /// 60 of 100 are confirmed; the buyer understands every word.
    private func expectAnswered(_ system: TestSystem, _ trade: Trade, _ trader: Trader) async throws {
      try await eventually("a CONTRL and an ORDRSP reach the buyer") {
        try await trade.buyer.received(from: trader.address).count >= 2
      }
      let received = try await trade.buyer.received(from: trader.address)
      #expect(received.map(\.code).sorted() == ["CONTRL", "ORDRSP"])
      #expect(received.allSatisfy { $0.isAccepted && $0.findings.isEmpty }, "\(received)")
      #expect(received.first { $0.code == "ORDRSP" }?.reference == Trade.order)
      let written = try await trade.buyer.written(for: trader.address)
      #expect(written.first { $0.code == "ORDERS" }?.acknowledgment == "accepted", "\(written)")
      let lines = try await trade.buyer.reconciliation(order: Trade.order, supplier: trader.address)
      #expect(lines.map { $0["confirmed"]?.string } == ["60"])
      let id = try #require(try await system.items("/v1/orders", trader).first?["id"]?.string)
      let line = try await system.get("/v1/orders/\(id)", trader.tenant).json["lines"]?[0]
      #expect(line?["ordered"] == "100" && line?["reserved"] == "60" && line?["backordered"] == "40")
      #expect(line?["unitPrice"] == "11.25" && line?["priceDiffers"] == false)
    }

    private func expectContents(_ system: TestSystem, _ trader: Trader) async throws {
      let outbound = try await system.interchanges("out", trader)
      func content(_ type: String) -> String {
        outbound.first { $0["messages"]?[0]?["type"]?.string == type }?["content"]?.string ?? ""
      }
      let answer = content("ORDRSP")
      for part in [
        "RFF+ON:\(Trade.order)'", "+9+AC'", "LIN+1+6+", "QTY+21:100:PCE'", "QTY+113:60:PCE'", "QTY+83:40:PCE'",
      ] { #expect(answer.contains(part), "\(part) in \(answer)") }
      let notice = content("DESADV")
      for part in [
        "BGM+351+", "RFF+ON:\(Trade.order)'", "PAC+2++CT'", "CPS+2+1'", "PCI+33E'", "GIN+BJ+006141411234567890'",
        "LIN+1++614141123452:UP'", "PIA+1+WIDGET-001:VP'", "QTY+12:40:PCE'", "RFF+ON:\(Trade.order):1'", "GIN+BX+L1'",
        "CPS+3+1'", "GIN+BJ+006141411234567906'", "QTY+12:20:PCE'", "GIN+BX+L2'",
      ] { #expect(notice.contains(part), "\(part) in \(notice)") }
      let invoice = content("INVOIC")
      for part in [
        "RFF+ON:\(Trade.order)'", "CUX+2:USD:4'", "PAT+3++5:3:D:30'", "QTY+47:60:PCE'", "MOA+203:675.00'",
        "PRI+AAA:11.25'", "CNT+2:1'", "MOA+77:729.00'", "MOA+79:675.00'", "MOA+124:54.00'", "MOA+139:729.00'",
      ] { #expect(invoice.contains(part), "\(part) in \(invoice)") }
    }

    /// Each of the buyer's CONTRL settles the document that it is about, and is not answered.
    private func expectSettled(_ system: TestSystem, _ trade: Trade, _ trader: Trader) async throws {
      let waiting = try await system.items("/v1/edi/acknowledgements", trader)
      #expect(waiting.compactMap { $0["type"]?.string }.sorted() == ["DESADV", "INVOIC", "ORDRSP"])
      let before = try await system.items("/v1/edi/interchanges?direction=out", trader).count
      for bytes in try await trade.buyer.collect(from: trader.address, kind: "acknowledgment") {
        let answer = try await system.handIn(bytes, trader)
        #expect(answer.json["state"] == "accepted" && answer.json["acknowledgement"] == .null, "\(answer.text)")
      }
      let outbound = try await system.interchanges("out", trader)
      #expect(outbound.count == before)
      for type in ["ORDRSP", "DESADV", "INVOIC"] {
        let states = system.messages(type, in: outbound).map { $0["ackState"]?.string }
        #expect(states == ["accepted"] || states == ["accepted_with_errors"], "\(type): \(states)")
      }
      #expect(try await system.items("/v1/edi/acknowledgements", trader).isEmpty)
      #expect(try await system.items("/v1/edi/exceptions", trader).isEmpty)
    }

    @Test("what a partner ordered in is what the answer, the ship notice and the invoice say back")
    func units() async throws {
      try await Trade.run([.pooled], dialect: .edifact) { system, trade in
        let trader = trade.traders[0]
        let dock = Dock(system: system, tenant: trader.tenant)
        try await dock.taxes()
        // Here CS is no case: that is CA, of 24 pieces.
        try await dock.post("/v1/units", ["code": "CS", "name": "Carton of six"])
        for (number, quantity) in [("1", "1:CA"), ("2", "3:EA")] {
          let order = try ForgedEDIFACT.order(
            from: Trade.buyerID, to: trader.address, number: "UNIT-\(number)", reference: number, quantity: quantity)
          #expect(try await system.handIn(order, trader).json["state"] == "accepted")
        }
        func written(_ type: String) async throws -> [String] {
          try await system.interchanges("out", trader)
            .filter { $0["messages"]?[0]?["type"]?.string == type }.compactMap { $0["content"]?.string }
        }
        try await eventually("both orders are answered") { try await written("ORDRSP").count == 2 }
        let answers = try await written("ORDRSP").joined()
        for part in ["QTY+21:1:CA'", "QTY+113:1:CA'", "QTY+21:3:EA'", "QTY+113:3:EA'"] {
          #expect(answers.contains(part), "\(part) in \(answers)")
        }
        let orders = try await dock.items("/v1/orders")
        let cases = try #require(orders.first { $0["poNumber"]?.string == "UNIT-1" }?["id"]?.string)
        try await dock.ship(cases, [("L1", 24)])
        try await dock.invoice(cases)
        try await eventually("it is announced and billed") {
          let (notices, invoices) = (try await written("DESADV"), try await written("INVOIC"))
          return !notices.isEmpty && !invoices.isEmpty
        }
        #expect(try await written("DESADV").joined().contains("QTY+12:1:CA'"))
        #expect(try await written("INVOIC").joined().contains("QTY+47:1:CA'"))
      }
    }

    @Test("a document that the buyer rejects goes to the work list with what was said of it")
    func rejected() async throws {
      try await Trade.run([.pooled], dialect: .edifact) { system, trade in
        let trader = trade.traders[0]
        let order = try await trade.purchase()[0]
        try await trade.buyer.behave("reject-ack", towards: trader.address)
        _ = try await system.handIn(order, trader)
        try await eventually("the order is answered") {
          try await trade.buyer.received(from: trader.address).count == 2
        }
        for bytes in try await trade.buyer.collect(from: trader.address, kind: "acknowledgment") {
          _ = try await system.handIn(bytes, trader)
        }
        let open = try await system.items("/v1/edi/exceptions?state=open", trader)
        #expect(open.map { $0["code"]?.string } == ["edi.rejectedByPartner"], "\(open)")
        let outbound = try await system.interchanges("out", trader)
        #expect(system.messages("ORDRSP", in: outbound).map { $0["ackState"]?.string } == ["rejected"])
      }
    }

    @Test("one partner may be spoken to in both languages under the same addresses, each answered in its own")
    func both() async throws {
      try await Trade.run([.pooled]) { system, trade in
        let trader = trade.traders[0]
        let dock = Dock(system: system, tenant: trader.tenant)
        let order = try await trade.purchase()[0]
        let partner = try await dock.first("/v1/edi/partners")
        let forged = try ForgedEDIFACT.order(from: Trade.buyerID, to: trader.address, number: "EU-1", reference: "77")
        let early = try await system.handIn(forged, trader)
        #expect(early.json["state"] == "quarantined", "X12 is agreed on and nothing else: \(early.text)")
        try await dock.post(
          "/v1/edi/agreements",
          [
            "partner": partner, "ourQualifier": "ZZ", "ourId": .string(trader.address), "theirQualifier": "ZZ",
            "theirId": .string(Trade.buyerID), "version": "D.96A", "usage": "T",
          ])
        #expect(try await system.handIn(order, trader).json["acknowledgement"]?.string?.hasPrefix("ISA*") == true)
        let held = try await dock.first("/v1/edi/quarantine").string ?? ""
        let taken = try await dock.post("/v1/edi/quarantine/\(held)/retry")
        #expect(taken["acknowledgement"]?.string?.hasPrefix("UNA:+.? '") == true, "\(taken)")
        try await eventually("both orders are answered, each in its language") {
          let outbound = try await system.interchanges("out", trader)
          return system.messages("855", in: outbound).count == 1 && system.messages("ORDRSP", in: outbound).count == 1
        }
        #expect(try await dock.items("/v1/orders").count == 2)
      }
    }
  }
}
