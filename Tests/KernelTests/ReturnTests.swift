import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

@Suite("What customers send back")
struct ReturnTests {
  @Test("five of the first sixty come back at 25.83 and are credited with 60.75, in every tier at once")
  func scenario() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for tenant in tenants {
          group.addTask { try await Self.play(try await ReturnHouse.open(system, tenant)) }
        }
        try await group.waitForAll()
      }
      for tenant in tenants { #expect(try await system.brokenInvariants(tenant) == []) }
    }
  }

  private static func play(_ house: ReturnHouse) async throws {
    let (floor, books) = (house.floor, house.books)
    let (order, line) = try await house.shipped(100)
    let first = try await house.invoice(order)
    try await buyAndShipTheRest(order, house)
    #expect(try await house.invoice(order).amount("total") == "486.00")
    #expect(try await floor.system.stockValue(floor.tenant) == 654_50, "110 pieces")

    let made = try await floor.post("/v1/returns", ReturnHouse.wanted(line, 5), expecting: 201)
    #expect(made["state"]?.string == "requested" && made["number"]?.string?.hasPrefix("RMA-") == true)
    #expect(made["number"]?.string?.hasSuffix("-000001") == true)
    let path = "/v1/returns/\(try floor.text(made["id"]))"
    try await floor.post("\(path)/accept")
    let received = try await house.receive(path, [ReturnHouse.item(5, "L1")])
    #expect(received["lines"]?[0]?["value"]?.string == "25.83")
    #expect(received["lines"]?[0]?["items"]?[0]?["location"]?.string == "WH1-STOCK")
    #expect(try await floor.system.stockValue(floor.tenant) == 680_33)
    #expect(try await floor.system.availability(floor.tenant)["onHand"]?.string == "115")
    #expect(try await floor.broken() == [], "between the dock and the office too")

    let done = try await floor.post("\(path)/complete")
    #expect(done["state"]?.string == "completed" && done["lines"]?[0]?["credited"]?.string == "5")
    #expect(done["creditNotes"]?[0]?["total"]?.string == "60.75" && done["creditNotes"]?.array?.count == 1)
    #expect(try await floor.get(path) == done)
    let note = try await books.get("/v1/invoices/\(try floor.text(done["creditNotes"]?[0]?["id"]))")
    #expect(note.amount("net") == "56.25" && note.amount("tax") == "4.50")
    #expect(note["originalId"] == first["id"], "of the invoice that billed that shipment")
    #expect(try await floor.get("/v1/orders/\(order)")["lines"]?[0]?["returned"]?.string == "5")
    let events = try await floor.get("\(path)/history")["items"]?.array?.map { $0["event"]?.string }
    #expect(events == ["return.requested", "return.accepted", "return.received", "return.completed"])

    // 310.00 and 232.00 went, 25.83 came back; 729.00 and 486.00 are owed, less 60.75.
    for (account, balance) in [
      ("5000", "516.17"), ("1200", "680.33"), ("1100", "1154.25"), ("4000", "-1068.75"), ("2200", "-85.50"),
    ] { #expect(try await books.balance(account) == balance, "\(account)") }
    #expect(try await books.get("/v1/trial-balance")["balance"]?.string == "0.00")
  }

  /// 150 come at 5.60 with 30.00 of freight, 40 leave at 5.80, and the supplier's 5.75 makes the other 110 654.50.
  private static func buyAndShipTheRest(_ order: String, _ house: ReturnHouse) async throws {
    let floor = house.floor
    let buyer = Buyer(system: floor.system, tenant: floor.tenant)
    let (purchase, line) = try await buyer.order(150, price: "5.60")
    let receipt = try await buyer.ok("\(purchase)/receipts", buyer.receipt(line, 150), 201)
    let cost = try await buyer.ok(
      "/v1/landed-costs",
      ["kind": "freight", "allocation": "value", "amount": "30.00", "receiptIds": [receipt["id"] ?? .null]], 201)
    try await floor.act("/v1/landed-costs/\(try floor.text(cost["id"]))/post")
    try await floor.act("/v1/orders/\(order)/allocate")
    try await floor.shipAll(order, [("L3", 40)], from: 10)
    let bill = try await buyer.ok(
      "/v1/supplier-invoices", try await PurchasingTests.invoice(buyer, line, 150, "5.75"), 201)
    _ = try await buyer.ok("/v1/supplier-invoices/\(try floor.text(bill["id"]))/approve", [:])
  }

  @Test("all that left comes back in pieces, to the shelf, to quarantine and to scrap, and no cent is lost")
  func pieces() async throws {
    try await TestSystem.run { system in
      let house = try await ReturnHouse.open(system, try await system.tenant(.schema))
      let floor = house.floor
      let stock = try await floor.get("/v1/locations?code=WH1-STOCK")["items"]?[0]
      try await floor.post(
        "/v1/locations",
        [
          "code": "WH1-HOLD", "name": "Quarantine", "type": "storage", "isQuarantine": true,
          "parentId": stock?["id"] ?? .null,
        ], expecting: 201)
      let line = try await house.shipped().line
      #expect(try await house.books.balance("5000") == "310.00")
      let wanted: [([JSON], [String])] = [
        ([ReturnHouse.item(7, "L1"), ReturnHouse.item(13, "L2", "quarantine")], ["36.17", "67.16"]),
        ([ReturnHouse.item(20, "L1", "scrap")], ["103.34"]),
        (
          [ReturnHouse.item(13, "L1", "quarantine", at: "WH1-HOLD"), ReturnHouse.item(7, "L2", "scrap")],
          ["67.16", "36.17"]
        ),
      ]
      for (items, values) in wanted {
        let path = try await house.accepted(line, 20)
        let received = try await house.receive(path, items)
        #expect(received["lines"]?[0]?["items"]?.array?.compactMap { $0["value"]?.string } == values)
        try await floor.post("\(path)/complete")
      }
      // 36.17 + 67.16 + 67.16 are ours again, 103.34 + 36.17 are lost.
      #expect(try await house.books.balance("5000") == "0.00")
      #expect(try await house.books.balance("1200") == "170.49")
      #expect(try await house.books.balance("5200") == "139.51")
      #expect(try await system.availability(floor.tenant)["onHand"]?.string == "7", "quarantine is not promised")
      let more = try await floor.post(
        "/v1/returns", ReturnHouse.wanted(line, 1), expecting: 409)
      #expect(more["code"]?.string == "return.beyondShipped")
      #expect(try await floor.broken() == [])
    }
  }

  @Test("what was not billed yet is not billed any more, and a draft that bills it all cannot be posted")
  func unbilled() async throws {
    try await TestSystem.run { system in
      let house = try await ReturnHouse.open(system, try await system.tenant(.pooled))
      let (floor, books) = (house.floor, house.books)
      let (order, line) = try await house.shipped()
      #expect(try await floor.credit() == [0, 675_00])
      let draft = try await books.made("/v1/invoices", ["orderId": .string(order)])
      let done = try await house.bringBack(5, line)
      #expect(done["creditNotes"]?.array?.isEmpty == true && done["lines"]?[0]?["credited"]?.string == "0")
      #expect(try await floor.credit() == [0, 618_75])
      let late = try await books.post("/v1/invoices/\(draft)/post")
      #expect(late.code == "invoice.beyondShipped", "\(late.text)")
      _ = try await books.post("/v1/invoices/\(draft)/cancel")
      #expect(try await house.invoice(order).amount("net") == "618.75", "55 pieces")
      #expect(try await floor.credit() == [0, 0])
      #expect(try await floor.broken() == [])
    }
  }

  @Test("a replacement is credited and ordered again; what stays charged is billed as it was shipped")
  func outcomes() async throws {
    try await TestSystem.run { system in
      let house = try await ReturnHouse.open(system, try await system.tenant(.dedicated))
      let (floor, books) = (house.floor, house.books)
      let (order, line) = try await house.shipped(100)
      _ = try await house.invoice(order)
      let replaced = try await house.bringBack(5, line, outcome: "replacement")
      #expect(replaced["creditNotes"]?[0]?["total"]?.string == "60.75")
      let again = try await floor.get("/v1/orders/\(try floor.text(replaced["replacementOrderId"]))")
      #expect(again["lines"]?[0]?["ordered"]?.string == "5" && again["lines"]?[0]?["reserved"]?.string == "5")
      #expect(again.amount("total") == "56.25")

      let kept = try await house.bringBack(3, line, outcome: "none")
      #expect(kept["creditNotes"]?.array?.isEmpty == true)
      #expect(try await books.balance("1100") == "668.25", "nothing is credited for the three")
      try await floor.receive(40, lot: "L3", at: "5.80")
      try await floor.act("/v1/orders/\(order)/allocate")
      try await floor.shipAll(order, [("L1", 3), ("L3", 37)], from: 10)
      #expect(try await house.invoice(order).amount("net") == "450.00", "the forty, whatever came back before")
      #expect(try await floor.broken() == [])

      let path = try await house.accepted(line, 2)
      try await house.receive(path, [ReturnHouse.item(2, "L2")])
      let invoices = try await books.get("/v1/invoices?order=\(order)&kind=invoice")["items"]?.array ?? []
      var notes: [String] = []
      for invoice in invoices {
        notes.append(try await books.made("/v1/invoices/\(try floor.text(invoice["id"]))/credit-notes", [:]))
      }
      let held = try await floor.post("\(path)/complete", expecting: 409)
      #expect(held["code"]?.string == "return.creditDrafted")
      for note in notes { _ = try await books.post("/v1/invoices/\(note)/cancel") }
      let done = try await floor.post("\(path)/complete", ["outcome": "none"])
      #expect(done["outcome"]?.string == "none" && done["lines"]?[0]?["credited"]?.string == "0")
      #expect(try await floor.broken() == [])
    }
  }

  @Test("two returns of the same goods at the same time: one of them")
  func race() async throws {
    try await TestSystem.run { system in
      let house = try await ReturnHouse.open(system, try await system.tenant(.pooled))
      let line = try await house.shipped().line
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for _ in 0..<8 {
          group.addTask { try await house.books.post("/v1/returns", ReturnHouse.wanted(line, 25)) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.filter { $0.status == 201 }.count == 2, "2 x 25 of 60")
      #expect(answers.filter { $0.code == "return.beyondShipped" }.count == 6)
      let path = "/v1/returns/\(answers.first { $0.status == 201 }?.json["id"]?.string ?? "")"
      try await house.floor.post("\(path)/accept")
      let body: JSON = ["items": [ReturnHouse.item(25, "L1")]]
      let received = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 { group.addTask { try await house.books.post("\(path)/receive", body).status } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(received.sorted() == [200, 409, 409, 409])
      #expect(try await house.floor.broken() == [])
    }
  }
}
