import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

@Suite("Stock at a date")
struct StockPeriodTests {
  private struct Store {
    let buyer: Buyer
    let purchase: (path: String, line: JSON)

    static func open(_ system: TestSystem, _ tenant: TestTenant) async throws -> Store {
      let buyer = Buyer(system: system, tenant: tenant)
      return Store(buyer: buyer, purchase: try await buyer.order(1000, price: "5.00"))
    }

    func receive(_ quantity: Int, on day: String) async throws -> TestAnswer {
      try await buyer.system.post(
        "\(purchase.path)/receipts", buyer.tenant,
        [
          "receivedOn": .string(day),
          "lines": [["orderLineId": purchase.line, "quantity": .int(quantity), "lot": "L3"]],
        ])
    }

    /// What lies where at the end of `day`, by lot.
    func at(_ day: String, _ more: String = "") async throws -> [String] {
      let answer = try await buyer.system.get("/v1/stock/at?date=\(day)\(more)", buyer.tenant)
      #expect(answer.status == 200, "\(answer.text)")
      return (answer.json["items"]?.array ?? []).map {
        "\($0["location"]?.string ?? "-") \($0["lot"]?.string ?? "-") \($0["onHand"]?.string ?? "-")"
      }.sorted()
    }

    func close(_ day: String) async throws -> TestAnswer {
      try await buyer.system.post("/v1/stock-periods", buyer.tenant, ["month": .string(day)])
    }
  }

  @Test("what lay there at the end of a day is the same before and after months are closed", arguments: Tier.allCases)
  func closes(tier: Tier) async throws {
    try await TestSystem.run { system in
      let store = try await Store.open(system, try await system.tenant(tier))
      for (quantity, day) in [(10, "2026-03-10"), (5, "2026-04-20"), (7, "2026-06-30")] {
        #expect(try await store.receive(quantity, on: day).status == 201)
      }
      let days = [
        ("2026-03-09", []), ("2026-03-10", ["WH1-STOCK L3 10"]), ("2026-03-31", ["WH1-STOCK L3 10"]),
        ("2026-04-30", ["WH1-STOCK L3 15"]), ("2026-06-29", ["WH1-STOCK L3 15"]), ("2026-06-30", ["WH1-STOCK L3 22"]),
        ("9998-12-31", ["WH1-STOCK L1 40", "WH1-STOCK L2 20", "WH1-STOCK L3 22"]),
      ]
      func agree(_ when: String) async throws {
        for (day, lots) in days { #expect(try await store.at(day) == lots, "\(day), \(when)") }
        #expect(try await system.brokenInvariants(store.buyer.tenant) == [], "\(when)")
      }
      try await agree("nothing closed")
      let march = try await store.close("2026-03-31")
      #expect(march.status == 201 && march.json["startsOn"]?.string == "2026-03-01", "\(march.text)")
      try await agree("March closed")
      let may = try await store.close("2026-05-02")
      #expect(may.status == 201, "April is closed with it")
      try await agree("May closed")

      #expect(try await store.close("2026-04-01").code == "stockPeriod.closed")
      #expect(try await store.close("9998-01-01").code == "stockPeriod.notOver")
      let late = try await store.receive(3, on: "2026-05-31")
      #expect(late.code == "stockPeriod.closed" && late.status == 409, "\(late.text)")
      #expect(try await store.receive(3, on: "2026-06-01").status == 201)

      func reopen(_ period: TestAnswer) async throws -> TestAnswer {
        let path = "/v1/stock-periods/\(period.json["id"]?.string ?? "")/reopen"
        return try await system.call("POST", path, token: store.buyer.tenant.token)
      }
      #expect(try await reopen(march).code == "stockPeriod.notLatest")
      #expect(try await reopen(may).json["state"]?.string == "reopened")
      #expect(try await reopen(may).code == "stockPeriod.notLatest")
      #expect(try await store.receive(2, on: "2026-03-31").code == "stockPeriod.closed", "March is still closed")
      #expect(try await store.receive(2, on: "2026-05-31").status == 201)
      #expect(try await store.at("2026-05-31") == ["WH1-STOCK L3 17"])
      #expect(try await store.close("2026-05-02").status == 201, "closed again, with what came since")
      #expect(try await store.at("2026-06-30") == ["WH1-STOCK L3 27"])
      #expect(try await system.brokenInvariants(store.buyer.tenant) == [])
      let list = try await system.get("/v1/stock-periods", store.buyer.tenant).json["items"]?.array ?? []
      #expect(list.map { $0["state"]?.string } == ["closed", "reopened", "closed"])
    }
  }

  @Test("pages and warehouses are told apart, and a month that is closed while goods come in loses none of them")
  func race() async throws {
    try await TestSystem.run { system in
      let store = try await Store.open(system, try await system.tenant(.pooled))
      #expect(try await store.receive(10, on: "2026-03-01").status == 201)
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for number in 0..<12 {
          group.addTask {
            number == 6 ? try await store.close("2026-03-31") : try await store.receive(1, on: "2026-03-15")
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let came = answers.filter { $0.status == 201 && $0.json["number"] != nil }.count
      let refused = answers.filter { $0.code == "stockPeriod.closed" }.count
      #expect(answers.filter { $0.json["state"]?.string == "closed" }.count == 1, "the month was closed meanwhile")
      #expect(came + refused == 11, "\(answers.map(\.text))")
      #expect(try await store.at("2026-03-31") == ["WH1-STOCK L3 \(10 + came)"])
      #expect(try await system.brokenInvariants(store.buyer.tenant) == [])

      let other = try await system.post("/v1/warehouses", store.buyer.tenant, ["code": "WH2", "name": "Second"])
      let warehouse = try await store.buyer.warehouse.string ?? ""
      #expect(try await store.at("9998-12-31", "&warehouse=\(warehouse)").count == 3)
      #expect(try await store.at("9998-12-31", "&warehouse=\(other.json["id"]?.string ?? "")") == [])
      var seen: [String] = []
      var cursor: String?
      repeat {
        let path = "/v1/stock/at?date=9998-12-31&limit=1" + (cursor.map { "&cursor=\($0)" } ?? "")
        let page = try await system.get(path, store.buyer.tenant).json
        seen += (page["items"]?.array ?? []).compactMap { $0["lot"]?.string }
        cursor = page["next"]?.string
      } while cursor != nil && seen.count < 10
      #expect(seen.sorted() == ["L1", "L2", "L3"])
      #expect(try await system.get("/v1/stock/at", store.buyer.tenant).json["items"]?.array?.count == 3, "today")
    }
  }
}
