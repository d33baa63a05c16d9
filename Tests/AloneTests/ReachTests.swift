import BulkheadCore
import BulkheadServer
import Testing

/// Scripts reach the whole route table.
@Suite("Scripts reach every route", .serialized)
struct ReachTests {
  /// Routes that a tenant's script never gets to do as asked, with the reason.
  static let unsuccessful: [String: String] = [
    "GET /v1/platform/tenants": "the operator's", "POST /v1/platform/tenants": "the operator's",
    "GET /v1/platform/tenants/{tenant}": "the operator's",
    "GET /v1/platform/tenants/{tenant}/policy": "the operator's",
    "PUT /v1/platform/tenants/{tenant}/policy": "the operator's",
    "POST /v1/platform/tenants/{tenant}/addresses": "the operator's",
    "GET /metrics": "the operator's",
  ]

  @Test("every route of the table is called, valid or not")
  func called() async throws {
    let world = try await World.open(try await Worlds.shared.alone(.pooled))
    defer { world.close() }
    let routes = Dictionary(uniqueKeysWithValues: world.routes.map { ($0.label, $0) })
    var author = Author(seed: 1, routes: world.routes)
    var called: Set<String> = []
    for number in 1...20_000 {
      if let (step, _) = author.next(number, routes: routes) { called.insert(step.route) }
    }
    let missing = Set(routes.keys).subtracting(called).subtracting(Author.leftOut.keys)
    #expect(missing.isEmpty, "\(missing.sorted())")
  }

  /// Judged over all that a run of full extent has played.
  static func judge(_ reached: [String: Int], _ routes: [Route]) -> [String] {
    routes.map(\.label).filter { reached[$0, default: 0] == 0 && unsuccessful[$0] == nil && Author.leftOut[$0] == nil }
      .sorted()
  }
}
