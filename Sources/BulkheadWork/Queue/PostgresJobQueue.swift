import BulkheadCore
import BulkheadData

/// The queue in the control database (`control.job`).
package struct PostgresJobQueue: JobQueue {
  /// Tenants with waiting work that one claim looks at. More than workers have slots: then only tenants at their
  /// limit, who are fewer, can make a claim come back empty although others wait.
  package static let claimTenantsMax = 64
  /// Rows of each kind that one upkeep handles.
  package static let upkeepRowsMax = 1000
  /// A depth is counted up to here, so that looking at a flooded queue stays cheap.
  package static let depthCountMax = 100_000

  private let control: any ControlQueries
  private let order: ClaimOrder

  package init(control: any ControlQueries, order: ClaimOrder = .roundRobin) {
    self.control = control
    self.order = order
  }

  package func enqueue(_ jobs: [NewJob]) async throws -> Int {
    guard !jobs.isEmpty else { return 0 }
    // A job enters as waiting since its event was sent: a late relay does not cost it its place.
    let rows = try await control.run(
      """
      INSERT INTO control.job (tenant_id, id, topic, key, envelope, run_at, created_at, attempts_max)
      SELECT tenant_id, id, topic, key, decode(envelope, 'hex'), created_at, created_at, attempts_max
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::int[])
        AS new (tenant_id, id, topic, key, envelope, created_at, attempts_max)
      ON CONFLICT (tenant_id, id) DO NOTHING
      """,
      [
        .ids(jobs.map(\.key.tenant.id)), .ids(jobs.map(\.key.id)), .texts(jobs.map(\.topic)),
        .texts(jobs.map(\.subject)), .texts(jobs.map { Hex.encode($0.envelope) }),
        .texts(jobs.map(\.createdAt.description)), .ints(jobs.map { Int64($0.attemptsMax) }),
      ])
    return rows.affected
  }

  package func claim(_ request: ClaimRequest) async throws -> Claim {
    let rows = try await control.run(
      order.sql,
      [
        .id(request.after.id), .int(Int64(request.limit)), .int(Int64(request.inFlightPerTenantMax)),
        .id(request.worker), .instant(request.leaseUntil), .int(Int64(Self.claimTenantsMax)),
      ])
    var jobs: [ClaimedJob] = []
    var lastSeen = request.after
    for row in rows {
      lastSeen = TenantID(try row.id(0))
      if row.isNull(1) { continue }
      let key = JobKey(tenant: TenantID(try row.id(1)), id: try row.id(2))
      jobs.append(
        ClaimedJob(
          lease: JobLease(key: key, attempt: Int(try row.int(6))), topic: try row.text(3), subject: try row.text(4),
          envelope: try row.bytes(5), attemptsMax: Int(try row.int(7)), createdAt: try row.instant(8)))
    }
    let isFull = jobs.count >= request.limit
    let last = isFull ? ClaimRound(start: request.after).last(of: jobs.map(\.tenant)) : lastSeen
    return Claim(jobs: jobs, next: last ?? request.after)
  }

  package func renew(_ leases: [JobLease], worker: EntityID, until: Instant) async throws -> Set<JobLease> {
    guard !leases.isEmpty else { return [] }
    let rows = try await control.run(
      """
      UPDATE control.job AS j SET locked_until = $5
      FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS held (tenant_id, id, attempt)
      WHERE j.tenant_id = held.tenant_id AND j.id = held.id AND j.attempt = held.attempt
        AND j.state = 'running' AND j.locked_by = $4
      RETURNING j.tenant_id, j.id, j.attempt
      """, parameters(leases) + [.id(worker), .instant(until)])
    return try Set(
      rows.map { row in
        JobLease(
          key: JobKey(tenant: TenantID(try row.id(0)), id: try row.id(1)), attempt: Int(try row.int(2)))
      })
  }

  package func finish(_ endings: [JobEnding], worker: EntityID, at instant: Instant) async throws -> Int {
    guard !endings.isEmpty else { return 0 }
    let rows = try await control.run(
      """
      UPDATE control.job AS j SET
        state = ended.state, last_error_code = ended.code, locked_by = NULL, locked_until = NULL,
        run_at = coalesce(ended.run_at, j.run_at),
        finished_at = CASE WHEN ended.state = 'delayed' THEN NULL ELSE $8::timestamptz END
      FROM unnest($1::uuid[], $2::uuid[], $3::int[], $5::text[], $6::text[], $7::timestamptz[])
        AS ended (tenant_id, id, attempt, state, code, run_at)
      WHERE j.tenant_id = ended.tenant_id AND j.id = ended.id AND j.attempt = ended.attempt
        AND j.state = 'running' AND j.locked_by = $4
      """,
      parameters(endings.map(\.lease)) + [
        .id(worker), .texts(endings.map(\.outcome.state)), .texts(endings.map(\.outcome.code)),
        .texts(endings.map { $0.outcome.runAt?.description }), .instant(instant),
      ])
    return rows.affected
  }

  package func release(_ leases: [JobLease], worker: EntityID) async throws {
    guard !leases.isEmpty else { return }
    _ = try await control.run(
      """
      UPDATE control.job AS j SET state = 'waiting', attempt = j.attempt - 1, locked_by = NULL, locked_until = NULL
      FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS held (tenant_id, id, attempt)
      WHERE j.tenant_id = held.tenant_id AND j.id = held.id AND j.attempt = held.attempt
        AND j.state = 'running' AND j.locked_by = $4
      """, parameters(leases) + [.id(worker)])
  }

  private func parameters(_ leases: [JobLease]) -> [SQLValue] {
    [
      .ids(leases.map(\.key.tenant.id)), .ids(leases.map(\.key.id)), .ints(leases.map { Int64($0.attempt) }),
    ]
  }
}

extension PostgresJobQueue {
  package func upkeep(at instant: Instant, doneBefore: Instant) async throws -> QueueUpkeep {
    let rows = try await control.run(
      """
      WITH due AS (
        UPDATE control.job SET state = 'waiting' WHERE ctid = ANY (ARRAY (
          SELECT ctid FROM control.job WHERE state = 'delayed' AND run_at <= $1
          ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED))
        RETURNING id
      ),
      lost AS (
        UPDATE control.job SET
          state = CASE WHEN attempt < attempts_max THEN 'waiting' ELSE 'dead' END,
          finished_at = CASE WHEN attempt < attempts_max THEN NULL ELSE $1 END,
          last_error_code = $4, locked_by = NULL, locked_until = NULL
        WHERE ctid = ANY (ARRAY (
          SELECT ctid FROM control.job WHERE state = 'running' AND locked_until < $1
          LIMIT $3 FOR UPDATE SKIP LOCKED))
        RETURNING state
      ),
      old AS (
        DELETE FROM control.job WHERE ctid = ANY (ARRAY (
          SELECT ctid FROM control.job WHERE state = 'done' AND finished_at < $2
          ORDER BY finished_at LIMIT $3 FOR UPDATE SKIP LOCKED))
        RETURNING id
      )
      SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM lost WHERE state = 'waiting'),
        (SELECT count(*) FROM lost WHERE state = 'dead'), (SELECT count(*) FROM old)
      """,
      [.instant(instant), .instant(doneBefore), .int(Int64(Self.upkeepRowsMax)), .text(JobFault.leaseLost.rawValue)])
    guard let row = rows.first else { return QueueUpkeep() }
    return QueueUpkeep(
      promoted: Int(try row.int(0)), rescued: Int(try row.int(1)), buried: Int(try row.int(2)),
      pruned: Int(try row.int(3)))
  }

  package func depth() async throws -> QueueDepth {
    let rows = try await control.run(
      """
      SELECT (SELECT count(*) FROM (SELECT FROM control.job WHERE state = 'waiting' LIMIT $1) AS jobs),
        (SELECT count(*) FROM (SELECT FROM control.job WHERE state = 'delayed' LIMIT $1) AS jobs),
        (SELECT count(*) FROM (SELECT FROM control.job WHERE state = 'running' LIMIT $1) AS jobs),
        (SELECT count(*) FROM (SELECT FROM control.job WHERE state = 'dead' LIMIT $1) AS jobs)
      """, [.int(Int64(Self.depthCountMax))])
    guard let row = rows.first else { return QueueDepth() }
    return QueueDepth(
      waiting: Int(try row.int(0)), delayed: Int(try row.int(1)), running: Int(try row.int(2)),
      dead: Int(try row.int(3)))
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
