import BulkheadCore
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("Ship notices and invoices out")
  struct Selling {
    @Test(
      "what leaves is announced carton by carton, what is billed adds up, and the buyer accepts both",
      arguments: [(Tier.pooled, Tier.schema)])
    func scenario(_ first: Tier, _ second: Tier) async throws {
      try await Trade.run([first, second]) { system, trade in
        let orders = try await trade.purchase()
        for (bytes, trader) in zip(orders, trade.traders) {
          try await Dock(system: system, tenant: trader.tenant).taxes()
          #expect(try await system.handIn(bytes, trader).json["state"] == "accepted")
        }
        for trader in trade.traders {
          let dock = Dock(system: system, tenant: trader.tenant)
          try await eventually("the order is answered") {
            try await trade.buyer.received(from: trader.address).contains { $0.code == "855" }
          }
          let order = try await dock.first("/v1/orders").string ?? ""
          try await dock.ship(order, [("L1", 40), ("L2", 20)])
          try await dock.invoice(order)
          try await eventually("ship notice and invoice reach the buyer") {
            try await Set(trade.buyer.received(from: trader.address).map(\.code)).isSuperset(of: ["856", "810"])
          }
          let received = try await trade.buyer.received(from: trader.address)
          #expect(received.map(\.code).sorted() == ["810", "855", "856", "997"])
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

    private func expectContents(_ system: TestSystem, _ trader: Trader) async throws {
      let outbound = try await system.interchanges("out", trader)
      func content(_ type: String) -> String {
        outbound.first { $0["messages"]?[0]?["type"]?.string == type }?["content"]?.string ?? ""
      }
      let notice = content("856")
      for part in [
        "*0001~", "HL*1**S*1~", "TD1*CTN25*2", "HL*2*1*O*1~", "PRF*\(Trade.order)***", "HL*3*2*P*1~",
        "MAN*GM*006141411234567890~", "HL*4*3*I*0~", "LIN*1*VP*WIDGET-001*UP*614141123452~", "SN1*1*40*EA**100*EA~",
        "REF*LT*L1~", "HL*5*2*P*1~", "MAN*GM*006141411234567906~", "HL*6*5*I*0~", "SN1*1*20*EA**100*EA~", "CTT*6~",
      ] { #expect(notice.contains(part), "\(part) in \(notice)") }
      let invoice = content("810")
      for part in [
        "*\(Trade.order)***DI*00~", "CUR*SE*USD~", "IT1*1*60*EA*11.25**VP*WIDGET-001*UP*614141123452~", "*30~",
        "TDS*72900~", "TXI*TX*54.00~", "CTT*1~",
      ] { #expect(invoice.contains(part), "\(part) in \(invoice)") }
    }

    /// Each of the buyer's 997 settles the document that it is about.
    private func expectSettled(_ system: TestSystem, _ trade: Trade, _ trader: Trader) async throws {
      let waiting = try await system.items("/v1/edi/acknowledgements", trader)
      #expect(waiting.compactMap { $0["type"]?.string }.sorted() == ["810", "855", "856"])
      for bytes in try await trade.buyer.collect(from: trader.address, kind: "acknowledgment") {
        #expect(try await system.handIn(bytes, trader).json["state"] == "accepted")
      }
      let outbound = try await system.interchanges("out", trader)
      for type in ["856", "810"] {
        let states = system.messages(type, in: outbound).map { $0["ackState"]?.string }
        #expect(states == ["accepted"] || states == ["accepted_with_errors"], "\(type): \(states)")
      }
      #expect(try await system.items("/v1/edi/acknowledgements", trader).isEmpty)
      #expect(try await system.items("/v1/edi/exceptions", trader).isEmpty)
    }

    @Test("a document that the buyer rejects goes to the work list with what was said of it")
    func rejected() async throws {
      try await Trade.run([.pooled]) { system, trade in
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
        #expect(system.messages("855", in: outbound).map { $0["ackState"]?.string } == ["rejected"])
      }
    }
  }
}
