import BulkheadCore
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("One tenant's documents over another's channel")
  struct Isolation {
    @Test(
      "a document for A over B's channel is quarantined with the answer that an unknown partner gets",
      arguments: [(Tier.pooled, Tier.pooled), (.dedicated, .schema)])
    func quarantine(_ tierA: Tier, _ tierB: Tier) async throws {
      try await Trade.run([tierA, tierB]) { system, trade in
        let (a, b) = (trade.traders[0], trade.traders[1])
        let forA = try await trade.purchase()[0]
        let forNobody = try Forged.replacing(a.address, with: "NOBODY" + a.address.suffix(5), in: forA)
        let booksOfA = try await system.books(a)
        let ordersOfB = try await system.get("/v1/orders", b.tenant).json
        let stockOfB = try await system.get("/v1/stock", b.tenant).json

        let foreign = try await system.handIn(forA, b)
        let unknown = try await system.handIn(forNobody, b)
        #expect(foreign.status == 202 && foreign.json["state"] == "quarantined")
        #expect(foreign.status == unknown.status)
        #expect(withoutID(foreign) == withoutID(unknown))
        #expect(foreign.headers.keys.sorted() == unknown.headers.keys.sorted())
        #expect(foreign.headers["content-length"] == unknown.headers["content-length"])
        // Told again, the same.
        #expect(try await system.handIn(forA, b).json == foreign.json)

        let held = try await system.items("/v1/edi/quarantine", b)
        #expect(held.count == 2)
        #expect(Set(held.map { $0["reason"] }) == ["edi.envelopeNotAgreed"])
        #expect(try await system.items("/v1/edi/interchanges", b).isEmpty)
        #expect(try await system.get("/v1/orders", b.tenant).json == ordersOfB)
        #expect(try await system.get("/v1/stock", b.tenant).json == stockOfB)
        #expect(try await system.books(a) == booksOfA)

        // The control: the same bytes over A's own channel are an order, and quarantine has not used up its number.
        #expect(try await system.handIn(forA, a).json["state"] == "accepted")
        try await eventually("A's answers reach the buyer") {
          try await trade.buyer.received(from: a.address).count == 2
        }
        #expect(try await trade.buyer.received(from: b.address).isEmpty)
        for trader in trade.traders { #expect(try await system.brokenInvariants(trader.tenant) == []) }
      }
    }

    /// The answer's members without the id, which is new each time.
    private func withoutID(_ answer: TestAnswer) -> [JSON.Member] {
      (answer.json.members ?? []).filter { $0.name != "interchange" }
    }

    @Test("another tenant's channel is as absent as one that nobody has")
    func foreignChannel() async throws {
      try await Trade.run([.pooled, .pooled], worker: false) { system, trade in
        let (a, b) = (trade.traders[0], trade.traders[1])
        let orders = try await trade.purchase()
        let booksOfA = try await system.books(a)
        let nowhere = Trader(
          tenant: a.tenant, address: a.address, channel: system.platform.ambient.makeID().description)
        for bytes in orders {
          let foreign = try await system.handIn(bytes, b, on: a)
          let absent = try await system.handIn(bytes, b, on: nowhere)
          #expect(foreign.status == 404 && foreign.code == "resource.notFound")
          #expect(absent.status == 404)
          #expect(withoutInstance(foreign) == withoutInstance(absent))
        }
        #expect(try await system.books(a) == booksOfA)
        #expect(try await system.items("/v1/edi/quarantine", b).isEmpty)
        #expect(try await system.items("/v1/edi/interchanges", b).isEmpty)
      }
    }

    /// The problem without what names this one request.
    private func withoutInstance(_ answer: TestAnswer) -> [JSON.Member] {
      (answer.json.members ?? []).filter { !["instance", "requestId", "traceId"].contains($0.name) }
    }

    @Test("an agreement can only name the tenant's own address, and one taken answers like one that nobody has")
    func agreements() async throws {
      try await Trade.run([.pooled, .pooled], worker: false) { system, trade in
        let (a, b) = (trade.traders[0], trade.traders[1])
        let partner = try #require(try await system.items("/v1/edi/partners", b).first?["id"])
        func agree(on address: String) async throws -> TestAnswer {
          try await system.post(
            "/v1/edi/agreements", b.tenant,
            [
              "partner": partner, "ourQualifier": "ZZ", "ourId": .string(address), "theirQualifier": "ZZ",
              "theirId": .string(Trade.buyerID), "version": "004010", "usage": "P",
            ])
        }
        let taken = try await agree(on: a.address)
        let free = try await agree(on: "NOBODY-AT-ALL")
        #expect(taken.status == 422 && taken.code == "edi.addressNotOurs", "\(taken.text)")
        #expect(withoutInstance(taken) == withoutInstance(free))
        #expect(try await agree(on: b.address).status == 201)
      }
    }

    @Test("an address is given to one tenant only, and a malformed one leaves nothing behind")
    func allotment() async throws {
      try await TestSystem.run { system in
        let a = try await system.tenant(.pooled, seeded: false)
        let b = try await system.tenant(.schema, seeded: false)
        let address = "ZZ:\(Trade.freshAddress())"
        func allot(_ address: String, to tenant: TestTenant) async throws {
          let command = try AddressCommand.parse(
            ["--data", TestCluster.shared.folder.path, tenant.slug, "x12", address])
          try await command.run()
        }
        try await allot(address, to: a)
        try await allot(address, to: a)
        await #expect(throws: (any Error).self) { try await allot(address, to: b) }
        for malformed in ["NOCOLON", "ZZ:", "zz:lower", "ZZ:SIXTEENLETTERSXX", "ZZ:A*B", "ZZ: A"] {
          await #expect(throws: (any Error).self, "\(malformed)") { try await allot(malformed, to: b) }
          let rows = try await system.platform.control.run(
            "SELECT 1 FROM control.address WHERE address = $1", [.text(malformed)])
          #expect(rows.isEmpty, "\(malformed)")
        }
        let shown = try await system.get("/v1/edi/addresses", a).json["items"]?.array ?? []
        #expect(shown.map { $0["address"]?.string.map { "ZZ:" + $0 } } == [address])
        #expect(try await system.get("/v1/edi/addresses", b).json["items"]?.array == [])
      }
    }
  }
}
