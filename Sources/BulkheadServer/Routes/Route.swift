import BulkheadCore
import BulkheadData
import HTTPTypes

/// Who may call a route. There is no default: a route without one does not compile.
public enum Access: Hashable, Sendable {
  /// No credential: health, documents and login.
  case open
  /// A credential of a tenant that has the permission.
  case tenant(Permission)
  /// A credential of the platform's operator that has the permission.
  case platform(Permission)
}

/// What a route does when called; the case decides what the handler can reach.
public enum Handler: Sendable {
  case open(@Sendable (OpenRequest) async throws -> Response)
  case platform(@Sendable (PlatformRequest) async throws -> Response)
  /// Reads, or acts in ways that are idempotent by themselves.
  case read(@Sendable (Request) async throws -> Response)
  /// Changes state inside one transaction. `Idempotency-Key` is honoured within that same transaction, so the effect
  /// and the stored answer stand or fall together. May run again after a deadlock.
  case write(@Sendable (Request, Transaction) async throws -> Response)
  /// `write` with work before it that takes long and needs no database, such as reading a document or hashing a
  /// password. It runs before a connection is lent; what it returns is the write. Of a repeated request the first part
  /// runs again, so it must change nothing.
  case preparedWrite(@Sendable (Request) async throws -> Write)

  /// The part of a write that runs inside the transaction.
  public typealias Write = @Sendable (Transaction) async throws -> Response

  /// Whether it changes state.
  public var isWrite: Bool {
    switch self {
    case .write, .preparedWrite: true
    case .open, .platform, .read: false
    }
  }
}

/// One entry of the route table: the single source of routing, permissions, validation, OpenAPI and the attack suite.
public struct Route: Sendable {
  public let method: HTTPRequest.Method
  /// Segments in braces are parameters: `/v1/orders/{order}`.
  public let path: String
  public let access: Access
  /// One line, imperative: "Place an order".
  public let summary: String
  /// What a caller must know beyond the summary.
  public let details: String
  public let tag: String
  /// Every `{parameter}` of the path, in order.
  public let parameters: [PathParameter]
  public let query: [QueryParameter]
  public let body: Body
  public let responses: [ResponseShape]
  /// Whether `If-Match` must be sent.
  public let requiresVersion: Bool
  public let handler: Handler

  public init(
    _ method: HTTPRequest.Method, _ path: String, access: Access, tag: String, summary: String, details: String = "",
    parameters: [PathParameter] = [], query: [QueryParameter] = [], body: Body = .none,
    responses: [ResponseShape], requiresVersion: Bool = false, handler: Handler
  ) {
    self.method = method
    self.path = path
    self.access = access
    self.tag = tag
    self.summary = summary
    self.details = details
    self.parameters = parameters
    self.query = query
    self.body = body
    self.responses = responses
    self.requiresVersion = requiresVersion
    self.handler = handler
  }
}

/// A `{name}` in a path. Ids name the kind of thing they identify, so that the attack suite can put a foreign one in.
public struct PathParameter: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// An `EntityID` of a thing of this kind, for example `order`.
    case id(of: String)
    /// The tenant's own id or slug; must agree with the credential.
    case tenant
    /// Other text, matching the schema's pattern.
    case text(maxLength: Int)
  }
  public let name: String
  public let kind: Kind
  public let description: String

  public init(_ name: String, _ kind: Kind, _ description: String) {
    self.name = name
    self.kind = kind
    self.description = description
  }
}

public struct QueryParameter: Sendable {
  public let name: String
  public let schema: Schema
  public let description: String
  public let isRequired: Bool

  public init(_ name: String, _ schema: Schema, _ description: String, isRequired: Bool = false) {
    self.name = name
    self.schema = schema
    self.description = description
    self.isRequired = isRequired
  }

  /// `cursor` and `limit`: declare both on every list route; the request then has a `page`.
  public static let page: [QueryParameter] = [
    QueryParameter("cursor", .string(maxLength: 512), "Where to go on: `next` of the previous page."),
    QueryParameter("limit", .integer(1...200), "Items on a page, 50 by default."),
  ]
}

/// What a request may carry.
public enum Body: Sendable {
  case none
  /// JSON that the schema accepts, of at most `bytesMax`.
  case json(Schema, bytesMax: Int = 1 << 20)
  /// Bytes that the handler reads itself, such as EDI.
  case bytes(contentTypes: [String], bytesMax: Int)
}

/// One documented answer. Problems (RFC 9457) are documented by the server itself.
public struct ResponseShape: Sendable {
  public let status: HTTPResponse.Status
  public let description: String
  public let content: Content

  public enum Content: Sendable {
    case none
    case json(Schema)
    case bytes(contentType: String)
  }

  public init(_ status: HTTPResponse.Status, _ description: String, _ content: Content = .none) {
    self.status = status
    self.description = description
    self.content = content
  }
}
