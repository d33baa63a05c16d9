import BulkheadCore
import HTTPTypes
import Testing

@testable import BulkheadServer

@Suite("The route table")
struct RouteTableTests {
  private func route(
    _ method: HTTPRequest.Method, _ path: String, access: Access = .tenant("p"),
    parameters: [PathParameter] = [], query: [QueryParameter] = [], body: Body = .none,
    handler: Handler = .read { _ in .noContent }
  ) -> Route {
    Route(
      method, path, access: access, tag: "t", summary: "s", parameters: parameters, query: query, body: body,
      responses: [ResponseShape(.ok, "ok")], handler: handler)
  }

  private func faults(_ routes: Route...) -> [String] {
    do {
      _ = try RouteTable(routes)
      return []
    } catch { return (error as? RouteTableError)?.faults ?? ["\(error)"] }
  }

  private let order = PathParameter("order", .id(of: "order"), "")

  @Test("sound routes are accepted")
  func sound() {
    #expect(faults(route(.get, "/a"), route(.post, "/a"), route(.get, "/a/{order}", parameters: [order])) == [])
  }

  @Test("each fault is found")
  func each() {
    #expect(faults(route(.get, "/a"), route(.get, "/a")).count == 2)
    #expect(
      faults(
        route(.get, "/a/{x}", parameters: [PathParameter("x", .tenant, "")]),
        route(.get, "/a/{order}", parameters: [order])
      ).first?.contains("another route") == true)
    #expect(faults(route(.get, "/a/{order}")).first?.contains("declares") == true)
    #expect(faults(route(.get, "/a", parameters: [order])).first?.contains("declares") == true)
    #expect(faults(route(.get, "a")).first?.contains("malformed") == true)
    #expect(faults(route(.get, "/a//b")).first?.contains("malformed") == true)
    #expect(faults(route(.get, "/a/x{order}", parameters: [order])).first?.contains("malformed") == true)
    #expect(faults(route(.get, "/a", access: .open)).first?.contains("handler") == true)
    #expect(faults(route(.get, "/a", access: .platform("p"))).first?.contains("handler") == true)
    #expect(faults(route(.get, "/a", access: .tenant(""))).first?.contains("permission") == true)
    #expect(faults(route(.get, "/a", handler: .write { _, _ in .noContent })).first?.contains("GET") == true)
    #expect(faults(route(.head, "/a")).first?.contains("method") == true)
    #expect(
      faults(route(.get, "/a", query: QueryParameter.page + QueryParameter.page)).first?.contains("repeated") == true)
  }

  @Test("all faults are reported at once")
  func together() {
    #expect(faults(route(.get, "a"), route(.get, "/b", access: .open), route(.get, "/c/{order}")).count == 3)
  }

  @Test("literals win over parameters, and a dead end goes back to the parameter")
  func precedence() throws {
    let metrics = Metrics()
    let router = Router(
      try [
        route(.get, "/o/{order}", parameters: [order]), route(.get, "/o/new"),
        route(.get, "/o/{order}/lines", parameters: [order]),
      ].map { route in
        Endpoint(
          route, try #require(PathTemplate(route.path)), meters: RouteMeters(metrics, method: "GET", route: route.path))
      })
    func path(_ target: String) -> String? { router.match(target[...])?.endpoints.first?.route.path }
    #expect(path("/o/new") == "/o/new")
    #expect(path("/o/7") == "/o/{order}")
    #expect(path("/o/new/lines") == "/o/{order}/lines")
    #expect(path("/o") == nil)
    #expect(path("/o/") == nil)
    #expect(path("/o/7/") == nil)
    #expect(path("//o/7") == nil)
    #expect(path("") == nil)
    #expect(path(String(repeating: "/o", count: 10_000)) == nil)
  }

  @Test("operation ids read like method names")
  func operations() {
    #expect(route(.get, "/v1/orders/{order}/lines", parameters: [order]).operationID == "getOrdersByOrderLines")
    #expect(route(.get, "/v2/price-lists").operationID == "getV2PriceLists")
  }
}
