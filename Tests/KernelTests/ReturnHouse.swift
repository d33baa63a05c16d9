import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

/// One tenant's returns, as customers, the dock and the office drive them: through the API.
struct ReturnHouse {
  let books: FinanceHouse
  let floor: Floor

  static func open(_ system: TestSystem, _ tenant: TestTenant) async throws -> ReturnHouse {
    let house = ReturnHouse(
      books: try await FinanceHouse.open(system, tenant), floor: Floor(system: system, tenant: tenant))
    try await house.floor.prefix()
    return house
  }

  /// An order over `quantity`, of which the sixty in stock are shipped; the order and the line of its shipment.
  func shipped(_ quantity: Int = 60) async throws -> (order: String, line: String) {
    let order = try await floor.order(quantity)
    try await floor.shipAll(
      order, [("L1", min(40, quantity)), ("L2", max(0, min(20, quantity - 40)))].filter { $0.1 > 0 })
    return (order, try await lines(order)[0])
  }

  /// The one line of each shipment of an order, the first first.
  func lines(_ order: String) async throws -> [String] {
    var lines: [String] = []
    for shipment in (try await floor.get("/v1/shipments?order=\(order)")["items"]?.array ?? []).reversed() {
      let path = "/v1/shipments/\(shipment["id"]?.string ?? "")"
      lines.append(try floor.text(try await floor.get(path)["lines"]?[0]?["id"]))
    }
    return lines
  }

  func invoice(_ order: String) async throws -> JSON {
    let draft = try await books.made("/v1/invoices", ["orderId": .string(order)])
    return try await books.post("/v1/invoices/\(draft)/post").json
  }

  static func wanted(_ line: String, _ quantity: Int, outcome: String = "credit_note") -> JSON {
    [
      "reason": "Too many", "outcome": .string(outcome),
      "lines": [["shipmentLineId": .string(line), "quantity": .int(quantity)]],
    ]
  }

  /// A return of `quantity` that is authorised; its path.
  func accepted(_ line: String, _ quantity: Int, outcome: String = "credit_note") async throws -> String {
    let made = try await floor.post("/v1/returns", Self.wanted(line, quantity, outcome: outcome), expecting: 201)
    let path = "/v1/returns/\(try floor.text(made["id"]))"
    #expect(try await floor.post("\(path)/accept")["state"]?.string == "accepted")
    return path
  }

  static func item(
    _ quantity: Int, _ lot: String, _ disposition: String = "restock", at location: String? = nil
  ) -> JSON {
    [
      "line": 1, "quantity": .int(quantity), "lot": .string(lot), "disposition": .string(disposition),
      "location": .optional(location),
    ]
  }

  @discardableResult
  func receive(_ path: String, _ items: [JSON]) async throws -> JSON {
    try await floor.post("\(path)/receive", ["items": .array(items)])
  }

  /// The whole way of `quantity` of lot L1, back to where it is sold from.
  @discardableResult
  func bringBack(
    _ quantity: Int, _ line: String, outcome: String = "credit_note"
  ) async throws -> JSON {
    let path = try await accepted(line, quantity, outcome: outcome)
    try await receive(path, [Self.item(quantity, "L1")])
    return try await floor.post("\(path)/complete")
  }
}
