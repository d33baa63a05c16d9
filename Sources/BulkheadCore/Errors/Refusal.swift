/// What a refusal means to whoever asked. Every edge (HTTP status, exit status, job outcome) maps it exhaustively.
public enum RefusalCategory: String, Sendable, CaseIterable {
  /// The bytes cannot be read (HTTP 400).
  case malformed
  /// No credential, or one that does not verify (401).
  case unauthenticated
  /// A good credential that does not allow this (403).
  case forbidden
  /// Absent or foreign, which look the same (404).
  case notFound
  /// The route exists, the method does not (405).
  case methodNotAllowed
  /// Clashes with the present state (409).
  case conflict
  /// `If-Match` names another version (412).
  case preconditionFailed
  /// Larger than the limit (413).
  case tooLarge
  /// A body of another media type (415).
  case unsupportedMedia
  /// Read, understood, and wrong (422).
  case invalid
  /// A required precondition header is missing (428).
  case preconditionRequired
  /// Over a limit of the tenant's policy (429).
  case limited
  /// A fault of ours (500).
  case `internal`
  /// Cannot be served now; trying again may help (503).
  case unavailable
}

/// The stable name of a broken rule, shared by documentation, audit and clients.
public struct RefusalCode: Hashable, Sendable, CustomStringConvertible {
  /// `noun.rule`, for example `quantity.notPositive`.
  public let name: String
  public let category: RefusalCategory

  public init(_ name: String, _ category: RefusalCategory) {
    self.name = name
    self.category = category
  }

  public var description: String { name }
}

/// One broken rule at one place of the input.
public struct Violation: Hashable, Sendable {
  /// JSON pointer (RFC 6901) into the body, `?name` for a query parameter, or a segment position such as `PO1[2].03`.
  public let pointer: String
  public let code: String
  public let message: String

  public init(at pointer: String, _ code: String, _ message: String) {
    self.pointer = pointer
    self.code = code
    self.message = message
  }
}

/// A typed "no" with three faces.
///
/// `description` and `detail` are safe for anyone: nothing of another tenant, of SQL or of a secret is ever in them.
/// `debugDescription` adds `diagnostic` and is for the operator's log only. `code` is stable.
public struct Refusal: Error, Sendable {
  public let code: RefusalCode
  /// A sentence for the person who asked: what was wrong and what to do.
  public let detail: String
  public let violations: [Violation]
  /// The limit of the tenant's policy that was reached.
  public let limit: LimitReached?
  /// Whole seconds after which trying again makes sense.
  public let retryAfterSeconds: Int?
  /// For operators only.
  public let diagnostic: String?

  public init(
    _ code: RefusalCode, _ detail: String, violations: [Violation] = [], limit: LimitReached? = nil,
    retryAfterSeconds: Int? = nil, diagnostic: String? = nil
  ) {
    self.code = code
    self.detail = detail
    self.violations = violations
    self.limit = limit
    self.retryAfterSeconds = retryAfterSeconds
    self.diagnostic = diagnostic
  }

  /// A refusal of one place of the input.
  public init(_ code: RefusalCode, _ detail: String, at pointer: String) {
    self.init(code, detail, violations: [Violation(at: pointer, code.name, detail)])
  }
}

extension Refusal: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { "\(code): \(detail)" }
  public var debugDescription: String {
    let places = violations.map { " [\($0.pointer): \($0.code)]" }.joined()
    return description + places + (diagnostic.map { " <\($0)>" } ?? "")
  }
}

extension RefusalCode {
  public static let tenantMissing = RefusalCode("tenant.missing", .unauthenticated)
  public static let tenantMismatch = RefusalCode("tenant.mismatch", .forbidden)
  public static let tenantSuspended = RefusalCode("tenant.suspended", .forbidden)
  public static let permissionMissing = RefusalCode("permission.missing", .forbidden)
  public static let contextExpired = RefusalCode("context.expired", .unauthenticated)
  public static let notFound = RefusalCode("resource.notFound", .notFound)
  public static let versionMismatch = RefusalCode("version.mismatch", .preconditionFailed)
  public static let inputInvalid = RefusalCode("input.invalid", .invalid)
  public static let serviceUnavailable = RefusalCode("service.unavailable", .unavailable)
  public static let internalFault = RefusalCode("internal.fault", .internal)

  /// The codes that belong to no library in particular.
  public static let core: [RefusalCode] = [
    .tenantMissing, .tenantMismatch, .tenantSuspended, .permissionMissing, .contextExpired, .notFound,
    .versionMismatch, .inputInvalid, .serviceUnavailable, .internalFault,
  ]
}

extension Refusal {
  /// Absent and foreign: one answer for both.
  public static let notFound = Refusal(.notFound, "There is no such resource.")
}
