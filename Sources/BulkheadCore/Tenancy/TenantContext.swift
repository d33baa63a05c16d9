/// Who acts, for which tenant, with which permissions, until when.
///
/// A context is the outcome of a verified credential, of an unsealed job envelope, or of an operator's pass made with
/// the master key, and of nothing else: its initialiser is visible inside the platform only, and the house rules allow
/// its use in `BulkheadKeys` alone. It is passed as a value; there is no current, default or absent context.
public struct TenantContext: Sendable {
  public let tenant: TenantID
  public let actor: Actor
  public let permissions: PermissionSet
  /// Names the credential (`jti`) or the job, so that it can be revoked and traced.
  public let credential: EntityID
  /// After this instant the context is refused everywhere.
  public let expiresAt: Instant
  /// The one path that may be read, when the credential is a link to a file; `nil` for any other credential.
  public let path: String?

  package init(
    verified tenant: TenantID, actor: Actor, permissions: PermissionSet, credential: EntityID, expiresAt: Instant,
    path: String? = nil
  ) {
    self.tenant = tenant
    self.actor = actor
    self.permissions = permissions
    self.credential = credential
    self.expiresAt = expiresAt
    self.path = path
  }

  /// Refuses with `permission.missing` unless the context allows `permission`.
  public func require(_ permission: Permission) throws(Refusal) {
    guard permissions.contains(permission) else {
      throw Refusal(.permissionMissing, "The credential lacks the permission \(permission).")
    }
  }
}
