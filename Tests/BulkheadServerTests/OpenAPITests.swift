import BulkheadCore
import BulkheadTesting
import Foundation
import Testing

@testable import BulkheadServer

@Suite("The OpenAPI document")
struct OpenAPITests {
  private func document() throws -> JSON {
    var configuration = APIConfiguration(
      version: "1.2", routes: TestRoutes.all(entered: Signal(), release: Signal()), authenticator: NamedTokens(),
      directory: NamedTenants(), sessions: FakeSessions())
    configuration.title = "Test"
    let api = try API(configuration)
    return OpenAPIDocument.make(routes: api.table.routes, title: "Test", version: "1.2")
  }

  @Test("an independent validator accepts the document")
  func valid() throws {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "openapi-\(ProcessInfo.processInfo.processIdentifier).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(try document().utf8).write(to: file)
    let validator = try ToolRun(["python3", "-m", "openapi_spec_validator", file.path])
    #expect(validator.status == 0, "\(validator.output)\(validator.complaints)")
  }

  @Test("it is served, and every route of the table is in it")
  func served() async throws {
    try await Fixture.run { server async throws in
      let response = try await server.send("GET", "/openapi.json", token: nil)
      let document = try JSONParser.parse(response.body)
      #expect(document["openapi"]?.string == "3.1.0")
      for route in server.api.table.routes {
        let operation = document["paths"]?[route.path]?[route.method.rawValue.lowercased()]
        #expect(operation?["operationId"]?.string == route.operationID, "\(route.path)")
      }
    }
  }

  @Test("an operation says who may call it, what it takes and what it answers")
  func operation() throws {
    let document = try document()
    let place = try #require(document["paths"]?["/v1/orders"]?["post"])
    #expect(place["x-permission"]?.string == "orders.write")
    #expect(place["security"]?.text == #"[{"bearer":[]}]"#)
    let headers = place["parameters"]?.array?.compactMap { $0["name"]?.string }
    #expect(headers == ["X-Tenant-ID", "Idempotency-Key"])
    let statuses = place["responses"]?.members?.map(\.name)
    #expect(statuses == ["201", "400", "401", "403", "404", "408", "409", "413", "415", "422", "429", "500", "503"])
    let schema = place["requestBody"]?["content"]?["application/json"]?["schema"]
    #expect(schema?["additionalProperties"]?.bool == false)
    #expect(schema?["required"]?.text == #"["sku","quantity"]"#)
    #expect(schema?["properties"]?["quantity"]?["exclusiveMinimum"]?.int == 0)

    let change = try #require(document["paths"]?["/v1/orders/{order}"]?["put"])
    #expect(change["parameters"]?.array?.contains { $0["name"]?.string == "If-Match" } == true)
    #expect(change["responses"]?["428"] != nil)
    #expect(change["responses"]?["412"] != nil)
    let edi = try #require(document["paths"]?["/v1/edi"]?["post"])
    #expect(edi["security"]?.text == #"[{"bearer":[]},{"basic":[]}]"#)
    #expect(document["paths"]?["/healthz"]?["get"]?["security"]?.text == "[]")
  }
}
