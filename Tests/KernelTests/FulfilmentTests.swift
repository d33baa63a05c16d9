import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

@Suite("Goods out")
struct FulfilmentTests {
  @Test("60 of 100 leave in two cartons and the other 40 follow, in every tier at the same time")
  func scenario() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier()
      let ssccs = try await withThrowingTaskGroup(of: [String].self) { group in
        for tenant in tenants { group.addTask { try await play(Floor(system: system, tenant: tenant)) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(ssccs.allSatisfy { $0 == ["006141411234567890", "006141411234567906", "006141411234567913"] })
      for tenant in tenants { #expect(try await system.brokenInvariants(tenant) == []) }
    }
  }

  private func play(_ floor: Floor) async throws -> [String] {
    let order = try await floor.order(100, po: "4500000042")
    try await floor.prefix()
    let shipment = try await floor.wave(order)
    #expect(try await floor.pickAll() == ["L1", "L2"], "oldest lot first")
    #expect(try await floor.get("/v1/shipments/\(shipment)")["state"] == "picked")
    #expect(try await floor.broken() == [])
    let first = try await floor.pack(shipment, "L1", 40)
    let second = try await floor.pack(shipment, "L2", 20)
    let shipped = try await floor.ship(shipment)
    #expect(shipped["state"] == "shipped" && shipped["trackingNumber"] == "1Z999")
    #expect(shipped["amount"]?["amount"] == "675.00")
    #expect(try await floor.postings() == [310_00, 310_00], "Dr COGS / Cr inventory")
    #expect(try await floor.credit() == [450_00, 675_00])
    var line = try await floor.get("/v1/orders/\(order)")["lines"]?[0]
    #expect(line?["shipped"] == "60" && line?["backordered"] == "40" && line?["reserved"] == "0")
    #expect(try await floor.get("/v1/orders/\(order)")["shipmentState"] == "partially_shipped")
    #expect(try await floor.system.stockValue(floor.tenant) == 0)

    try await floor.receive(150, lot: "L3", at: "5.80")
    try await floor.act("/v1/orders/\(order)/allocate")
    let rest = try await floor.wave(order)
    #expect(try await floor.pickAll(from: 10) == ["L3"])
    let third = try await floor.pack(rest, "L3", 40)
    try await floor.ship(rest)
    #expect(try await floor.postings() == [310_00, 310_00, 232_00, 232_00])
    #expect(try await floor.credit() == [0, 1125_00])
    #expect(try await floor.system.stockValue(floor.tenant) == 638_00, "110 at 5.80")
    let after = try await floor.get("/v1/orders/\(order)")
    line = after["lines"]?[0]
    #expect(after["status"] == "completed" && after["shipmentState"] == "sent")
    #expect(line?["shipped"] == "100" && line?["open"] == "0")
    let events = try await floor.get("/v1/shipments/\(rest)/history")["items"]?.array ?? []
    #expect(
      events.map { $0["event"] } == [
        "shipment.planned", "shipment.assigned", "shipment.picked", "shipment.packed", "shipment.shipped",
      ])
    return [first, second, third].map { $0["sscc"]?.string ?? "" }
  }

  @Test("a label is drawn and written for the carton's own SSCC")
  func labels() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.pooled))
      try await floor.prefix()
      let shipment = try await floor.wave(try await floor.order(5, po: "PO & <1>"))
      try await floor.pickAll()
      let package = try floor.text(try await floor.pack(shipment, "L1", 5)["id"])
      try await floor.act("/v1/shipments/\(shipment)/pack")
      let svg = try await system.get("/v1/packages/\(package)/labels/svg", floor.tenant)
      #expect(svg.headers["content-type"] == "image/svg+xml")
      #expect(svg.text.contains("(00) 006141411234567890") && svg.text.contains("PO: PO &amp; &lt;1&gt;"))
      #expect(svg.text.contains("Corner Shop Ltd.") && svg.text.contains("Package: 1 of 1"))
      let zpl = try await system.get("/v1/packages/\(package)/labels/zpl", floor.tenant)
      #expect(zpl.headers["content-type"] == "application/zpl")
      #expect(zpl.text.contains(">;>800006141411234567890"))
    }
  }

  @Test("a task goes through many hands at once and each bin to one of them")
  func claims() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.pooled))
      for number in 0..<6 { _ = try await floor.order(5, po: "PO-\(number)") }
      let wave = try await floor.post("/v1/waves", [:], expecting: 201)
      #expect(wave["tasksOpen"] == 6)
      let claimed = try await withThrowingTaskGroup(of: String?.self) { group in
        for device in 0..<9 {
          group.addTask { try await floor.claim("RF-\(device)")?["id"]?.string }
        }
        return try await group.reduce(into: [String?]()) { $0.append($1) }
      }
      let tasks = claimed.compactMap { $0 }
      #expect(tasks.count == 6 && Set(tasks).count == 6, "\(claimed)")
      let again = try await floor.claim("RF-1")?["id"]?.string
      #expect(again == nil || tasks.contains(again ?? ""), "a device is told of the task that it holds")
    }
  }

  @Test("a scan that is sent again by a device changes nothing, also at the same moment")
  func replay() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.schema))
      let shipment = try await floor.wave(try await floor.order(40))
      let task = try #require(try await floor.claim())
      let path = "/v1/pick-tasks/\(try floor.text(task["id"]))/scans"
      let body = floor.scan(task, seq: 7, quantity: "15")
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for _ in 0..<5 { group.addTask { try await system.post(path, floor.tenant, body) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.status == 200 }, "\(answers.map(\.text))")
      #expect(answers.allSatisfy { $0.json["picked"] == "15" })
      #expect(try await floor.get("/v1/shipments/\(shipment)")["lines"]?[0]?["picked"] == "15")
      let other = try await system.post(path, floor.tenant, floor.scan(task, seq: 7, quantity: "16"))
      #expect(other.code == "scan.reused")
      try await floor.post(path, floor.scan(task, seq: 8, quantity: "25"))
      #expect(try await floor.get("/v1/shipments/\(shipment)")["state"] == "picked")
      #expect(try await floor.broken() == [])
    }
  }

  @Test("what a bin does not have is fetched from another, then waits; the bin is counted before it is promised again")
  func shortPick() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.pooled))
      // 40 of L1 and 20 of L2: the order takes 40 of L1, so 20 of L2 are free.
      let order = try await floor.order(40)
      let shipment = try await floor.wave(order)
      let task = try #require(try await floor.claim())
      let path = "/v1/pick-tasks/\(try floor.text(task["id"]))"
      try await floor.post("\(path)/scans", floor.scan(task, seq: 1, quantity: "10"))
      let short: JSON = ["device": "RF-1", "seq": 2, "reason": "Shelf is empty"]
      let ended = try await floor.post("\(path)/short", short)
      #expect(ended["state"] == "short" && ended["picked"] == "10")
      #expect(try await floor.post("\(path)/short", short) == ended, "sent again")
      #expect(try await floor.broken() == [])
      let line = try await floor.get("/v1/orders/\(order)")["lines"]?[0]
      #expect(line?["reserved"] == "30" && line?["backordered"] == "10", "10 picked, 20 of L2, 10 nowhere")
      let availability = try await system.availability(floor.tenant)
      #expect(availability["availableToPromise"] == "0", "30 of L1 are doubtful: \(availability.text)")
      #expect(try await floor.order(1).isEmpty == false)
      #expect(try await floor.pickAll(from: 3) == ["L2"])
      #expect(try await floor.get("/v1/shipments/\(shipment)")["state"] == "picked")

      let count = try #require(try await floor.get("/v1/count-tasks")["items"]?[0])
      #expect(count["cause"] == "short_pick" && count["lot"] == "L1")
      let counting = "/v1/count-tasks/\(try floor.text(count["id"]))"
      try await floor.act("\(counting)/start")
      let counted = try await floor.post("\(counting)/count", ["quantity": "2"])
      #expect(counted["expected"] == "30" && counted["variance"] == "-28")
      try await floor.act("\(counting)/approve")
      #expect(try await system.stockValue(floor.tenant) == 170_00, "12 of L1 at 5.00, 20 of L2 at 5.50")
      #expect(try await system.availability(floor.tenant)["availableToPromise"] == "2")
      #expect(try await floor.broken() == [])
    }
  }

  @Test("of an order that waits for nothing, what no bin has is cancelled, and neither promised nor billed")
  func shortPickCancels() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.pooled))
      try await floor.prefix()
      func order(_ quantity: Int) async throws -> String {
        let lines: JSON = [["sku": "WIDGET-001", "quantity": .int(quantity)]]
        let body: JSON = ["customer": "CUST-001", "shipPolicy": "cancel_backorder", "lines": lines]
        return try floor.text(try await floor.post("/v1/orders", body, expecting: 201)["id"])
      }
      func short(_ seq: Int) async throws {
        let task = try #require(try await floor.claim())
        try await floor.post(
          "/v1/pick-tasks/\(try floor.text(task["id"]))/short",
          ["device": "RF-1", "seq": .int(seq), "reason": "Shelf is empty"])
      }
      // 40 of L1 and 20 of L2, all for this order: 60 at 11.25 are 675.00. Of L1 30 are found and 10 are nowhere.
      let first = try await order(60)
      let shipment = try await floor.wave(first)
      let task = try #require(try await floor.claim())
      try await floor.post(
        "/v1/pick-tasks/\(try floor.text(task["id"]))/scans", floor.scan(task, seq: 1, quantity: "30"))
      try await short(2)
      let cut = try await floor.get("/v1/orders/\(first)")
      let line = cut["lines"]?[0]
      #expect(line?["cancelled"] == "10" && line?["reserved"] == "50" && line?["open"] == "0", "\(cut)")
      #expect(line?["backordered"] == "0" && cut["total"]?["amount"] == "562.50" && cut["status"] == "in_fulfilment")
      #expect(try await floor.credit() == [56_250, 0], "50 at 11.25 are promised")
      #expect(try await floor.broken() == [])
      #expect(try await floor.pickAll(from: 3) == ["L2"])
      _ = try await floor.pack(shipment, "L1", 30)
      _ = try await floor.pack(shipment, "L2", 20)
      try await floor.ship(shipment)
      #expect(try await floor.get("/v1/orders/\(first)")["status"] == "completed")
      #expect(try await floor.credit() == [0, 56_250])
      let events = try await floor.get("/v1/orders/\(first)/history")["items"]?.array ?? []
      #expect(events.contains { $0["event"] == "order.backorder_cancelled" && $0["detail"]?["cancelled"] == "10" })

      // Of an order of which nothing is found nothing is left.
      try await floor.receive(8, lot: "L3", at: "6.00")
      let second = try await order(8)
      let nothing = try await floor.wave(second)
      try await short(9)
      let gone = try await floor.get("/v1/orders/\(second)")
      #expect(gone["status"] == "cancelled" && gone["total"]?["amount"] == "0.00", "\(gone)")
      #expect(gone["lines"]?[0]?["cancelled"] == "8" && gone["lines"]?[0]?["reserved"] == "0")
      #expect(try await floor.get("/v1/shipments/\(nothing)")["state"] == "cancelled")
      #expect(try await floor.credit() == [0, 56_250])
      #expect(try await floor.broken() == [])
    }
  }

  @Test("a shipment that is given up puts its goods back, and its order can be cancelled then")
  func cancel() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.dedicated))
      try await floor.prefix()
      let order = try await floor.order(60)
      let shipment = try await floor.wave(order)
      let task = try #require(try await floor.claim())
      try await floor.post("/v1/pick-tasks/\(try floor.text(task["id"]))/scans", floor.scan(task, seq: 1))
      _ = try await floor.pack(shipment, "L1", 30)
      let refused = try await system.post("/v1/orders/\(order)/cancel", floor.tenant, [:])
      #expect(refused.code == "order.notCancellable", "goods are on their way")
      try await floor.post("/v1/shipments/\(shipment)/cancel", ["reason": "Changed mind"])
      #expect(try await floor.broken() == [])
      let current = try await floor.get("/v1/orders/\(order)")
      #expect(current["status"] == "confirmed" && current["lines"]?[0]?["reserved"] == "60")
      #expect(try await floor.claim()?["id"] == Optional<JSON>.none, "no task is left")
      // The next wave takes all of it up again, from the same bins.
      let again = try await floor.wave(order)
      #expect(try await floor.pickAll(from: 5) == ["L1", "L2"])
      try await floor.post("/v1/shipments/\(again)/cancel")
      let cancelled = try await floor.post("/v1/orders/\(order)/cancel")
      #expect(cancelled["status"] == "cancelled")
      #expect(try await system.availability(floor.tenant)["availableToPromise"] == "60")
      #expect(try await system.stockValue(floor.tenant) == 310_00)
      #expect(try await floor.credit() == [0, 0])
      #expect(try await floor.broken() == [])
    }
  }

  @Test("an order that ships complete waits for the rest, which joins the same shipment")
  func shipComplete() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.pooled))
      try await floor.prefix()
      func complete(_ quantity: Int) -> JSON {
        [
          "customer": "CUST-001", "shipPolicy": "ship_complete",
          "lines": [["sku": "WIDGET-001", "quantity": .int(quantity)]],
        ]
      }
      let tooMuch = try floor.text(try await floor.post("/v1/orders", complete(61), expecting: 201)["id"])
      let refused = try await system.post("/v1/waves", floor.tenant, ["orderIds": [.string(tooMuch)]])
      #expect(refused.code == "order.incomplete" && refused.places == ["/orderIds/0 order.incomplete"])
      try await floor.post("/v1/orders/\(tooMuch)/cancel")
      let order = try floor.text(try await floor.post("/v1/orders", complete(60), expecting: 201)["id"])
      let shipment = try await floor.wave(order)
      let task = try #require(try await floor.claim())
      try await floor.post(
        "/v1/pick-tasks/\(try floor.text(task["id"]))/short", ["device": "RF-1", "seq": 1, "reason": "Damaged"])
      #expect(try await floor.pickAll(from: 2) == ["L2"])
      #expect(try await floor.get("/v1/shipments/\(shipment)")["state"] == "waiting")
      try await floor.receive(40, lot: "L3", at: "6.00")
      try await floor.act("/v1/orders/\(order)/allocate")
      #expect(try await floor.wave(order) == shipment)
      #expect(try await floor.pickAll(from: 5) == ["L3"])
      _ = try await floor.pack(shipment, "L2", 20)
      _ = try await floor.pack(shipment, "L3", 40)
      try await floor.ship(shipment)
      #expect(try await floor.postings() == [350_00, 350_00], "20 at 5.50 and 40 at 6.00")
      #expect(try await floor.broken() == [])
    }
  }
}
