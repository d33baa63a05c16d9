import BulkheadCore
import HTTPTypes

/// A handler's answer as bytes: what is inspected, stored for repetition, and sent.
struct RenderedResponse: Sendable {
  let status: HTTPResponse.Status
  let body: [UInt8]
  let contentType: String?
  let version: Int64?
  let location: String?
  /// Whether this answer was given before, under the same idempotency key.
  var isReplayed = false

  init(status: HTTPResponse.Status, body: [UInt8], contentType: String?, version: Int64?, location: String?) {
    self.status = status
    self.body = body
    self.contentType = contentType
    self.version = version
    self.location = location
  }

  init(_ response: Response) {
    status = response.status
    version = response.version
    location = response.location
    switch response.content {
    case .empty: (body, contentType) = ([], nil)
    case .json(let json): (body, contentType) = (json.utf8, Self.jsonType)
    case .bytes(let bytes, let type): (body, contentType) = (bytes, type)
    }
  }

  static let jsonType = "application/json"

  /// Only such an answer lets a transaction commit.
  var isSuccess: Bool { (200..<300).contains(status.code) }

  /// Hands everything that a handler chose to the inspector.
  func inspected(_ inspector: ResponseInspector?, _ tenant: TenantID?) throws(Refusal) -> RenderedResponse {
    guard let inspector else { return self }
    if !body.isEmpty { try inspector(tenant, body) }
    if let location { try inspector(tenant, Array(location.utf8)) }
    if let contentType, contentType != Self.jsonType { try inspector(tenant, Array(contentType.utf8)) }
    return self
  }
}
