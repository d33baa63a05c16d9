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

/// Jobs in the order in which they were made, which is the order of their ids, whoever made them: what the queue's own
/// order is compared with.
enum FirstInFirstOut {
  static let order = ClaimOrder(
    sql: """
      WITH taken AS (
        DELETE FROM control.job_ready WHERE ctid = ANY (ARRAY (
          SELECT ctid FROM control.job_ready ORDER BY id LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        RETURNING tenant_id, id, attempt + 1 AS attempt
      ),
      placed AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY id)::integer AS place FROM taken),
      noted AS (
        INSERT INTO control.job_claim (id, worker, until, tenants, ids, attempts, open)
        SELECT $5::uuid, $1::uuid, $4::timestamptz, array_agg(tenant_id ORDER BY place), array_agg(id ORDER BY place),
          array_agg(attempt ORDER BY place), array_agg(place ORDER BY place)
        FROM placed HAVING count(*) > 0
      )
      SELECT p.place, p.tenant_id, p.id, j.topic, j.key, j.envelope, p.attempt, j.attempts_max, j.created_at
      FROM placed AS p JOIN control.job AS j ON j.tenant_id = p.tenant_id AND j.id = p.id
      WHERE $3::bigint IS NOT NULL AND $6::uuid[] IS NOT NULL AND $7::bigint[] IS NOT NULL
      """)

  /// What it needs to be quick. Only while it is measured: the product's order is better off without.
  static let index = "CREATE INDEX job_fifo_idx ON control.job_ready (id)"
  static let noIndex = "DROP INDEX IF EXISTS control.job_fifo_idx"
}
