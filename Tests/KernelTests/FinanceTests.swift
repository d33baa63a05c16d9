import BulkheadCore
import Distribution
import Testing

@testable import bulkhead

@Suite("From shipment to money in the bank")
struct FinanceTests {
  @Test("tenants of all tiers with identical ids invoice, credit and are paid at the same time, to the cent")
  func orderToCash() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for tenant in tenants {
          group.addTask { try await orderToCash(try await FinanceHouse.open(system, tenant)) }
        }
        try await group.waitForAll()
      }
      for tenant in tenants { #expect(try await system.brokenInvariants(tenant) == []) }
    }
  }

  private func orderToCash(_ house: FinanceHouse) async throws {
    let order = try await house.made("/v1/orders", Bodies.order(100, po: StepsTests.po))
    let early = try await house.post("/v1/invoices", ["orderId": .string(order)])
    #expect(early.code == "invoice.nothingToInvoice", "\(early.text)")

    let floor = Floor(system: house.system, tenant: house.tenant)
    try await floor.prefix()
    try await floor.shipAll(order, [("L1", 40), ("L2", 20)])
    let first = try await invoice(order, house, net: "675.00", tax: "54.00", total: "729.00", number: "000001")
    let again = try await house.post("/v1/invoices", ["orderId": .string(order)])
    #expect(again.code == "invoice.nothingToInvoice", "60 are shipped, 60 invoiced")
    try await floor.receive(150, lot: "L3", at: "5.80")
    try await floor.act("/v1/orders/\(order)/allocate")
    try await floor.shipAll(order, [("L3", 40)], from: 10)
    let second = try await invoice(order, house, net: "450.00", tax: "36.00", total: "486.00", number: "000002")

    let note = try await credit(first, house)
    #expect(try await open(first, house) == "729.00")
    let applied = try await house.post(
      "/v1/invoices/\(note)/allocations", ["allocations": [["invoiceId": .string(first), "amount": "60.75"]]])
    #expect(applied.json["status"]?.string == "paid" && applied.json.amount("open") == "0.00", "\(applied.text)")
    #expect(try await open(first, house) == "668.25")
    try await pay(first, second, order, house)
    try await books(house)
  }

  private func invoice(
    _ order: String, _ house: FinanceHouse, net: String, tax: String, total: String, number: String
  ) async throws -> String {
    let draft = try await house.post("/v1/invoices", ["orderId": .string(order), "invoiceOn": "2026-03-10"])
    #expect(draft.status == 201, "\(draft.text)")
    #expect(draft.json.amount("net") == net && draft.json.amount("tax") == tax && draft.json.amount("total") == total)
    #expect(draft.json["dueOn"]?.string == "2026-04-09", "thirty days")
    #expect(draft.json["number"] == .null && draft.json.amount("open") == "0.00")
    #expect(draft.json["lines"]?[0]?["taxes"]?.array?.map { $0["jurisdiction"]?.string } == ["County", "State"])
    let id = draft.json["id"]?.string ?? ""
    #expect(try await house.get("/v1/invoices/\(id)") == draft.json)
    let twin = try await house.post("/v1/invoices", ["orderId": .string(order)])
    #expect(twin.code == "invoice.nothingToInvoice", "a draft bills the goods already")
    let posted = try await house.post("/v1/invoices/\(id)/post")
    #expect(posted.json["number"]?.string == "INV-2026-\(number)", "\(posted.text)")
    #expect(posted.json["status"]?.string == "posted" && posted.json.amount("open") == total)
    #expect(try await house.get("/v1/invoices/\(id)") == posted.json, "what was answered is what stands")
    let entries = try await house.get("/v1/ledger-entries?origin=\(id)")["items"]?.array ?? []
    #expect(entries.count == 1)
    let entry = try await house.get("/v1/ledger-entries/\(entries.first?["id"]?.string ?? "")")
    let lines = (entry["lines"]?.array ?? []).map {
      [$0["account"], $0["debit"], $0["credit"]].map { $0?.string ?? "" }.joined(separator: " ")
    }
    #expect(lines == ["1100 \(total) 0.00", "4000 0.00 \(net)", "2200 0.00 \(tax)"])
    return id
  }

  private func open(_ invoice: String, _ house: FinanceHouse) async throws -> String? {
    try await house.get("/v1/invoices/\(invoice)").amount("open")
  }

  /// Five of the first sixty come back.
  private func credit(_ invoice: String, _ house: FinanceHouse) async throws -> String {
    let path = "/v1/invoices/\(invoice)/credit-notes"
    let draft = try await house.post(path, ["memo": "Five back", "lines": [["line": 1, "quantity": "5"]]])
    #expect(draft.json.amount("net") == "56.25" && draft.json.amount("tax") == "4.50", "\(draft.text)")
    #expect(draft.json.amount("total") == "60.75")
    let beyond = try await house.post(path, ["lines": [["line": 1, "quantity": "56"]]])
    #expect(beyond.code == "credit.beyondInvoiced", "\(beyond.text)")
    #expect(beyond.places == ["/lines/0/quantity credit.beyondInvoiced"])
    let id = draft.json["id"]?.string ?? ""
    let posted = try await house.post("/v1/invoices/\(id)/post")
    #expect(posted.json["number"]?.string?.hasSuffix("-000001") == true, "\(posted.text)")
    #expect(posted.json["number"]?.string?.hasPrefix("CN-") == true)
    return id
  }

  private func pay(_ first: String, _ second: String, _ order: String, _ house: FinanceHouse) async throws {
    let customer = try await house.customer
    func payment(_ amount: String, _ allocations: JSON) -> JSON {
      [
        "partyId": .string(customer), "direction": "received", "amount": .string(amount), "reference": "TRF 1",
        "allocations": allocations,
      ]
    }
    let wire = try await house.post(
      "/v1/payments", payment("668.25", [["invoiceId": .string(first), "amount": "668.25"]]))
    #expect(wire.status == 201 && wire.json.amount("unallocated") == "0.00", "\(wire.text)")
    #expect(try await house.get("/v1/invoices/\(first)")["status"]?.string == "paid")
    #expect(try await house.get("/v1/orders/\(order)")["invoiceState"]?.string == "partially_paid")

    let back = try await house.post("/v1/payments/\(wire.json["id"]?.string ?? "")/bounce", ["reason": "No funds"])
    #expect(back.json["status"]?.string == "bounced" && back.json["allocations"]?.array?.count == 2, "\(back.text)")
    #expect(try await open(first, house) == "668.25")
    let twice = try await house.post("/v1/payments/\(wire.json["id"]?.string ?? "")/bounce", [:])
    #expect(twice.code == "payment.wrongState")

    let over = try await house.post(
      "/v1/payments", payment("700.00", [["invoiceId": .string(first), "amount": "668.26"]]))
    #expect(over.code == "allocation.beyondOpen", "\(over.text)")
    let check = try await house.post(
      "/v1/payments", payment("700.00", [["invoiceId": .string(first), "amount": "668.25"]]))
    #expect(check.json.amount("unallocated") == "31.75", "\(check.text)")
    let rest = "/v1/payments/\(check.json["id"]?.string ?? "")/allocations"
    let tooMuch = try await house.post(rest, ["allocations": [["invoiceId": .string(second), "amount": "31.76"]]])
    #expect(tooMuch.code == "allocation.beyondSource", "\(tooMuch.text)")
    let done = try await house.post(rest, ["allocations": [["invoiceId": .string(second), "amount": "31.75"]]])
    #expect(done.json.amount("unallocated") == "0.00")
    #expect(try await open(second, house) == "454.25")
  }

  /// 700.00 in the bank, 454.25 still owed; 675.00 + 450.00 - 56.25 earned, 54.00 + 36.00 - 4.50 of tax.
  private func books(_ house: FinanceHouse) async throws {
    #expect(try await house.balance("1000") == "700.00")
    #expect(try await house.balance("1100") == "454.25")
    #expect(try await house.balance("4000") == "-1068.75")
    #expect(try await house.balance("2200") == "-85.50")
    #expect(try await house.balance("5000") == "542.00", "310.00 and 232.00")
    #expect(try await house.balance("1200") == "638.00", "110 at 5.80")
    #expect(try await house.get("/v1/trial-balance")["balance"]?.string == "0.00")
    let party = try await house.get("/v1/parties/\(try await house.customer)")
    #expect(party["credit"]?.amount("openReceivable") == "454.25")
    let aged = try await house.get("/v1/aged-receivables")["items"]?.array ?? []
    #expect(aged.count == 1 && aged.first?["total"]?.string == "454.25")
  }

  @Test("what is owed is sorted by how long it is overdue, as of any day")
  func aged() async throws {
    try await TestSystem.run { system in
      let house = try await FinanceHouse.open(system, try await system.tenant(.pooled))
      // Each is 8 % more with its tax.
      for (price, day) in [
        ("100.00", "2026-01-01"), ("200.00", "2026-02-10"), ("300.00", "2026-03-10"), ("400.00", "2026-04-05"),
        ("500.00", "2026-05-01"),
      ] { #expect(try await house.charge(price, on: day)["status"]?.string == "posted") }
      let paid = try await house.post(
        "/v1/payments",
        [
          "partyId": .string(try await house.customer), "direction": "received", "amount": "10.00",
          "paidOn": "2026-05-05",
        ])
      #expect(paid.status == 201, "\(paid.text)")
      // Due 2026-01-31, 03-12, 04-09, 05-05, 05-31: on 05-06 late by 95, 55, 27, 1 days and not yet.
      let aged = try await house.get("/v1/aged-receivables?on=2026-05-06")["items"]?[0]
      let found = ["over90", "days61to90", "days31to60", "days1to30", "current", "unallocated", "total"].map {
        aged?[$0]?.string ?? "none"
      }
      #expect(found == ["108.00", "0.00", "216.00", "756.00", "540.00", "-10.00", "1610.00"])
      let before = try await house.get("/v1/aged-receivables?on=2026-02-09")["items"]?[0]
      #expect(before?["total"]?.string == "108.00" && before?["days1to30"]?.string == "108.00")
      #expect(try await house.balance("1100", on: "2026-05-06") == "1610.00", "the account says the same")
      #expect(try await house.balance("1100", on: "2026-02-09") == "108.00")
      #expect(try await system.brokenInvariants(house.tenant) == [])
    }
  }

  @Test("32 postings at once take 32 numbers without a gap, and those that fail in between take none")
  func gapless() async throws {
    try await TestSystem.run { system in
      let house = try await FinanceHouse.open(system, try await system.tenant(.pooled))
      let entity = try await house.entity
      var good: [String] = []
      var doomed: [String] = []
      for _ in 0..<32 {
        good.append(try await house.made("/v1/invoices", FinanceHouse.charges("1.00", on: "2026-06-15")))
      }
      for _ in 0..<8 {
        doomed.append(try await house.made("/v1/invoices", FinanceHouse.charges("1.00", on: "2026-01-15")))
      }
      let closed = try await house.post("/v1/legal-entities/\(entity)/periods/close", ["month": "2026-01-01"])
      #expect(closed.json["state"]?.string == "closed", "\(closed.text)")
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for id in good + doomed { group.addTask { try await posted(id, house) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let numbers = answers.compactMap { $0.json["number"]?.string }.sorted()
      #expect(numbers == (1...32).map { "INV-2026-0000\($0 < 10 ? "0" : "")\($0)" }, "\(answers.map(\.text).prefix(3))")
      #expect(answers.filter { $0.code == "period.closed" }.count == 8)
      #expect(try await system.brokenInvariants(house.tenant) == [])
    }
  }

  private func posted(_ id: String, _ house: FinanceHouse) async throws -> TestAnswer {
    for _ in 0..<200 {
      let answer = try await house.post("/v1/invoices/\(id)/post")
      if answer.status != 503, answer.status != 429 { return answer }
      try await Task.sleep(for: .milliseconds(20))
    }
    return try await house.post("/v1/invoices/\(id)/post")
  }

  @Test("eight payments of one invoice at once: it is paid once")
  func overpaid() async throws {
    try await TestSystem.run { system in
      for tier in Tier.allCases {
        let house = try await FinanceHouse.open(system, try await system.tenant(tier))
        let invoice = try await house.charge("100.00")
        let body: JSON = [
          "partyId": .string(try await house.customer), "direction": "received", "amount": "108.00",
          "allocations": [["invoiceId": invoice["id"] ?? .null, "amount": "108.00"]],
        ]
        let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
          for _ in 0..<8 { group.addTask { try await house.post("/v1/payments", body) } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { $0.status == 201 }.count == 1, "\(answers.map(\.text))")
        #expect(answers.filter { $0.code == "allocation.notOpen" }.count == 7)
        #expect(try await house.balance("1000") == "108.00")
        #expect(try await system.brokenInvariants(house.tenant) == [])
      }
    }
  }
}
