import BulkheadCore
import BulkheadData
import Synchronization

/// What is seen to regularly, and how much there is of what.
extension PostgresJobQueue {
  /// Rows of each kind that one round of upkeep handles, and its rounds.
  package static let upkeepRowsMax = 1000
  static let roundsMax = 20
  /// Leases that ran out longer ago than this are looked for seldom: whatever ended since a held snapshot began lies
  /// there, and would be stepped over every second.
  static let lostBefore: Duration = .seconds(600)
  /// A depth is counted up to here, so that looking at a flooded queue stays cheap.
  package static let depthCountMax = 100_000
  /// Waiting jobs that one look goes through.
  static let passedRowsMax = 10_000

  package func upkeep(at instant: Instant, doneBefore: Instant) async throws -> QueueUpkeep {
    let isThorough = looks.next()
    var upkeep = QueueUpkeep()
    // Each in its own transaction, what cannot wait first: claims may meet what the last ones hold.
    let lostSince = isThorough ? Instant(seconds: 0) : instant - Self.lostBefore
    let rescued = try await control.run(
      Self.rescue,
      [
        .instant(instant), .int(Int64(Self.upkeepRowsMax)), .text(JobFault.leaseLost.rawValue), .instant(lostSince),
      ])
    upkeep.rescued = try Int(rescued.first?.int(0) ?? 0)
    upkeep.buried = try Int(rescued.first?.int(1) ?? 0)
    upkeep.promoted = try await repeated { try await control.run(Self.promote, [.instant(instant), $0]) }
    upkeep.pruned = try await repeated { try await control.run(Self.prune, [.instant(doneBefore), $0]) }
    _ = try await control.run(Self.catchUp, [.int(Int64(Self.passedRowsMax))])
    let passed = try await control.run(
      Self.findPassed, [.int(Int64(Self.passedRowsMax)), .int(isThorough ? 0 : looks.passed)])
    if let row = passed.first { looks.passed = try row.int(0) }
    return upkeep
  }

  /// Does a step again while it is full, for some rounds, so that a flood of what it sees to is not left to grow.
  private func repeated(_ step: (_ most: SQLValue) async throws -> Rows) async throws -> Int {
    var total = 0
    for _ in 0..<Self.roundsMax {
      let count = try Int(await step(.int(Int64(Self.upkeepRowsMax))).first?.int(0) ?? 0)
      total += count
      if count < Self.upkeepRowsMax { break }
    }
    return total
  }

  /// Delayed jobs whose time has come get a new turn: what is tried again counts as work like any other.
  private static let promote = """
    WITH coming AS (
      UPDATE control.job SET state = 'queued' WHERE ctid = ANY (ARRAY (
        SELECT ctid FROM control.job WHERE state = 'delayed' AND run_at <= $1
        ORDER BY run_at LIMIT $2 FOR UPDATE SKIP LOCKED))
      RETURNING tenant_id, id, attempt, run_at AS since
    ),
    \(TurnStamp.insert)
    SELECT count(*) FROM stamped
    """

  /// Jobs of workers that went away wait again, before the others: their turn had come. Those on their last attempt
  /// are dead.
  private static let rescue = """
    WITH lost AS MATERIALIZED (
      SELECT * FROM control.job_claim WHERE until < $1 AND until >= $4
      ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED
    ),
    ended AS MATERIALIZED (
      SELECT c.id AS claim, p AS place, c.tenants[p] AS tenant_id, c.ids[p] AS id, c.attempts[p] AS attempt,
        CASE WHEN c.attempts[p] < j.attempts_max THEN 'waiting' ELSE 'dead' END AS state
      FROM lost AS c CROSS JOIN LATERAL unnest(c.open) AS p
      CROSS JOIN LATERAL (
        SELECT job.attempts_max FROM control.job
        WHERE job.tenant_id = c.tenants[p] AND job.id = c.ids[p] OFFSET 0
      ) AS j
    ),
    closed AS (
      UPDATE control.job_claim SET open = '{}', until = NULL, ended_at = $1
      WHERE id = ANY (ARRAY (SELECT id FROM lost))
    ),
    again AS (
      INSERT INTO control.job_ready (tag, tenant_id, id, attempt)
      SELECT (SELECT last_value FROM control.job_turn), tenant_id, id, attempt FROM ended WHERE state = 'waiting'
    ),
    noted AS (
      UPDATE control.job AS j SET last_error_code = $3, attempt = e.attempt,
        state = CASE WHEN e.state = 'dead' THEN 'dead' ELSE j.state END
      FROM ended AS e WHERE j.tenant_id = e.tenant_id AND j.id = e.id
    )
    SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'dead') FROM ended
    """

  /// Forgets claims that ended long ago, with the jobs that were done in them.
  private static let prune = """
    WITH old AS (
      DELETE FROM control.job_claim WHERE ctid = ANY (ARRAY (
        SELECT position FROM (
          SELECT ctid AS position, sum(cardinality(ids)) OVER (ORDER BY ended_at, id) - cardinality(ids) AS before
          FROM (
            SELECT ctid, id, ids, ended_at FROM control.job_claim WHERE ended_at < $1
            ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED) AS oldest
        ) AS counted WHERE before < $2))
      RETURNING tenants, ids, done
    ),
    gone AS (
      DELETE FROM control.job AS j WHERE j.ctid = ANY (ARRAY (
        SELECT found.position FROM old CROSS JOIN LATERAL unnest(old.done) AS p
        CROSS JOIN LATERAL (
          SELECT job.ctid AS position FROM control.job
          WHERE job.tenant_id = old.tenants[p] AND job.id = old.ids[p] OFFSET 0) AS found))
      RETURNING 1
    )
    SELECT count(*) FROM gone
    """

  /// Brings the queue's time to where the first waiting job is, when claims do not look that far: a server that crashed
  /// may have lost the last times that were set, or jobs were removed by hand. Tenants at their bound do not count:
  /// theirs wait for something else.
  private static let catchUp = """
    SELECT setval('control.job_turn', first.tag - \(ClaimOrder.turn)) FROM (
      SELECT near.tag FROM (
        SELECT r.tag, r.tenant_id FROM control.job_ready AS r
        WHERE r.tag + 0 >= (SELECT last_value - \(ClaimOrder.turnsBehind * ClaimOrder.turn) FROM control.job_turn)
        ORDER BY r.tag + 0 LIMIT $1
      ) AS near
      WHERE NOT EXISTS (SELECT FROM control.job_behind AS b WHERE b.tenant_id = near.tenant_id)
      ORDER BY near.tag LIMIT 1
    ) AS first
    WHERE first.tag > (SELECT last_value + \(ClaimOrder.turnsAhead * ClaimOrder.turn) FROM control.job_turn)
    """

  /// Finds tenants with jobs that claims do not look as far back for: transactions that took long to commit. And
  /// forgets those that have none any more. Looks at what has been passed since the last look (`$2`) and as much again
  /// before it; answers how far it looked.
  private static let findPassed = """
    WITH clock AS MATERIALIZED (
      SELECT last_value - \(ClaimOrder.turnsBehind * ClaimOrder.turn) AS behind FROM control.job_turn
    ),
    caught_up AS (
      DELETE FROM control.job_behind AS b WHERE coalesce((
        SELECT r.tag FROM control.job_ready AS r WHERE r.tenant_id = b.tenant_id ORDER BY r.tag LIMIT 1
      ), (SELECT behind FROM clock)) >= (SELECT behind FROM clock)
    ),
    found AS (
      INSERT INTO control.job_behind (tenant_id)
      SELECT DISTINCT lately.tenant_id FROM (
        SELECT r.tenant_id FROM control.job_ready AS r
        WHERE r.tag + 0 < (SELECT behind FROM clock)
          AND r.tag + 0 >= $2::bigint - \(ClaimOrder.turnsBehind * ClaimOrder.turn)
        ORDER BY r.tag + 0 DESC LIMIT $1
      ) AS lately
      ORDER BY lately.tenant_id
      ON CONFLICT DO NOTHING
    )
    SELECT behind FROM clock
    """

  package func depth() async throws -> QueueDepth {
    let rows = try await control.run(
      """
      SELECT (SELECT count(*) FROM (SELECT FROM control.job_ready LIMIT $1) AS jobs),
        (SELECT count(*) FROM (SELECT FROM control.job WHERE state = 'delayed' LIMIT $1) AS jobs),
        (SELECT coalesce(sum(jobs), 0)::bigint FROM (
          SELECT cardinality(open) AS jobs FROM control.job_claim WHERE until IS NOT NULL LIMIT $1) AS claims),
        (SELECT count(*) FROM (SELECT FROM control.job WHERE state = 'dead' LIMIT $1) AS jobs)
      """, [.int(Int64(Self.depthCountMax))])
    guard let row = rows.first else { return QueueDepth() }
    return QueueDepth(
      waiting: Int(try row.int(0)), delayed: Int(try row.int(1)), running: Int(try row.int(2)),
      dead: Int(try row.int(3)))
  }
}

/// How far the upkeep of this process has looked, so that it need not look there again each second.
final class UpkeepLooks: Sendable {
  /// Of so many looks one is at everything.
  private static let thoroughEvery = 60

  private let state = Mutex((count: 0, passed: Int64(0)))

  /// Whether this look is at everything; the first one is.
  func next() -> Bool {
    state.withLock { state in
      defer { state.count += 1 }
      return state.count % Self.thoroughEvery == 0
    }
  }

  /// The tag below which jobs that were passed have been looked for.
  var passed: Int64 {
    get { state.withLock { $0.passed } }
    set { state.withLock { $0.passed = newValue } }
  }
}
