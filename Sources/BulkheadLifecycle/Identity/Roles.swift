import BulkheadCore

extension RefusalCode {
  package static let roleUnknown = RefusalCode("role.unknown", .invalid)
  package static let permissionUnknown = RefusalCode("permission.unknown", .invalid)
}

/// The roles that a tenant's users can have. No role reaches beyond its tenant.
package struct Roles: Sendable {
  private let permissions: [String: PermissionSet]

  package init(_ permissions: [String: PermissionSet]) { self.permissions = permissions }

  package var names: [String] { permissions.keys.sorted() }

  /// Every permission that any role has.
  package var all: PermissionSet {
    PermissionSet(permissions.values.flatMap(\.permissions))
  }

  package func check(_ roles: [String]) throws(Refusal) {
    for (index, role) in roles.enumerated() where permissions[role] == nil {
      throw Refusal(
        .roleUnknown, "There is no such role. Roles are: \(names.joined(separator: ", ")).", at: "/roles/\(index)")
    }
  }

  /// What the roles allow together; roles that no longer exist allow nothing.
  package func permissions(of roles: [String]) -> PermissionSet {
    PermissionSet(roles.flatMap { permissions[$0]?.permissions ?? [] })
  }
}
