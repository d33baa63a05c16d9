/// The order in which waiting jobs are claimed: one SQL statement, so that another order is another statement.
///
/// Parameters: `$1` the tenant to go on after, `$2` jobs wanted, `$3` jobs of one tenant under way at most, `$4` the
/// worker, `$5` the end of the lease, `$6` tenants looked at, at most. Columns: the last tenant looked at, then
/// tenant, id, topic, key, envelope, attempt, attempts_max and created_at of each claimed job; one row with NULLs
/// when there is none. Claimed rows are in state `running` with `attempt` counted.
package struct ClaimOrder: Sendable {
  package let sql: String

  package init(sql: String) { self.sql = sql }

  /// Round robin over the tenants that have work, oldest job first within each.
  ///
  /// - `ring` hops from tenant to tenant through the index (a loose index scan), from where the last claim ended, once
  ///   around: its cost grows with tenants looked at, not with jobs waiting, so a flood of one tenant costs the others
  ///   nothing.
  ///   Its ORDER BY names all columns of the index of waiting jobs: with the tenant alone the planner takes the
  ///   primary key, and wades through whatever a tenant has done already.
  /// - `pick` takes from each what its limit leaves. SKIP LOCKED: two workers never wait for, nor take, the same row.
  /// - The rows are reached by `ctid = ANY (ARRAY (…))`. A join with the picked rows turns into a scan of the whole
  ///   table once the plan is generic. The picked rows are locked, so their ctid cannot change underneath; nor is
  ///   their state asked for again, which would let the planner prefer an index over the few positions.
  package static let roundRobin = ClaimOrder(
    sql: """
      WITH RECURSIVE ring (tenant_id, wrapped, hop) AS (
        SELECT $1::uuid, false, 0
        UNION ALL
        SELECT step.tenant_id, step.wrapped, ring.hop + 1
        FROM ring CROSS JOIN LATERAL (
          (SELECT j.tenant_id, ring.wrapped AS wrapped FROM control.job AS j
            WHERE j.state = 'waiting' AND j.tenant_id > ring.tenant_id
              AND (NOT ring.wrapped OR j.tenant_id <= $1::uuid)
            ORDER BY j.tenant_id, j.run_at, j.id LIMIT 1)
          UNION ALL
          (SELECT j.tenant_id, true FROM control.job AS j
            WHERE j.state = 'waiting' AND NOT ring.wrapped AND j.tenant_id <= $1::uuid
            ORDER BY j.tenant_id, j.run_at, j.id LIMIT 1)
          LIMIT 1
        ) AS step
        WHERE ring.hop < $6::int
      ),
      pick AS (
        SELECT taken.position FROM ring CROSS JOIN LATERAL (
          SELECT j.ctid AS position FROM control.job AS j
          WHERE j.tenant_id = ring.tenant_id AND j.state = 'waiting'
          ORDER BY j.tenant_id, j.run_at, j.id
          LIMIT greatest(0, $3::bigint - (
            SELECT count(*) FROM control.job AS r WHERE r.tenant_id = ring.tenant_id AND r.state = 'running'))
          FOR UPDATE SKIP LOCKED
        ) AS taken
        WHERE ring.hop > 0
        LIMIT $2::bigint
      ),
      claimed AS (
        UPDATE control.job SET state = 'running', attempt = attempt + 1, locked_by = $4::uuid,
          locked_until = $5::timestamptz
        WHERE ctid = ANY (ARRAY (SELECT position FROM pick))
        RETURNING tenant_id, id, topic, key, envelope, attempt, attempts_max, created_at
      )
      SELECT last.tenant_id, c.tenant_id, c.id, c.topic, c.key, c.envelope, c.attempt, c.attempts_max, c.created_at
      FROM (SELECT tenant_id FROM ring ORDER BY hop DESC LIMIT 1) AS last LEFT JOIN claimed AS c ON true
      """)
}
