/// One thing that may be done, such as `orders.write`. A route declares the permission it needs.
public struct Permission: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
  public let name: String

  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.name = name }

  public var description: String { name }
  public static func < (left: Permission, right: Permission) -> Bool { left.name < right.name }
}

/// What a credential allows inside its tenant. Roles expand to permissions when the credential is issued.
public struct PermissionSet: Hashable, Sendable {
  public let permissions: Set<Permission>

  public init(_ permissions: some Sequence<Permission>) { self.permissions = Set(permissions) }

  public func contains(_ permission: Permission) -> Bool { permissions.contains(permission) }

  /// Only what both allow: a delegated credential can never hold more than its giver.
  public func intersection(_ other: PermissionSet) -> PermissionSet {
    PermissionSet(permissions.intersection(other.permissions))
  }
}
