import BulkheadCore
import Distribution
import Testing

@testable import bulkhead

@Suite("Steps 0 to 2")
struct StepsTests {
  static let po = "4500000042"

  @Test("a whole system starts and a tenant of each tier sees its own stock", arguments: Tier.allCases)
  func stock(tier: Tier) async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(tier)
      let answer = try await system.get("/v1/stock", tenant)
      #expect(answer.status == 200)
      #expect(answer.json["items"]?.array?.count == 2)
      #expect(try await system.stockValue(tenant) == 310_00)
      #expect(try await system.brokenInvariants(tenant) == [])
    }
  }

  @Test("tenants of all tiers with identical ids take the same order at the same time, each as if alone")
  func sameOrder() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier()
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for tenant in tenants {
          group.addTask { try await system.post("/v1/orders", tenant, Bodies.order(100, po: Self.po)) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for answer in answers { expectAcceptanceOrder(answer) }
      #expect(Set(answers.map { $0.json["number"]?.string }).count == 1, "the same document number in each")
      #expect(Set(answers.map { $0.json["id"]?.string }).count == 3, "and three orders")
      for tenant in tenants {
        let promised = try await system.availability(tenant)
        #expect(promised["onHand"] == .string("60"))
        #expect(promised["reserved"] == .string("60"))
        #expect(promised["availableToPromise"] == .string("0"))
        #expect(try await system.stockValue(tenant) == 310_00, "reserving moves no value")
        #expect(try await system.brokenInvariants(tenant) == [])
      }
    }
  }

  private func expectAcceptanceOrder(_ answer: TestAnswer) {
    #expect(answer.status == 201, "\(answer.text)")
    #expect(answer.json["status"]?.string == "confirmed")
    #expect(answer.json["total"]?["amount"]?.string == "1125.00")
    let line = answer.json["lines"]?[0]
    #expect(line?["unitPrice"]?.string == "11.25")
    #expect(line?["listPrice"]?.string == "12.50")
    #expect(line?["reserved"] == .string("60"))
    #expect(line?["backordered"] == .string("40"))
    #expect((line?["priceSteps"]?.array?.count ?? 0) >= 2, "list price and contract are both explained")
  }

  @Test("a customer's order number is taken once", arguments: Tier.allCases)
  func duplicatePO(tier: Tier) async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(tier)
      #expect(try await system.post("/v1/orders", tenant, Bodies.order(1, po: Self.po)).status == 201)
      let before = try await system.rowsOf(tenant)
      #expect(!before.isEmpty)
      let second = try await system.post("/v1/orders", tenant, Bodies.order(2, po: Self.po))
      #expect(second.status == 409)
      #expect(second.code == "order.duplicatePO")
      #expect(second.places.first?.hasPrefix("/poNumber ") == true, "\(second.text)")
      #expect(try await system.rowsOf(tenant) == before)
    }
  }

  @Test("of many equal orders at the same moment one is taken")
  func duplicatePORace() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for _ in 0..<12 {
          group.addTask { try await system.post("/v1/orders", tenant, Bodies.order(1, po: Self.po)) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.filter { $0.status == 201 }.count == 1)
      #expect(answers.filter { $0.code == "order.duplicatePO" }.count == 11, "\(answers.map(\.text))")
      #expect(try await system.availability(tenant)["reserved"] == .string("1"))
    }
  }

  @Test("a read order carries a version; whoever has it is told so in no bytes")
  func entityTag() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let placed = try await system.post("/v1/orders", tenant, Bodies.order(1))
      let location = try #require(placed.headers["location"])
      let read = try await system.get(location, tenant)
      #expect(read.status == 200)
      #expect(read.json == placed.json)
      let tag = try #require(read.headers["etag"])
      #expect(placed.headers["etag"] == tag)
      let again = try await system.get(location, tenant, headers: ["If-None-Match": tag])
      #expect(again.status == 304)
      #expect(again.bytes.isEmpty)
      #expect(try await system.get(location, tenant, headers: ["If-None-Match": "\"999\""]).status == 200)

      let stale = try await system.post("\(location)/cancel", tenant, [:], headers: ["If-Match": "\"999\""])
      #expect(stale.status == 412, "\(stale.text)")
      let cancelled = try await system.post("\(location)/cancel", tenant, [:], headers: ["If-Match": tag])
      #expect(cancelled.json["status"]?.string == "cancelled")
      #expect(cancelled.headers["etag"] != tag)
      #expect(try await system.get(location, tenant, headers: ["If-None-Match": tag]).status == 200)
      #expect(try await system.availability(tenant)["reserved"] == .string("0"))
      #expect(try await system.brokenInvariants(tenant) == [])
    }
  }

  @Test("a list is read to its end page by page, newest first, nothing twice and nothing of another tenant")
  func pages() async throws {
    try await TestSystem.run { system in
      let (tenant, other) = (try await system.tenant(.pooled), try await system.tenant(.pooled))
      var placed: [String] = []
      for number in 1...7 {
        let answer = try await system.post("/v1/orders", tenant, Bodies.order(1, po: "PO-\(number)"))
        placed.append(answer.json["id"]?.string ?? "")
        _ = try await system.post("/v1/orders", other, Bodies.order(1, po: "PO-\(number)"))
      }
      var seen: [String] = []
      var path: String? = "/v1/orders?limit=3"
      while let here = path, seen.count <= placed.count {
        let page = try await system.get(here, tenant).json
        seen += (page["items"]?.array ?? []).map { $0["id"]?.string ?? "" }
        path = page["next"]?.string.map { "/v1/orders?limit=3&cursor=\($0)" }
      }
      #expect(seen == placed.reversed())
    }
  }

  @Test("another tenant's order is not there, in every pair of tiers")
  func foreignOrder() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier() + [try await system.tenant(.pooled)]
      for owner in tenants {
        let placed = try await system.post("/v1/orders", owner, Bodies.order(1))
        let id = try #require(placed.json["id"]?.string)
        for stranger in tenants where stranger.id != owner.id {
          let answer = try await system.get("/v1/orders/\(id)", stranger)
          #expect(answer.status == 404)
          #expect(!answer.text.contains(owner.slug))
        }
        #expect(try await system.get("/v1/orders/\(id)", owner).status == 200)
      }
    }
  }
}
