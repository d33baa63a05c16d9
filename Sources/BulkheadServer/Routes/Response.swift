import BulkheadCore
import HTTPTypes

/// What a handler answers.
public struct Response: Sendable {
  public enum Content: Sendable {
    case empty
    case json(JSON)
    case bytes([UInt8], contentType: String)
  }

  public let status: HTTPResponse.Status
  public let content: Content
  /// The version of the resource, sent as a strong `ETag`.
  public let version: Int64?
  /// Path of the resource that was made, sent as `Location`.
  public let location: String?

  public init(
    _ status: HTTPResponse.Status, _ content: Content = .empty, version: Int64? = nil, location: String? = nil
  ) {
    self.status = status
    self.content = content
    self.version = version
    self.location = location
  }

  public static func ok(_ body: JSON, version: Int64? = nil) -> Response {
    Response(.ok, .json(body), version: version)
  }

  public static func created(_ body: JSON, version: Int64? = nil, location: String) -> Response {
    Response(.created, .json(body), version: version, location: location)
  }

  public static func accepted(_ body: JSON) -> Response { Response(.accepted, .json(body)) }
  public static let noContent = Response(.noContent)
}
