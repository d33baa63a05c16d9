import BulkheadCore
import Distribution
import Testing

@testable import bulkhead

@Suite("Returns, refused")
struct ReturnRefusalTests {
  private struct Refused {
    let path: String
    var body: JSON? = [:]
    let code: String
    var places: [String] = []
  }

  private func refuse(_ cases: [Refused], _ floor: Floor) async throws {
    let before = try await floor.system.rowsOf(floor.tenant)
    for item in cases {
      let answer = try await floor.system.call("POST", item.path, token: floor.tenant.token, json: item.body)
      #expect(answer.code == item.code, "\(item.path): \(answer.text)")
      #expect(answer.places == item.places, "\(item.path): \(answer.text)")
    }
    #expect(try await floor.system.rowsOf(floor.tenant) == before, "nothing half done")
  }

  @Test("every wrong step is refused by its own reason and changes nothing", arguments: Tier.allCases)
  func steps(tier: Tier) async throws {
    try await TestSystem.run { system in
      let house = try await ReturnHouse.open(system, try await system.tenant(tier))
      let floor = house.floor
      let waiting = try await floor.order(10)
      let other = try await house.floor.wave(waiting)
      let otherLine = try floor.text(try await floor.get("/v1/shipments/\(other)")["lines"]?[0]?["id"])
      try await floor.pickAll()
      _ = try await floor.pack(other, "L1", 10)
      let order = try await floor.order(20)
      try await floor.shipAll(order, [("L1", 20)], from: 5)
      let line = try await house.lines(order)[0]
      try await refuse(requests(line, otherLine), floor)

      let made = try await floor.post("/v1/returns", ReturnHouse.wanted(line, 10), expecting: 201)
      let path = "/v1/returns/\(try floor.text(made["id"]))"
      try await refuse(requested(path, line), floor)
      try await floor.post("\(path)/accept", ["lines": [["line": 1, "quantity": 8]]])
      try await refuse(accepted(path), floor)
      try await house.receive(path, [ReturnHouse.item(8, "L1")])
      try await refuse(
        ["accept", "cancel", "receive"].map { act in
          let body: JSON = act == "receive" ? ["items": [ReturnHouse.item(1, "L1")]] : [:]
          return Refused(path: "\(path)/\(act)", body: body, code: "return.wrongState")
        }, floor)
      try await floor.post("\(path)/complete")
      try await refuse(
        [
          Refused(path: "\(path)/complete", code: "return.wrongState"),
          Refused(path: "\(path)/cancel", code: "return.wrongState"),
        ], floor)
      #expect(try await floor.broken() == [])
    }
  }

  private func requests(_ line: String, _ otherLine: String) -> [Refused] {
    func wanted(_ lines: [(String, JSON)], warehouse: String? = nil) -> JSON {
      [
        "reason": "Too many", "warehouse": .optional(warehouse),
        "lines": .array(lines.map { ["shipmentLineId": .string($0.0), "quantity": $0.1] }),
      ]
    }
    let path = "/v1/returns"
    return [
      Refused(
        path: path, body: wanted([("00000000-0000-7000-8000-000000000001", 1)]), code: "reference.unknown",
        places: ["/lines/0/shipmentLineId reference.unknown"]),
      Refused(
        path: path, body: wanted([(line, 1), (otherLine, 1)]), code: "reference.unknown",
        places: ["/lines/1/shipmentLineId reference.unknown"]),
      Refused(
        path: path, body: wanted([(line, 1), (line, 1)]), code: "line.repeated",
        places: ["/lines/1 line.repeated"]),
      Refused(
        path: path, body: wanted([(line, "20.000001")]), code: "return.beyondShipped",
        places: ["/lines/0/quantity return.beyondShipped"]),
      Refused(
        path: path, body: wanted([(otherLine, 1)]), code: "return.beyondShipped",
        places: ["/lines/0/quantity return.beyondShipped"]),
      Refused(
        path: path, body: wanted([(line, 1)], warehouse: "NOWHERE"), code: "reference.unknown",
        places: ["/warehouse reference.unknown"]),
    ]
  }

  private func requested(_ path: String, _ line: String) -> [Refused] {
    func shares(_ lines: [(Int, Int)]) -> JSON {
      ["lines": .array(lines.map { ["line": .int($0.0), "quantity": .int($0.1)] })]
    }
    return [
      Refused(
        path: "/v1/returns", body: ReturnHouse.wanted(line, 11), code: "return.beyondShipped",
        places: ["/lines/0/quantity return.beyondShipped"]),
      Refused(path: "\(path)/receive", body: ["items": [ReturnHouse.item(1, "L1")]], code: "return.wrongState"),
      Refused(path: "\(path)/complete", code: "return.wrongState"),
      Refused(
        path: "\(path)/accept", body: shares([(1, 1), (1, 1)]), code: "line.repeated",
        places: ["/lines/1 line.repeated"]),
      Refused(
        path: "\(path)/accept", body: shares([(2, 1)]), code: "reference.unknown",
        places: ["/lines/0/line reference.unknown"]),
      Refused(
        path: "\(path)/accept", body: shares([(1, 11)]), code: "return.beyondRequested",
        places: ["/lines/0/quantity return.beyondRequested"]),
      Refused(
        path: "\(path)/accept", body: shares([(1, 0)]), code: "quantity.notPositive",
        places: ["/lines quantity.notPositive"]),
    ]
  }

  /// Eight of lot L1 are authorised.
  private func accepted(_ path: String) -> [Refused] {
    func receive(_ items: [JSON], _ code: String, _ place: String) -> Refused {
      Refused(path: "\(path)/receive", body: ["items": .array(items)], code: code, places: ["/items/\(place) \(code)"])
    }
    let good = ReturnHouse.item(1, "L1")
    return [
      Refused(path: "\(path)/accept", code: "return.wrongState"),
      receive([["line": 2, "quantity": 1, "lot": "L1", "disposition": "restock"]], "reference.unknown", "0/line"),
      receive([["line": 1, "quantity": 1, "disposition": "restock"]], "lot.required", "0/lot"),
      receive([good, ReturnHouse.item(1, "L2")], "return.lotNotShipped", "1/lot"),
      receive([good, ReturnHouse.item(8, "L1")], "return.beyondAuthorised", "1/quantity"),
      receive([ReturnHouse.item(1, "L1", at: "GHOST")], "reference.unknown", "0/location"),
      receive([ReturnHouse.item(1, "L1", at: "WH1-LOST")], "location.wrongType", "0/location"),
      receive([ReturnHouse.item(1, "L1", "quarantine", at: "WH1-STOCK")], "location.wrongType", "0/location"),
      receive([ReturnHouse.item(1, "L1", "quarantine")], "setup.missing", "0/disposition"),
    ]
  }
}
