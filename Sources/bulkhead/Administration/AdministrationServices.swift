import BulkheadAudit
import BulkheadCore
import BulkheadKeys
import BulkheadLifecycle
import BulkheadServer

/// What the platform's own routes act with.
struct AdministrationServices: Sendable {
  let accounts: Accounts
  let serviceTokens: ServiceTokens
  let ring: KeyRing
  let verifier: TokenVerifier
  let roles: Roles
  let signingKeys: SigningKeys
  let audit: AuditTrail
  let intents: AuditIntents
  let platform: Platform
  /// `nil` when this process holds no administrator's access.
  let provisioner: Provisioner?
  /// What links can be made for.
  let files: FileRoutes

  /// The platform's routes.
  var routes: [Route] {
    login + users + tokens + links + keys + tenantSelf + ownLimits + auditTrail + platformTenants + platformPolicies
  }
}

extension Schema {
  /// Names people read.
  static let name = Schema.string(minLength: 1, maxLength: 200)
  static let permissions = Schema.array(.string(minLength: 1, maxLength: 64), maxItems: 64)
}
