/// The walls that a tenant's request passes, one by one, before its handler runs.
///
/// Production always uses `.all`. The attack suite takes single walls away and shows that its attack then succeeds,
/// which proves both that the wall is what stops it and that the attack is real. The credential is no member: that
/// wall is the `Authenticator` itself, and a control run passes another one.
package struct RequestWalls: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Header, host and path name no tenant but the credential's.
  package static let agreement = RequestWalls(rawValue: 1 << 0)
  /// The tenant is active.
  package static let status = RequestWalls(rawValue: 1 << 1)
  /// The credential has the route's permission.
  package static let permission = RequestWalls(rawValue: 1 << 2)
  /// The tenant and the server have room.
  package static let admission = RequestWalls(rawValue: 1 << 3)
  /// Query and body are what the route's schemas say.
  package static let validation = RequestWalls(rawValue: 1 << 4)
  /// A link to a file reads that file alone.
  package static let links = RequestWalls(rawValue: 1 << 5)

  package static let all: RequestWalls = [.agreement, .status, .permission, .admission, .validation, .links]
}
