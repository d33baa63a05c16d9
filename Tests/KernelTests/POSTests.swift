import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

@Suite("Tills, from the float to the count")
struct POSTests {
  @Test("a day at the till, in every tier at once, under the same UUIDs and numbers in each")
  func day() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for tenant in tenants {
          group.addTask { try await Self.play(try await Till.open(system, tenant)) }
        }
        try await group.waitForAll()
      }
      for tenant in tenants { #expect(try await system.brokenInvariants(tenant) == []) }
    }
  }

  private static func play(_ till: Till) async throws {
    let floor = till.floor
    let sku = DemoCompany.sku
    try await till.stock(sku, 10, at: "6.00")

    // 3 at 12.50 are 37.50; 5 % are 1.88 and 3 % are 1.13. A note of 50.00 gives 9.49 back.
    let first = till.order(1, [Till.line(sku, 3)], [Till.pay("cash", "50.00")])
    let sold = try await floor.post("/v1/pos/orders", first, expecting: 201)
    #expect(sold["total"]?["amount"]?.string == "40.51" && sold["status"]?.string == "paid", "\(sold)")
    #expect(sold["payments"]?[0]?["change"]?.string == "9.49")
    #expect(sold["number"]?.string == "T1-000001")
    #expect(try await till.balance("cogs") == 1800)

    // The same again and again is one order; another under its UUID is none.
    for _ in 1...2 { #expect(try await floor.post("/v1/pos/orders", first, expecting: 201) == sold) }
    let other = try await floor.system.post(
      "/v1/pos/orders", floor.tenant, till.order(1, [Till.line(sku, 4)], [Till.pay("cash", "60.00")]))
    #expect(other.status == 409 && other.code == "posOrder.uuidReused", "\(other.text)")
    #expect(try await floor.get("/v1/pos/orders")["items"]?.array?.count == 1)

    // 9 are asked for and 7 are there: sold all the same. 112.50, 5.63 and 3.38.
    let more = till.order(2, [Till.line(sku, 9)], [Till.pay("card", "121.51")])
    let oversold = try await floor.post("/v1/pos/orders", more, expecting: 201)
    #expect(oversold["total"]?["amount"]?.string == "121.51", "\(oversold)")
    #expect(try await till.onHand(sku) == ["-2"])
    #expect(try await till.balance("cogs") == 1800 + 4200, "two have no cost yet")

    // One of the nine comes back: one of the two that cost nothing. 12.50, 0.63 and 0.38.
    let back = try await floor.post(
      "/v1/pos/orders/\(try floor.text(oversold["id"]))/refunds", refund(till, 3, [Till.pay("card", "13.51")]),
      expecting: 201)
    #expect(back["total"]?["amount"]?.string == "-13.51", "\(back)")
    #expect(try await till.balance("cogs") == 6000)
    // One of the three comes back at the 6.00 that it left at.
    let path = "/v1/pos/orders/\(try floor.text(sold["id"]))/refunds"
    let cash = refund(till, 4, [Till.pay("cash", "13.51")])
    let returned = try await floor.post(path, cash, expecting: 201)
    #expect(try await floor.post(path, cash, expecting: 201) == returned)
    #expect(try await till.balance("cogs") == 5400)
    #expect(try await till.onHand(sku) == ["0"])

    try await close(till)
  }

  /// 100.00 + 20.00 - 5.00 + 40.51 - 13.51 = 142.00; 141.50 are there.
  private static func close(_ till: Till) async throws {
    let floor = till.floor
    let path = "/v1/pos/sessions/\(till.session)"
    try await floor.post("\(path)/cash-moves", ["direction": "in", "amount": "20.00", "reason": "Coins"])
    try await floor.post("\(path)/cash-moves", ["direction": "out", "amount": "5.00", "reason": "Milk"])
    try await floor.act("\(path)/closing")
    let closed = try await floor.post("\(path)/close", ["counted": "141.50"])
    #expect(closed["expected"]?.string == "142.00" && closed["difference"]?.string == "-0.50", "\(closed)")
    let balances: [(String, Int64)] = [
      ("cash", 0), ("card_clearing", 10_800), ("bank", 2_650), ("cash_difference", 50), ("revenue", -12_500),
      ("tax_payable", -1_000),
    ]
    for (role, minor) in balances { #expect(try await till.balance(role) == minor, "\(role)") }
  }

  private static func refund(_ till: Till, _ number: Int, _ payments: [JSON]) -> JSON {
    [
      "uuid": Till.uuid(number), "sessionId": .string(till.session), "lines": [["line": 1, "quantity": "1"]],
      "payments": .array(payments), "reason": "Broken box",
    ]
  }

  @Test("a menu item takes its ingredients out of stock when the session is closed")
  func restaurant() async throws {
    try await TestSystem.run { system in
      let till = try await Till.open(system, try await system.tenant(.schema), posting: "session")
      let floor = till.floor
      let burger = try await till.product("BURGER", price: "9.00")
      let bun = try await till.product("BUN")
      let beef = try await till.product("BEEF")
      try await till.stock("BUN", 10, at: "0.30", lot: nil)
      let recipe: JSON = [
        "productId": .string(burger), "yield": 2,
        "components": [
          ["productId": .string(bun), "quantity": 2], ["productId": .string(beef), "quantity": "0.3"],
        ],
      ]
      try await floor.post("/v1/recipes", recipe, expecting: 201)
      try await floor.post("/v1/recipes", recipe, expecting: 201)

      let order = try await floor.post(
        "/v1/pos/orders", till.order(1, [Till.line("BURGER", 3)], [], [.init("table", "12")]), expecting: 201)
      #expect(order["status"]?.string == "open")
      let path = "/v1/pos/orders/\(try floor.text(order["id"]))"
      let ticket = try await floor.post(
        "\(path)/tickets", ["station": "grill", "lines": [["line": 1, "quantity": 3]]], expecting: 201)
      let step = "/v1/kitchen-tickets/\(try floor.text(ticket["id"]))/advance"
      #expect(try await system.post(step, till.floor.tenant, ["state": "ready"]).code == "kitchenTicket.wrongState")
      for state in ["preparing", "ready", "served"] {
        #expect(try await floor.post(step, ["state": .string(state)])["state"]?.string == state)
      }
      // Three at 9.00 are 27.00, taxed 1.35 and 0.81.
      let paid = try await floor.post("\(path)/pay", ["payments": [Till.pay("cash", "29.16")]])
      #expect(paid["status"]?.string == "paid", "\(paid)")
      #expect(try await till.onHand("BUN") == ["10"], "nothing leaves before the close")
      let again = try await floor.post(
        "/v1/pos/orders", till.order(2, [Till.line("BURGER", 1)], [Till.pay("cash", "9.72")]), expecting: 201)
      try await floor.post("/v1/pos/orders/\(try floor.text(again["id"]))/void", ["reason": "Wrong table"])

      let session = "/v1/pos/sessions/\(till.session)"
      try await floor.act("\(session)/closing")
      try await floor.post("\(session)/close", ["counted": "129.16"])
      #expect(try await till.onHand("BUN") == ["7"])
      #expect(try await till.onHand("BEEF") == ["-0.45"], "there never was any")
      #expect(try await till.balance("cogs") == 90)
      #expect(try await till.balance("cash_difference") == 0)
      #expect(try await system.brokenInvariants(till.floor.tenant) == [])
    }
  }

  @Test("a till that was offline hands its orders in, each is answered by itself, and again changes nothing")
  func offline() async throws {
    try await TestSystem.run { system in
      let till = try await Till.open(system, try await system.tenant(.pooled), includesTax: true)
      let floor = till.floor
      let offline: [JSON.Member] = [.init("isOffline", true), .init("soldAt", "2025-06-01T10:00:00+02:00")]
      let own: JSON = [
        "sku": .string(DemoCompany.sku), "quantity": 2, "unitPrice": "10.80", "priceReason": "offline",
      ]
      let orders: [JSON] = [
        // The price holds the tax: 21.60 are 20.00 and 1.60. Twenty cents are missing.
        till.order(1, [own], [Till.pay("cash", "21.40")], offline),
        till.order(2, [Till.line("GHOST", 1)], [Till.pay("cash", "1.00")], offline),
        till.order(3, [Till.line(DemoCompany.sku, 1)], [Till.pay("card", "12.50")], offline),
      ]
      let answer = try await floor.post("/v1/pos/orders/batch", ["orders": .array(orders)])
      #expect(answer["items"]?.array?.compactMap { $0["isTaken"]?.bool } == [true, false, true], "\(answer)")
      #expect(answer["items"]?[1]?["code"]?.string == "reference.unknown")
      let first = answer["items"]?[0]?["order"]
      #expect(first?["net"]?.string == "20.00" && first?["difference"]?.string == "0.20")
      #expect(first?["lines"]?[0]?["listPrice"]?.string == "12.50")
      #expect(first?["soldAt"]?.string == "2025-06-01T08:00:00.000000Z")
      #expect(try await floor.post("/v1/pos/orders/batch", ["orders": .array(orders)]) == answer)
      #expect(try await till.balance("cash_difference") == 20)
      // Of a session that was closed meanwhile: the next takes them, and knows those that were taken.
      let path = "/v1/pos/sessions/\(till.session)"
      try await floor.act("\(path)/closing")
      try await floor.post("\(path)/close", ["counted": "121.40"])
      let next = try await floor.post(
        "/v1/pos/sessions", ["terminalId": .string(till.terminal), "float": "0"], expecting: 201)
      let later = Till(floor: floor, terminal: till.terminal, session: try floor.text(next["id"]))
      let replay = [
        later.order(1, [own], [Till.pay("cash", "21.40")], offline),
        later.order(4, [Till.line(DemoCompany.sku, 1)], [Till.pay("cash", "12.50")], offline),
      ]
      let second = try await floor.post("/v1/pos/orders/batch", ["orders": .array(replay)])
      #expect(second["items"]?[0]?["order"] == first)
      #expect(second["items"]?[1]?["isTaken"]?.bool == true, "\(second)")
      #expect(try await system.brokenInvariants(floor.tenant) == [])
    }
  }

  @Test("what a till must not do is refused by its name")
  func refusals() async throws {
    try await TestSystem.run { system in
      let tenants = [try await system.tenant(.pooled), try await system.tenant(.pooled)]
      let till = try await Till.open(system, tenants[0])
      let neighbour = try await Till.open(system, tenants[1])
      let line = Till.line(DemoCompany.sku, 1)
      func code(_ path: String, _ body: JSON) async throws -> String? {
        try await system.post(path, tenants[0], body).code
      }
      let orders = "/v1/pos/orders"
      #expect(
        try await code("/v1/pos/sessions", ["terminalId": .string(till.terminal), "float": "0"])
          == "posSession.alreadyOpen")
      #expect(try await code(orders, neighbour.order(1, [line])) == "reference.unknown", "another tenant's session")
      #expect(try await code(orders, till.order(1, [line], [Till.pay("cash", "1.00")])) == "posOrder.underpaid")
      #expect(try await code(orders, till.order(1, [line], [Till.pay("card", "99.00")])) == "posOrder.overpaid")
      let early = till.order(1, [line], [], [.init("soldAt", "2025-06-01T10:00:00Z")])
      #expect(try await code(orders, early) == "posOrder.notOffline")
      let own: JSON = ["sku": .string(DemoCompany.sku), "quantity": 1, "unitPrice": "1.00"]
      #expect(try await code(orders, till.order(1, [own])) == "posOrder.priceUnexplained")
      let open = try await till.floor.post(orders, till.order(1, [line]), expecting: 201)
      let path = "\(orders)/\(try till.floor.text(open["id"]))"
      let refund: JSON = [
        "uuid": Till.uuid(9), "sessionId": .string(till.session), "lines": [["line": 1, "quantity": 1]],
        "payments": [Till.pay("cash", "13.50")],
      ]
      #expect(try await code("\(path)/refunds", refund) == "posOrder.wrongState", "not paid yet")
      let session = "/v1/pos/sessions/\(till.session)"
      #expect(try await code("\(session)/close", ["counted": "0"]) == "posSession.wrongState")
      try await till.floor.act("\(session)/closing")
      #expect(try await code("\(session)/close", ["counted": "0"]) == "posSession.openOrders")
      #expect(try await code(orders, till.order(2, [line])) == "posSession.wrongState")
      let paid = try await till.floor.post("\(path)/pay", ["payments": [Till.pay("cash", "13.51")]])
      #expect(paid["payments"]?[0]?["change"]?.string == "0.00", "12.50, 0.63 and 0.38: \(paid)")
      #expect(try await code("\(path)/pay", ["payments": [Till.pay("cash", "13.51")]]) == "posOrder.wrongState")
      for tenant in tenants { #expect(try await system.brokenInvariants(tenant) == []) }
    }
  }
}
