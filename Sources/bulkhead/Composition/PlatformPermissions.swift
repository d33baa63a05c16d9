import BulkheadCore
import BulkheadServer
import Distribution

/// Permissions of the platform's own routes and the roles that tenants give their users.
enum PlatformPermissions {
  static let usersRead: Permission = "users.read"
  static let usersWrite: Permission = "users.write"
  static let credentialsRead: Permission = "credentials.read"
  static let credentialsWrite: Permission = "credentials.write"
  static let auditRead: Permission = "audit.read"
  static let tenantRead: Permission = "tenant.read"

  static let tenantsRead: Permission = "tenants.read"
  static let tenantsWrite: Permission = "tenants.write"

  /// What a platform token of the operator allows when nothing less is asked for.
  static let operatorAll = PermissionSet([tenantsRead, tenantsWrite, SystemRoutes.metricsRead])

  private static let administration = PermissionSet([
    usersRead, usersWrite, credentialsRead, credentialsWrite, auditRead, tenantRead,
  ])

  /// Roles by name: those of the product, to which its administrator adds the tenant's own administration.
  static let tenantRoles: [String: PermissionSet] = {
    var roles = DistributionRoles.permissions
    let admin = roles[DistributionRoles.admin] ?? PermissionSet([])
    roles[DistributionRoles.admin] = PermissionSet(admin.permissions.union(administration.permissions))
    return roles.mapValues { PermissionSet($0.permissions.union([tenantRead])) }
  }()
}
