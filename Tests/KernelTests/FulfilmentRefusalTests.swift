import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

@Suite("Goods out, refused")
struct FulfilmentRefusalTests {
  /// One act that must be refused, and how.
  private struct Refused {
    let path: String
    var body: JSON?
    let code: String
    var places: [String] = []
  }

  private func refuse(_ cases: [Refused], _ floor: Floor) async throws {
    // Another test's worker may do a job of this tenant meanwhile; an act that leaves something behind does so always.
    for attempt in 1...3 {
      let before = try await floor.system.rowsOf(floor.tenant)
      for item in cases {
        let answer = try await floor.system.call("POST", item.path, token: floor.tenant.token, json: item.body)
        #expect(answer.code == item.code, "\(item.path): \(answer.text)")
        #expect(answer.places == item.places, "\(item.path): \(answer.text)")
      }
      let after = try await floor.system.rowsOf(floor.tenant)
      if after == before { return }
      #expect(attempt < 3, "nothing half done")
    }
  }

  private let carriage: JSON = ["carrier": "ACME Freight"]

  @Test("every wrong step is refused by its own reason and changes nothing", arguments: Tier.allCases)
  func steps(tier: Tier) async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(tier))
      try await refuse([Refused(path: "/v1/waves", body: [:], code: "wave.empty")], floor)
      let order = try await floor.order(40)
      let wave = try await floor.post("/v1/waves", ["orderIds": [.string(order)], "release": false], expecting: 201)
      let waveID = try floor.text(wave["id"])
      let shipment = try floor.text(wave["shipments"]?[0]?["id"])
      let path = "/v1/shipments/\(shipment)"
      try await refuse(
        [
          Refused(
            path: "/v1/waves", body: ["orderIds": [.string(order)]], code: "order.notShippable",
            places: ["/orderIds/0 order.notShippable"]),
          Refused(
            path: "/v1/waves", body: ["orderIds": [.string(shipment)]], code: "reference.unknown",
            places: ["/orderIds/0 reference.unknown"]),
          Refused(path: "\(path)/packages", body: [:], code: "shipment.wrongState"),
          Refused(path: "\(path)/pack", code: "shipment.wrongState"),
          Refused(path: "\(path)/ship", body: carriage, code: "shipment.wrongState"),
          Refused(path: "/v1/orders/\(order)/cancel", body: [:], code: "order.notCancellable"),
        ], floor)
      try await floor.act("/v1/waves/\(waveID)/release")
      let task = try floor.text(try await floor.get("/v1/pick-tasks?wave=\(waveID)")["items"]?[0]?["id"])
      try await refuse(pickable(task, waveID, shipment), floor)
      let claimed = try #require(try await floor.claim())
      try await refuse(picking(task, path), floor)
      try await floor.post("/v1/pick-tasks/\(task)/scans", floor.scan(claimed, seq: 1))
      try await refuse(picked(task, path), floor)
      try await floor.prefix()
      let package = try floor.text(try await floor.pack(shipment, "L1", 30)["id"])
      try await refuse(packing(path, package), floor)
      try await floor.post(
        "/v1/packages/\(package)/items", ["items": [["line": 1, "lot": "L1", "quantity": 10]]])
      try await floor.ship(shipment)
      try await refuse(gone(path, package), floor)
      #expect(try await floor.broken() == [])
    }
  }

  private func pickable(_ task: String, _ wave: String, _ shipment: String) -> [Refused] {
    let scan: JSON = ["device": "RF-1", "seq": 1, "location": "WH1-STOCK", "lot": "L1", "quantity": 1]
    return [
      Refused(path: "/v1/waves/\(wave)/release", code: "wave.wrongState"),
      Refused(path: "/v1/pick-tasks/\(task)/scans", body: scan, code: "pickTask.wrongState"),
      Refused(path: "/v1/pick-tasks/\(task)/put-back", code: "pickTask.wrongState"),
      Refused(path: "/v1/pick-tasks/\(shipment)/scans", body: scan, code: "resource.notFound"),
      Refused(path: "/v1/shipments/\(shipment)/ship", body: carriage, code: "shipment.notPacked"),
    ]
  }

  /// The task is in the hands of RF-1: 40 of L1.
  private func picking(_ task: String, _ shipment: String) -> [Refused] {
    func scan(
      _ code: String, _ place: String? = nil, device: String = "RF-1", bin: String = "WH1-STOCK",
      barcode: String = "WIDGET-001", lot: JSON = "L1", quantity: Int = 40
    ) -> Refused {
      Refused(
        path: "/v1/pick-tasks/\(task)/scans",
        body: [
          "device": .string(device), "seq": 1, "location": .string(bin), "barcode": .string(barcode), "lot": lot,
          "quantity": .int(quantity),
        ], code: code, places: place.map { ["\($0) \(code)"] } ?? [])
    }
    return [
      scan("pickTask.heldByOther", device: "RF-2", bin: "nowhere"),
      scan("pickTask.wrongLocation", "/location", bin: "WH1-PICK", barcode: "nothing"),
      scan("pickTask.wrongProduct", "/barcode", barcode: "4006381333931", lot: "L2"),
      scan("pickTask.wrongLot", "/lot", lot: "L2", quantity: 41), scan("pickTask.wrongLot", "/lot", lot: .null),
      scan("pickTask.overPick", "/quantity", quantity: 41),
      Refused(
        path: "/v1/pick-tasks/\(task)/short", body: ["device": "RF-2", "seq": 1, "reason": "x"],
        code: "pickTask.heldByOther"),
      Refused(
        path: "\(shipment)/packages", body: ["items": [["line": 1, "lot": "L1", "quantity": 1]]],
        code: "reference.unknown", places: ["/items/0/line reference.unknown"]),
      Refused(path: "\(shipment)/pack", code: "shipment.wrongState"),
    ]
  }

  private func picked(_ task: String, _ shipment: String) -> [Refused] {
    func package(_ item: JSON, _ code: String, _ place: String) -> Refused {
      Refused(path: "\(shipment)/packages", body: ["items": [item]], code: code, places: ["\(place) \(code)"])
    }
    let scan: JSON = ["device": "RF-1", "seq": 2, "location": "WH1-STOCK", "lot": "L1", "quantity": 1]
    return [
      Refused(path: "/v1/pick-tasks/\(task)/scans", body: scan, code: "pickTask.wrongState"),
      package(["line": 1, "lot": "L1", "quantity": 41], "package.exceedsPicked", "/items/0/quantity"),
      package(["line": 1, "lot": "L2", "quantity": 1], "pickTask.wrongLot", "/items/0/lot"),
      package(["line": 1, "quantity": 1], "lot.required", "/items/0/lot"),
      package(["line": 2, "quantity": 1], "reference.unknown", "/items/0/line"),
      Refused(
        path: "\(shipment)/packages", body: ["items": [["line": 1, "lot": "L1", "quantity": 40]]],
        code: "gs1Prefix.missing"),
      Refused(path: "\(shipment)/pack", code: "shipment.notPacked"),
      Refused(path: "\(shipment)/ship", body: carriage, code: "shipment.notPacked"),
    ]
  }

  private func packing(_ shipment: String, _ package: String) -> [Refused] {
    [
      Refused(path: "\(shipment)/pack", code: "shipment.notPacked"),
      Refused(path: "\(shipment)/ship", body: carriage, code: "shipment.notPacked"),
      Refused(
        path: "/v1/packages/\(package)/items", body: ["items": [["line": 1, "lot": "L1", "quantity": 11]]],
        code: "package.exceedsPicked", places: ["/items/0/quantity package.exceedsPicked"]),
      Refused(
        path: "/v1/gs1-prefixes", body: ["prefix": "0614141"], code: "code.taken", places: ["/prefix code.taken"]),
      Refused(
        path: "/v1/gs1-prefixes", body: ["prefix": "0614141234", "nextSerial": 1_000_000], code: "sscc.serial",
        places: ["/nextSerial sscc.serial"]),
    ]
  }

  private func gone(_ shipment: String, _ package: String) -> [Refused] {
    [
      Refused(path: "\(shipment)/ship", body: carriage, code: "shipment.wrongState"),
      Refused(path: "\(shipment)/cancel", body: [:], code: "shipment.wrongState"),
      Refused(path: "\(shipment)/packages", body: [:], code: "shipment.wrongState"),
      Refused(path: "/v1/packages/\(package)/void", code: "shipment.wrongState"),
    ]
  }

  @Test("an SSCC is never given out twice, also when its package is taken apart")
  func ssccOnce() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.pooled))
      try await floor.prefix()
      let shipment = try await floor.wave(try await floor.order(40))
      try await floor.pickAll()
      let first = try await floor.pack(shipment, "L1", 40)
      try await floor.act("/v1/packages/\(try floor.text(first["id"]))/void")
      #expect(try await floor.broken() == [])
      let many = try await withThrowingTaskGroup(of: String?.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await system.post("/v1/shipments/\(shipment)/packages", floor.tenant, [:]).json["sscc"]?.string
          }
        }
        return try await group.reduce(into: [first["sscc"]?.string]) { $0.append($1) }
      }
      #expect(Set(many.compactMap { $0 }).count == 9, "\(many)")
      let empty = try await system.call("POST", "/v1/shipments/\(shipment)/pack", token: floor.tenant.token)
      #expect(empty.code == "package.empty")
    }
  }

  @Test("two who ship the same shipment at once post it once")
  func shipOnce() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.pooled))
      try await floor.prefix()
      let shipment = try await floor.wave(try await floor.order(40))
      try await floor.pickAll()
      _ = try await floor.pack(shipment, "L1", 40)
      try await floor.act("/v1/shipments/\(shipment)/pack")
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for _ in 0..<6 {
          group.addTask { try await system.post("/v1/shipments/\(shipment)/ship", floor.tenant, ["carrier": "A"]) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.filter { $0.status == 200 }.count == 1)
      #expect(answers.filter { $0.code == "shipment.wrongState" }.count == 5, "\(answers.map(\.text))")
      #expect(try await floor.postings() == [200_00, 200_00])
      #expect(try await floor.broken() == [])
    }
  }

  @Test("waves, picks, orders and counts at once leave every balance true")
  func together() async throws {
    try await TestSystem.run { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.pooled))
      try await floor.receive(40, lot: "L3", at: "6.00")
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<4 {
          group.addTask {
            for round in 0..<6 {
              _ = try? await floor.system.post("/v1/orders", floor.tenant, Bodies.order(3))
              _ = try? await floor.system.post("/v1/waves", floor.tenant, [:])
              guard let task = try? await floor.claim("RF-\(worker)"), let id = task["id"]?.string else { continue }
              let path = "/v1/pick-tasks/\(id)"
              if round == 2 * worker % 5 {
                _ = try? await floor.system.post(
                  "\(path)/short", floor.tenant,
                  ["device": .string("RF-\(worker)"), "seq": .int(round), "reason": "empty"])
              } else {
                _ = try? await floor.system.post(
                  "\(path)/scans", floor.tenant, floor.scan(task, device: "RF-\(worker)", seq: round))
              }
            }
          }
        }
      }
      #expect(try await floor.numbers("SELECT count(*) FROM pick_scan WHERE kind = 'pick'")[0] > 4)
      #expect(try await floor.numbers("SELECT count(*) FROM pick_scan WHERE kind = 'short'")[0] > 0)
      #expect(try await floor.broken() == [])
    }
  }
}
