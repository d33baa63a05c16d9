import BulkheadCore
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("What is agreed with a partner")
  struct Agreements {
    @Test("what is sent unasked can be agreed otherwise, and holds from then on", arguments: Tier.allCases)
    func changed(tier: Tier) async throws {
      try await Trade.run([tier, tier]) { system, trade in
        let (trader, neighbour) = (trade.traders[0], trade.traders[1])
        let dock = Dock(system: system, tenant: trader.tenant)
        try await dock.taxes()
        let before = try #require(try await dock.items("/v1/edi/agreements").first)
        #expect(before["sendsInvoices"] == false && before["sendsShipNotices"] == false)
        let path = "/v1/edi/agreements/\(before["id"]?.string ?? "")"
        func change(_ body: JSON, _ tenant: TestTenant) async throws -> TestAnswer {
          try await system.call("PATCH", path, token: tenant.token, json: body)
        }
        #expect(try await change(["sendsInvoices": true], neighbour.tenant).status == 404)
        #expect(try await dock.items("/v1/edi/agreements").first == before)
        #expect(try await change(["acknowledgeWithin": 0], trader.tenant).status == 422)
        let after = try await change(["sendsInvoices": true, "acknowledgeWithin": 60], trader.tenant)
        #expect(after.status == 200 && after.json["sendsInvoices"] == true, "\(after.text)")
        #expect(after.json["acknowledgeWithin"] == 60 && after.json["sendsShipNotices"] == false)
        #expect(try await dock.items("/v1/edi/agreements").first == after.json)
        let theirs = try await Dock(system: system, tenant: neighbour.tenant).items("/v1/edi/agreements")
        #expect(theirs.first?["sendsInvoices"] == false)
        let audited = try await dock.items("/v1/audit?limit=200").filter { $0["act"] == "ediAgreement.changed" }
        #expect(audited.count == 1 && audited[0]["detail"]?["sendsInvoices"] == true, "\(audited)")

        // An order that was placed by telephone: it is billed by a document now, and not announced by one.
        let order =
          try await dock.post(
            "/v1/orders",
            ["customer": "CUST-001", "lines": [["sku": "WIDGET-001", "quantity": 10]]])["id"]?.string ?? ""
        try await dock.ship(order, [("L1", 10)])
        try await dock.invoice(order)
        try await eventually("the invoice is written") {
          system.messages("810", in: try await system.interchanges("out", trader)).count == 1
        }
        #expect(system.messages("856", in: try await system.interchanges("out", trader)).isEmpty)
      }
    }
  }
}
