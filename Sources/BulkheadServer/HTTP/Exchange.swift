import BulkheadCore
import HTTPTypes

/// One request and what has been found out about it on its way.
struct Exchange {
  let id: EntityID
  /// `id` as text, made once: it goes into the answer and into the log.
  let idText: String
  let trace: Traceparent
  let receivedAt: Instant
  let method: HTTPRequest.Method
  let authority: String?
  /// The path with its query, as sent.
  let target: String
  let path: Substring
  let query: Substring
  let headers: RequestHeaders
  /// Known once the path has been matched.
  var endpoint: Endpoint?
  /// Known once the credential has been verified.
  var tenant: TenantID?
  /// What the tenant's policy allows; known once the tenant may come in.
  var limits = PolicyLimits.none
  /// How the tenant's rate stands, when it has one.
  var rate: RateStanding?

  /// The query parameter by which a link carries its credential (RFC 6750, section 2.3).
  static let linkParameter = "access_token"

  /// The credential of a link, where the route takes links.
  var linkToken: String? {
    guard endpoint?.takesLinks == true else { return nil }
    return QueryInput.unchecked(query)[Self.linkParameter].flatMap { $0.isEmpty ? nil : $0 }
  }

  init(_ head: HTTPRequest, ambient: Ambient) {
    method = head.method
    authority = head.authority
    headers = RequestHeaders(head.headerFields)
    receivedAt = ambient.now
    // An id that is no UUID is replaced, not echoed: it goes into logs and answers.
    id = headers.requestID.flatMap { EntityID($0) } ?? EntityID.make(at: receivedAt, from: ambient.random)
    idText = id.description
    trace = Traceparent.continuing(headers.traceparent, request: id, random: ambient.random)
    target = head.path ?? ""
    if let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) {
      path = target[..<mark]
      query = target[target.utf8.index(after: mark)...]
    } else {
      path = target[...]
      query = ""
    }
  }
}
