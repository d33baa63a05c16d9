import BulkheadCore
import Distribution
import Testing

@testable import bulkhead

@Suite("What the books refuse")
struct FinanceRefusalTests {
  private struct Case {
    let name: String
    let path: String
    let body: JSON?
    let code: String
    var method = "POST"
  }

  @Test("every refusal has its own code and changes nothing", arguments: Tier.allCases)
  func refused(tier: Tier) async throws {
    try await TestSystem.run { system in
      let house = try await FinanceHouse.open(system, try await system.tenant(tier))
      let cases = try await cases(house)
      let before = try await system.rowsOf(house.tenant)
      for one in cases {
        let answer = try await system.call(one.method, one.path, token: house.tenant.token, json: one.body)
        #expect(answer.code == one.code, "\(one.name): \(answer.text)")
      }
      #expect(try await system.rowsOf(house.tenant) == before)
      #expect(try await system.brokenInvariants(house.tenant) == [])
    }
  }

  private func cases(_ house: FinanceHouse) async throws -> [Case] {
    let entity = try await house.entity
    let customer = try await house.customer
    let supplier = try await house.first("/v1/parties?code=\(DemoCompany.supplier)", "id")
    let accounts = try await house.get("/v1/accounts")["items"]?.array ?? []
    func account(_ code: String) -> JSON { accounts.first { $0["code"]?.string == code }?["id"] ?? .null }
    func entry(_ debit: JSON, _ credit: JSON, _ amounts: (String, String) = ("1.00", "1.00")) -> JSON {
      [
        "memo": "By hand", "effectiveOn": "2026-02-15",
        "lines": [
          ["accountId": debit, "debit": .string(amounts.0)], ["accountId": credit, "credit": .string(amounts.1)],
        ],
      ]
    }
    let paid = try await house.charge("100.00", on: "2026-02-01")
    let invoice = paid["id"]?.string ?? ""
    let draft = try await house.made("/v1/invoices", FinanceHouse.charges("5.00", on: "2026-01-20"))
    let note = try await house.made("/v1/invoices/\(invoice)/credit-notes", [:])
    _ = try await house.post("/v1/invoices/\(note)/post")
    let manual = try await house.made("/v1/ledger-entries", entry(account("5900"), account("1000")))
    try await house.made("/v1/ledger-entries/\(manual)/reverse", ["effectiveOn": "2026-02-16"])
    let posted = try await house.first("/v1/ledger-entries?origin=\(invoice)", "id")
    try await house.made("/v1/legal-entities/\(entity)/periods/close", ["month": "2026-01-31"])
    try await house.made("/v1/legal-entities/\(entity)/periods/close", ["month": "2026-02-01", "books": ["cash"]])
    let periods = "/v1/legal-entities/\(entity)/periods"
    func payment(_ party: String, _ more: [JSON.Member]) -> JSON {
      .object([.init("partyId", .string(party)), .init("direction", "received"), .init("amount", "1.00")] + more)
    }
    return [
      Case(
        name: "unbalanced", path: "/v1/ledger-entries", body: entry(account("5900"), account("1000"), ("1.00", "1.01")),
        code: "ledger.unbalanced"),
      Case(
        name: "control account", path: "/v1/ledger-entries", body: entry(account("1100"), account("1000")),
        code: "ledger.controlAccount"),
      Case(
        name: "no such account", path: "/v1/ledger-entries", body: entry(.string(invoice), account("1000")),
        code: "reference.unknown"),
      Case(
        name: "nothing on a line", path: "/v1/ledger-entries",
        body: entry(account("5900"), account("1000"), ("0", "0")),
        code: "ledger.lineOneSide"),
      Case(
        name: "reversed twice", path: "/v1/ledger-entries/\(manual)/reverse", body: [:],
        code: "ledger.alreadyReversed"),
      Case(
        name: "a document's entry", path: "/v1/ledger-entries/\(posted)/reverse", body: [:], code: "ledger.notManual"),
      Case(
        name: "a role on another type", path: "/v1/account-roles",
        body: ["role": "bank", "accountId": account("4000")],
        code: "account.wrongKind", method: "PUT"),
      Case(
        name: "a control role on a common account", path: "/v1/account-roles",
        body: ["role": "receivable", "accountId": account("1000")], code: "account.wrongKind", method: "PUT"),
      Case(name: "posted twice", path: "/v1/invoices/\(invoice)/post", body: nil, code: "invoice.notDraft"),
      Case(name: "cancelled too late", path: "/v1/invoices/\(invoice)/cancel", body: nil, code: "invoice.notDraft"),
      Case(name: "closed month", path: "/v1/invoices/\(draft)/post", body: nil, code: "period.closed"),
      Case(
        name: "closed book", path: "/v1/payments", body: payment(customer, [.init("paidOn", "2026-02-10")]),
        code: "period.closed"),
      Case(
        name: "credited beyond", path: "/v1/invoices/\(invoice)/credit-notes", body: [:],
        code: "credit.beyondInvoiced"),
      Case(name: "a draft credited", path: "/v1/invoices/\(draft)/credit-notes", body: [:], code: "invoice.notPosted"),
      Case(
        name: "a credit note credited", path: "/v1/invoices/\(note)/credit-notes", body: [:],
        code: "invoice.notCreditable"),
      Case(
        name: "an invoice as a source", path: "/v1/invoices/\(invoice)/allocations",
        body: ["allocations": [["invoiceId": .string(invoice), "amount": "1.00"]]], code: "allocation.wrongKind"),
      Case(
        name: "another currency", path: "/v1/payments", body: payment(customer, [.init("currency", "EUR")]),
        code: "currency.mismatch"),
      Case(
        name: "a supplier's debt to us", path: "/v1/payments", body: payment(supplier, [.init("book", "receivable")]),
        code: "party.notCustomer"),
      Case(
        name: "our debt to a customer", path: "/v1/payments", body: payment(customer, [.init("book", "payable")]),
        code: "party.notSupplier"),
      Case(
        name: "a draft settled", path: "/v1/payments",
        body: payment(customer, [.init("allocations", [["invoiceId": .string(draft), "amount": "1.00"]])]),
        code: "allocation.notOpen"),
      Case(
        name: "more than the payment", path: "/v1/payments",
        body: payment(customer, [.init("allocations", [["invoiceId": .string(invoice), "amount": "1.01"]])]),
        code: "allocation.beyondSource"),
      Case(name: "closed twice", path: periods + "/close", body: ["month": "2026-01-01"], code: "period.wrongState"),
      Case(
        name: "an open month locked", path: periods + "/lock", body: ["month": "2026-02-01"],
        code: "period.wrongState"),
      Case(
        name: "an uncertified exemption", path: "/v1/parties/\(customer)/billing", body: ["exemption": "RESALE"],
        code: "exemption.uncertified", method: "PUT"),
      Case(name: "a rule twice", path: "/v1/tax-rules", body: ["country": "US"], code: "taxRule.taken"),
      Case(
        name: "no order and no customer", path: "/v1/invoices", body: ["memo": "Nothing"], code: "reference.missing"),
      Case(
        name: "an order of nobody", path: "/v1/invoices", body: ["orderId": .string(invoice)], code: "reference.unknown"
      ),
    ]
  }

  @Test("a month is closed, reopened and locked in order, and taxes follow the customer's certificate")
  func life() async throws {
    try await TestSystem.run { system in
      let house = try await FinanceHouse.open(system, try await system.tenant(.schema))
      let periods = "/v1/legal-entities/\(try await house.entity)/periods"
      let draft = try await house.made("/v1/invoices", FinanceHouse.charges("100.00", on: "2026-01-20"))
      try await house.made(periods + "/close", ["month": "2026-01-20"])
      #expect(try await house.post("/v1/invoices/\(draft)/post").code == "period.closed")
      try await house.made(periods + "/reopen", ["month": "2026-01-20"])
      #expect(try await house.post("/v1/invoices/\(draft)/post").json.amount("total") == "108.00")
      for month in ["2026-01-01", "2026-02-01"] { try await house.made(periods + "/close", ["month": .string(month)]) }
      #expect(try await house.post(periods + "/lock", ["month": "2026-02-01"]).code == "period.earlierOpen")
      for month in ["2026-01-01", "2026-02-01"] { try await house.made(periods + "/lock", ["month": .string(month)]) }
      #expect(try await house.post(periods + "/reopen", ["month": "2026-01-01"]).code == "period.locked")
      #expect(try await house.charge("100.00", on: "2026-01-20")["code"]?.string == "period.closed")

      try await house.made("/v1/tax-rules", ["exemption": "RESALE"])
      let billing: JSON = ["exemption": "RESALE", "certificate": "NY-1", "validTo": "2026-03-31"]
      let set = try await system.call(
        "PUT", "/v1/parties/\(try await house.customer)/billing", token: house.tenant.token, json: billing)
      #expect(set.status == 200, "\(set.text)")
      #expect(try await house.charge("100.00", on: "2026-03-31").amount("tax") == "0.00")
      #expect(try await house.charge("100.00", on: "2026-04-01").amount("tax") == "8.00", "the certificate has ended")
      #expect(try await system.brokenInvariants(house.tenant) == [])
    }
  }
}
