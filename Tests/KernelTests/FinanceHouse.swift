import BulkheadCore
import BulkheadData
import Distribution
import Foundation
import Testing

@testable import bulkhead

/// One tenant's books as the tests of finance drive them: through the API.
struct FinanceHouse {
  let system: TestSystem
  let tenant: TestTenant

  /// A tenant with sales tax of 8 % (5 % state, 3 % county) on what goes to the US, and thirty days to pay.
  static func open(_ system: TestSystem, _ tenant: TestTenant) async throws -> FinanceHouse {
    let house = FinanceHouse(system: system, tenant: tenant)
    let code = try await house.made("/v1/tax-codes", ["code": "SALES", "name": "Sales tax"])
    for (place, percent) in [("State", "5"), ("County", "3")] {
      try await house.made(
        "/v1/tax-codes/\(code)/rates",
        ["jurisdiction": .string(place), "percent": .string(percent), "validFrom": "2020-01-01"])
    }
    try await house.made("/v1/tax-rules", ["country": "US", "taxCodeId": .string(code)])
    try await house.made("/v1/payment-terms", ["code": "NET30", "name": "30 days", "days": 30, "isDefault": true])
    try await house.made(
      "/v1/parties/\(try await house.customer)/addresses",
      ["kind": "ship_to", "name": "Shop", "street": "High Street 1", "city": "Albany", "region": "NY", "country": "US"])
    return house
  }

  var customer: String {
    get async throws { try await first("/v1/parties?code=\(DemoCompany.customer)", "id") }
  }

  var entity: String { get async throws { try await first("/v1/legal-entities", "id") } }

  func first(_ path: String, _ member: String) async throws -> String {
    try await get(path)["items"]?[0]?[member]?.string ?? ""
  }

  func get(_ path: String) async throws -> JSON { try await system.get(path, tenant).json }

  func post(_ path: String, _ body: JSON? = nil) async throws -> TestAnswer {
    try await system.call("POST", path, token: tenant.token, json: body)
  }

  /// Posts what must succeed; the id of what was made.
  @discardableResult
  func made(_ path: String, _ body: JSON, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
    let answer = try await post(path, body)
    #expect(answer.status < 300, "\(path): \(answer.text)", sourceLocation: sourceLocation)
    return answer.json["id"]?.string ?? ""
  }

  /// Drafts an invoice of charges and posts it; the invoice.
  func charge(_ price: String, on day: String? = nil) async throws -> JSON {
    let id = try await made("/v1/invoices", Self.charges(price, on: day))
    return try await post("/v1/invoices/\(id)/post").json
  }

  static func charges(_ price: String, on day: String? = nil) -> JSON {
    [
      "customer": .string(DemoCompany.customer), "invoiceOn": .optional(day),
      "lines": [["description": "Freight", "quantity": "1", "unitPrice": .string(price)]],
    ]
  }

  /// Debits less credits of an account, by its code.
  func balance(_ account: String, on day: String? = nil) async throws -> String? {
    let path = "/v1/trial-balance" + (day.map { "?on=\($0)" } ?? "")
    let accounts = try await get(path)["accounts"]?.array ?? []
    return accounts.first { $0["account"]?.string == account }?["balance"]?.string
  }
}

extension JSON {
  /// The text of an amount, `{"amount": …}` or bare.
  func amount(_ name: String) -> String? { self[name]?["amount"]?.string ?? self[name]?.string }
}
