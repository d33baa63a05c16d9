import BulkheadCore
import HTTPTypes

extension RefusalCategory {
  /// The one table from what a refusal means to its HTTP status (RFC 9110, RFC 6585).
  var status: HTTPResponse.Status {
    switch self {
    case .malformed: .badRequest
    case .unauthenticated: .unauthorized
    case .forbidden: .forbidden
    case .notFound: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .conflict: .conflict
    case .preconditionFailed: .preconditionFailed
    case .tooLarge: .contentTooLarge
    case .unsupportedMedia: .unsupportedMediaType
    case .invalid: .unprocessableContent
    case .preconditionRequired: .preconditionRequired
    case .limited: .tooManyRequests
    case .internal: .internalServerError
    case .unavailable: .serviceUnavailable
    }
  }

  /// `title` of the problem: the same for every occurrence (RFC 9457 section 3.1.3).
  var title: String {
    switch self {
    case .malformed: "The request cannot be read"
    case .unauthenticated: "A valid credential is needed"
    case .forbidden: "Not allowed"
    case .notFound: "Not found"
    case .methodNotAllowed: "Method not allowed"
    case .conflict: "Conflict with the present state"
    case .preconditionFailed: "The resource has changed"
    case .tooLarge: "The body is too large"
    case .unsupportedMedia: "The media type is not supported"
    case .invalid: "The request is understood and wrong"
    case .preconditionRequired: "A version is required"
    case .limited: "Too many requests"
    case .internal: "Internal error"
    case .unavailable: "Not available now"
    }
  }
}

extension Refusal {
  /// The HTTP status. Only the HTTP edge can run out of patience with a body, so 408 has no category of its own.
  var status: HTTPResponse.Status { code == .bodyTimeout ? .requestTimeout : code.category.status }
}
