import BulkheadCore
import BulkheadData

/// What every handler may know of a request. Body, path and query have been validated against the route's schemas.
public struct RequestParts: Sendable {
  /// The request's id, also sent back as `X-Request-ID`.
  public let id: EntityID
  let path: [String: String]
  let query: [String: String]
  /// The validated body; `null` when the route takes none.
  public let body: JSON
  /// The body as received, for routes that take bytes.
  public let bytes: [UInt8]
  public let contentType: String?
  /// The version in `If-Match`, when sent.
  public let ifMatch: Int64?
  public let receivedAt: Instant

  package init(
    id: EntityID, path: [String: String], query: [String: String], body: JSON, bytes: [UInt8], contentType: String?,
    ifMatch: Int64?, receivedAt: Instant
  ) {
    self.id = id
    self.path = path
    self.query = query
    self.body = body
    self.bytes = bytes
    self.contentType = contentType
    self.ifMatch = ifMatch
    self.receivedAt = receivedAt
  }

  /// The id in the path parameter `name`. What is not an id at all looks like an id that is absent: 404.
  public func id(_ name: String) throws(Refusal) -> EntityID {
    guard let text = path[name], let id = EntityID(text) else { throw Refusal.notFound }
    return id
  }

  public func text(_ name: String) throws(Refusal) -> String {
    guard let text = path[name] else { throw Refusal.notFound }
    return text
  }

  public func queryText(_ name: String) -> String? { query[name] }
  public func queryInt(_ name: String) -> Int? { query[name].flatMap { Int($0) } }
  public func queryID(_ name: String) -> EntityID? { query[name].flatMap { EntityID($0) } }

  /// The page asked for.
  public var page: Page {
    Page(after: query["cursor"], limit: query["limit"].flatMap { Int($0) } ?? Page.limitDefault)
  }
}

/// A request without a credential.
public struct OpenRequest: Sendable {
  public let parts: RequestParts
  /// The peer's address, for rate limits.
  public let peer: String

  package init(parts: RequestParts, peer: String) {
    self.parts = parts
    self.peer = peer
  }
}

/// A request of the platform's operator.
public struct PlatformRequest: Sendable {
  public let parts: RequestParts
  public let actor: Actor

  package init(parts: RequestParts, actor: Actor) {
    self.parts = parts
    self.actor = actor
  }
}

/// A request of a tenant: its verified context, its data and nothing else.
@dynamicMemberLookup
public struct Request: Sendable {
  public let parts: RequestParts
  public let tenant: Tenant

  package init(parts: RequestParts, tenant: Tenant) {
    self.parts = parts
    self.tenant = tenant
  }

  public var context: TenantContext { tenant.context }

  public func id(_ name: String) throws(Refusal) -> EntityID { try parts.id(name) }
  public func text(_ name: String) throws(Refusal) -> String { try parts.text(name) }

  public subscript<Value>(dynamicMember member: KeyPath<RequestParts, Value>) -> Value { parts[keyPath: member] }
}
