import BulkheadCore
import BulkheadData
import Synchronization

/// Reads the outbox of one schema as the relay's own role, which row security lets see this one table across tenants
/// (`bulkhead.allow_relay`) and nothing else.
package final class PostgresOutboxSource: OutboxSource {
  /// Tenants that one reading looks at.
  package static let tenantsMax = 64

  /// Runs one statement on a connection of the relay's role in the home's database.
  package typealias Run = @Sendable (_ sql: String, _ parameters: [SQLValue]) async throws -> Rows

  package let home: String
  private let table: String
  private let run: Run
  /// Where the round through the tenants goes on.
  private let next = Mutex(TenantRound.beginning.start)

  /// `schema` is a name from the registry, not from a request.
  package init(home: String, schema: String, run: @escaping Run) {
    self.home = home
    let quoted = schema.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    self.table = "\"\(quoted)\".outbox"
    self.run = run
  }

  /// Round robin over the tenants that have something waiting: a loose index scan, so that a tenant with a million
  /// events does not stand before the others.
  package func pending(limit: Int) async throws -> [OutboxRow] {
    let start = next.withLock { $0 }
    let rows = try await run(
      """
      WITH RECURSIVE ring (tenant_id, wrapped, hop) AS (
        SELECT $1::uuid, false, 0
        UNION ALL
        SELECT step.tenant_id, step.wrapped, ring.hop + 1
        FROM ring CROSS JOIN LATERAL (
          (SELECT o.tenant_id, ring.wrapped AS wrapped FROM \(table) AS o
            WHERE o.dispatched_at IS NULL AND o.tenant_id > ring.tenant_id
              AND (NOT ring.wrapped OR o.tenant_id <= $1::uuid)
            ORDER BY o.tenant_id LIMIT 1)
          UNION ALL
          (SELECT o.tenant_id, true FROM \(table) AS o
            WHERE o.dispatched_at IS NULL AND NOT ring.wrapped AND o.tenant_id <= $1::uuid
            ORDER BY o.tenant_id LIMIT 1)
          LIMIT 1
        ) AS step
        WHERE ring.hop < $3::int
      ),
      share AS (SELECT greatest(1, $2::bigint / greatest(1, max(hop))) AS each FROM ring)
      SELECT e.tenant_id, e.id, e.topic, e.key, e.envelope, e.created_at
      FROM ring CROSS JOIN LATERAL (
        SELECT * FROM \(table) AS o
        WHERE o.tenant_id = ring.tenant_id AND o.dispatched_at IS NULL
        ORDER BY o.tenant_id, o.id LIMIT (SELECT each FROM share)
      ) AS e
      WHERE ring.hop > 0
      LIMIT $2::bigint
      """, [.id(start.id), .int(Int64(limit)), .int(Int64(Self.tenantsMax))])
    let found = try rows.map { row in
      OutboxRow(
        key: JobKey(tenant: TenantID(try row.id(0)), id: try row.id(1)), topic: try row.text(2),
        subject: try row.text(3), envelope: try row.bytes(4), createdAt: try row.instant(5))
    }
    if let last = TenantRound(start: start).last(of: found.map(\.key.tenant)) { next.withLock { $0 = last } }
    return found
  }

  package func markDispatched(_ keys: [JobKey], at instant: Instant) async throws {
    guard !keys.isEmpty else { return }
    _ = try await run(
      """
      UPDATE \(table) AS o SET dispatched_at = $3
      FROM unnest($1::uuid[], $2::uuid[]) AS sent (tenant_id, id)
      WHERE o.tenant_id = sent.tenant_id AND o.id = sent.id AND o.dispatched_at IS NULL
      """, [.ids(keys.map(\.tenant.id)), .ids(keys.map(\.id)), .instant(instant)])
  }
}
