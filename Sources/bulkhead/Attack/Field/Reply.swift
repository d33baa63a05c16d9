import BulkheadCore

/// One answer of the API, read whole.
struct Reply: Sendable {
  let status: Int
  let headers: [String: String]
  let bytes: [UInt8]

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var json: JSON { (try? JSONParser.parse(bytes)) ?? .null }
  /// The code of a problem document.
  var code: String? { json["code"]?.string }

  /// Status, fields and body without what differs between any two requests: their ids and the time.
  var face: String {
    let fields = headers.filter { !["x-request-id", "traceparent", "date"].contains($0.key) }
    let body = text.replacing(#/urn:uuid:[0-9a-f\-]{36}/#, with: "urn:uuid")
    return "\(status) \(fields.sorted { $0.key < $1.key }.map { "\($0): \($1)" }) \(body)"
  }

  /// The face without the one field that depends on the route: whether Basic credentials are offered.
  var constant: String { face.replacing(#/www-authenticate: [^\n]*?(?= x-| \{)/#, with: "") }

  /// Short enough for a report.
  var brief: String { "\(status) \(code ?? String(text.prefix(120)))" }
}

/// Runs `body` for every item, `width` at a time.
func concurrently<Item: Sendable>(
  _ items: [Item], width: Int = 8, _ body: @Sendable @escaping (Item) async throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    var rest = items.makeIterator()
    for _ in 0..<width {
      guard let item = rest.next() else { break }
      group.addTask { try await body(item) }
    }
    while try await group.next() != nil {
      if let item = rest.next() { group.addTask { try await body(item) } }
    }
  }
}
