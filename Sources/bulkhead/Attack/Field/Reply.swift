import AsyncHTTPClient
import BulkheadCore
import NIOCore

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

extension HTTPClient {
  /// Longest answer that is read, in bytes.
  private static let answerBytesMax = 8 << 20

  /// Sends one request and reads the answer whole. `nil` as token sends none; a JSON body names its type unless
  /// `headers` do.
  func ask(
    _ method: String, _ url: String, token: String? = nil, json: JSON? = nil, bytes: [UInt8]? = nil,
    headers: [String: String] = [:]
  ) async throws -> Reply {
    var request = HTTPClientRequest(url: url)
    request.method = .init(rawValue: method)
    if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
    if let json {
      if request.headers["Content-Type"].isEmpty {
        request.headers.add(name: "Content-Type", value: "application/json")
      }
      request.body = .bytes(ByteBuffer(bytes: json.utf8))
    } else if let bytes {
      request.body = .bytes(ByteBuffer(bytes: bytes))
    }
    let response = try await execute(request, timeout: .seconds(30))
    let body = try await response.body.collect(upTo: Self.answerBytesMax)
    var fields: [String: String] = [:]
    for field in response.headers { fields[field.name.lowercased()] = field.value }
    return Reply(status: Int(response.status.code), headers: fields, bytes: Array(body.readableBytesView))
  }
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
