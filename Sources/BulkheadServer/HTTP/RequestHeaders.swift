import BulkheadCore
import HTTPTypes

/// The header fields that this server reads, found in one pass.
///
/// A field that must not be repeated and is (RFC 9110 section 5.3) makes the whole request unreadable: two readers of
/// one request must never see two tenants, two credentials or two lengths.
struct RequestHeaders {
  private(set) var authorization: String?
  private(set) var tenant: String?
  private(set) var requestID: String?
  private(set) var traceparent: String?
  private(set) var contentType: String?
  private(set) var contentLength: String?
  private(set) var contentEncoding: String?
  private(set) var isChunked = false
  private(set) var ifMatch: String?
  private(set) var ifNoneMatch: String?
  private(set) var idempotencyKey: String?
  /// What proxies, or the peer itself, say of where the request comes from, in the order in which it came.
  private(set) var xForwardedFor: [String] = []
  private(set) var forwarded: [String] = []
  private(set) var expectsContinue = false
  private(set) var asksToClose = false
  /// Name of the first field that was repeated and may not be.
  private(set) var repeated: String?

  init(_ fields: HTTPFields) {
    for field in fields {
      let name = field.name.canonicalName
      switch name {
      case "authorization": set(\.authorization, field)
      case "x-tenant-id": set(\.tenant, field)
      case "x-request-id": set(\.requestID, field)
      case "traceparent": set(\.traceparent, field)
      case "content-type": set(\.contentType, field)
      case "content-length": set(\.contentLength, field)
      case "content-encoding": set(\.contentEncoding, field)
      case "transfer-encoding": isChunked = true
      case "if-match": set(\.ifMatch, field)
      case "if-none-match": ifNoneMatch = ifNoneMatch.map { "\($0), \(field.value)" } ?? field.value
      case "idempotency-key": set(\.idempotencyKey, field)
      case "x-forwarded-for": xForwardedFor.append(field.value)
      case "forwarded": forwarded.append(field.value)
      case "expect": expectsContinue = field.value.lowercased() == "100-continue"
      case "connection": asksToClose = field.value.lowercased().contains("close")
      // The first `Host` became the request's authority; one that is still here is a second.
      case "host": repeated = name
      default: break
      }
    }
  }

  /// The values of the header that proxies write.
  func fields(_ header: TrustedProxies.Header) -> [String] {
    switch header {
    case .xForwardedFor: xForwardedFor
    case .forwarded: forwarded
    }
  }

  private mutating func set(_ member: WritableKeyPath<RequestHeaders, String?>, _ field: HTTPField) {
    if self[keyPath: member] == nil {
      self[keyPath: member] = field.value
    } else {
      repeated = field.name.canonicalName
    }
  }
}
