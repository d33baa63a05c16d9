import BulkheadCore

/// The problem responses that operations refer to: one for each status that a refusal can have.
struct OpenAPIProblems {
  let name: String
  let status: Int
  let meaning: String
  let headers: [String]

  private init(_ name: String, _ status: Int, _ meaning: String, headers: [String] = []) {
    self.name = name
    self.status = status
    self.meaning = meaning
    self.headers = headers
  }

  static let malformed = OpenAPIProblems("Malformed", 400, "The request cannot be read.")
  static let unauthenticated = OpenAPIProblems(
    "Unauthenticated", 401, "No credential, or one that is not valid.", headers: ["WWW-Authenticate"])
  static let forbidden = OpenAPIProblems(
    "Forbidden", 403, "The credential does not allow this, or the request names another tenant.")
  static let notFound = OpenAPIProblems("NotFound", 404, "There is no such resource.")
  static let timeout = OpenAPIProblems("Timeout", 408, "The body did not arrive in time.")
  static let conflict = OpenAPIProblems("Conflict", 409, "Clashes with the present state.")
  static let changed = OpenAPIProblems("Changed", 412, "If-Match names another version.")
  static let tooLarge = OpenAPIProblems("TooLarge", 413, "The body is too large.")
  static let mediaType = OpenAPIProblems("MediaType", 415, "The body has another media type.")
  static let invalid = OpenAPIProblems("Invalid", 422, "Understood and wrong; `violations` names the places.")
  static let versionRequired = OpenAPIProblems("VersionRequired", 428, "If-Match is missing.")
  static let limited = OpenAPIProblems(
    "Limited", 429, "Over a limit of the tenant; `limit` names it.",
    headers: ["Retry-After", "RateLimit", "RateLimit-Policy"])
  static let fault = OpenAPIProblems("Fault", 500, "An internal error; `instance` identifies it.")
  static let unavailable = OpenAPIProblems(
    "Unavailable", 503, "Cannot be served now.", headers: ["Retry-After"])

  static let all: [OpenAPIProblems] = [
    malformed, unauthenticated, forbidden, notFound, timeout, conflict, changed, tooLarge, mediaType, invalid,
    versionRequired, limited, fault, unavailable,
  ]

  /// The problems that `route` can answer with.
  static func of(_ route: Route) -> [OpenAPIProblems] {
    var problems = [malformed]
    let hasBody: Bool
    if case .none = route.body { hasBody = false } else { hasBody = true }
    switch route.access {
    case .open: break
    case .tenant: problems += [unauthenticated, forbidden, limited]
    case .platform: problems += [unauthenticated, forbidden]
    }
    if route.access != .open || !route.parameters.isEmpty { problems.append(notFound) }
    if route.method != .get { problems.append(conflict) }
    if hasBody { problems += [timeout, tooLarge, mediaType] }
    if hasBody || !route.query.isEmpty || route.method != .get { problems.append(invalid) }
    if route.requiresVersion { problems += [changed, versionRequired] }
    // A route that documents a status itself says more than a general problem does.
    let own = Set(route.responses.map(\.status.code))
    return (problems + [fault, unavailable]).filter { !own.contains($0.status) }.sorted { $0.status < $1.status }
  }

  var document: JSON {
    [
      "description": .string(meaning),
      "headers": .object(
        (["X-Request-ID"] + headers).map { JSON.Member($0, ["$ref": .string("#/components/headers/\($0)")]) }),
      "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
    ]
  }
}
