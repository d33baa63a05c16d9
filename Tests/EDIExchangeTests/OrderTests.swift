import BulkheadCore
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("Orders in, answers out")
  struct Orders {
    @Test(
      "two tenants take the same order number from one buyer, who accepts what both answer",
      arguments: [(Tier.pooled, Tier.pooled), (.schema, .dedicated)])
    func sameNumber(_ first: Tier, _ second: Tier) async throws {
      try await Trade.run([first, second]) { system, trade in
        let orders = try await trade.purchase()
        let (one, two) = (trade.traders[0], trade.traders[1])
        async let bearer = system.handIn(orders[0], one)
        async let basic = system.handInBasic(orders[1], two)
        for answer in try await [bearer, basic] {
          #expect(answer.status == 202, "\(answer.text)")
          #expect(answer.json["state"] == "accepted")
          #expect(answer.json["sets"]?[0]?["reference"]?.string == Trade.order)
          #expect(answer.json["acknowledgement"]?.string?.contains("AK5*A~") == true)
        }
        for trader in trade.traders {
          try await expectAcceptedByBuyer(trade, trader)
          try await expectBooked(system, trader)
          try await expectAcknowledged(system, trade, trader)
          #expect(try await system.brokenInvariants(trader.tenant) == [])
        }
        try await expectApart(system, one, two)
        // The buyer notes a delivery after it has answered it, and may be writing its notes while they are read.
        var deliveries: [Int] = []
        try await eventually("four documents are delivered") {
          deliveries = try await trade.buyer.deliveries()
          return deliveries.count >= 4
        }
        #expect(deliveries == [200, 200, 200, 200], "\(deliveries)")
      }
    }

    private func expectAcceptedByBuyer(_ trade: Trade, _ trader: Trader) async throws {
      try await eventually("a 997 and an 855 reach the buyer") {
        try await trade.buyer.received(from: trader.address).count >= 2
      }
      let received = try await trade.buyer.received(from: trader.address)
      #expect(received.map(\.code).sorted() == ["855", "997"])
      for document in received {
        #expect(document.isAccepted && document.findings.isEmpty, "\(document)")
      }
      #expect(received.first { $0.code == "855" }?.reference == Trade.order)
      let written = try await trade.buyer.written(for: trader.address)
      #expect(written.first { $0.code == "850" }?.acknowledgment == "accepted")
      let lines = try await trade.buyer.reconciliation(order: Trade.order, supplier: trader.address)
      #expect(lines.map { $0["confirmed"]?.string } == ["60"])
    }

    private func expectBooked(_ system: TestSystem, _ trader: Trader) async throws {
      let orders = try await system.items("/v1/orders", trader)
      #expect(orders.map { $0["poNumber"]?.string } == [Trade.order])
      let id = try #require(orders.first?["id"]?.string)
      let order = try await system.get("/v1/orders/\(id)", trader.tenant).json
      #expect(order["channel"] == "edi")
      let line = try #require(order["lines"]?[0])
      #expect(line["ordered"] == "100")
      #expect(line["reserved"] == "60")
      #expect(line["backordered"] == "40")
      #expect(line["unitPrice"] == "11.25")
      #expect(line["priceDiffers"] == false)
    }

    /// The buyer's own 997 for the 855 comes back over the channel.
    private func expectAcknowledged(_ system: TestSystem, _ trade: Trade, _ trader: Trader) async throws {
      let before = system.messages("855", in: try await system.interchanges("out", trader))
      #expect(before.map { $0["ackState"] } == ["awaited"])
      let acknowledgments = try await trade.buyer.collect(from: trader.address, kind: "acknowledgment")
      #expect(acknowledgments.count == 1)
      for bytes in acknowledgments {
        let answer = try await system.handInBasic(bytes, trader)
        #expect(answer.status == 202 && answer.json["state"] == "accepted", "\(answer.text)")
        #expect(answer.json["acknowledgement"] == .null)
      }
      let outbound = try await system.interchanges("out", trader)
      #expect(outbound.map { $0["state"] } == ["sent", "sent"])
      #expect(system.messages("855", in: outbound).map { $0["ackState"] } == ["accepted"])
      #expect(system.messages("997", in: outbound).map { $0["ackState"] } == ["none"])
    }

    private func expectApart(_ system: TestSystem, _ one: Trader, _ two: Trader) async throws {
      for (mine, other) in [(one, two), (two, one)] {
        let seen = try await system.interchanges("in", mine) + system.interchanges("out", mine)
        #expect(seen.count == 4)
        for interchange in seen {
          #expect(interchange["content"]?.string?.contains(mine.address) == true)
          #expect(interchange["content"]?.string?.contains(other.address) == false)
          let id = interchange["id"]?.string ?? ""
          #expect(try await system.get("/v1/edi/interchanges/\(id)", other.tenant).status == 404)
        }
        for order in try await system.items("/v1/orders", mine) {
          let id = order["id"]?.string ?? ""
          #expect(try await system.get("/v1/orders/\(id)", other.tenant).status == 404)
        }
      }
    }

    @Test("the same order number again is answered with a rejection and changes nothing")
    func duplicateNumber() async throws {
      try await Trade.run([.pooled]) { system, trade in
        let trader = trade.traders[0]
        try await trade.buyer.behave("duplicate-order", towards: trader.address)
        let first = try await trade.purchase()[0]
        _ = try await system.handIn(first, trader)
        try await eventually("the first order is answered") {
          try await trade.buyer.received(from: trader.address).count == 2
        }
        let orders = try await system.get("/v1/orders", trader.tenant).json
        let stock = try await system.get("/v1/stock", trader.tenant).json
        try await trade.buyer.advance()
        let again = try await trade.buyer.collect(from: trader.address, kind: "order")
        #expect(again.count == 1)
        let answer = try await system.handIn(try #require(again.first), trader)
        #expect(answer.json["state"] == "accepted")
        #expect(answer.json["interchange"] != .null)
        try await eventually("the second order is answered") {
          try await trade.buyer.received(from: trader.address).count == 4
        }
        let answers = system.messages("855", in: try await system.interchanges("out", trader))
        #expect(answers.count == 2)
        let contents = try await system.interchanges("out", trader).compactMap { $0["content"]?.string }
        #expect(contents.count { $0.contains("BAK*00*RD*\(Trade.order)*") && $0.contains("ACK*IR*0*EA~") } == 1)
        #expect(try await trade.buyer.received(from: trader.address).allSatisfy { $0.findings.isEmpty })
        let refused = try await system.interchanges("in", trader).flatMap { $0["errors"]?.array ?? [] }
        #expect(refused.map { $0["code"] } == ["order.duplicatePO"])
        #expect(try await system.get("/v1/orders", trader.tenant).json == orders)
        #expect(try await system.get("/v1/stock", trader.tenant).json == stock)
        #expect(try await system.brokenInvariants(trader.tenant) == [])
      }
    }
  }
}
