import BulkheadCore
import BulkheadPostgres
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Makes the tenant ready for the load: stock and credit that do not run out, orders to read.
enum Stage {
  /// Orders that the read load goes round through.
  static let ordersToRead = 100

  static func prepare(_ system: SystemUnderTest) async throws -> [EntityID] {
    let stock: JSON = [
      "kind": "receipt", "reason": "benchmark",
      "lines": [["sku": "WIDGET-001", "quantity": 100_000_000, "lot": "L1", "unitCost": "5.00"]],
    ]
    _ = try await post("/v1/stock-adjustments", stock, system)
    let administrator = try await system.database.connect(as: BenchDatabase.administrator)
    defer { administrator.close() }
    _ = try await administrator.roundTrip(
      [
        .once(
          text: "UPDATE credit_account SET limit_minor = NULL WHERE tenant_id = $1", parameters: [.id(system.tenant)])
      ], deadline: nil)
    var orders: [EntityID] = []
    for number in 0..<ordersToRead {
      let order = try await post("/v1/orders", body(poNumber: "READ-\(number)"), system)
      guard let id = order["id"]?.id else { throw BenchFailure("no order was made") }
      orders.append(id)
    }
    // Statistics as a live system has them: without, the first plans are made for empty tables.
    try await administrator.simple("ANALYZE", deadline: nil)
    return orders
  }

  static func body(poNumber: String) -> JSON {
    [
      "customer": "CUST-001", "poNumber": .string(poNumber),
      "lines": [["sku": "WIDGET-001", "quantity": 1]],
    ]
  }

  private static func post(_ path: String, _ body: JSON, _ system: SystemUnderTest) async throws -> JSON {
    guard let url = URL(string: system.url(of: .bulkhead) + path) else { throw BenchFailure("no URL") }
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.httpBody = Data(body.utf8)
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.setValue("Bearer \(system.token)", forHTTPHeaderField: "Authorization")
    let (data, response) = try await URLSession.shared.data(for: request)
    guard (response as? HTTPURLResponse)?.statusCode == 201 else {
      throw BenchFailure("POST \(path): \(String(decoding: data, as: UTF8.self))")
    }
    return try JSONParser.parse(Array(data))
  }
}
