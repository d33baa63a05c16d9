import BulkheadCore
import BulkheadData
import BulkheadKeys

/// Signing keys in the control database, private halves sealed.
package struct ControlSigningKeyStore: SigningKeyStore {
  private let control: any ControlQueries

  package init(control: any ControlQueries) { self.control = control }

  private static let select = """
    SELECT kid, tenant_id, public_key, sealed_private_key, state, created_at, not_after FROM control.signing_key
    """

  package func keys(of tenant: TenantID?) async throws(Refusal) -> [SigningKey] {
    let rows = try await control.ask(
      "\(Self.select) WHERE tenant_id IS NOT DISTINCT FROM $1::uuid AND state <> 'retired' ORDER BY created_at",
      [.optional(tenant?.id)])
    var keys: [SigningKey] = []
    for row in rows { keys.append(try Self.key(row)) }
    return keys
  }

  package func key(_ kid: String, of tenant: TenantID?) async throws(Refusal) -> SigningKey? {
    let rows = try await control.ask(
      "\(Self.select) WHERE kid = $1 AND tenant_id IS NOT DISTINCT FROM $2::uuid", [.text(kid), .optional(tenant?.id)])
    guard let row = rows.first else { return nil }
    return try Self.key(row)
  }

  package func insert(_ key: SigningKey) async throws(Refusal) {
    _ = try await control.ask(
      """
      INSERT INTO control.signing_key (kid, tenant_id, public_key, sealed_private_key, state, created_at, not_after)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """,
      [
        .text(key.kid), .optional(key.tenant?.id), .bytes(key.publicKey), .bytes(key.sealedPrivateKey),
        .text(key.state.rawValue), .instant(key.createdAt), .optional(key.notAfter),
      ])
  }

  package func insertFirst(_ key: SigningKey) async throws(Refusal) -> Bool {
    do {
      // The lock makes those who come at the same time wait; then the second statement sees what the first of them did.
      let results = try await control.runAll([
        ("SELECT pg_advisory_xact_lock(4714)", []),
        (
          """
          INSERT INTO control.signing_key (kid, tenant_id, public_key, sealed_private_key, state, created_at, not_after)
          SELECT $1::text, $2::uuid, $3::bytea, $4::bytea, $5::text, $6::timestamptz, $7::timestamptz
          WHERE NOT EXISTS (
            SELECT FROM control.signing_key WHERE tenant_id IS NOT DISTINCT FROM $2::uuid AND state <> 'retired')
          """,
          [
            .text(key.kid), .optional(key.tenant?.id), .bytes(key.publicKey), .bytes(key.sealedPrivateKey),
            .text(key.state.rawValue), .instant(key.createdAt), .optional(key.notAfter),
          ]
        ),
      ])
      return results[1].affected == 1
    } catch {
      throw Refusal(
        .serviceUnavailable, "The service cannot answer now.", retryAfterSeconds: 1,
        diagnostic: String(reflecting: error))
    }
  }

  package func update(
    _ kid: String, of tenant: TenantID?, state: SigningKey.State, notAfter: Instant?
  ) async throws(Refusal) {
    _ = try await control.ask(
      """
      UPDATE control.signing_key SET state = $3, not_after = $4
      WHERE kid = $1 AND tenant_id IS NOT DISTINCT FROM $2::uuid
      """, [.text(kid), .optional(tenant?.id), .text(state.rawValue), .optional(notAfter)])
  }

  private static func key(_ row: Row) throws(Refusal) -> SigningKey {
    guard let state = SigningKey.State(rawValue: try row.text(4)) else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "state of a signing key")
    }
    return SigningKey(
      kid: try row.text(0), tenant: row.idOrNil(1).map { TenantID($0) }, publicKey: try row.bytes(2),
      sealedPrivateKey: try row.bytes(3), state: state, createdAt: try row.instant(5), notAfter: row.instantOrNil(6))
  }
}
