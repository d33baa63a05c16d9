import BulkheadCore

/// The rules for a request's body, apart from how its bytes arrive.
enum BodyInput {
  /// Checks what the headers say of the body, before a byte of it is read: `body.unexpected`, `body.mediaType`,
  /// `body.tooLarge`.
  static func checkHead(
    _ body: Body, _ headers: RequestHeaders, length: Int?, _ bound: Bound, isPresent: Bool
  ) throws(Refusal) {
    switch body {
    case .none:
      if isPresent { throw Refusal(.bodyUnexpected, "This route takes no body.") }
      return
    case .json: try checkMediaType(headers.contentType, ["application/json"])
    case .bytes(let types, _): try checkMediaType(headers.contentType, types)
    }
    if let encoding = headers.contentEncoding, encoding.lowercased() != "identity" {
      throw Refusal(.bodyMediaType, "The body must be sent without a content encoding.")
    }
    if let length, length > bound.bytesMax { throw bound.refusal }
  }

  /// How large a body may be: what the route takes, or less where the tenant's policy says so.
  struct Bound {
    let bytesMax: Int
    private let isPolicy: Bool

    init(_ body: Body, _ limits: PolicyLimits) {
      let route =
        switch body {
        case .none: 0
        case .json(_, let limit): limit
        case .bytes(_, let limit): limit
        }
      let policy = limits[.bodyBytes].map { Int($0) } ?? .max
      isPolicy = policy < route
      bytesMax = min(route, policy)
    }

    var refusal: Refusal {
      Refusal(
        .bodyTooLarge, "The body may have at most \(bytesMax) bytes.",
        limit: isPolicy ? LimitReached(.bodyBytes, bytesMax) : nil)
    }
  }

  /// Parses and validates a JSON body. `body.malformed` names byte offset, line and column; `input.invalid` every
  /// place that is wrong.
  static func json(_ bytes: [UInt8], _ schema: Schema, validates: Bool) throws(Refusal) -> JSON {
    let json: JSON
    do throws(JSONError) { json = try JSONParser.parse(bytes) } catch { throw malformed(error, bytes) }
    guard validates else { return json }
    let violations = schema.validate(json)
    if violations.isEmpty { return json }
    let places = violations.count == 1 ? "One place" : "\(violations.count) places"
    throw Refusal(.inputInvalid, "\(places) in the body cannot be accepted.", violations: violations)
  }

  private static func malformed(_ error: JSONError, _ bytes: [UInt8]) -> Refusal {
    let before = bytes.prefix(error.offset)
    let line = before.reduce(into: 1) { if $1 == UInt8(ascii: "\n") { $0 += 1 } }
    let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
    return Refusal(
      .bodyMalformed, "\(error.reason.rawValue) At byte \(error.offset), line \(line), column \(column).")
  }

  /// Compares the type without its parameters; a charset other than UTF-8 is refused too.
  private static func checkMediaType(_ sent: String?, _ accepted: [String]) throws(Refusal) {
    if let sent {
      // By far the most frequent case, without taking the text apart.
      if accepted.contains(sent) { return }
      let parts = sent.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\"" } }
      let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }
      let isReadable = charset == nil || charset == "charset=utf-8" || charset == "charset=us-ascii"
      if let type = parts.first, isReadable, accepted.contains(where: { $0.lowercased() == type }) { return }
    }
    throw Refusal(.bodyMediaType, "The body must be sent as \(accepted.joined(separator: " or ")).")
  }
}
