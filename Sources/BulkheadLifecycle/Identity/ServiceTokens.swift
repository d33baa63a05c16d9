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

  /// Issues a token. `permissions` must lie within `granted`, what the giver may do: else `permission.missing`.
  package func issue(
    in tenant: TenantID, by giver: Actor, name: String, permissions: PermissionSet, granted: PermissionSet,
    lifetime: Duration?
  ) async throws -> (token: IssuedToken, record: ServiceToken) {
    let excess = permissions.permissions.subtracting(granted.permissions).sorted()
    guard excess.isEmpty else {
      throw Refusal(
        .permissionMissing, "A token cannot hold what its giver lacks: \(excess.map(\.name).joined(separator: ", ")).")
    }
    let service = ambient.makeID()
    let token = try await issuer.issue(
      tenant: tenant, actor: Actor(kind: .service, id: service), permissions: permissions, lifetime: lifetime)
    let names = permissions.permissions.map(\.name).sorted()
    _ = try await control.run(
      """
      INSERT INTO control.service_token (tenant_id, id, name, permissions, issued_by, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .id(tenant.id), .id(token.credential), .text(name), .texts(names), .text(giver.description),
        .instant(token.expiresAt),
      ])
    let record = ServiceToken(
      id: token.credential, name: name, permissions: names, expiresAt: token.expiresAt, isRevoked: false)
    return (token, record)
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
  package func revoke(_ id: EntityID, in tenant: TenantID) async throws -> Instant {
    let rows = try await control.run(
      """
      UPDATE control.service_token SET revoked_at = coalesce(revoked_at, now()) WHERE tenant_id = $1 AND id = $2
      RETURNING expires_at
      """, [.id(tenant.id), .id(id)])
    guard let row = rows.first else { throw Refusal.notFound }
    let expiresAt = try row.instant(0)
    try await revocations.record(.credential(id, tenant: tenant, expiresAt: expiresAt))
    return expiresAt
  }
}
