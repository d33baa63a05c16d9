import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

/// A warehouse floor: what people and their devices send, step by step.
struct Floor {
  let system: TestSystem
  let tenant: TestTenant

  @discardableResult
  func post(
    _ path: String, _ body: JSON = [:], expecting status: Int = 200, _ place: SourceLocation = #_sourceLocation
  ) async throws -> JSON {
    let answer = try await system.post(path, tenant, body)
    #expect(answer.status == status, "\(path): \(answer.text)", sourceLocation: place)
    return answer.json
  }

  /// A POST without a body, as routes that take none want it.
  @discardableResult
  func act(
    _ path: String, expecting status: Int = 200, _ place: SourceLocation = #_sourceLocation
  ) async throws -> JSON {
    let answer = try await system.call("POST", path, token: tenant.token)
    #expect(answer.status == status, "\(path): \(answer.text)", sourceLocation: place)
    return answer.json
  }

  func get(_ path: String) async throws -> JSON { try await system.get(path, tenant).json }

  func text(_ json: JSON?) throws -> String { try #require(json?.string) }

  func order(_ quantity: Int, po: String? = nil) async throws -> String {
    try text(try await post("/v1/orders", Bodies.order(quantity, po: po), expecting: 201)["id"])
  }

  func prefix() async throws {
    try await post("/v1/gs1-prefixes", ["prefix": "0614141", "nextSerial": 123_456_789], expecting: 201)
  }

  /// Puts `order` into a wave; answers its one shipment.
  func wave(_ order: String) async throws -> String {
    let wave = try await post("/v1/waves", ["orderIds": [.string(order)]], expecting: 201)
    #expect(wave["shipments"]?.array?.count == 1)
    return try text(wave["shipments"]?[0]?["id"])
  }

  func claim(_ device: String = "RF-1") async throws -> JSON? {
    let answer = try await post("/v1/pick-task-claims", ["device": .string(device)])
    guard let task = answer["task"], !task.isNull else { return Optional<JSON>.none }
    return task
  }

  func scan(_ task: JSON, device: String = "RF-1", seq: Int, quantity: JSON? = nil) -> JSON {
    [
      "device": .string(device), "seq": .int(seq), "location": task["from"] ?? .null, "lot": task["lot"] ?? .null,
      "barcode": .string(DemoCompany.gtin), "quantity": quantity ?? task["quantity"] ?? .null,
    ]
  }

  /// Picks everything that is open, in the order in which it is given out; answers the bins or lots.
  @discardableResult
  func pickAll(from first: Int = 1, seen: String = "lot") async throws -> [String] {
    var seq = first
    var order: [String] = []
    while let task = try await claim(), seq < first + 100 {
      order.append(task[seen]?.string ?? "-")
      try await post("/v1/pick-tasks/\(try text(task["id"]))/scans", scan(task, seq: seq))
      seq += 1
    }
    return order
  }

  func pack(_ shipment: String, _ lot: String?, _ quantity: Int) async throws -> JSON {
    try await post(
      "/v1/shipments/\(shipment)/packages",
      ["items": [["line": 1, "lot": .optional(lot), "quantity": .int(quantity)]]], expecting: 201)
  }

  @discardableResult
  func ship(_ shipment: String) async throws -> JSON {
    try await act("/v1/shipments/\(shipment)/pack")
    return try await post(
      "/v1/shipments/\(shipment)/ship", ["carrier": "ACME Freight", "trackingNumber": "1Z999"])
  }

  /// Takes what is reserved for `order` through wave, picking and one carton a lot to the dock.
  func shipAll(_ order: String, _ lots: [(code: String, quantity: Int)], from seq: Int = 1) async throws {
    let shipment = try await wave(order)
    try await pickAll(from: seq)
    for lot in lots { _ = try await pack(shipment, lot.code, lot.quantity) }
    try await ship(shipment)
  }

  func receive(_ quantity: Int, lot: String, at cost: String) async throws {
    let line: JSON = [
      "sku": .string(DemoCompany.sku), "quantity": .int(quantity), "lot": .string(lot), "unitCost": .string(cost),
    ]
    try await post(
      "/v1/stock-adjustments", ["kind": "receipt", "reason": "Goods in", "lines": [line]], expecting: 201)
  }

  /// Rows of one statement, read in the tenant's own scope.
  func numbers(_ statement: Statement) async throws -> [Int64] {
    let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
    var numbers: [Int64] = []
    for row in try await scoped.read(Query(statement))[0] { numbers.append(try row.int(0)) }
    return numbers
  }

  /// What shipments posted to the ledger: debit of cost of goods sold, credit of inventory, for each entry.
  func postings() async throws -> [Int64] {
    try await numbers(
      """
      SELECT line.debit_minor + line.credit_minor
        FROM ledger_entry AS entry
        JOIN ledger_line AS line ON line.entry_id = entry.id
        JOIN account_role AS role ON role.account_id = line.account_id
       WHERE entry.origin_type = 'shipment'
         AND ((role.role = 'cogs' AND line.debit_minor > 0) OR (role.role = 'inventory' AND line.credit_minor > 0))
       ORDER BY entry.posted_at, entry.id, line.line_no
      """)
  }

  /// Open orders and unbilled shipments of the tenant's customers.
  func credit() async throws -> [Int64] {
    try await numbers("SELECT open_orders_minor FROM credit_account")
      + numbers("SELECT unbilled_minor FROM credit_account")
  }

  func broken() async throws -> [String] { try await system.brokenInvariants(tenant) }
}
