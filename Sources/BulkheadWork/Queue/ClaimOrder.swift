/// The order in which waiting jobs are claimed: one SQL statement, so that another order is another statement.
///
/// Parameters: `$1` the worker, `$2` jobs wanted, `$3` jobs of one tenant under way in this worker at most, `$4` the
/// end of the lease, `$5` the claim's id, `$6` tenants that have jobs under way in this worker, `$7` how many each.
/// Columns of each claimed job: its position in the claim, tenant, id, topic, key, envelope, attempt (this one
/// counted), attempts_max and created_at. Claimed jobs are in `control.job_claim` and no longer in `control.job_ready`.
package struct ClaimOrder: Sendable {
  package let sql: String

  package init(sql: String) { self.sql = sql }

  /// What one job of a tenant of weight 1 moves its next one back by.
  package static let turn: Int64 = 1_000_000
  /// Jobs that one claim takes at most. It also tells the planner, who cannot know how few are asked for, that it is
  /// few: otherwise it would make a new plan each time.
  static let limitMax = 1000
  /// How far behind the queue's time claims look, in turns. A job whose transaction took longer to commit than so many
  /// turns is found by `PostgresJobQueue.upkeep`. Also what a held snapshot costs: its dead rows are stepped over.
  static let turnsBehind: Int64 = 2000
  /// How far ahead of it claims look at least, in turns. Nobody's next job is further away than one turn, except for
  /// what claims at the same moment do to the queue's time.
  static let turnsAhead: Int64 = 200

  /// Self-clocked fair queueing (Golestani, INFOCOM 1994). Every job got its turn when it came in (`TurnStamp`), so
  /// that claiming fairly is reading an index in order, as cheap as first come, first served.
  ///
  /// - `ahead` reads from a little behind the queue's time. The entries before it are of jobs long gone; while anybody
  ///   holds a snapshot (a backup runs) they cannot be removed, and a claim that began at the first entry would step
  ///   over all of them.
  /// - It reads no further than where each tenant's next job must be: of a tenant that has as many jobs under way as it
  ///   may it steps over a few thousand turns (times its weight), not over all that waits.
  /// - `behind` takes the jobs that the others' turns have passed meanwhile, tenant by tenant: half of a claim at most,
  ///   and half of the claims of one job, so that who is owed much does not keep out who comes now.
  /// - SKIP LOCKED: two workers never wait for, nor take, the same row. The rows are reached by `ctid = ANY (ARRAY
  ///   (…))`: a join turns into a scan of the whole table once the plan is generic. They are locked, so their ctid
  ///   cannot change underneath.
  /// - A tenant that came to its bound within this claim gets fewer, and others fewer than there were: whoever claims
  ///   until nothing comes has them with the next claim.
  package static let fair = ClaimOrder(
    sql: """
      WITH clock AS MATERIALIZED (SELECT last_value AS now FROM control.job_turn),
      running AS MATERIALIZED (
        SELECT tenant_id, jobs FROM unnest($6::uuid[], $7::bigint[]) AS own (tenant_id, jobs)
      ),
      full_up AS MATERIALIZED (
        SELECT coalesce(array_agg(tenant_id ORDER BY tenant_id), '{}') AS tenants FROM running WHERE jobs >= $3::bigint
      ),
      behind AS MATERIALIZED (
        SELECT few.position, few.tag, few.tenant_id FROM (
          SELECT passed.position, passed.tag, passed.tenant_id
          FROM control.job_behind AS b CROSS JOIN LATERAL (
            SELECT r.ctid AS position, r.tag, r.tenant_id FROM control.job_ready AS r
            WHERE r.tenant_id = b.tenant_id AND r.tag < (SELECT now FROM clock) - \(turnsBehind * turn)
            ORDER BY r.tag LIMIT least($2::bigint, $3::bigint) FOR UPDATE SKIP LOCKED
          ) AS passed
          WHERE b.tenant_id <> ALL ((SELECT tenants FROM full_up)::uuid[])
          LIMIT CASE WHEN $2::bigint > 1 THEN $2::bigint / 2 WHEN substr($5::uuid::text, 36) < '8' THEN 1 ELSE 0 END
        ) AS few LIMIT \(limitMax)
      ),
      ahead AS MATERIALIZED (
        SELECT r.ctid AS position, r.tag, r.tenant_id FROM control.job_ready AS r
        WHERE r.tag + 0 >= (SELECT now FROM clock) - \(turnsBehind * turn)
          AND r.tag + 0 <= (SELECT now FROM clock) + (\(turnsAhead) + 8 * $2::bigint) * \(turn)
          AND r.tenant_id <> ALL ((SELECT tenants FROM full_up)::uuid[])
        ORDER BY r.tag + 0 LIMIT $2::bigint - (SELECT count(*) FROM behind) FOR UPDATE SKIP LOCKED
      ),
      taken AS (
        DELETE FROM control.job_ready WHERE ctid = ANY (ARRAY (
          SELECT l.position FROM (
            SELECT found.position,
              row_number() OVER (PARTITION BY found.tenant_id ORDER BY found.tag) + coalesce(running.jobs, 0) AS place
            FROM (SELECT * FROM behind UNION ALL SELECT * FROM ahead) AS found
            LEFT JOIN running ON running.tenant_id = found.tenant_id
          ) AS l WHERE l.place <= $3::bigint))
        RETURNING tag, tenant_id, id, attempt + 1 AS attempt
      ),
      placed AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY tag)::integer AS place FROM taken),
      noted AS (
        INSERT INTO control.job_claim (id, worker, until, tenants, ids, attempts, open)
        SELECT $5::uuid, $1::uuid, $4::timestamptz, array_agg(tenant_id ORDER BY place), array_agg(id ORDER BY place),
          array_agg(attempt ORDER BY place), array_agg(place ORDER BY place)
        FROM placed HAVING count(*) > 0
      ),
      passed AS (
        INSERT INTO control.job_behind (tenant_id)
        SELECT own.tenant_id FROM full_up CROSS JOIN LATERAL unnest(full_up.tenants) AS own (tenant_id)
        WHERE NOT EXISTS (SELECT FROM control.job_behind AS b WHERE b.tenant_id = own.tenant_id)
        ON CONFLICT DO NOTHING
      ),
      moved AS MATERIALIZED (
        SELECT setval('control.job_turn', max(tag)) AS now FROM taken
        HAVING max(tag) > (SELECT last_value FROM control.job_turn)
      )
      SELECT p.place, p.tenant_id, p.id, job.topic, job.key, job.envelope, p.attempt, job.attempts_max, job.created_at,
        (SELECT now FROM moved)
      FROM placed AS p CROSS JOIN LATERAL (
        SELECT j.topic, j.key, j.envelope, j.attempts_max, j.created_at FROM control.job AS j
        WHERE j.tenant_id = p.tenant_id AND j.id = p.id OFFSET 0
      ) AS job
      ORDER BY p.place
      """)
}

/// How jobs that begin to wait are given their turns: a fragment of SQL, so that all who put jobs there do the same.
enum TurnStamp {
  /// Puts the rows of the CTE `coming` (tenant_id, id, attempt, since) into `control.job_ready`.
  ///
  /// A tenant's first job comes one turn after the queue's time, or after its last one that waits: whoever had nothing
  /// waiting has saved nothing up, and whoever has much waits behind itself. A turn of a tenant of weight 2 is half as
  /// long. Only tags after the queue's time are looked at: below it lie the entries of jobs long gone.
  static let insert = """
    clock AS MATERIALIZED (SELECT last_value AS now FROM control.job_turn),
    line AS MATERIALIZED (
      SELECT each.tenant_id, \(ClaimOrder.turn) / coalesce(p.weight, 1) AS step, coalesce(last.tag, clock.now) AS start
      FROM (SELECT DISTINCT tenant_id FROM coming) AS each CROSS JOIN clock
      LEFT JOIN control.policy AS p ON p.node_id = each.tenant_id
      LEFT JOIN LATERAL (
        SELECT r.tag FROM control.job_ready AS r
        WHERE r.tenant_id = each.tenant_id AND r.tag > clock.now ORDER BY r.tag DESC LIMIT 1
      ) AS last ON true
    ),
    stamped AS (
      INSERT INTO control.job_ready (tag, tenant_id, id, attempt)
      SELECT line.start + line.step * row_number() OVER (PARTITION BY c.tenant_id ORDER BY c.since, c.id),
        c.tenant_id, c.id, c.attempt
      FROM coming AS c JOIN line ON line.tenant_id = c.tenant_id
      RETURNING 1
    )
    """
}
