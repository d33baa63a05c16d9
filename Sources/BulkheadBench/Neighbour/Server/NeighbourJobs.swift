import BulkheadCore
import BulkheadData
import BulkheadWork

/// The same two kinds of work as jobs.
enum NeighbourJobs {
  static let update = "flow.update"
  static let ship = "flow.ship"

  static func handlers(_ ambient: Ambient) -> [JobHandler] {
    [
      JobHandler(update) { job, tenant in
        let document = try FloodDocument(job.payload)
        try await tenant.transaction { try await NeighbourWork.update(document, in: $0) }
      },
      JobHandler(ship) { job, tenant in
        guard let order = job.payload["order"]?.id else { throw JobAbandoned("order.missing") }
        try await tenant.transaction { try await NeighbourWork.ship(order, ambient, in: $0) }
      },
    ]
  }

  /// A job as the relay would bring it: its payload sealed for its tenant, with the one who caused it.
  static func job(
    _ topic: String, _ payload: JSON, of tenant: TenantID, at instant: Instant, _ sealer: any EnvelopeSealer,
    _ ambient: Ambient
  ) throws -> NewJob {
    let id = ambient.makeID()
    let body: JSON = ["by": .string(Actor(kind: .service, id: id).description), "payload": payload]
    return NewJob(
      key: JobKey(tenant: tenant, id: id), topic: topic, subject: "bench",
      envelope: try sealer.seal(body.utf8, tenant: tenant, job: id, topic: topic), createdAt: instant, attemptsMax: 3)
  }
}

/// Jobs in the order in which they were made, whoever made them: what the queue's own order is compared with.
enum FirstInFirstOut {
  static let order = ClaimOrder(
    sql: """
      WITH claimed AS (
        UPDATE control.job SET state = 'running', attempt = attempt + 1, locked_by = $4::uuid,
          locked_until = $5::timestamptz
        WHERE ctid = ANY (ARRAY (
          SELECT ctid FROM control.job WHERE state = 'waiting'
          ORDER BY created_at, id LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        RETURNING tenant_id, id, topic, key, envelope, attempt, attempts_max, created_at
      )
      SELECT $1::uuid, c.tenant_id, c.id, c.topic, c.key, c.envelope, c.attempt, c.attempts_max, c.created_at
      FROM (SELECT) AS one LEFT JOIN claimed AS c ON true
      WHERE $3::bigint IS NOT NULL AND $6::int IS NOT NULL
      """)

  /// What it needs to be quick. Only while it is measured: the product's order is better off without.
  static let index = "CREATE INDEX job_fifo_idx ON control.job (created_at, id) WHERE state = 'waiting'"
  static let noIndex = "DROP INDEX IF EXISTS control.job_fifo_idx"
}
