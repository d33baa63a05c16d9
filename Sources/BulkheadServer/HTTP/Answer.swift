import BulkheadCore
import HTTPTypes

/// What goes back over the wire.
struct Answer: Sendable {
  var status: HTTPResponse.Status
  var fields: HTTPFields
  var body: [UInt8]
  /// The refusal's code, for the log and the counters.
  var code: String?

  /// The fields of every answer, in front of those that differ.
  private static let openFields: HTTPFields = [.contentTypeOptions: "nosniff"]
  /// What belongs to a credential must not be kept by anything in between, nor be given to another credential.
  private static let privateFields: HTTPFields = [
    .contentTypeOptions: "nosniff", .cacheControlName: "no-store", .varyName: "Authorization",
  ]

  init(_ rendered: RenderedResponse, isPrivate: Bool) {
    status = rendered.status
    fields = isPrivate ? Self.privateFields : Self.openFields
    body = rendered.body
    if let type = rendered.contentType { fields.append(HTTPField(name: .contentType, value: type)) }
    if let version = rendered.version { fields.append(HTTPField(name: .eTag, value: EntityTag.text(version))) }
    if let location = rendered.location { fields.append(HTTPField(name: .location, value: location)) }
    if rendered.isReplayed { fields.append(HTTPField(name: .idempotencyReplayed, value: "true")) }
  }

  /// A refusal. The same fields for every one, so that two refusals that must look alike do.
  init(_ refusal: Refusal, request: EntityID, takesBasic: Bool) {
    status = refusal.status
    fields = Self.privateFields
    body = Problem.document(refusal, request: request).utf8
    code = refusal.code.name
    fields.append(HTTPField(name: .contentType, value: Problem.contentType))
    if let seconds = refusal.retryAfterSeconds {
      fields.append(HTTPField(name: .retryAfter, value: String(seconds)))
    }
    if status == .unauthorized {
      let isMissing = refusal.code == .credentialMissing
      fields.append(
        HTTPField(
          name: .wwwAuthenticate,
          value: isMissing ? "Bearer realm=\"bulkhead\"" : "Bearer realm=\"bulkhead\", error=\"invalid_token\""))
      if takesBasic {
        fields.append(HTTPField(name: .wwwAuthenticate, value: "Basic realm=\"bulkhead\", charset=\"UTF-8\""))
      }
    }
  }

  /// The answer to OPTIONS, and the head of a 405.
  static func options(allowed: String) -> Answer {
    var answer = Answer(RenderedResponse(Response(.noContent)), isPrivate: false)
    answer.fields.append(HTTPField(name: .allow, value: allowed))
    return answer
  }

  /// `304`: the caller's copy is the present version.
  static func notModified(_ version: Int64) -> Answer {
    Answer(RenderedResponse(Response(.notModified, version: version)), isPrivate: true)
  }

  /// Whether HTTP gives this status a body (RFC 9110 sections 15.3.5 and 15.4.5).
  var hasLength: Bool { status.code != 204 && status.code != 304 }
}
