import BulkheadCore
import BulkheadData
import BulkheadKeys

/// Revocations in the control database, numbered in the order in which they become visible.
package struct ControlRevocationStore: RevocationStore {
  private let control: any ControlQueries

  package init(control: any ControlQueries) { self.control = control }

  package func record(_ revocation: Revocation) async throws(Refusal) {
    let (kind, subject, tenant, until): (String, EntityID?, TenantID?, Instant) =
      switch revocation {
      case .credential(let id, let tenant, let expiresAt): ("credential", id, tenant, expiresAt)
      case .subject(let id, let tenant, let notBefore): ("subject", id, tenant, notBefore)
      case .tenant(let tenant, let notBefore): ("tenant", nil, tenant, notBefore)
      }
    do {
      _ = try await control.runAll([
        ("SELECT pg_advisory_xact_lock(4712)", []),
        (
          "INSERT INTO control.revocation (tenant_id, kind, subject_id, until) VALUES ($1, $2, $3, $4)",
          [.optional(tenant?.id), .text(kind), .optional(subject), .instant(until)]
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
      SELECT seq, tenant_id, kind, subject_id, until FROM control.revocation
      WHERE seq > $1 AND (kind <> 'credential' OR until > now() - interval '1 minute') ORDER BY seq LIMIT $2
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
    default: return .tenant(tenant, notBefore: until)
    }
  }
}
