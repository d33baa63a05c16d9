import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys

/// A credential of a program, as its tenant sees it. The token's text is shown once and stored nowhere.
package struct ServiceToken: Sendable {
  package let id: EntityID
  package let name: String
  package let permissions: [String]
  package let expiresAt: Instant
  package let isRevoked: Bool
}

/// Service tokens of tenants.
package struct ServiceTokens: Sendable {
  private let control: any ControlQueries
  private let issuer: TokenIssuer
  private let revocations: any RevocationStore
  private let ambient: Ambient

  package init(
    control: any ControlQueries, issuer: TokenIssuer, revocations: any RevocationStore, ambient: Ambient
  ) {
    self.control = control
    self.issuer = issuer
    self.revocations = revocations
    self.ambient = ambient
  }

  /// A token that has been made and is not yet on record: it must not be shown before it is.
  package struct Draft: Sendable {
    package let token: IssuedToken
    package let record: ServiceToken
    /// What is audited with it.
    package let intent: AuditIntent
  }

  /// Makes a token without effect on any record. `permissions` must lie within `granted`, what the giver may do: else
  /// `permission.missing`.
  package func draft(
    by giver: TenantContext, name: String, permissions: PermissionSet, granted: PermissionSet, lifetime: Duration?
  ) async throws -> Draft {
    let excess = permissions.permissions.subtracting(granted.permissions).sorted()
    guard excess.isEmpty else {
      throw Refusal(
        .permissionMissing, "A token cannot hold what its giver lacks: \(excess.map(\.name).joined(separator: ", ")).")
    }
    let token = try await issuer.issue(
      tenant: giver.tenant, actor: Actor(kind: .service, id: ambient.makeID()), permissions: permissions,
      lifetime: lifetime)
    let names = permissions.permissions.map(\.name).sorted()
    let record = ServiceToken(
      id: token.credential, name: name, permissions: names, expiresAt: token.expiresAt, isRevoked: false)
    let intent = AuditIntent(
      .tokenIssued, subject: "credential:\(token.credential)",
      detail: ["name": .string(name), "permissions": .array(names.map(JSON.string))], context: giver, ambient: ambient)
    return Draft(token: token, record: record, intent: intent)
  }

  /// Puts a draft on record, with the intent to audit it. Doing it again changes nothing.
  package func record(_ draft: Draft) async throws {
    _ = try await control.run(
      """
      INSERT INTO control.service_token (tenant_id, id, name, permissions, issued_by, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id
      """,
      [
        .id(draft.intent.tenant.id), .id(draft.record.id), .text(draft.record.name), .texts(draft.record.permissions),
        .text(draft.intent.actor), .instant(draft.record.expiresAt),
      ], intending: draft.intent)
  }

  /// When the last of the tenant's standing tokens ends; `nil` when none stands.
  package func lastExpiry(in tenant: TenantID) async throws -> Instant? {
    let rows = try await control.run(
      """
      SELECT max(expires_at) FROM control.service_token
      WHERE tenant_id = $1 AND revoked_at IS NULL AND expires_at > $2
      """, [.id(tenant.id), .instant(ambient.now)])
    return rows.first?.instantOrNil(0)
  }

  package func tokens(in tenant: TenantID, after: EntityID?, limit: Int) async throws -> [ServiceToken] {
    let rows = try await control.run(
      """
      SELECT id, name, permissions, expires_at, revoked_at IS NOT NULL FROM control.service_token
      WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3
      """, [.id(tenant.id), .optional(after), .int(Int64(limit))])
    return try rows.map { row in
      ServiceToken(
        id: try row.id(0), name: try row.text(1), permissions: PostgresTextArray.parse(try row.text(2)),
        expiresAt: try row.instant(3), isRevoked: try row.bool(4))
    }
  }

  /// Ends a token. Other processes refuse it within a second, this one at once when the verifier is told.
  ///
  /// Answers when the token would have expired anyway.
  package func revoke(_ id: EntityID, intending intent: AuditIntent) async throws -> Instant {
    let tenant = intent.tenant
    let rows = try await control.run(
      """
      UPDATE control.service_token SET revoked_at = coalesce(revoked_at, now()) WHERE tenant_id = $1 AND id = $2
      RETURNING expires_at
      """, [.id(tenant.id), .id(id)], intending: intent)
    guard let row = rows.first else { throw Refusal.notFound }
    let expiresAt = try row.instant(0)
    try await revocations.record(.credential(id, tenant: tenant, expiresAt: expiresAt))
    return expiresAt
  }
}
