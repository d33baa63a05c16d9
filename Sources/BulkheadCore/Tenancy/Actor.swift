/// Who acts, as it stands in the audit trail.
public struct Actor: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// A person with a password in the tenant.
    case user
    /// A program with a service token.
    case service
    /// Work taken from the queue.
    case job
    /// The operator of the platform, through its own command line or control API.
    case `operator`
  }

  public let kind: Kind
  /// Stable id of the user, token, job or operator credential.
  public let id: EntityID

  public init(kind: Kind, id: EntityID) {
    self.kind = kind
    self.id = id
  }
}

extension Actor: CustomStringConvertible {
  /// `user:0192…`, the form stored in audit entries.
  public var description: String { "\(kind.rawValue):\(id)" }
}
