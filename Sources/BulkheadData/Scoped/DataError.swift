import BulkheadCore

/// A statement that the database refused, in terms that code above the platform may act on.
///
/// Values, SQL and the server's texts are only in `diagnostic`, which never leaves the operator's log.
public struct DataError: Error, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// SQLSTATE 23505. `constraint` names the key.
    case uniqueViolation
    /// SQLSTATE 23503: the row referred to does not exist in this tenant.
    case foreignKeyViolation
    /// SQLSTATE 23514. `constraint` names the check.
    case checkViolation
    /// SQLSTATE 23502.
    case notNullViolation
    /// SQLSTATE 22xxx: a value out of range or not of its type.
    case valueInvalid
    /// SQLSTATE 40001 or 40P01; the transaction may be tried again.
    case retry
    /// A statement ran into its clock or the caller's deadline.
    case timedOut
    /// The rows that a round trip brought are more than the tenant's policy or the connection allows.
    case resultTooLarge
    /// No connection, or it broke. Whether a commit under way took effect is unknown.
    case connectionLost
    /// Raised by a rule of ours inside the database (SQLSTATE class BH). `constraint` is the rule's name.
    case ruleBroken
    /// Row security or a missing grant refused it (42501): a wall held.
    case denied
    /// Anything else; a fault of ours.
    case other
  }

  public let kind: Kind
  public let constraint: String?
  /// For operators only.
  public let diagnostic: String

  public init(_ kind: Kind, constraint: String? = nil, diagnostic: String) {
    self.kind = kind
    self.constraint = constraint
    self.diagnostic = diagnostic
  }
}

extension DataError: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { "data.\(kind.rawValue)" }
  public var debugDescription: String { "\(description) \(constraint ?? "") <\(diagnostic)>" }
}
