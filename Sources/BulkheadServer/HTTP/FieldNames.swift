import HTTPTypes

extension HTTPField.Name {
  static let cacheControlName = named("Cache-Control")
  static let contentTypeOptions = named("X-Content-Type-Options")
  static let idempotencyReplayed = named("Idempotency-Replayed")
  static let rateLimit = named("RateLimit")
  static let rateLimitPolicy = named("RateLimit-Policy")
  static let requestID = named("X-Request-ID")
  static let traceparent = named("traceparent")
  static let varyName = named("Vary")

  /// A name that is written in this program.
  private static func named(_ literal: StaticString) -> HTTPField.Name {
    guard let name = HTTPField.Name(literal.description) else { preconditionFailure("not a field name: \(literal)") }
    return name
  }
}
