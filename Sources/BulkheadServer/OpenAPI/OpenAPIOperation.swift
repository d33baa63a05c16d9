import BulkheadCore

/// One route as an Operation Object (OpenAPI 3.1.0 section 4.8.10).
struct OpenAPIOperation {
  private let route: Route

  init(_ route: Route) { self.route = route }

  var document: JSON {
    var members = [
      JSON.Member("operationId", .string(route.operationID)),
      JSON.Member("summary", .string(route.summary)),
      JSON.Member("tags", [.string(route.tag)]),
    ]
    if !route.details.isEmpty { members.append(JSON.Member("description", .string(route.details))) }
    switch route.access {
    case .open: members.append(JSON.Member("security", []))
    case .tenant(let permission), .platform(let permission):
      members.append(JSON.Member("security", security))
      members.append(JSON.Member("x-permission", .string(permission.name)))
      members.append(JSON.Member("x-access", .string(isTenant ? "tenant" : "platform")))
    }
    let parameters = pathParameters + queryParameters + headerParameters
    if !parameters.isEmpty { members.append(JSON.Member("parameters", .array(parameters))) }
    if let body = requestBody { members.append(JSON.Member("requestBody", body)) }
    members.append(JSON.Member("responses", responses))
    return .object(members)
  }

  private var isTenant: Bool { if case .tenant = route.access { true } else { false } }
  private var isWrite: Bool { route.handler.isWrite }

  private var security: JSON {
    if case .bytes = route.body, isTenant { return [["bearer": []], ["basic": []]] }
    return [["bearer": []]]
  }

  private var pathParameters: [JSON] {
    route.parameters.map { parameter in
      let schema: JSON =
        switch parameter.kind {
        case .id(let kind): Schema.id(of: kind).document(.request)
        case .tenant: ["type": "string", "maxLength": 63, "x-tenant": true]
        case .text(let maxLength): Schema.string(minLength: 1, maxLength: maxLength).document(.request)
        }
      return [
        "name": .string(parameter.name), "in": "path", "required": true,
        "description": .string(parameter.description), "schema": schema,
      ]
    }
  }

  private var queryParameters: [JSON] {
    route.query.map { parameter in
      [
        "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
        "description": .string(parameter.description), "schema": parameter.schema.document(.request),
      ]
    }
  }

  private var headerParameters: [JSON] {
    var headers: [JSON] = []
    if isTenant {
      headers.append(
        header(
          "X-Tenant-ID", "Id or slug of the tenant; must be the credential's.", isRequired: false,
          ["type": "string", "maxLength": 63]))
    }
    if isWrite {
      headers.append(
        header(
          "Idempotency-Key",
          "A name of your own for this one write; sent again, it brings the same answer instead of a second effect.",
          isRequired: false,
          ["type": "string", "minLength": 1, "maxLength": .int(IdempotencyKey.bytesMax), "pattern": "^[!-~]+$"]))
    }
    if route.requiresVersion {
      headers.append(
        header(
          "If-Match", "The ETag of the version that you have seen.", isRequired: true,
          ["type": "string", "pattern": "^\"[0-9]+\"$"]))
    }
    return headers
  }

  private func header(_ name: String, _ description: String, isRequired: Bool, _ schema: JSON) -> JSON {
    [
      "name": .string(name), "in": "header", "required": .bool(isRequired), "description": .string(description),
      "schema": schema,
    ]
  }

  private var requestBody: JSON? {
    switch route.body {
    case .none: nil
    case .json(let schema, let bytesMax):
      [
        "required": true, "content": ["application/json": ["schema": schema.document(.request)]],
        "x-bytes-max": .int(bytesMax),
      ]
    case .bytes(let types, let bytesMax):
      [
        "required": true, "content": .object(types.map { JSON.Member($0, [:]) }), "x-bytes-max": .int(bytesMax),
      ]
    }
  }

  private var responses: JSON {
    var members: [JSON.Member] = []
    for shape in route.responses where !members.contains(where: { $0.name == String(shape.status.code) }) {
      members.append(JSON.Member(String(shape.status.code), response(shape)))
    }
    for problem in OpenAPIProblems.of(route) {
      members.append(
        JSON.Member(String(problem.status), ["$ref": .string("#/components/responses/\(problem.name)")]))
    }
    return .object(members)
  }

  private func response(_ shape: ResponseShape) -> JSON {
    var names = ["X-Request-ID"]
    if shape.status.code == 201 { names.append("Location") }
    if isTenant, shape.status.code < 300 { names.append("ETag") }
    if isWrite, shape.status.code < 300 { names.append("Idempotency-Replayed") }
    let headers = names.map { JSON.Member($0, ["$ref": .string("#/components/headers/\($0)")]) }
    var members = [
      JSON.Member("description", .string(shape.description)), JSON.Member("headers", .object(headers)),
    ]
    switch shape.content {
    case .none: break
    case .json(let schema):
      members.append(JSON.Member("content", ["application/json": ["schema": schema.document(.response)]]))
    case .bytes(let type): members.append(JSON.Member("content", .object([JSON.Member(type, [:])])))
    }
    return .object(members)
  }
}
