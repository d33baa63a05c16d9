import BulkheadCore
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("EDIFACT that is refused")
  struct EDIFACTRefusals {
    /// The first segment that begins with `old` begins with `new` instead.
    struct Mistake: Sendable {
      let name: String
      /// What the rejecting CONTRL must contain, or the code under which the document waits for somebody.
      let told: String
      let old: String
      let new: String
      /// Where the answer to the sender finds it.
      var place = ""
    }

    private static let forms = [
      Mistake(name: "a wrong count of segments", told: "+4+29+UNT+2'", old: "UNT+", new: "UNT+9", place: "UNT["),
      Mistake(name: "a UNT of another message", told: "+4+28+UNT+3'", old: "UNT+15+", new: "UNT+15+9", place: "UNT["),
      Mistake(name: "a wrong count of messages", told: "+4+29+UNZ+2'", old: "UNZ+1", new: "UNZ+2", place: "UNZ["),
      Mistake(name: "a UNZ of another interchange", told: "+4+28+UNZ+3'", old: "UNZ+1+", new: "UNZ+1+9", place: "UNZ["),
      Mistake(name: "a tag of two characters", told: "+4+18'", old: "QTY+", new: "QT+", place: "QT["),
      Mistake(name: "a quantity that is no number", told: "UCD+37+2'", old: "QTY+21:1", new: "QTY+21:x", place: "QTY["),
      Mistake(name: "no number", told: "+4+13+UNH'", old: "BGM+220+\(Trade.order)+9", new: "BGM+220", place: "UNH["),
      Mistake(
        name: "a price on a basis of three", told: "UCD+14+2'", old: "PRI+AAA:11.25", new: "PRI+AAA:11.25:::3",
        place: "PRI["),
      Mistake(name: "a wrong count of lines", told: "UCD+29+2'", old: "CNT+2:1", new: "CNT+2:2", place: "CNT["),
      Mistake(name: "no end of the lines", told: "+4+13'", old: "UNS+S", new: "FTX+ZZZ", place: "LIN["),
      Mistake(
        name: "a message that is not read here", told: "+4+14+UNH+3'", old: "UNH+1+ORDERS", new: "UNH+1+QUOTES",
        place: "UNH["),
      Mistake(
        name: "another directory", told: "+4+14+UNH+3'", old: "UNH+1+ORDERS:D:96A", new: "UNH+1+ORDERS:D:01B",
        place: "UNH["),
    ]

    @Test("a mistake in the form is answered with its place, listed, and changes nothing")
    func forms() async throws {
      try await Trade.run([.pooled], dialect: .edifact) { system, trade in
        let trader = trade.traders[0]
        let order = try await trade.purchase(lines: [.init(sku: "WIDGET-001", quantity: "100", price: "11.25")])[0]
        let orders = try await system.get("/v1/orders", trader.tenant).json
        let stock = try await system.get("/v1/stock", trader.tenant).json
        for (index, mistake) in Self.forms.enumerated() {
          let bytes = try ForgedEDIFACT.replacing(
            mistake.old, with: mistake.new, in: try ForgedEDIFACT.renumbered(order, 100 + index))
          let answer = try await system.handIn(bytes, trader)
          #expect(answer.status == 202 && answer.json["state"] == "rejected", "\(mistake.name): \(answer.text)")
          let told = answer.json["acknowledgement"]?.string ?? ""
          #expect(told.contains(mistake.told), "\(mistake.name): \(told)")
          let findings = (answer.json["findings"]?.array ?? []) + (answer.json["sets"]?[0]?["findings"]?.array ?? [])
          #expect(findings.first?["place"]?.string?.hasPrefix(mistake.place) == true, "\(mistake.name): \(findings)")
          #expect(try await system.handIn(bytes, trader).json == answer.json, "\(mistake.name), told again")
        }
        let cut = try ForgedEDIFACT.renumbered(order, 300)
        let short = try await system.handIn(Array(cut.prefix(cut.count - 20)), trader)
        #expect(short.json["state"] == "rejected", "\(short.text)")
        #expect(short.json["acknowledgement"]?.string?.contains("+4+13") == true, "\(short.text)")
        let open = try await system.items("/v1/edi/exceptions?state=open", trader)
        #expect(open.count == Self.forms.count + 1)
        #expect(Set(open.map { $0["code"] }) == ["edi.syntax", "edi.envelopeRefused"])
        try await eventually("every answer is delivered") {
          try await system.interchanges("out", trader).allSatisfy { $0["state"] == "sent" }
        }
        // The buyer understands every CONTRL that rejects its order, and no other document of ours reached it.
        let received = try await trade.buyer.received(from: trader.address)
        #expect(received.count == Self.forms.count + 1)
        #expect(Set(received.map(\.code)) == ["CONTRL"])
        // 0085 has a code 18, unspecified error, for what cannot be taken apart; the buyer's list of codes has none.
        let doubted = received.filter { !$0.findings.isEmpty }
        #expect(doubted.count == 1 && doubted.allSatisfy { $0.findings.joined().contains("18") }, "\(doubted)")
        #expect(try await system.get("/v1/orders", trader.tenant).json == orders)
        #expect(try await system.get("/v1/stock", trader.tenant).json == stock)
        #expect(try await system.brokenInvariants(trader.tenant) == [])
        // The control: without a mistake it is an order, and no mistake used up its number.
        #expect(try await system.handIn(order, trader).json["state"] == "accepted")
      }
    }

    @Test("an order of good form that cannot be taken is answered line by line, and nothing of it is booked")
    func orders() async throws {
      try await Trade.run([.schema], dialect: .edifact) { system, trade in
        let trader = trade.traders[0]
        let dock = Dock(system: system, tenant: trader.tenant)
        let order = try await trade.purchase(lines: [.init(sku: "WIDGET-001", quantity: "100", price: "11.25")])[0]
        let before = try await dock.get("/v1/orders")
        let mistakes = [
          (
            Mistake(
              name: "an unknown product", told: "edi.itemUnknown", old: "LIN+1++WIDGET-001:VP",
              new: "LIN+1++GHOST-999:VP"), "Unknown item"
          ),
          (
            Mistake(name: "an unknown unit", told: "edi.unitUnknown", old: "QTY+21:100:PCE", new: "QTY+21:100:DZN"),
            "The item is not sold in this unit"
          ),
          (
            Mistake(name: "another currency", told: "edi.currencyNotAgreed", old: "CUX+2:USD", new: "CUX+2:EUR"),
            "Currency EUR is not agreed"
          ),
          (
            Mistake(
              name: "a change", told: "edi.purposeNotSupported", old: "BGM+220+\(Trade.order)+9",
              new: "BGM+220+\(Trade.order)+4"), "Changes and cancellations are not taken in this document"
          ),
        ]
        for (index, (mistake, reason)) in mistakes.enumerated() {
          let bytes = try ForgedEDIFACT.replacing(
            mistake.old, with: mistake.new, in: try ForgedEDIFACT.renumbered(order, 400 + index))
          #expect(try await system.handIn(bytes, trader).json["state"] == "accepted", "\(mistake.name)")
          try await eventually("\(mistake.name) is answered") {
            system.messages("ORDRSP", in: try await system.interchanges("out", trader)).count == index + 1
          }
          let answer =
            try await system.interchanges("out", trader)
            .last { $0["messages"]?[0]?["type"] == "ORDRSP" }?["content"]?.string ?? ""
          for part in ["+9+RE'", "LIN+1+7+", "QTY+113:0:", "FTX+AAO+++\(reason)'"] {
            #expect(answer.contains(part), "\(mistake.name): \(part) in \(answer)")
          }
          let codes = try await system.interchanges("in", trader).last?["errors"]?.array?.map { $0["code"]?.string }
          #expect(codes == [mistake.told], "\(mistake.name)")
        }
        #expect(try await dock.get("/v1/orders") == before)
        #expect(try await system.brokenInvariants(trader.tenant) == [])
        #expect(try await system.handIn(order, trader).json["state"] == "accepted")
        try await eventually("the order itself is taken") { try await dock.items("/v1/orders").count == 1 }
      }
    }

    private static func business(_ kind: String, _ order: String) -> [Mistake] {
      switch kind {
      case "response":
        [
          Mistake(name: "an order of nobody", told: "edi.orderUnknown", old: "RFF+ON:\(order)", new: "RFF+ON:NOBODY"),
          Mistake(name: "another item", told: "edi.itemUnknown", old: "LIN+1++WIDGET-001", new: "LIN+1++GHOST-999"),
          Mistake(name: "another currency", told: "edi.currencyNotAgreed", old: "CUX+2:USD", new: "CUX+2:EUR"),
          Mistake(name: "another unit", told: "edi.unitUnknown", old: "QTY+113:10:PCE", new: "QTY+113:10:DZN"),
        ]
      case "despatch":
        [
          Mistake(name: "an order of nobody", told: "edi.orderUnknown", old: "RFF+ON:\(order):1", new: "RFF+ON:NO:1"),
          Mistake(name: "another item", told: "edi.itemUnknown", old: "LIN+1++WIDGET-001", new: "LIN+1++GHOST-999"),
          Mistake(name: "an unknown unit", told: "unit.unknown", old: "QTY+12:10:PCE", new: "QTY+12:10:DZN"),
          Mistake(name: "nothing", told: "quantity.notPositive", old: "QTY+12:10", new: "QTY+12:0"),
        ]
      default:
        [
          Mistake(name: "an order of nobody", told: "edi.orderUnknown", old: "RFF+ON:\(order)", new: "RFF+ON:NOBODY"),
          Mistake(name: "another item", told: "edi.itemUnknown", old: "LIN+1++WIDGET-001", new: "LIN+1++GHOST-999"),
          Mistake(name: "another currency", told: "edi.currencyNotAgreed", old: "CUX+2:USD", new: "CUX+2:EUR"),
          Mistake(name: "an unknown unit", told: "unit.unknown", old: "QTY+47:10:PCE", new: "QTY+47:10:DZN"),
          Mistake(name: "a total of its own", told: "edi.totalsDiffer", old: "MOA+139:57.50", new: "MOA+139:57.51"),
          Mistake(name: "a line of its own", told: "edi.totalsDiffer", old: "MOA+203:57.50", new: "MOA+203:57.51"),
          Mistake(name: "a credit note", told: "edi.creditNotSupported", old: "BGM+380", new: "BGM+381"),
        ]
      }
    }

    @Test("each mistake in a supplier's document is named on the work list and changes nothing else")
    func suppliers() async throws {
      try await Shopper.run([.pooled], dialect: .edifact) { system, shoppers in
        let shopper = shoppers[0]
        let purchase = try await shopper.buy([("WIDGET-001", 10, "5.75")])
        let order = try await shopper.dock.get(purchase.path)
        var number = 500
        for kind in ["response", "despatch", "invoice"] {
          let found = try await shopper.collect(kind)
          let bytes = try #require(found.first)
          for mistake in Self.business(kind, purchase.number) {
            number += 1
            let forged = try ForgedEDIFACT.replacing(
              mistake.old, with: mistake.new, in: try ForgedEDIFACT.renumbered(bytes, number))
            let answer = try await shopper.handIn(forged)
            #expect(answer.json["state"] == "accepted", "\(kind), \(mistake.name): \(answer.text)")
            #expect(try await shopper.open() == [mistake.told], "\(kind), \(mistake.name)")
            try await shopper.clear()
          }
          if kind == "invoice" {
            let charged = try ForgedEDIFACT.inserting(
              ["ALC+C", "MOA+8:5.00"], before: "LIN+", in: try ForgedEDIFACT.renumbered(bytes, 600))
            try await shopper.handIn(charged)
            #expect(try await shopper.open() == ["edi.chargesNotSupported"])
            try await shopper.clear()
          }
          let forged = try ForgedEDIFACT.replacing(
            "UNT+", with: "UNT+9", in: try ForgedEDIFACT.renumbered(bytes, number + 200))
          #expect(try await shopper.handIn(forged).json["state"] == "rejected", "\(kind)")
          #expect(try await shopper.open() == ["edi.syntax"], "\(kind)")
          try await shopper.clear()
        }
        #expect(try await shopper.dock.get(purchase.path) == order)
        #expect(try await shopper.dock.items("/v1/asns").isEmpty)
        #expect(try await shopper.dock.items("/v1/supplier-invoices").isEmpty)
        #expect(try await shopper.dock.items("\(purchase.path)/acknowledgements").isEmpty)
        #expect(try await system.brokenInvariants(shopper.trader.tenant) == [])
      }
    }

    @Test("what was refused for want of a unit is taken in once more when the unit is there")
    func retry() async throws {
      try await Shopper.run([.dedicated], dialect: .edifact) { system, shoppers in
        let shopper = shoppers[0]
        _ = try await shopper.buy([("WIDGET-001", 24, "5.75")])
        let found = try await shopper.collect("despatch")
        let bytes = try #require(found.first)
        try await shopper.handIn(try ForgedEDIFACT.replacing("QTY+12:24:PCE", with: "QTY+12:2:DZN", in: bytes))
        let entry = try await shopper.dock.items("/v1/edi/exceptions").first
        #expect(entry?["code"] == "unit.unknown" && entry?["type"] == "DESADV")
        try await shopper.dock.post("/v1/units", ["code": "DZ", "name": "Dozen"])
        let product = try await shopper.dock.first("/v1/products?sku=WIDGET-001").string ?? ""
        try await shopper.dock.post("/v1/products/\(product)/unit-conversions", ["unit": "DZ", "numerator": 12])
        let path = "/v1/edi/exceptions/\(entry?["id"]?.string ?? "")"
        #expect(try await shopper.dock.post("\(path)/retry")["state"] == "retried")
        try await eventually("the notice is there") { try await shopper.dock.items("/v1/asns").count == 1 }
        let notice = "/v1/asns/\(try await shopper.dock.first("/v1/asns").string ?? "")"
        let line = try await shopper.dock.get(notice)["lines"]?[0]
        #expect(line?["quantity"] == "2" && line?["unit"] == "DZ" && line?["advised"] == "24")
        #expect(try await shopper.open() == [])
      }
    }

    @Test("identical bytes get the first answer, other bytes under a used reference a CONTRL with 26")
    func references() async throws {
      try await Trade.run([.pooled], dialect: .edifact) { system, trade in
        let trader = trade.traders[0]
        let order = try await trade.purchase()[0]
        let first = try await system.handIn(order, trader)
        #expect(first.json["state"] == "accepted")
        try await eventually("the order is answered") {
          try await trade.buyer.received(from: trader.address).count == 2
        }
        #expect(try await system.handIn(order, trader).bytes == first.bytes)
        let other = try ForgedEDIFACT.replacing("QTY+21:100", with: "QTY+21:101", in: order)
        let refused = try await system.handIn(other, trader)
        #expect(refused.status == 202 && refused.json["state"] == "rejected" && refused.json["sets"] == [])
        #expect(refused.json["acknowledgement"]?.string?.contains("+4+26+UNB+6'") == true, "\(refused.text)")
        #expect(try await system.handIn(other, trader).bytes == refused.bytes)
        #expect(try await system.handIn(order, trader).bytes == first.bytes)
        #expect(try await system.items("/v1/orders", trader).count == 1)
      }
    }

    @Test("bytes without an envelope to answer are refused with the place and leave no trace")
    func noEnvelope() async throws {
      try await Trade.run([.pooled], worker: false, dialect: .edifact) { system, trade in
        let trader = trade.traders[0]
        let books = try await system.books(trader)
        for (text, code, place) in [
          ("UNA:+", "edi.truncated", "UNA[0]"), ("UNA++.? 'UNB'", "edi.segmentMalformed", "UNA[0]"),
          ("UNB+UNOC:3+A", "edi.truncated", "UNB[1]"), ("UNA:+.? 'UNH+1'", "edi.notEDIFACT", "UNB[1]"),
        ] {
          let answer = try await system.handIn(Array(text.utf8), trader)
          #expect(answer.status == 400 && answer.code == code && answer.text.contains(place), "\(answer.text)")
        }
        #expect(try await system.books(trader) == books)
      }
    }

    @Test(
      "EDIFACT for A over B's channel is quarantined with the answer that an unknown address gets, and A never knows",
      arguments: [(Tier.pooled, Tier.pooled), (.dedicated, .schema)])
    func isolation(_ tierA: Tier, _ tierB: Tier) async throws {
      try await Shopper.run([tierA, tierB], dialect: .edifact) { system, shoppers in
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
        let own = try await state(b)
        for kind in ["acknowledgment", "response", "despatch", "invoice"] {
          let found = try await a.collect(kind)
          let bytes = try #require(found.first)
          let before = try await state(a)
          let foreign = try await system.handIn(bytes, b.trader)
          let unknown = try await system.handIn(
            try Forged.replacing(a.trader.address, with: "NOBODY" + a.trader.address.suffix(5), in: bytes), b.trader)
          #expect(foreign.status == 202 && foreign.json["state"] == "quarantined", "\(kind): \(foreign.text)")
          #expect(withoutID(foreign) == withoutID(unknown), "\(kind)")
          #expect(foreign.headers["content-length"] == unknown.headers["content-length"], "\(kind)")
          #expect(try await state(a) == before, "\(kind)")
          // The control: over A's own channel it is taken, and quarantine has not used up its number.
          #expect(try await a.handIn(bytes).json["state"] == "accepted", "\(kind)")
        }
        #expect(try await state(b) == own)
        #expect(try await b.dock.items("/v1/edi/quarantine").count == 8)
      }
    }

    private func withoutID(_ answer: TestAnswer) -> [JSON.Member] {
      (answer.json.members ?? []).filter { $0.name != "interchange" }
    }
  }
}
