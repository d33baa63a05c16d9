import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

/// One tenant's dock: what is received to the input place and carried to where it belongs.
private struct Dock {
  let floor: Floor
  let buyer: Buyer
  let order: (path: String, line: JSON)
  let places: [String: String]

  /// A cold room for the product (30), a zone of two places (40 each) for everything, and an order over 200.
  static func open(_ system: TestSystem, _ tenant: TestTenant) async throws -> Dock {
    let floor = Floor(system: system, tenant: tenant)
    let buyer = Buyer(system: system, tenant: tenant)
    let warehouse = try await buyer.warehouse
    var places: [String: String] = [:]
    for (code, zone, sequence) in [("COLD", "C", 5), ("A-1", "A", 1), ("A-2", "A", 2)] {
      let made = try await floor.post(
        "/v1/locations",
        [
          "code": .string(code), "name": .string(code), "type": "storage", "parentId": warehouse,
          "zone": .string(zone), "pickSequence": .int(sequence), "isPickable": true,
        ], expecting: 201)
      places[code] = try floor.text(made["id"])
    }
    for code in ["WH1-IN", "WH1-STOCK"] {
      places[code] = try floor.text(try await floor.get("/v1/locations?code=\(code)")["items"]?[0]?["id"])
    }
    let rules: [JSON] = [
      ["zone": "A", "capacity": 40],
      ["productId": try await buyer.product, "location": "COLD", "capacity": 30, "sequence": 9],
    ]
    for rule in rules { try await floor.post("/v1/putaway-rules", rule, expecting: 201) }
    return Dock(
      floor: floor, buyer: buyer, order: try await buyer.order(200, price: "5.00"), places: places)
  }

  @discardableResult
  func receive(_ quantity: Int, at location: String?) async throws -> String {
    let line: JSON = [
      "orderLineId": order.line, "quantity": .int(quantity), "lot": "L3", "location": .optional(location),
    ]
    return try floor.text(try await floor.post("\(order.path)/receipts", ["lines": [line]], expecting: 201)["id"])
  }

  /// `quantity to`, sorted.
  func tasks(_ receipt: String) async throws -> [String] {
    let items = try await floor.get("/v1/putaway-tasks?receipt=\(receipt)")["items"]?.array ?? []
    return items.map { "\($0["quantity"]?.string ?? "-") \($0["to"]?.string ?? "-")" }.sorted()
  }

  func claim(_ device: String) async throws -> JSON? {
    let answer = try await floor.post("/v1/putaway-task-claims", ["device": .string(device)])
    // A bare nil would be JSON's null.
    guard let task = answer["task"], !task.isNull else { return Optional<JSON>.none }
    return task
  }

  func scan(
    _ task: JSON, _ seq: Int, to location: String? = nil, _ quantity: Int? = nil, reason: String? = nil,
    device: String = "RF-1"
  ) async throws -> TestAnswer {
    try await floor.system.post(
      "/v1/putaway-tasks/\(task["id"]?.string ?? "")/scans", floor.tenant,
      [
        "device": .string(device), "seq": .int(seq), "location": location.map { .string($0) } ?? task["to"] ?? .null,
        "lot": "L3", "quantity": quantity.map { .int($0) } ?? task["quantity"] ?? .null, "reason": .optional(reason),
      ])
  }

  /// `moved/quantity to` of what is to be done, sorted.
  func open(_ receipt: String) async throws -> [String] {
    let items = try await floor.get("/v1/putaway-tasks?receipt=\(receipt)")["items"]?.array ?? []
    return items.filter { ["claimed", "open"].contains($0["state"]?.string) }.map {
      "\($0["moved"]?.string ?? "-")/\($0["quantity"]?.string ?? "-") \($0["to"]?.string ?? "-")"
    }.sorted()
  }

  /// Takes back so much of the one line of a receipt; the answer to sending it. One that is refused is given up.
  func sendBack(_ receipt: String, _ quantity: Int, from location: String? = nil) async throws -> TestAnswer {
    let lines = try await floor.get("/v1/receipts/\(receipt)")["lines"]
    let line: JSON = [
      "receiptLineId": lines?[0]?["id"] ?? .null, "quantity": .int(quantity), "location": .optional(location),
    ]
    let made = try await floor.post(
      "/v1/supplier-returns", ["kind": "reversal", "reason": "Not ours", "lines": [line]], expecting: 201)
    let path = "/v1/supplier-returns/\(try floor.text(made["id"]))"
    let answer = try await floor.system.post("\(path)/ship", floor.tenant, [:])
    if answer.status != 200 { try await floor.post("\(path)/cancel", [:]) }
    return answer
  }

  /// What of lot L3 lies in a place.
  func held(_ code: String) async throws -> String {
    let items = try await floor.get("/v1/stock?location=\(places[code] ?? "")")["items"]?.array ?? []
    return items.first { $0["lot"]?.string == "L3" }?["onHand"]?.string ?? "0"
  }
}

@Suite("Goods are put away")
struct PutawayTests {
  @Test(
    "rules propose, each place up to what it holds; stock moves when a worker says so, once", arguments: Tier.allCases)
  func scenario(tier: Tier) async throws {
    try await TestSystem.run { system in
      let dock = try await Dock.open(system, try await system.tenant(tier))
      let first = try await dock.receive(150, at: "WH1-IN")
      #expect(try await dock.tasks(first) == ["30 COLD", "40 A-1", "40 A-2", "40 WH1-STOCK"])
      let second = try await dock.receive(10, at: "WH1-IN")
      #expect(try await dock.tasks(second) == ["10 WH1-STOCK"], "what is proposed takes room already")
      let straight = try await dock.receive(5, at: nil)
      #expect(try await dock.tasks(straight) == [])
      #expect(try await dock.held("WH1-IN") == "160")
      #expect(try await dock.held("WH1-STOCK") == "5")
      let worth = try await dock.buyer.balance("inventory")

      // In the order of the bins: stock (0), A-1 (1), A-2 (2), COLD (5). A device keeps what it holds.
      let held = try #require(try await dock.claim("RF-1"))
      #expect(held["to"]?.string == "WH1-STOCK")
      #expect(try await dock.claim("RF-1")?["id"] == held["id"])
      let other = try #require(try await dock.claim("RF-2"))
      #expect(other["id"] != held["id"])
      #expect(try await dock.scan(held, 1, device: "RF-2").code == "putawayTask.heldByOther")
      try await dock.floor.act("/v1/putaway-tasks/\(other["id"]?.string ?? "")/put-back")

      var seq = 0
      var walked: [String] = []
      while let task = try await dock.claim("RF-1"), seq < 20 {
        seq += 1
        let to = task["to"]?.string ?? "-"
        walked.append(to)
        guard to == "A-1" else {
          let done = try await dock.scan(task, seq)
          #expect(done.json["state"]?.string == "done", "\(done.text)")
          // The scanner lost its network and sends again.
          #expect(try await dock.scan(task, seq).json["moved"] == done.json["moved"])
          #expect(try await dock.scan(task, seq, 1).code == "scan.reused")
          continue
        }
        #expect(try await dock.scan(task, seq, 15).json["moved"]?.string == "15")
        #expect(try await dock.scan(task, 100, to: "A-2", 25).code == "putawayTask.reasonMissing")
        #expect(try await dock.scan(task, 100, to: "WH1-IN", 25, reason: "R").code == "putawayTask.wrongLocation")
        #expect(try await dock.scan(task, 100, to: "WH1", 25, reason: "R").code == "location.wrongType")
        #expect(try await dock.scan(task, 100, to: "NOWHERE", 25, reason: "R").code == "reference.unknown")
        #expect(try await dock.scan(task, 100, 26).code == "putawayTask.overMove")
        #expect(try await dock.scan(task, 101, to: "A-2", 25, reason: "Shelf is wet").json["state"]?.string == "done")
        #expect(try await dock.scan(task, 102, 1).code == "putawayTask.wrongState")
      }
      #expect(walked == ["WH1-STOCK", "WH1-STOCK", "A-1", "A-2", "COLD"])
      for (code, quantity) in [("WH1-IN", "0"), ("WH1-STOCK", "55"), ("A-1", "15"), ("A-2", "65"), ("COLD", "30")] {
        #expect(try await dock.held(code) == quantity, "\(code)")
      }
      #expect(try await dock.buyer.balance("inventory") == worth, "carried about, goods are worth the same")
      #expect(try await system.brokenInvariants(dock.floor.tenant) == [])
    }
  }

  @Test("many workers at the same moment get different tasks, and each is put away once")
  func races() async throws {
    try await TestSystem.run { system in
      let dock = try await Dock.open(system, try await system.tenant(.pooled))
      for _ in 0..<6 { try await dock.receive(10, at: "WH1-IN") }
      let tasks = try await withThrowingTaskGroup(of: JSON?.self) { group in
        for device in 0..<6 { group.addTask { try await dock.claim("RF-\(device)") } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let held = tasks.compactMap { $0 }
      #expect(Set(held.compactMap { $0["id"]?.string }).count == held.count && !held.isEmpty)
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for task in held {
          for _ in 0..<3 {
            group.addTask { try await dock.scan(task, 7, device: task["device"]?.string ?? "") }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.status == 200 && $0.json["state"]?.string == "done" }, "\(answers.map(\.text))")
      #expect(try await system.brokenInvariants(dock.floor.tenant) == [])
    }
  }

  @Test(
    "what goes back to its supplier from the dock is not put away any more, and what was put away leaves from there",
    arguments: Tier.allCases)
  func sentBack(tier: Tier) async throws {
    try await TestSystem.run { system in
      let dock = try await Dock.open(system, try await system.tenant(tier))
      let receipt = try await dock.receive(150, at: "WH1-IN")
      let other = try await dock.receive(10, at: "WH1-IN")
      // 15 of the 40 for the storage are put away; 135 of the receipt wait at the dock.
      let held = try #require(try await dock.claim("RF-1"))
      #expect(try await dock.scan(held, 1, 15).json["moved"]?.string == "15")
      #expect(try await dock.sendBack(receipt, 136).code == "supplierReturn.putAway", "the other receipt's stay")
      #expect(try await dock.open(receipt) == ["0/30 COLD", "0/40 A-1", "0/40 A-2", "15/40 WH1-STOCK"])

      // 60 leave, 75 stay: 25 for the storage in a worker's hands, 40 for A-1, 10 of 40 for A-2.
      #expect(try await dock.sendBack(receipt, 60).status == 200)
      #expect(try await dock.open(receipt) == ["0/10 A-2", "0/40 A-1", "15/40 WH1-STOCK"])
      #expect(try await dock.open(other) == ["0/10 WH1-STOCK"])
      #expect(try await dock.held("WH1-IN") == "85")
      let gone = try await dock.floor.get("/v1/putaway-tasks?receipt=\(receipt)&state=cancelled")["items"]?.array ?? []
      #expect(gone.count == 2 && gone.allSatisfy { $0["cancelReason"]?.string?.hasPrefix("RTV-") == true }, "\(gone)")

      #expect(try await dock.scan(held, 2, 25).json["state"]?.string == "done", "the worker goes on undisturbed")
      var seq = 2
      while let task = try await dock.claim("RF-1"), seq < 20 {
        seq += 1
        #expect(try await dock.scan(task, seq).json["state"]?.string == "done")
      }
      for (code, quantity) in [("WH1-IN", "0"), ("WH1-STOCK", "50"), ("A-1", "40"), ("A-2", "10"), ("COLD", "0")] {
        #expect(try await dock.held(code) == quantity, "\(code)")
      }
      #expect(try await dock.sendBack(receipt, 1).code == "supplierReturn.putAway")
      #expect(try await dock.sendBack(receipt, 20, from: "A-1").status == 200)
      #expect(try await dock.held("A-1") == "20")
      #expect(try await system.brokenInvariants(dock.floor.tenant) == [])
    }
  }

  @Test("goods that are not at the dock any more are not put away, and what is given up stays there")
  func gone() async throws {
    try await TestSystem.run { system in
      let dock = try await Dock.open(system, try await system.tenant(.schema))
      try await dock.receive(10, at: "WH1-IN")
      let lost: JSON = [
        "sku": .string(DemoCompany.sku), "quantity": -10, "lot": "L3", "location": "WH1-IN",
      ]
      try await dock.floor.post(
        "/v1/stock-adjustments", ["kind": "correction", "reason": "Lost", "lines": [lost]], expecting: 201)
      let task = try #require(try await dock.claim("RF-1"))
      #expect(try await dock.scan(task, 1).code == "stock.insufficient")
      let path = "/v1/putaway-tasks/\(try dock.floor.text(task["id"]))"
      #expect(try await dock.floor.post("\(path)/cancel", ["reason": "Gone"])["state"]?.string == "cancelled")
      #expect(
        try await system.post("\(path)/cancel", dock.floor.tenant, ["reason": "R"]).code == "putawayTask.wrongState")
      #expect(try await dock.claim("RF-1") == nil)

      let both: JSON = ["zone": "A", "location": "COLD"]
      #expect(try await system.post("/v1/putaway-rules", dock.floor.tenant, both).code == "input.invalid")
      let rules = try await dock.floor.get("/v1/putaway-rules")["items"]?.array ?? []
      for rule in rules {
        let changed = try await system.call(
          "PATCH", "/v1/putaway-rules/\(rule["id"]?.string ?? "")", token: dock.floor.tenant.token,
          json: ["isActive": false], headers: ["If-Match": "\"1\""])
        #expect(changed.status == 200 && changed.json["isActive"]?.bool == false, "\(changed.text)")
      }
      #expect(try await dock.tasks(try await dock.receive(10, at: "WH1-IN")) == ["10 WH1-STOCK"])
      #expect(try await system.brokenInvariants(dock.floor.tenant) == [])
    }
  }
}
