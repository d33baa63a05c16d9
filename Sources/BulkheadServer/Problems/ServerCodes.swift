import BulkheadCore

extension RefusalCode {
  /// No credential was sent.
  public static let credentialMissing = RefusalCode("credential.missing", .unauthenticated)
  /// Whatever is wrong with a credential: one answer, so that none of it can be learned by probing.
  public static let credentialInvalid = RefusalCode("credential.invalid", .unauthenticated)
  public static let headerMalformed = RefusalCode("header.malformed", .malformed)
  public static let pathMalformed = RefusalCode("path.malformed", .malformed)
  public static let queryMalformed = RefusalCode("query.malformed", .malformed)
  public static let bodyMalformed = RefusalCode("body.malformed", .malformed)
  /// The route takes no body and one was sent.
  public static let bodyUnexpected = RefusalCode("body.unexpected", .malformed)
  /// The peer went away, or broke HTTP, in the middle of the body.
  public static let bodyTruncated = RefusalCode("body.truncated", .malformed)
  /// The body did not arrive in time: the one refusal whose status (408) is not its category's.
  public static let bodyTimeout = RefusalCode("body.timeout", .malformed)
  public static let bodyTooLarge = RefusalCode("body.tooLarge", .tooLarge)
  public static let bodyMediaType = RefusalCode("body.mediaType", .unsupportedMedia)
  public static let methodNotAllowed = RefusalCode("method.notAllowed", .methodNotAllowed)
  public static let versionMissing = RefusalCode("version.missing", .preconditionRequired)
  public static let versionMalformed = RefusalCode("version.malformed", .malformed)
  public static let idempotencyKeyMalformed = RefusalCode("idempotency.keyMalformed", .malformed)
  /// The key was used for another request.
  public static let idempotencyMismatch = RefusalCode("idempotency.mismatch", .invalid)
  /// The tenant has as many requests under way as it may.
  public static let requestsTooMany = RefusalCode("requests.tooMany", .limited)
  /// The tenant's requests begin more often than its policy allows.
  public static let requestsTooFast = RefusalCode("requests.tooFast", .limited)
  /// The server has as many requests under way as it can.
  public static let serverBusy = RefusalCode("server.busy", .unavailable)
  /// A key of the tenant's own data exists already.
  public static let conflictExists = RefusalCode("conflict.exists", .conflict)
  /// A row named by the input does not exist in this tenant.
  public static let referenceUnknown = RefusalCode("reference.unknown", .invalid)
  /// The database holds the value for impossible.
  public static let valueRefused = RefusalCode("value.refused", .invalid)
  /// Others changed the same rows again and again.
  public static let transactionContended = RefusalCode("transaction.contended", .unavailable)
  /// More rows than one round trip to the database may bring.
  public static let resultTooLarge = RefusalCode("result.tooLarge", .invalid)
  public static let deadlineExceeded = RefusalCode("deadline.exceeded", .unavailable)

  /// Every code that this module itself answers with.
  public static let server: [RefusalCode] = [
    .credentialMissing, .credentialInvalid, .headerMalformed, .pathMalformed, .queryMalformed, .bodyMalformed,
    .bodyUnexpected, .bodyTruncated, .bodyTimeout, .bodyTooLarge, .bodyMediaType, .methodNotAllowed, .versionMissing,
    .versionMalformed, .idempotencyKeyMalformed, .idempotencyMismatch, .requestsTooMany, .requestsTooFast, .serverBusy,
    .conflictExists,
    .referenceUnknown, .valueRefused, .transactionContended, .deadlineExceeded, .resultTooLarge,
  ]
}
