import BulkheadCore
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("Suppliers' documents that are refused")
  struct SupplierRefusals {
    /// A mistake in a supplier's document and the code under which it waits for somebody.
    struct Mistake: Sendable {
      let name: String
      let code: String
      let old: String
      let new: String
    }

    /// The interchange is well formed: the 997 accepts it, and the desk refuses it.
    private static func business(_ kind: String, _ order: String) -> [Mistake] {
      switch kind {
      case "response":
        [
          Mistake(name: "an order that nobody placed", code: "edi.orderUnknown", old: order, new: "PO-NOBODY"),
          Mistake(name: "another item", code: "edi.itemUnknown", old: "VP*WIDGET-001", new: "VP*GHOST-999"),
          Mistake(name: "another currency", code: "edi.currencyNotAgreed", old: "CUR*SE*USD", new: "CUR*SE*EUR"),
          Mistake(name: "another unit", code: "edi.unitUnknown", old: "*10*EA*", new: "*10*DZ*"),
        ]
      case "despatch":
        [
          Mistake(name: "an order that nobody placed", code: "edi.orderUnknown", old: order, new: "PO-NOBODY"),
          Mistake(name: "another item", code: "edi.itemUnknown", old: "VP*WIDGET-001", new: "VP*GHOST-999"),
          Mistake(name: "an unknown unit", code: "unit.unknown", old: "SN1*1*10*EA", new: "SN1*1*10*DZ"),
          Mistake(name: "a quantity of nothing", code: "quantity.notPositive", old: "SN1*1*10*", new: "SN1*1*0*"),
          Mistake(name: "an item of no order", code: "edi.unmappable", old: "HL*3*2*I", new: "HL*3*9*I"),
        ]
      default:
        [
          Mistake(name: "an order that nobody placed", code: "edi.orderUnknown", old: order, new: "PO-NOBODY"),
          Mistake(name: "another item", code: "edi.itemUnknown", old: "VP*WIDGET-001", new: "VP*GHOST-999"),
          Mistake(name: "another currency", code: "edi.currencyNotAgreed", old: "CUR*SE*USD", new: "CUR*SE*EUR"),
          Mistake(name: "an unknown unit", code: "unit.unknown", old: "IT1*1*10*EA*", new: "IT1*1*10*DZ*"),
          Mistake(name: "a total of its own", code: "edi.totalsDiffer", old: "TDS*5750", new: "TDS*5751"),
          Mistake(name: "a credit memo", code: "edi.creditNotSupported", old: "*DI*00", new: "*CR*00"),
          Mistake(
            name: "a freight charge", code: "edi.chargesNotSupported", old: "CTT*1~", new: "SAC*C*D240***500~\nCTT*1~"),
        ]
      }
    }

    /// The 997 rejects it, with this in it.
    private static let syntax: [Mistake] = [
      Mistake(name: "a wrong count of lines", code: "AK3*CTT*", old: "CTT*", new: "CTT*9"),
      Mistake(name: "a wrong count of segments", code: "AK5*R*4", old: "SE*", new: "SE*9"),
      Mistake(name: "a set in the wrong group", code: "AK5*R*1", old: "ST*8", new: "ST*9"),
    ]

    @Test("each mistake is named on the work list and changes nothing else")
    func table() async throws {
      try await Shopper.run([.pooled]) { system, shoppers in
        let shopper = shoppers[0]
        let purchase = try await shopper.buy([("WIDGET-001", 10, "5.75")])
        let order = try await shopper.dock.get(purchase.path)
        var number = 500
        for kind in ["response", "despatch", "invoice"] {
          let found = try await shopper.collect(kind)
          let bytes = try #require(found.first)
          for mistake in Self.business(kind, purchase.number) {
            number += 1
            var forged = try Forged.renumbered(try Forged.replacing(mistake.old, with: mistake.new, in: bytes), number)
            if mistake.new.contains("\n") { forged = try Forged.counted(forged) }
            let answer = try await shopper.handIn(forged)
            #expect(answer.json["state"] == "accepted", "\(kind), \(mistake.name): \(answer.text)")
            #expect(try await shopper.open() == [mistake.code], "\(kind), \(mistake.name)")
            try await shopper.clear()
          }
          for mistake in Self.syntax {
            number += 1
            let forged = try Forged.renumbered(try Forged.first(mistake.old, with: mistake.new, in: bytes), number)
            let answer = try await shopper.handIn(forged)
            #expect(answer.json["state"] == "rejected", "\(kind), \(mistake.name): \(answer.text)")
            let acknowledgement = answer.json["acknowledgement"]?.string ?? ""
            #expect(acknowledgement.contains(mistake.code), "\(kind), \(mistake.name): \(acknowledgement)")
            #expect(try await shopper.open() == ["edi.syntax"], "\(kind), \(mistake.name)")
            try await shopper.clear()
          }
        }
        #expect(try await shopper.dock.get(purchase.path) == order)
        #expect(try await shopper.dock.items("/v1/asns").isEmpty)
        #expect(try await shopper.dock.items("/v1/supplier-invoices").isEmpty)
        #expect(try await shopper.dock.items("\(purchase.path)/acknowledgements").isEmpty)
        #expect(try await system.brokenInvariants(shopper.trader.tenant) == [])
      }
    }

    @Test("what was refused for want of a unit is taken in once more when the unit is there, and not twice")
    func retry() async throws {
      try await Shopper.run([.dedicated]) { system, shoppers in
        let shopper = shoppers[0]
        _ = try await shopper.buy([("WIDGET-001", 24, "5.75")])
        let found = try await shopper.collect("despatch")
        let bytes = try #require(found.first)
        try await shopper.handIn(try Forged.replacing("SN1*1*24*EA", with: "SN1*1*2*DZ", in: bytes))
        let entry = try await shopper.dock.items("/v1/edi/exceptions").first
        #expect(entry?["code"] == "unit.unknown" && entry?["type"] == "856")
        try await shopper.dock.post("/v1/units", ["code": "DZ", "name": "Dozen"])
        let product = try await shopper.dock.first("/v1/products?sku=WIDGET-001").string ?? ""
        try await shopper.dock.post(
          "/v1/products/\(product)/unit-conversions", ["unit": "DZ", "numerator": 12])
        let path = "/v1/edi/exceptions/\(entry?["id"]?.string ?? "")"
        #expect(try await shopper.dock.post("\(path)/retry")["state"] == "retried")
        try await eventually("the notice is there") { try await shopper.dock.items("/v1/asns").count == 1 }
        let notice = "/v1/asns/\(try await shopper.dock.first("/v1/asns").string ?? "")"
        let line = try await shopper.dock.get(notice)["lines"]?[0]
        #expect(line?["quantity"] == "2" && line?["unit"] == "DZ" && line?["advised"] == "24")
        #expect(try await shopper.open() == [])
        let again = try await system.call("POST", "\(path)/retry", token: shopper.trader.tenant.token)
        #expect(again.status == 409 && again.code == "edi.exceptionSettled", "\(again.text)")
        let audit = try await system.get("/v1/audit?limit=200", shopper.trader.tenant).text
        #expect(audit.contains("edi.exception.retried"))
      }
    }
  }

  @Suite("Quarantine as a work list")
  struct Quarantine {
    @Test("what is held is taken in when its addresses are agreed, or discarded with a reason, once")
    func settled() async throws {
      try await Trade.run([.pooled]) { system, trade in
        let trader = trade.traders[0]
        let dock = Dock(system: system, tenant: trader.tenant)
        let order = try await trade.purchase()[0]
        let fromStranger = try Forged.replacing("BIGBUYER       ", with: "STRANGER       ", in: order)
        #expect(try await system.handIn(fromStranger, trader).json["state"] == "quarantined")
        let path = "/v1/edi/quarantine/\(try await dock.first("/v1/edi/quarantine").string ?? "")"
        let early = try await system.call("POST", "\(path)/retry", token: trader.tenant.token)
        #expect(early.status == 409 && early.code == "edi.stillNotAgreed", "\(early.text)")
        #expect(try await dock.items("/v1/edi/quarantine").count == 1)

        let partner = try await dock.first("/v1/edi/partners")
        try await dock.post(
          "/v1/edi/agreements",
          [
            "partner": partner, "ourQualifier": "ZZ", "ourId": .string(trader.address), "theirQualifier": "ZZ",
            "theirId": "STRANGER", "version": "004010", "usage": "T",
          ])
        #expect(try await dock.post("\(path)/retry")["state"] == "accepted")
        try await eventually("it has become an order") { try await dock.items("/v1/orders").count == 1 }
        #expect(try await dock.items("/v1/edi/quarantine").isEmpty)
        #expect(try await dock.items("/v1/edi/quarantine?state=released").count == 1)
        let late = try await system.call("POST", "\(path)/retry", token: trader.tenant.token)
        #expect(late.status == 409 && late.code == "edi.notQuarantined", "\(late.text)")

        let other = try Forged.replacing("BIGBUYER       ", with: "NOBODYATALL    ", in: order)
        #expect(try await system.handIn(other, trader).json["state"] == "quarantined")
        let second = "/v1/edi/quarantine/\(try await dock.first("/v1/edi/quarantine").string ?? "")"
        let gone = try await dock.post("\(second)/discard", ["reason": "Sent to the wrong company"])
        #expect(gone["state"] == "discarded" && gone["settledWhy"] == "Sent to the wrong company")
        #expect(try await dock.items("/v1/edi/quarantine").isEmpty)
        let audit = try await system.get("/v1/audit?limit=200", trader.tenant).text
        #expect(audit.contains("edi.quarantine.released") && audit.contains("edi.quarantine.discarded"))
        // It is held again when it comes again: a decision about bytes is not one about their sender.
        #expect(try await system.handIn(other, trader).json["state"] == "quarantined")
      }
    }

    @Test("a document of any kind for A over B's channel is quarantined, says nothing, and A never knows")
    func everyKind() async throws {
      try await Shopper.run([.pooled, .pooled]) { system, shoppers in
        let (a, b) = (shoppers[0], shoppers[1])
        // The same number in both: nothing but the tenant tells them apart.
        let orders = [
          try await a.buy([("WIDGET-001", 10, "5.75")]), try await b.buy([("WIDGET-001", 10, "5.75")]),
        ]
        #expect(orders[0].number == orders[1].number)
        func state(_ shopper: Shopper) async throws -> [JSON] {
          var all: [JSON] = []
          for path in [
            "/v1/purchase-orders", "/v1/asns", "/v1/supplier-invoices", "/v1/edi/interchanges", "/v1/edi/exceptions",
            "/v1/edi/acknowledgements",
          ] { all.append(try await shopper.dock.get(path)) }
          return all
        }
        let (before, own) = (try await state(a), try await state(b))
        for kind in ["acknowledgment", "response", "despatch", "invoice"] {
          let found = try await a.collect(kind)
          let bytes = try #require(found.first)
          let foreign = try await system.handIn(bytes, b.trader)
          let unknown = try await system.handIn(
            try Forged.replacing(a.trader.address, with: "NOBODY" + a.trader.address.suffix(5), in: bytes), b.trader)
          #expect(foreign.status == 202 && foreign.json["state"] == "quarantined", "\(kind): \(foreign.text)")
          #expect(withoutID(foreign) == withoutID(unknown), "\(kind)")
          #expect(foreign.headers["content-length"] == unknown.headers["content-length"], "\(kind)")
        }
        #expect(try await state(a) == before)
        #expect(try await state(b) == own)
        #expect(try await b.dock.items("/v1/edi/quarantine").count == 8)
      }
    }

    private func withoutID(_ answer: TestAnswer) -> [JSON.Member] {
      (answer.json.members ?? []).filter { $0.name != "interchange" }
    }
  }
}
