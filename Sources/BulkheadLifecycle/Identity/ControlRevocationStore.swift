import BulkheadCore
import BulkheadData
import BulkheadKeys

/// Revocations in the control database, numbered in the order in which they become visible.
package struct ControlRevocationStore: RevocationStore {
  private let control: any ControlQueries

  package init(control: any ControlQueries) { self.control = control }

  package func record(_ revocation: Revocation) async throws(Refusal) {
    let (kind, subject, kid, tenant, until): (String, EntityID?, String?, TenantID?, Instant) =
      switch revocation {
      case .credential(let id, let tenant, let expiresAt): ("credential", id, nil, tenant, expiresAt)
      case .subject(let id, let tenant, let notBefore): ("subject", id, nil, tenant, notBefore)
      case .tenant(let tenant, let notBefore): ("tenant", nil, nil, tenant, notBefore)
      case .key(let kid, let tenant, let retiredAt): ("key", nil, kid, tenant, retiredAt)
      }
    do {
      _ = try await control.runAll([
        ("SELECT pg_advisory_xact_lock(4712)", []),
        (
          "INSERT INTO control.revocation (tenant_id, kind, subject_id, kid, until) VALUES ($1, $2, $3, $4, $5)",
          [.optional(tenant?.id), .text(kind), .optional(subject), .optional(kid), .instant(until)]
        ),
      ])
    } catch {
      throw Refusal(
        .serviceUnavailable, "The service cannot answer now.", retryAfterSeconds: 1,
        diagnostic: String(reflecting: error))
    }
  }

  package func changes(since position: Int64?, limit: Int) async throws(Refusal) -> RevocationBatch {
    let rows = try await control.ask(
      """
      SELECT seq, tenant_id, kind, subject_id, until, kid FROM control.revocation
      WHERE seq > $1 AND CASE kind WHEN 'credential' THEN until > now() - interval '1 minute'
        WHEN 'key' THEN until > now() - interval '1 hour' ELSE true END
      ORDER BY seq LIMIT $2
      """, [.int(position ?? 0), .int(Int64(limit))])
    var revocations: [Revocation] = []
    for row in rows { revocations.append(try Self.revocation(row)) }
    return RevocationBatch(revocations: revocations, position: try rows.last?.int(0) ?? position ?? 0)
  }

  private static func revocation(_ row: Row) throws(Refusal) -> Revocation {
    let tenant = row.idOrNil(1).map { TenantID($0) }
    let until = try row.instant(4)
    switch try row.text(2) {
    case "credential": return .credential(try row.id(3), tenant: tenant, expiresAt: until)
    case "subject": return .subject(try row.id(3), tenant: tenant, notBefore: until)
    case "key": return .key(try row.text(5), tenant: tenant, retiredAt: until)
    default: return .tenant(tenant, notBefore: until)
    }
  }
}
