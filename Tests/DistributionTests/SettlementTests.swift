import BulkheadCore
import Testing

@testable import Distribution

@Suite("Settlements and credit notes")
struct SettlementTests {
  private let usd: Currency
  private let today: CivilDate

  init() throws {
    usd = try Currency("USD")
    today = try CivilDate("2026-03-31")
  }

  private func target(
    _ number: UInt64, open: Int64, status: Invoice.Status = .posted, kind: Invoice.Kind = .invoice,
    customer: UInt64 = 1, entity: UInt64 = 2, on: String = "2026-03-01"
  ) throws -> Settlement.Target {
    Settlement.Target(
      id: id(number), kind: kind, status: status, number: "INV-\(number)", customerID: id(customer),
      legalEntityID: id(entity), invoiceOn: try CivilDate(on), open: open, orderID: id(100 + number))
  }

  private func source(_ open: Int64) -> Settlement.Source {
    Settlement.Source(partyID: id(1), legalEntityID: id(2), settles: .invoice, on: today, open: open)
  }

  private func settle(
    _ asked: [(UInt64, Int64)], of open: Int64, _ targets: [Settlement.Target]
  ) throws(Refusal) -> Settlement {
    var known: [EntityID: Settlement.Target] = [:]
    for target in targets { known[target.id] = target }
    return try Settlement(
      asked.map { Settlement.Asked(invoiceID: id($0.0), amount: Money(minor: $0.1, usd)) }, from: source(open),
      to: known)
  }

  @Test("a payment settles invoices in part and in full, and the rest stays on account")
  func parts() throws {
    let settlement = try settle(
      [(10, 668_25), (11, 20_00)], of: 700_00,
      [try target(10, open: 668_25), try target(11, open: 486_00, on: "2026-04-05")])
    #expect(settlement.rest == 11_75)
    #expect(settlement.parts.map(\.minor) == [668_25, 20_00])
    #expect(settlement.parts.map(\.on.description) == ["2026-03-31", "2026-04-05"], "the later of the two documents")
    #expect(settlement.orders == [id(110), id(111)])
  }

  @Test("what cannot be settled is refused by its own name, the first broken rule first")
  func refusals() throws {
    let good = try target(10, open: 100)
    let cases: [(asked: [(UInt64, Int64)], targets: [Settlement.Target], code: RefusalCode, at: String)] = [
      ([(10, 60), (10, 60)], [good], .lineRepeated, "/allocations/1"),
      ([(12, 1)], [good], .referenceUnknown, "/allocations/0/invoiceId"),
      ([(11, 1)], [try target(11, open: 5, customer: 9)], .allocationOtherParty, "/allocations/0/invoiceId"),
      ([(11, 1)], [try target(11, open: 5, entity: 9)], .allocationOtherParty, "/allocations/0/invoiceId"),
      ([(11, 1)], [try target(11, open: 5, kind: .creditNote)], .allocationWrongKind, "/allocations/0/invoiceId"),
      ([(11, 1)], [try target(11, open: 0, status: .draft)], .allocationNotOpen, "/allocations/0/invoiceId"),
      ([(11, 1)], [try target(11, open: 0, status: .paid)], .allocationNotOpen, "/allocations/0/invoiceId"),
      ([(10, 101)], [good], .allocationBeyondOpen, "/allocations/0/amount"),
      ([(10, 80), (11, 80)], [good, try target(11, open: 80)], .allocationBeyondSource, "/allocations/1/amount"),
      ([(11, 101), (12, 1)], [try target(11, open: 5)], .referenceUnknown, "/allocations/1/invoiceId"),
    ]
    for (index, one) in cases.enumerated() {
      let refusal = #expect(throws: Refusal.self) { try settle(one.asked, of: 120, one.targets) }
      #expect(refusal?.code == one.code, "case \(index)")
      #expect(refusal?.violations.first?.pointer == one.at, "case \(index)")
    }
  }

  private func invoice(net: Int64, tax: Int64, quantity: Int32) throws -> Invoice {
    let rate = TaxRate(code: "SALES", jurisdiction: "State", percent: try UnitPrice("8"))
    let line = Invoice.Line(
      id: id(50), number: 1, orderLineID: nil, originalLineID: nil, productID: nil, sku: nil, description: "Widget",
      quantity: Quantity(quantity), unit: "EA", unitPrice: try UnitPrice("11.25"), taxCategory: nil, taxRuleID: nil,
      net: net, parts: [TaxPart(rate: rate, base: net, tax: tax)])
    return Invoice(
      id: id(51), legalEntityID: id(2), kind: .invoice, status: .posted, number: "INV-1", customerID: id(1),
      customerCode: "CUST-001", currency: usd, orderID: nil, originalID: nil, invoiceOn: today, dueOn: today,
      shipToCountry: nil, shipToRegion: nil, exemption: nil, rounding: .line, net: net, tax: tax, total: net + tax,
      open: net + tax, memo: nil, createdAt: Instant(seconds: 0), postedAt: nil, version: 1, lines: [line])
  }

  @Test("five of sixty come back: 56.25 and 4.50 of tax")
  func five() throws {
    let lines = try CreditPlan.lines(
      of: try invoice(net: 675_00, tax: 54_00, quantity: 60), [.init(line: 1, quantity: Quantity(5))], credited: [:],
      Ambient())
    #expect(lines.map(\.net) == [56_25])
    #expect(lines.map(\.tax) == [4_50])
  }

  @Test("an invoice that is credited piece by piece is credited to the cent", arguments: [1, 2, 3, 7])
  func pieces(size: Int32) throws {
    let invoice = try invoice(net: 100_01, tax: 8_03, quantity: 42)
    var credited = CreditPlan.Credited()
    var left: Int32 = 42
    while left > 0 {
      let piece = min(size, left)
      let lines = try CreditPlan.lines(
        of: invoice, [.init(line: 1, quantity: Quantity(piece))], credited: [id(50): credited], Ambient())
      credited.quantity = try credited.quantity.adding(Quantity(piece))
      credited.net += lines[0].net
      credited.taxes[CreditPlan.key("SALES", "State"), default: 0] += lines[0].tax
      left -= piece
    }
    #expect(credited.net == 100_01)
    #expect(credited.taxes.values.reduce(0, +) == 8_03)
    let refusal = #expect(throws: Refusal.self) {
      try CreditPlan.lines(of: invoice, nil, credited: [id(50): credited], Ambient())
    }
    #expect(refusal?.code == .creditBeyondInvoiced)
  }

  @Test("an entry says what an invoice means: receivable against income and tax, a credit note the opposite")
  func entry() throws {
    let entry = try invoice(net: 675_00, tax: 54_00, quantity: 60).entry(id(60))
    #expect(entry.lines.map(\.role) == [.receivable, .revenue, .taxPayable])
    #expect(entry.lines.map(\.minor) == [729_00, -675_00, -54_00])
    #expect(try entry.total() == 729_00)
  }
}

@Suite("Months")
struct PeriodTests {
  typealias Act = FiscalPeriod.Act

  @Test("open, closed and locked follow each other; books close by themselves while the month is open")
  func transitions() throws {
    let cases: [(FiscalPeriod.State, Set<LedgerBook>, Act, Set<LedgerBook>, Bool, Result<String, Code>)] = [
      (.open, [], .close, [], false, .success("closed ")),
      (.open, [.cash], .close, [], false, .success("closed cash")),
      (.open, [], .close, [.cash], true, .success("open cash")),
      (.open, [.cash], .close, [.cash], false, .failure(Code(.periodWrongState))),
      (.closed, [], .close, [], false, .failure(Code(.periodWrongState))),
      (.closed, [], .close, [.cash], false, .failure(Code(.periodWrongState))),
      (.open, [], .reopen, [], false, .failure(Code(.periodWrongState))),
      (.open, [.cash, .general], .reopen, [.cash], false, .success("open general")),
      (.open, [.general], .reopen, [.cash], false, .failure(Code(.periodWrongState))),
      (.closed, [.cash], .reopen, [], false, .success("open ")),
      (.closed, [.cash], .reopen, [.cash], false, .failure(Code(.periodWrongState))),
      (.open, [], .lock, [], false, .failure(Code(.periodWrongState))),
      (.closed, [], .lock, [], true, .failure(Code(.periodEarlierOpen))),
      (.closed, [], .lock, [], false, .success("locked ")),
      (.locked, [], .reopen, [], false, .failure(Code(.periodLocked))),
      (.locked, [], .close, [], false, .failure(Code(.periodLocked))),
      (.locked, [], .lock, [], false, .failure(Code(.periodLocked))),
    ]
    for (index, one) in cases.enumerated() {
      let period = FiscalPeriod(
        startsOn: try CivilDate("2026-03-01"), state: one.0, closedBooks: one.1, version: 1)
      let found: Result<String, Code>
      do throws(Refusal) {
        let after = try period.after(one.2, books: one.3, isEarlierUnlocked: one.4)
        found = .success("\(after.state.rawValue) \(after.closedBooks.map(\.rawValue).sorted().joined())")
      } catch { found = .failure(Code(error.code)) }
      #expect(found == one.5, "case \(index)")
    }
  }

  struct Code: Error, Equatable {
    let name: String
    init(_ code: RefusalCode) { name = code.name }
  }
}
