import BulkheadCore
import HTTPTypes

/// The routes that every server has.
package enum SystemRoutes {
  /// What a platform credential needs to read `/metrics`.
  package static let metricsRead: Permission = "metrics.read"

  /// The product's routes and these, with the OpenAPI document of them all.
  static func table(_ configuration: APIConfiguration) throws -> RouteTable {
    let routes =
      configuration.routes + [health, readiness(configuration.readiness), metrics(configuration.metrics)]
    // The document describes its own route too, so the table is checked once with a stand-in.
    let described = try RouteTable(routes + [document(.null)])
    let json = OpenAPIDocument.make(
      routes: described.routes, title: configuration.title, version: configuration.version)
    return try RouteTable(routes + [document(json)])
  }

  private static let health = Route(
    .get, "/healthz", access: .open, tag: "system", summary: "Tell whether the process is alive",
    responses: [ResponseShape(.ok, "It is.", .json(.object([Schema.Field("status", .oneOf(["ok"]))])))],
    handler: .open { _ in .ok(["status": "ok"]) })

  private static func readiness(_ readiness: Readiness) -> Route {
    let shape = Schema.object([
      Schema.Field("status", .oneOf(["ready", "unavailable"])),
      Schema.Field("failed", .array(.string(maxLength: 100), maxItems: Readiness.checksMax)),
    ])
    return Route(
      .get, "/readyz", access: .open, tag: "system", summary: "Tell whether requests should be sent here",
      responses: [
        ResponseShape(.ok, "They should.", .json(shape)),
        ResponseShape(.serviceUnavailable, "They should not; `failed` names what is not ready.", .json(shape)),
      ],
      handler: .open { _ in
        let failed = await readiness.failures()
        let body: JSON = [
          "status": failed.isEmpty ? "ready" : "unavailable", "failed": .array(failed.map(JSON.string)),
        ]
        return Response(failed.isEmpty ? .ok : .serviceUnavailable, .json(body))
      })
  }

  private static func metrics(_ metrics: Metrics) -> Route {
    Route(
      .get, "/metrics", access: .platform(metricsRead), tag: "system",
      summary: "Read the measurements of this process",
      details: """
        Prometheus text exposition format 0.0.4. Nothing in it names a tenant, but how much is done on each route \
        would let one tenant see the others at work: it is the operator's alone. Prometheus sends the token from a \
        file (`authorization.credentials_file`).
        """,
      responses: [ResponseShape(.ok, "The measurements.", .bytes(contentType: "text/plain"))],
      handler: .platform { _ in
        Response(.ok, .bytes(Array(metrics.exposition().utf8), contentType: Metrics.contentType))
      })
  }

  private static func document(_ json: JSON) -> Route {
    let bytes = json.utf8
    return Route(
      .get, "/openapi.json", access: .open, tag: "system", summary: "Read this API's description",
      details: "OpenAPI 3.1, generated from the table that the server routes and validates by.",
      responses: [ResponseShape(.ok, "The document.", .json(.any))],
      handler: .open { _ in Response(.ok, .bytes(bytes, contentType: "application/json")) })
  }
}
