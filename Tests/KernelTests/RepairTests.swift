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

  @Test("a figure that its row's own rules do not allow is told and left, and the others are put right all the same")
  func impossible() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let books = DamagedBooks(system: system, tenant: tenant)
      let buyer = Buyer(system: system, tenant: tenant)
      let floor = Floor(system: system, tenant: tenant)
      // Of 50 that came 20 are billed and 10 are back.
      let order = try await buyer.order(100, price: "5.60")
      let receipt = try await buyer.ok("\(order.path)/receipts", buyer.receipt(order.line, 50), 201)
      _ = try await buyer.ok(
        "/v1/supplier-invoices", try await PurchasingTests.invoice(buyer, order.line, 20, "5.60"), 201)
      let back = try await buyer.ok(
        "/v1/supplier-returns",
        [
          "kind": "reversal", "reason": "Not ours", "expectedAgain": false,
          "lines": [["receiptLineId": receipt["lines"]?[0]?["id"] ?? .null, "quantity": 10]],
        ], 201)
      _ = try await buyer.ok("/v1/supplier-returns/\(back["id"]?.string ?? "")/ship", [:])
      try await Self.serials(floor)
      #expect(try await system.brokenInvariants(tenant) == [])

      let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
      let desk = RepairDesk(system.platform.services)
      // The return says 35: with the 20 that are billed that is more than came.
      let papers = Damage(
        check: "P6", table: "supplier_return_line", column: "open_qty", by: 25, rows: "move_id IS NOT NULL",
        with: [("qty", 25)])
      // A serial number that moves say is in two places.
      let twice = """
        UPDATE \(books.table("stock_move")) SET lot_key = l.one
          FROM (SELECT a.id AS one, b.id AS other FROM \(books.table("lot")) AS a JOIN \(books.table("lot")) AS b
                    ON b.tenant_id = a.tenant_id AND b.code = 'S-2'
                 WHERE a.tenant_id = '\(tenant.id)' AND a.code = 'S-1') AS l
         WHERE tenant_id = '\(tenant.id)' AND lot_key = l.other;
        UPDATE \(books.table("stock_quant")) SET lot_key = l.one, on_hand = 0
          FROM (SELECT a.id AS one, b.id AS other FROM \(books.table("lot")) AS a JOIN \(books.table("lot")) AS b
                    ON b.tenant_id = a.tenant_id AND b.code = 'S-2'
                 WHERE a.tenant_id = '\(tenant.id)' AND a.code = 'S-1') AS l
         WHERE tenant_id = '\(tenant.id)' AND lot_key = l.other AND location_type = 'storage'
        """
      let owed = Damage(
        check: "F4", table: "credit_account", column: "open_receivable_minor", by: -6, rows: "true",
        key: "customer_id", isQuantity: false)
      try await books.make(papers, try await books.row(papers))
      try await books.make(owed, try await books.row(owed))
      _ = try await books.asAdministrator(twice)

      let report = try await desk.repair(scoped, applies: true)
      #expect(report.repairs.contains { $0.check == "F4" }, "what can be put right is")
      #expect(
        !report.repairs.contains {
          ["purchase_order_line", "receipt_line"].contains($0.figure.split(separator: ".")[0])
        })
      for check in ["P6", "P6a", "I1"] {
        let told = report.proposals.filter { $0.offence.check == check }
        #expect(!told.isEmpty && told.allSatisfy { !$0.advice.isEmpty }, "\(check): \(report.proposals)")
      }
      #expect(try await desk.repair(scoped, applies: true).repairs == [], "and again the same")
    }
  }

  /// Two serial numbers in two places.
  private static func serials(_ floor: Floor) async throws {
    let warehouse = try await floor.get("/v1/locations?code=\(DemoCompany.warehouse)")["items"]?[0]?["id"] ?? .null
    try await floor.post(
      "/v1/locations", ["code": "B-1", "name": "B-1", "type": "storage", "parentId": warehouse], expecting: 201)
    try await floor.post(
      "/v1/products", ["sku": "DRILL", "name": "Drill", "baseUnit": "EA", "tracking": "serial"], expecting: 201)
    for (lot, place) in [("S-1", "WH1-STOCK"), ("S-2", "B-1")] {
      let line: JSON = [
        "sku": "DRILL", "quantity": 1, "lot": .string(lot), "location": .string(place), "unitCost": "80.00",
      ]
      try await floor.post(
        "/v1/stock-adjustments", ["kind": "receipt", "reason": "New", "lines": [line]], expecting: 201)
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
