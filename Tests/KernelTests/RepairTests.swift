import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

@Suite("Repairs that tell what they do")
struct RepairTests {
  @Test(
    "each derived figure is found, told, and put right; the neighbour's books stay as they are",
    arguments: Tier.allCases)
  func repairs(tier: Tier) async throws {
    try await TestSystem.run { system in
      let damaged = try await system.tenant(tier)
      let neighbour = try await system.tenant(tier)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for tenant in [damaged, neighbour] { group.addTask { try await Self.live(system, tenant) } }
        try await group.waitForAll()
      }
      #expect(try await system.brokenInvariants(damaged) == [])
      let books = DamagedBooks(system: system, tenant: damaged)
      let desk = RepairDesk(system.platform.services)
      let tenant = try await system.platform.operatorTenant(damaged.record, reason: "test")

      // Rows are chosen before anything is damaged: a damage must not decide where the next one falls.
      var rows: [(damage: Damage, row: String, before: [String: String])] = []
      for damage in Damage.all {
        let row = try await books.row(damage)
        rows.append((damage, row, try await books.figures(damage, row)))
      }
      for (damage, row, _) in rows { try await books.make(damage, row) }
      var expected: [String] = []
      for (damage, row, before) in rows {
        let after = try await books.figures(damage, row)
        #expect(before != after, "\(damage.table).\(damage.column)")
        expected += try damage.expected(before, after)
      }
      let broken = try await InvariantCheck.run(in: tenant)
      #expect(Set(broken.map(\.check)).isSuperset(of: ["I1", "I2", "I6a", "I6b", "I8a", "I9", "F4", "F5", "P1", "P2"]))

      let untouched = try await (system.rowsOf(damaged), system.rowsOf(neighbour))
      let told = try await desk.repair(tenant, applies: false)
      #expect(told.repairs.map(Self.text).sorted() == expected.sorted())
      #expect(told.proposals == [], "all of it is derived")
      #expect(told.repairs.allSatisfy { !$0.proof.isEmpty && !$0.subject.isEmpty })
      #expect(try await system.rowsOf(damaged) == untouched.0, "a dry run changes nothing, not even the audit trail")

      let done = try await desk.repair(tenant, applies: true)
      #expect(done.repairs == told.repairs)
      for (damage, row, before) in rows { #expect(try await books.figures(damage, row) == before, "\(damage.table)") }
      #expect(try await InvariantCheck.run(in: tenant) == [])
      #expect(try await desk.repair(tenant, applies: false).isClean)
      #expect(try await system.rowsOf(neighbour) == untouched.1)

      let kept = try await tenant.read(
        Query(Statement("SELECT count(*) FROM figure_repair WHERE repaired_by LIKE 'operator:%'")))
      #expect(try kept[0].first?.int(0) == Int64(expected.count))
      let audited = try await tenant.read(
        Query(Statement("SELECT count(*) FROM audit_entry WHERE act = 'figures.repaired'")))
      #expect(try audited[0].first?.int(0) == Int64(Set(Damage.all.map(\.table)).count))
    }
  }

  /// What `live` leaves: of everything that is derived, something that can be wrong.
  private static func live(_ system: TestSystem, _ tenant: TestTenant) async throws {
    let house = try await ReturnHouse.open(system, tenant)
    let (order, line) = try await house.shipped(30)
    let invoice = try await house.invoice(order)["id"]?.string ?? ""
    _ = try await house.books.made(
      "/v1/payments",
      [
        "partyId": .string(try await house.books.customer), "direction": "received", "amount": "100.00",
        "allocations": [["invoiceId": .string(invoice), "amount": "80.00"]],
      ])
    try await house.bringBack(5, line)
    _ = try await house.floor.order(12)

    let buyer = Buyer(system: system, tenant: tenant)
    let contract = try await buyer.ok(
      "/v1/supplier-contracts",
      [
        "supplierId": try await buyer.supplier, "code": "BLANKET",
        "lines": [["productId": try await buyer.product, "committed": 100, "unitPrice": "5.00"]],
      ], 201)
    try await house.floor.act("/v1/supplier-contracts/\(contract["id"]?.string ?? "")/run")
    let purchase = try await buyer.order(60)
    _ = try await buyer.ok("\(purchase.path)/send", [:])
    let notice = try await buyer.ok(
      "/v1/asns",
      [
        "supplierId": try await buyer.supplier, "number": "ASN-1",
        "lines": [["orderLineId": purchase.line, "quantity": 25, "lot": "L3"]],
      ], 201)
    _ = try await buyer.ok(
      "/v1/asns/\(notice["id"]?.string ?? "")/receipts",
      ["lines": [["asnLineId": notice["lines"]?[0]?["id"] ?? .null, "quantity": 25]]])
    _ = try await buyer.ok(
      "/v1/supplier-invoices", try await PurchasingTests.invoice(buyer, purchase.line, 20, "5.00"), 201)

    let floor = house.floor
    let terminal = try await floor.post(
      "/v1/pos/terminals", ["code": "T1", "name": "Front till", "country": "US"], expecting: 201)
    let session = try await floor.post(
      "/v1/pos/sessions", ["terminalId": terminal["id"] ?? .null, "float": "100.00"], expecting: 201)
    let till = Till(
      floor: floor, terminal: try floor.text(terminal["id"]), session: try floor.text(session["id"]))
    _ = try await till.product("GHOST", price: "1.00")
    try await floor.post(
      "/v1/pos/orders", till.order(1, [Till.line("GHOST", 3)], [Till.pay("cash", "5.00")]), expecting: 201)
  }

  private static func text(_ repair: RepairReport.Repair) -> String {
    "\(repair.check) \(repair.figure) \(repair.was) -> \(repair.becomes)"
  }

  @Test("what was posted is not repaired: the books stay, and what would correct them is proposed with its figures")
  func proposals() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let books = DamagedBooks(system: system, tenant: tenant)
      let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
      let damage = Damage(
        check: "I5", table: "valuation_layer", column: "value_in_minor", by: -100, rows: "qty_remaining = 40",
        with: [("value_remaining_minor", -100)], isQuantity: false)
      let row = try await books.row(damage)
      try await books.make(damage, row)
      let ledger = try await system.rowsOf(tenant)["ledger_line"]

      let report = try await RepairDesk(system.platform.services).repair(scoped, applies: true)
      #expect(report.repairs.map(Self.text) == ["I6a product_cost.value_minor 31000 -> 30900"])
      let proposal = try #require(report.proposals.first)
      #expect(report.proposals.count == 1 && proposal.offence.check == "I5")
      #expect(proposal.offence.expected == "30900" && proposal.offence.found == "31000")
      #expect(proposal.advice.contains("an entry over -100 minor units"), "\(proposal.advice)")
      #expect(try await books.figures(damage, row)["value_in_minor"] == "19900")
      #expect(try await system.rowsOf(tenant)["ledger_line"] == ledger)
    }
  }

  @Test("goods that move while the books are repaired are counted once")
  func meanwhile() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let floor = Floor(system: system, tenant: tenant)
      let books = DamagedBooks(system: system, tenant: tenant)
      let damage = Damage(
        check: "I1", table: "stock_quant", column: "on_hand", by: 5, rows: "location_type = 'storage' AND on_hand = 40")
      let row = try await books.row(damage)
      let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
      for _ in 0..<4 {
        try await books.make(damage, row)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<6 { group.addTask { try await floor.receive(1, lot: "L1", at: "5.00") } }
          group.addTask { _ = try await RepairDesk(system.platform.services).repair(scoped, applies: true) }
          try await group.waitForAll()
        }
        #expect(try await system.brokenInvariants(tenant) == [])
      }
      #expect(try await books.figures(damage, row)["on_hand"] == "64")
    }
  }
}
