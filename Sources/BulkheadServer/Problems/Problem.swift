import BulkheadCore

/// A refusal as a problem document (RFC 9457).
///
/// Only the safe face is in it. The body of a refusal depends on the refusal and the request's id and on nothing else,
/// so two refusals that must look the same do.
enum Problem {
  static let contentType = "application/problem+json"

  static func document(_ refusal: Refusal, request: EntityID) -> JSON {
    let status = refusal.status
    var members = [
      JSON.Member("type", .string("/problems/\(refusal.code.name)")),
      JSON.Member("title", .string(refusal.code.category.title)),
      JSON.Member("status", .int(status.code)),
      JSON.Member("detail", .string(refusal.detail)),
      JSON.Member("code", .string(refusal.code.name)),
      JSON.Member("instance", .string("urn:uuid:\(request)")),
    ]
    if let reached = refusal.limit {
      members.append(
        JSON.Member(
          "limit",
          [
            "name": .string(reached.limit.rawValue), "value": .int(reached.value),
            "unit": .string(reached.limit.unit), "of": "tenant",
          ]))
    }
    if let seconds = refusal.retryAfterSeconds { members.append(JSON.Member("retryAfter", .int(seconds))) }
    if !refusal.violations.isEmpty {
      members.append(
        JSON.Member(
          "violations",
          .array(
            refusal.violations.map {
              ["pointer": .string($0.pointer), "code": .string($0.code), "message": .string($0.message)]
            })))
    }
    return .object(members)
  }

  /// The document's own shape, for the OpenAPI document.
  static let schema = Schema.object([
    Schema.Field("type", .string(maxLength: 200), "Names the kind of problem."),
    Schema.Field("title", .string(maxLength: 200), "The kind of problem in words."),
    Schema.Field("status", .integer(400...599), "The HTTP status, repeated."),
    Schema.Field("detail", .string(maxLength: 2000), "What was wrong and what to do."),
    Schema.Field("code", .string(maxLength: 100), "Stable name of the broken rule."),
    Schema.Field("instance", .string(maxLength: 45), "The request's id as a URN."),
    Schema.Field.optional(
      "limit",
      .object([
        Schema.Field("name", .oneOf(Limit.allCases.map(\.rawValue)), "The limit of the tenant's policy."),
        Schema.Field("value", .integer(0...Int64.max), "What the tenant may have."),
        Schema.Field("unit", .string(maxLength: 100), "What it is counted in."),
        Schema.Field("of", .oneOf(["tenant"]), "Whose limit it is."),
      ]), "The limit that was reached."),
    Schema.Field.optional("retryAfter", .integer(1...Int64.max), "Seconds after which to try again."),
    Schema.Field.optional(
      "violations",
      .array(
        .object([
          Schema.Field("pointer", .string(maxLength: 4000), "JSON pointer (RFC 6901), or `?name` in the query."),
          Schema.Field("code", .string(maxLength: 100), "The broken rule at this place."),
          Schema.Field("message", .string(maxLength: 2000), "In words."),
        ]), maxItems: Schema.violationsMax), "The places that are wrong."),
  ])
}
