import BulkheadCore
import BulkheadServer

/// One request of an attack, made from a route of the table.
struct Shot: Sendable {
  let route: Route
  var path: String
  var body: JSON?
  var bytes: [UInt8]?
  var headers: [String: String] = [:]

  struct Unattackable: Error, CustomStringConvertible {
    let description: String
  }

  /// The request as `side` would send it about its own things; ids of the parameters in `foreign` are replaced.
  init(_ route: Route, _ side: Side, foreign: [String: EntityID] = [:]) throws {
    self.route = route
    var path = route.path
    for parameter in route.parameters {
      let text =
        switch parameter.kind {
        case .id(let kind): (try foreign[parameter.name] ?? side.id(kind)).description
        case .tenant: side.tenant.slug
        // The number of a part.
        case .text: "1"
        }
      path = path.replacing("{\(parameter.name)}", with: text)
    }
    for parameter in route.query where parameter.isRequired {
      throw Unattackable(description: "\(route.label): nobody says what goes into ?\(parameter.name)")
    }
    self.path = path
    if route.requiresVersion { headers["If-Match"] = "\"1\"" }
    switch route.body {
    case .none: break
    case .bytes(let types, _):
      bytes = Side.interchange(Maker.fresh() + 100)
      headers["Content-Type"] = types.first
    case .json(let schema, _):
      let maker = Maker { side.ids[$0] }
      guard let made = try Bodies.special(route.label, side) ?? maker.value(schema) else {
        throw Unattackable(description: "\(route.label): no body can be made of its schema")
      }
      body = made
    }
  }

  /// The same with `id` at one place of the body.
  func with(_ id: EntityID, at reference: Reference, _ side: Side) throws -> Shot {
    var shot = self
    guard case .json(let schema, _) = route.body,
      let made = Maker(id: { side.ids[$0] }).put(id, at: reference.steps[...], of: schema, in: body)
    else { throw Unattackable(description: "\(route.label): nothing can be put at \(reference)") }
    shot.body = made
    return shot
  }

  func fire(
    _ stand: Stand, token: String?, headers more: [String: String] = [:]
  ) async throws -> Reply {
    var all = headers.merging(more) { $1 }
    if route.requiresVersion, let token {
      // The version that its owner sees now; what is not the caller's has none to tell.
      let current = try await stand.call("GET", path, token: token)
      if let etag = current.headers["etag"] { all["If-Match"] = etag }
    }
    return try await stand.call(
      route.method.rawValue, path, token: token, json: body, bytes: bytes, headers: all)
  }
}

extension Route {
  var label: String { "\(method.rawValue) \(path)" }

  /// Parameters that take the id of a thing of a tenant.
  var ids: [(name: String, kind: String)] {
    parameters.compactMap { if case .id(let kind) = $0.kind { ($0.name, kind) } else { nil } }
  }

  var isOfTenant: Bool { if case .tenant = access { true } else { false } }
  var isOfPlatform: Bool { if case .platform = access { true } else { false } }
  var namesTenant: Bool { parameters.contains { $0.kind == .tenant } }

  var permission: Permission? {
    switch access {
    case .open: nil
    case .tenant(let permission), .platform(let permission): permission
    }
  }

  var references: [Reference] {
    if case .json(let schema, _) = body { Maker.references(schema) } else { [] }
  }
}

extension Stand {
  var routes: [Route] { application.api.table.routes }
  var tenantRoutes: [Route] { routes.filter(\.isOfTenant) }

  /// Everything that `side` can read of itself, as one text for each route.
  func everything(of side: Side) async throws -> [String: String] {
    var all: [String: String] = [:]
    for route in tenantRoutes where route.method == .get {
      let answer = try await Shot(route, side).fire(self, token: side.tenant.token)
      all[route.label] = answer.face
    }
    return all
  }
}
