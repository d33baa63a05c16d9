import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

/// One tenant's till, as its software drives it.
struct Till {
  let floor: Floor
  let terminal: String
  let session: String

  static let lot = "T1"

  /// A till in the US with 100.00 in its drawer; sales tax is 5 % and 3 %.
  static func open(
    _ system: TestSystem, _ tenant: TestTenant, code: String = "T1", posting: String = "order",
    includesTax: Bool = false
  ) async throws -> Till {
    _ = try await FinanceHouse.open(system, tenant)
    let floor = Floor(system: system, tenant: tenant)
    let terminal = try await floor.post(
      "/v1/pos/terminals",
      [
        "code": .string(code), "name": "Front till", "country": "US", "stockPosting": .string(posting),
        "pricesIncludeTax": .bool(includesTax),
      ], expecting: 201)
    let id = try floor.text(terminal["id"])
    let session = try await floor.post(
      "/v1/pos/sessions", ["terminalId": .string(id), "float": "100.00"], expecting: 201)
    return Till(floor: floor, terminal: id, session: try floor.text(session["id"]))
  }

  /// Goods come to the till's place.
  func stock(_ sku: String, _ quantity: Int, at cost: String, lot: String? = Till.lot) async throws {
    try await floor.post(
      "/v1/stock-adjustments",
      [
        "kind": "receipt", "reason": "Goods in",
        "lines": [
          [
            "sku": .string(sku), "quantity": .int(quantity), "lot": .optional(lot), "unitCost": .string(cost),
            "location": "POS-T1",
          ]
        ],
      ], expecting: 201)
  }

  func product(_ sku: String, price: String? = nil) async throws -> String {
    let id = try floor.text(
      try await floor.post(
        "/v1/products", ["sku": .string(sku), "name": .string(sku), "baseUnit": "EA"], expecting: 201)["id"])
    if let price {
      let list = try floor.text(try await floor.get("/v1/price-lists")["items"]?[0]?["id"])
      try await floor.post(
        "/v1/price-rules",
        [
          "priceListId": .string(list), "productId": .string(id), "currency": "USD", "kind": "fixed",
          "value": .string(price),
        ], expecting: 201)
    }
    return id
  }

  /// Client ids are the same in every tenant.
  static func uuid(_ number: Int) -> JSON {
    .string("0f000000-0000-4000-8000-" + String(String(1_000_000_000_000 + number).dropFirst()))
  }

  func order(
    _ number: Int, _ lines: [JSON], _ payments: [JSON] = [], _ more: [JSON.Member] = []
  ) -> JSON {
    .object(
      [
        .init("uuid", Self.uuid(number)), .init("sessionId", .string(session)), .init("lines", .array(lines)),
        .init("payments", .array(payments)),
      ] + more)
  }

  static func line(_ sku: String, _ quantity: Int) -> JSON { ["sku": .string(sku), "quantity": .int(quantity)] }
  static func pay(_ method: String, _ amount: String) -> JSON {
    ["method": .string(method), "amount": .string(amount)]
  }

  /// Debit less credit of a role's account.
  func balance(_ role: String) async throws -> Int64 {
    try await Buyer(system: floor.system, tenant: floor.tenant).balance(role)
  }

  func onHand(_ sku: String) async throws -> [String] {
    let place = try await floor.get("/v1/pos/terminals/\(terminal)")["locationId"]?.string ?? ""
    let stock = try await floor.get("/v1/stock?location=\(place)")
    return (stock["items"]?.array ?? []).filter { $0["sku"]?.string == sku }.compactMap { $0["onHand"]?.string }
  }
}
