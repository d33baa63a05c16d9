import BulkheadCore

/// One request of a script, with names in braces for what differs between the worlds (`Template`).
struct Step: Sendable, Equatable {
  /// With which credential.
  enum Identity: Sendable, Equatable {
    /// Everything that an administrator may do.
    case administrator
    /// `orders.read` and nothing else.
    case reader
    case none
    /// Something that is no token.
    case garbage
    /// The token that step `number` was answered with.
    case issued(step: Int)
  }

  /// Its place in the script as generated; kept when other steps are taken away, since labels are made of it.
  let number: Int
  /// `POST /v1/orders`: the route that it is meant for.
  let route: String
  var identity = Identity.administrator
  var method: String
  var path: String
  var fields: [Field] = []
  var body = ""
  /// Whether the jobs that are waiting are run afterwards.
  var settles = false

  struct Field: Sendable, Equatable {
    let name: String
    let value: String
  }

  var isWrite: Bool { method != "GET" && method != "HEAD" && method != "OPTIONS" }

  /// The step as a line of a script.
  var line: String {
    var sent = Sent(method: method, path: path, body: Array(body.utf8))
    switch identity {
    case .administrator: sent.fields = [("Authorization", "Bearer $TOKEN")]
    case .reader: sent.fields = [("Authorization", "Bearer $READER")]
    case .none: break
    case .garbage: sent.fields = [("Authorization", "Bearer nonsense")]
    case .issued(let step): sent.fields = [("Authorization", "Bearer $TOKEN_OF_STEP_\(step)")]
    }
    sent.fields += fields.map { ($0.name, $0.value) }
    return "# step \(number)\n\(sent.line)" + (settles ? "\n# and the jobs run" : "")
  }
}

/// Texts with names in braces: `{{id:s7.2}}` the id that this world showed second in step 7, `{{hex:…}}` the same
/// without hyphens, `{{version:…}}` its last ETag, `{{foreign:order:3}}` the id of somebody else's order, `{{tenant}}`,
/// `{{slug}}` and `{{address}}` the tenant's own, `{{address15}}` padded as in an envelope, `{{run}}` a number of this run.
enum Template {
  static func fill(_ text: String, _ value: (Substring) -> String) -> String {
    guard text.contains("{{") else { return text }
    var out = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
      out += rest[..<open.lowerBound]
      out += value(rest[open.upperBound..<close.lowerBound])
      rest = rest[close.upperBound...]
    }
    return out + rest
  }
}
