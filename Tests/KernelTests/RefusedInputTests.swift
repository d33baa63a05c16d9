import BulkheadCore
import Distribution
import Testing

@testable import bulkhead

/// One request that must be refused, and how.
struct RefusedInput: Sendable, CustomTestStringConvertible {
  let name: String
  var method = "POST"
  var path = "/v1/orders"
  var body: String?
  var headers: [String: String] = ["Content-Type": "application/json"]
  let status: Int
  let code: String
  /// `pointer code` of the places that must be named.
  var places: [String] = []

  var testDescription: String { name }

  /// An order whose only line is `line`.
  static func line(_ line: String) -> String { #"{"customer":"CUST-001","lines":[\#(line)]}"# }
  static func quantity(_ quantity: String) -> String { line(#"{"sku":"WIDGET-001","quantity":\#(quantity)}"#) }
}

@Suite("Bad input names its place and changes nothing")
struct RefusedInputTests {
  @Test("in every tier", arguments: Tier.allCases)
  func everything(tier: Tier) async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(tier)
      let widget = try await system.widget(tenant)
      let before = try await system.rowsOf(tenant)
      #expect(before.count > 20, "the tables were found")
      for input in RefusedInput.bodies + RefusedInput.values + RefusedInput.manners {
        let answer = try await system.call(
          input.method, input.path.replacing("{widget}", with: widget), token: tenant.token,
          bytes: input.body.map { Array($0.utf8) }, headers: input.headers)
        #expect(answer.status == input.status, "\(input.name): \(answer.text)")
        #expect(answer.code == input.code, "\(input.name): \(answer.text)")
        #expect(answer.headers["content-type"] == "application/problem+json", "\(input.name)")
        #expect(answer.places == input.places, "\(input.name): \(answer.text)")
      }
      #expect(try await system.rowsOf(tenant) == before)
    }
  }

  @Test("a change is seen by the comparison that the table relies on")
  func control() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let before = try await system.rowsOf(tenant)
      #expect(try await system.post("/v1/orders", tenant, Bodies.order(1)).status == 201)
      let after = try await system.rowsOf(tenant)
      #expect(after["sales_order"] != before["sales_order"])
      #expect(after["stock_quant"] != before["stock_quant"])
      #expect(after["price_rule"] == before["price_rule"])
    }
  }

  @Test("an Idempotency-Key belongs to one request")
  func idempotencyKey() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let key = ["Idempotency-Key": "one"]
      let first = try await system.post("/v1/orders", tenant, Bodies.order(1), headers: key)
      #expect(first.status == 201)
      let before = try await system.rowsOf(tenant)
      let other = try await system.post("/v1/orders", tenant, Bodies.order(2), headers: key)
      #expect(other.status == 422)
      #expect(other.code == "idempotency.mismatch")
      let again = try await system.post("/v1/orders", tenant, Bodies.order(1), headers: key)
      #expect(again.bytes == first.bytes)
      #expect(again.status == first.status)
      #expect(again.headers["etag"] == first.headers["etag"])
      #expect(again.headers["location"] == first.headers["location"])
      #expect(try await system.rowsOf(tenant) == before)
    }
  }

  @Test("a repeated request that made something of a natural key gets its answer, not a conflict with itself")
  func naturalKey() async throws {
    try await TestSystem.run { system in
      for tier in Tier.allCases {
        let tenant = try await system.tenant(tier)
        let key = ["Idempotency-Key": "unit"]
        let first = try await system.post("/v1/units", tenant, ["code": "KT", "name": "Kit"], headers: key)
        #expect(first.status == 201)
        let again = try await system.post("/v1/units", tenant, ["code": "KT", "name": "Kit"], headers: key)
        #expect(again.status == 201)
        #expect(again.bytes == first.bytes)
        let other = try await system.post("/v1/units", tenant, ["code": "KT", "name": "Other"], headers: key)
        #expect(other.code == "idempotency.mismatch")
        // The control: under another key it is a conflict.
        let fresh = ["Idempotency-Key": "another"]
        let conflict = try await system.post("/v1/units", tenant, ["code": "KT", "name": "Kit"], headers: fresh)
        #expect(conflict.status == 409)
      }
    }
  }

  @Test("a refused write leaves its Idempotency-Key free")
  func refusedKey() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let key = ["Idempotency-Key": "two"]
      let unknown: JSON = ["customer": "CUST-001", "lines": [["sku": "NOTHING", "quantity": 1]]]
      #expect(try await system.post("/v1/orders", tenant, unknown, headers: key).code == "reference.unknown")
      #expect(try await system.post("/v1/orders", tenant, Bodies.order(1), headers: key).status == 201)
    }
  }
}
