import BulkheadCore
import BulkheadData

/// Some entries in the order of their numbers, and the head at the same moment.
package struct AuditPage: Sendable {
  package let head: AuditHead?
  package let entries: [AuditEntry]
}

/// Where the verifier reads a chain.
package protocol AuditPages: Sendable {
  /// Whose chain it is; `nil` for the platform's own.
  var tenant: TenantID? { get }
  /// At most `limit` entries numbered above `seq`. Head and entries come from one statement, hence from one snapshot:
  /// entries that are written meanwhile are seen together with the head that knows them.
  func page(after seq: Int64, limit: Int) async throws -> AuditPage
}

/// A tenant's chain, read as the tenant itself may read it.
package struct TenantAuditPages: AuditPages {
  private let data: Tenant

  package init(_ data: Tenant) { self.data = data }

  package var tenant: TenantID? { data.id }

  package func page(after seq: Int64, limit: Int) async throws -> AuditPage {
    let results = try await data.read(
      Query(
        Statement(
          """
          SELECT h.seq, h.hash, e.seq, e.occurred_at, e.actor, e.act, e.subject, e.detail, e.credential, e.prev_hash,
            e.hash
          FROM (VALUES (1)) AS base (one)
          LEFT JOIN audit_head AS h ON true
          LEFT JOIN (
            SELECT seq, occurred_at, actor, act, subject, detail, credential, prev_hash, hash
            FROM audit_entry WHERE seq > $1 ORDER BY seq LIMIT $2
          ) AS e ON true
          ORDER BY e.seq
          """), .int(seq), .int(Int64(limit))))
    guard let rows = results.first else { return AuditPage(head: nil, entries: []) }
    return try AuditPage(rows)
  }
}

/// The platform's own chain.
package struct PlatformAuditPages: AuditPages {
  private let control: any ControlQueries

  package init(control: any ControlQueries) { self.control = control }

  package var tenant: TenantID? { nil }

  package func page(after seq: Int64, limit: Int) async throws -> AuditPage {
    try AuditPage(
      await control.run(
        """
        SELECT h.seq, h.hash, e.seq, e.occurred_at, e.actor, e.act, e.subject, e.detail, e.credential, e.prev_hash,
          e.hash
        FROM (VALUES (1)) AS base (one)
        LEFT JOIN control.audit_head AS h ON true
        LEFT JOIN (
          SELECT seq, occurred_at, actor, act, subject, detail, credential, prev_hash, hash
          FROM control.audit_entry WHERE seq > $1 ORDER BY seq LIMIT $2
        ) AS e ON true
        ORDER BY e.seq
        """, [.int(seq), .int(Int64(limit))]))
  }
}

extension AuditPage {
  fileprivate init(_ rows: Rows) throws(Refusal) {
    var head: AuditHead?
    var entries: [AuditEntry] = []
    for row in rows {
      if !row.isNull(0) { head = AuditHead(seq: try row.int(0), hash: try row.bytes(1)) }
      if row.isNull(2) { continue }
      entries.append(
        AuditEntry(
          seq: try row.int(2), occurredAt: try row.instant(3), actor: try row.text(4), act: try row.text(5),
          subject: try row.text(6), detail: try row.text(7), credential: row.idOrNil(8),
          previousHash: try row.bytes(9), hash: try row.bytes(10)))
    }
    self.init(head: head, entries: entries)
  }
}
