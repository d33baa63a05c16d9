import BulkheadCore
import BulkheadTesting
import Foundation
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("Delivery")
  struct Delivery {
    @Test("what cannot be delivered while the partner is down arrives once when it is up again")
    func partnerDown() async throws {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("buyer-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try await Trade.run([.pooled], database: folder.appendingPathComponent("buyer.db")) { system, trade in
        let trader = trade.traders[0]
        let order = try await trade.purchase()[0]
        trade.buyer.stop()
        #expect(try await system.handIn(order, trader).json["state"] == "accepted")
        try await eventually("both deliveries fail at least once") {
          try await system.failedDeliveries(of: trader).count == 2
        }
        #expect(try await system.failedDeliveries(of: trader).allSatisfy { !$0.hasPrefix("dead") })
        #expect(try await system.interchanges("out", trader).map { $0["state"] } == ["pending", "pending"])

        let buyer = try await trade.buyer.restarted()
        defer { buyer.stop() }
        try await eventually("both are delivered") {
          try await system.interchanges("out", trader).allSatisfy { $0["state"] == "sent" }
        }
        #expect(try await buyer.received(from: trader.address).map(\.code).sorted() == ["855", "997"])
        #expect(try await buyer.deliveries() == [200, 200])
        #expect(try await system.items("/v1/orders", trader).count == 1)
      }
    }

    @Test(
      "a channel cannot make the server call a metadata service or itself by another name",
      arguments: ["http://169.254.169.254/latest/meta-data", "http://[::ffff:169.254.169.254]:80/"])
    func metadata(url: String) async throws {
      try await Trade.run([.pooled], deliveryURL: url) { system, trade in
        let trader = trade.traders[0]
        #expect(try await system.handIn(try await trade.purchase()[0], trader).status == 202)
        try await eventually("both documents are given up") {
          let outbound = try await system.interchanges("out", trader)
          return outbound.count == 2 && outbound.allSatisfy { $0["state"] == "undeliverable" }
        }
        #expect(
          try await system.interchanges("out", trader).map { $0["reason"] }
            == ["edi.deliveryFailed", "edi.deliveryFailed"])
        #expect(
          try await system.failedDeliveries(of: trader)
            == ["dead delivery.hostNotAllowed", "dead delivery.hostNotAllowed"])
      }
    }

    @Test("a partner's server that says no is asked once; its document waits with what it answered")
    func refused() async throws {
      try await TestSystem.run(worker: true) { system in
        let address = Trade.freshAddress()
        let buyer = try await MockTradingPartner.start(id: Trade.buyerID, suppliers: [.init(id: address)])
        defer { buyer.stop() }
        // This very API takes no documents at that address: 405.
        let trader = try await system.trader(.pooled, address: address, deliveryURL: "\(system.url)/healthz")
        let order = try await buyer.purchase(from: address, number: Trade.order, lines: Trade.lines)
        #expect(try await system.handIn(order, trader).json["state"] == "accepted")
        try await eventually("both documents are given up") {
          let outbound = try await system.interchanges("out", trader)
          return outbound.count == 2 && outbound.allSatisfy { $0["state"] == "undeliverable" }
        }
        let outbound = try await system.interchanges("out", trader)
        #expect(outbound.allSatisfy { $0["reason"] == "edi.deliveryRefused" })
        for document in outbound {
          let shown = try await system.get("/v1/edi/interchanges/\(document["id"]?.string ?? "")", trader.tenant)
          #expect(shown.text.contains("answered 405"), "\(shown.text)")
        }
        let jobs = try await system.platform.control.run(
          "SELECT state, attempt FROM control.job_status WHERE tenant_id = $1 AND topic = 'edi.outbound.ready'",
          [.id(trader.tenant.id.id)])
        #expect(try jobs.map { "\(try $0.text(0)) \(try $0.int(1))" } == ["dead 1", "dead 1"])
        // Both wait on the work list; one that is tried again fails again and waits there anew.
        let open = try await system.items("/v1/edi/exceptions?state=open", trader)
        #expect(open.compactMap { $0["code"]?.string } == ["edi.deliveryRefused", "edi.deliveryRefused"], "\(open)")
        let path = "/v1/edi/exceptions/\(open.first?["id"]?.string ?? "")/retry"
        #expect(try await system.call("POST", path, token: trader.tenant.token).json["state"] == "retried")
        try await eventually("it is given up once more") {
          try await system.items("/v1/edi/exceptions?state=open", trader).count == 2
        }
      }
    }
  }
}

extension TestSystem {
  /// What became of the trader's deliveries that failed: `dead`, or a state that leads to another try.
  fileprivate func failedDeliveries(of trader: Trader) async throws -> [String] {
    let rows = try await platform.control.run(
      """
      SELECT state, last_error_code FROM control.job_status
      WHERE tenant_id = $1 AND topic = 'edi.outbound.ready' AND attempt >= 1 AND last_error_code IS NOT NULL
      """, [.id(trader.tenant.id.id)])
    return try rows.map { row in "\(try row.text(0)) \(try row.text(1))" }
  }
}
