import BulkheadCore

/// The API's description (OpenAPI 3.1.0), generated from the route table: what the server routes, validates and asks
/// permissions by is what the document says.
public enum OpenAPIDocument {
  /// - Parameters:
  ///   - title: `info.title`.
  ///   - version: `info.version`, the version of the API's program and not of the OpenAPI standard.
  public static func make(routes: [Route], title: String, version: String) -> JSON {
    var paths: [(path: String, operations: [JSON.Member])] = []
    for route in routes {
      let operation = JSON.Member(route.method.rawValue.lowercased(), OpenAPIOperation(route).document)
      if let index = paths.firstIndex(where: { $0.path == route.path }) {
        paths[index].operations.append(operation)
      } else {
        paths.append((route.path, [operation]))
      }
    }
    var tags: [String] = []
    for route in routes where !tags.contains(route.tag) { tags.append(route.tag) }
    return [
      "openapi": "3.1.0",
      "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
      "info": ["title": .string(title), "version": .string(version)],
      "tags": .array(tags.map { ["name": .string($0)] }),
      "paths": .object(paths.map { JSON.Member($0.path, .object($0.operations)) }),
      "components": components,
    ]
  }

  private static var components: JSON {
    [
      "securitySchemes": [
        "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
        "basic": [
          "type": "http", "scheme": "basic",
          "description": "The token as the password, with any user name; only where bytes are posted.",
        ],
      ],
      "schemas": ["Problem": Problem.schema.document(.response)],
      "headers": [
        "X-Request-ID": [
          "description": "The request's id: the one sent, if it was a UUID.",
          "schema": ["type": "string", "format": "uuid"],
        ],
        "ETag": [
          "description": "The resource's version, to be sent as If-Match.", "schema": ["type": "string"],
        ],
        "Location": ["description": "Path of the resource that was made.", "schema": ["type": "string"]],
        "RateLimit-Policy": [
          "description": "For a tenant with a request rate: requests that may begin at once (`q`), seconds (`w`).",
          "schema": ["type": "string"],
        ],
        "RateLimit": [
          "description": "For a tenant with a request rate: requests left (`r`), seconds until all are back (`t`).",
          "schema": ["type": "string"],
        ],
        "Retry-After": ["description": "Seconds after which to try again.", "schema": ["type": "integer"]],
        "WWW-Authenticate": ["description": "The schemes that are taken.", "schema": ["type": "string"]],
        "Idempotency-Replayed": [
          "description": "`true` when this answer was given before, under the same Idempotency-Key.",
          "schema": ["type": "string", "enum": ["true"]],
        ],
      ],
      "responses": .object(OpenAPIProblems.all.map { JSON.Member($0.name, $0.document) }),
    ]
  }
}
