import BulkheadCore
import BulkheadData

/// The queue in the control database (`control.job` and its neighbours).
package struct PostgresJobQueue: JobQueue {
  let control: any ControlQueries
  private let order: ClaimOrder
  let looks = UpkeepLooks()

  package init(control: any ControlQueries, order: ClaimOrder = .fair) {
    self.control = control
    self.order = order
  }

  package func enqueue(_ jobs: [NewJob]) async throws -> Int {
    guard !jobs.isEmpty else { return 0 }
    let rows = try await control.run(
      """
      WITH coming AS (
        INSERT INTO control.job (tenant_id, id, topic, key, envelope, run_at, created_at, attempts_max)
        SELECT tenant_id, id, topic, key, decode(envelope, 'hex'), created_at, created_at, attempts_max
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::int[])
          AS new (tenant_id, id, topic, key, envelope, created_at, attempts_max)
        ORDER BY tenant_id, id
        ON CONFLICT (tenant_id, id) DO NOTHING
        RETURNING tenant_id, id, attempt, created_at AS since
      ),
      \(TurnStamp.insert)
      SELECT count(*) FROM stamped
      """,
      [
        .ids(jobs.map(\.key.tenant.id)), .ids(jobs.map(\.key.id)), .texts(jobs.map(\.topic)),
        .texts(jobs.map(\.subject)), .texts(jobs.map { Hex.encode($0.envelope) }),
        .texts(jobs.map(\.createdAt.description)), .ints(jobs.map { Int64($0.attemptsMax) }),
      ])
    return try Int(rows.first?.int(0) ?? 0)
  }

  package func claim(_ request: ClaimRequest) async throws -> [ClaimedJob] {
    let running = Array(request.inFlight)
    let limit = min(request.limit, ClaimOrder.limitMax)
    let rows = try await control.run(
      order.sql,
      [
        .id(request.worker), .int(Int64(limit)), .int(Int64(request.inFlightPerTenantMax)),
        .instant(request.leaseUntil), .id(request.claim), .ids(running.map(\.key.id)),
        .ints(running.map { Int64($0.value) }),
      ])
    return try rows.map { row in
      let key = JobKey(tenant: TenantID(try row.id(1)), id: try row.id(2))
      return ClaimedJob(
        lease: JobLease(
          key: key, attempt: Int(try row.int(6)), claim: request.claim, place: Int(try row.int(0))),
        topic: try row.text(3), subject: try row.text(4), envelope: try row.bytes(5),
        attemptsMax: Int(try row.int(7)), createdAt: try row.instant(8))
    }
  }

  package func renew(_ leases: [JobLease], worker: EntityID, until: Instant) async throws -> Set<JobLease> {
    guard !leases.isEmpty else { return [] }
    let rows = try await control.run(
      """
      WITH \(Self.held),
      renewed AS (
        UPDATE control.job_claim SET until = $6 WHERE id = ANY (ARRAY (SELECT claim FROM held)) RETURNING id
      )
      SELECT h.number FROM held AS h JOIN renewed ON renewed.id = h.claim
      """, parameters(leases, worker) + [.instant(until)])
    return try Set(rows.map { row in leases[Int(try row.int(0)) - 1] })
  }

  package func finish(_ endings: [JobEnding], worker: EntityID, at instant: Instant) async throws -> Set<JobLease> {
    guard !endings.isEmpty else { return [] }
    let rows = try await control.run(
      """
      WITH \(Self.held),
      ended AS MATERIALIZED (
        SELECT h.number, h.claim, h.place::integer, h.tenant_id, h.id, h.attempt, e.state, e.code, e.run_at
        FROM held AS h JOIN unnest($6::text[], $7::text[], $8::timestamptz[]) WITH ORDINALITY
          AS e (state, code, run_at, number) ON e.number = h.number
      ),
      \(Self.closed(at: "$9")),
      failed AS (
        UPDATE control.job AS j SET state = e.state, attempt = e.attempt, last_error_code = e.code,
          run_at = coalesce(e.run_at, j.run_at)
        FROM (SELECT * FROM ended WHERE state <> 'done') AS e
        WHERE j.tenant_id = e.tenant_id AND j.id = e.id
      )
      SELECT number FROM ended
      """,
      parameters(endings.map(\.lease), worker) + [
        .texts(endings.map(\.outcome.state)), .texts(endings.map(\.outcome.code)),
        .texts(endings.map { $0.outcome.runAt?.description }), .instant(instant),
      ])
    return try Set(rows.map { row in endings[Int(try row.int(0)) - 1].lease })
  }

  package func release(_ leases: [JobLease], worker: EntityID, at instant: Instant) async throws {
    guard !leases.isEmpty else { return }
    // Its turn had come: it goes before whatever waits, and is not charged another one.
    _ = try await control.run(
      """
      WITH \(Self.held),
      ended AS MATERIALIZED (
        SELECT claim, place::integer, tenant_id, id, attempt, 'waiting' AS state FROM held),
      \(Self.closed(at: "$6"))
      INSERT INTO control.job_ready (tag, tenant_id, id, attempt)
      SELECT (SELECT last_value FROM control.job_turn), tenant_id, id, attempt - 1 FROM ended
      """, parameters(leases, worker) + [.instant(instant)])
  }

  /// `held`: those of the leases `$1` (claims), `$2` (positions), `$3` (tenants), `$4` (ids) that worker `$5` still
  /// has, each with its number in that list. Their claims are locked, looked up one by one: for a list of them the
  /// planner, which made its plan when there were few, would read the whole table.
  private static let held = """
    locked AS MATERIALIZED (
      SELECT c.* FROM (SELECT DISTINCT claim FROM unnest($1::uuid[]) AS all_claims (claim) ORDER BY claim) AS asked
      CROSS JOIN LATERAL (
        SELECT * FROM control.job_claim WHERE id = asked.claim AND worker = $5 AND until IS NOT NULL FOR UPDATE
      ) AS c
    ),
    own AS MATERIALIZED (
      SELECT c.id AS claim, c.open, job.tenant_id, job.id, job.attempt, job.place
      FROM locked AS c CROSS JOIN LATERAL unnest(c.tenants, c.ids, c.attempts) WITH ORDINALITY
        AS job (tenant_id, id, attempt, place)
    ),
    held AS MATERIALIZED (
      SELECT asked.claim, asked.place, asked.tenant_id, asked.id, own.attempt, asked.number
      FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[]) WITH ORDINALITY
        AS asked (claim, place, tenant_id, id, number)
      JOIN own ON own.claim = asked.claim AND own.place = asked.place
      WHERE own.tenant_id = asked.tenant_id AND own.id = asked.id AND asked.place = ANY (own.open)
    )
    """

  /// `closed`: takes the rows of the CTE `ended` (claim, place, state) off the books of their claims. What is left is
  /// computed from `locked`, which saw what others wrote before the lock was had; the statement's snapshot did not.
  static func closed(at instant: String) -> String {
    """
    closed AS (
      UPDATE control.job_claim AS c SET open = l.still, done = l.done,
        until = CASE WHEN l.still <> '{}' THEN c.until END,
        ended_at = CASE WHEN l.still = '{}' THEN \(instant)::timestamptz END
      FROM (
        SELECT c.id, ARRAY (SELECT p FROM unnest(c.open) AS p WHERE p <> ALL (e.places)) AS still,
          c.done || e.done AS done
        FROM locked AS c JOIN (
          SELECT claim, array_agg(place) AS places,
            coalesce(array_agg(place) FILTER (WHERE state = 'done'), '{}') AS done
          FROM ended GROUP BY claim
        ) AS e ON e.claim = c.id
        OFFSET 0
      ) AS l WHERE c.id = l.id
    )
    """
  }

  private func parameters(_ leases: [JobLease], _ worker: EntityID) -> [SQLValue] {
    [
      .ids(leases.map(\.claim)), .ints(leases.map { Int64($0.place) }), .ids(leases.map(\.key.tenant.id)),
      .ids(leases.map(\.key.id)), .id(worker),
    ]
  }
}

extension JobEnding.Outcome {
  fileprivate var state: String {
    switch self {
    case .done: "done"
    case .retry: "delayed"
    case .dead: "dead"
    }
  }

  fileprivate var code: String? {
    switch self {
    case .done: nil
    case .retry(_, let code), .dead(let code): code
    }
  }

  fileprivate var runAt: Instant? {
    if case .retry(let instant, _) = self { instant } else { nil }
  }
}
