import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadWork

/// Jobs that are not what they claim to be, and queues that one tenant fills.
extension Catalogue {
  private static let topic = "attack.read"

  private static func seal(
    _ field: Battlefield, for tenant: TenantID, id: EntityID, topic: String = topic, product: EntityID? = nil
  ) throws -> [UInt8] {
    let payload: JSON = [
      "by": .string(field.platform.operatorActor.description), "payload": ["product": .id(product ?? id)],
    ]
    return try field.platform.sealer.seal(payload.utf8, tenant: tenant, job: id, topic: topic)
  }

  /// Runs a job through the product's own opener and runner; answers what its handler saw of the victim.
  private static func run(_ field: Battlefield, _ claimed: ClaimedJob) async throws -> Outcome {
    let found = Findings()
    let victim = field.victim.tenant.id
    let product = try field.victim.id("product")
    let handler = JobHandler(claimed.topic) { job, tenant in
      found.count()
      if tenant.id == victim { found.add("the job ran as the victim") }
      let wanted = job.payload["product"]?.id ?? product
      let rows = try await tenant.read(Query("SELECT id FROM product WHERE id = $1", .id(wanted)))[0]
      if rows.contains(where: { $0.idOrNil(0) == product }) { found.add("the job read the victim's product") }
    }
    let opener = TenantEnvelopeOpener(master: field.platform.cluster.master, clock: field.platform.ambient.clock) { _ in
      PermissionSet([])
    }
    let runner = try JobRunner(
      opener: opener, tenants: { field.platform.path.tenant($0) }, handlers: [handler])
    let result = await runner.run(claimed)
    return found.leaks.isEmpty ? .held("\(result)") : .breach(found.leaks.joined(separator: "; "))
  }

  private static func claim(
    _ field: Battlefield, as tenant: TenantID, id: EntityID, topic: String = topic, envelope: [UInt8]
  ) -> ClaimedJob {
    ClaimedJob(
      lease: JobLease(key: JobKey(tenant: tenant, id: id), attempt: 1, claim: id, place: 1), topic: topic,
      subject: "attack",
      envelope: envelope, attemptsMax: 3, createdAt: field.platform.ambient.now)
  }

  /// A changed job: what the attacker can seal is for the attacker; with the master key it could be for the victim.
  private static func forged(
    _ id: String, _ title: String, _ make: @escaping @Sendable (Battlefield, EntityID) throws -> ClaimedJob
  ) -> any Attack {
    Plot(
      "queue.\(id)", title, .access, .queue,
      steps: ["Put the changed job before a worker.", "See as whom its handler runs."],
      expected: "job.envelopeRefused; no handler runs.",
      wall: .inAttack("the envelope is sealed for tenant, job and topic: the control seals it anew with the master key")
    ) { field in
      let job = field.platform.ambient.makeID()
      return try await run(field, try make(field, job))
    }
  }

  static let jobs: [any Attack] = [
    forged("retagged", "A job of the attacker is retagged with the victim's name") { field, job in
      let owner = field.isControl ? field.victim.tenant.id : field.attacker.tenant.id
      return claim(
        field, as: field.victim.tenant.id, id: job, envelope: try seal(field, for: owner, id: job))
    },
    forged("moved", "An envelope of the victim is moved into another job") { field, job in
      let sealedFor = field.isControl ? job : field.platform.ambient.makeID()
      return claim(
        field, as: field.victim.tenant.id, id: job,
        envelope: try seal(field, for: field.victim.tenant.id, id: sealedFor))
    },
    forged("topic", "An envelope of the victim is handed to another handler") { field, job in
      let sealedFor = field.isControl ? topic : "attack.other"
      return claim(
        field, as: field.victim.tenant.id, id: job,
        envelope: try seal(field, for: field.victim.tenant.id, id: job, topic: sealedFor))
    },
    forged("edited", "A byte of the victim's envelope is changed") { field, job in
      var envelope = try seal(field, for: field.victim.tenant.id, id: job)
      if !field.isControl { envelope[envelope.count / 2] ^= 1 }
      return claim(field, as: field.victim.tenant.id, id: job, envelope: envelope)
    },
    forged("cut", "The victim's envelope is cut short") { field, job in
      var envelope = try seal(field, for: field.victim.tenant.id, id: job)
      if !field.isControl { envelope.removeLast(16) }
      return claim(field, as: field.victim.tenant.id, id: job, envelope: envelope)
    },
    forged("version", "The envelope names another version of the key") { field, job in
      var envelope = try seal(field, for: field.victim.tenant.id, id: job)
      if !field.isControl { envelope[0] = 2 }
      return claim(field, as: field.victim.tenant.id, id: job, envelope: envelope)
    },
    forged("strangersKey", "An envelope sealed under another installation's master key") { field, job in
      let sealer =
        field.isControl ? field.platform.sealer : TenantEnvelopeSealer(master: MasterKey.generate())
      let payload: JSON = [
        "by": .string(field.platform.operatorActor.description), "payload": ["product": .id(job)],
      ]
      return claim(
        field, as: field.victim.tenant.id, id: job,
        envelope: try sealer.seal(payload.utf8, tenant: field.victim.tenant.id, job: job, topic: topic))
    },
    Plot(
      "queue.payload", "A job of the attacker names a product of the victim in its payload", .access, .queue,
      steps: ["Seal a job of the attacker with the victim's product in it.", "Let a handler look the product up."],
      expected: "The handler runs as the attacker and finds nothing.", wall: .rows
    ) { field in
      let job = field.platform.ambient.makeID()
      let envelope = try seal(field, for: field.attacker.tenant.id, id: job, product: field.victim.id("product"))
      return try await run(field, claim(field, as: field.attacker.tenant.id, id: job, envelope: envelope))
    },
    Plot(
      "queue.replay", "An event is carried into the queue twice", .corrupt, .queue, tiers: [.pooled],
      steps: ["Put one job into the queue twice.", "Count it."], expected: "It is there once.",
      wall: Wall(
        "a job's key is its tenant and event",
        down: { field in
          try await field.administer(
            "ALTER TABLE control.job DROP CONSTRAINT job_pkey", in: ControlDatabase.databaseName)
        },
        up: { field in
          try await field.administer(
            "DELETE FROM control.job; ALTER TABLE control.job ADD CONSTRAINT job_pkey PRIMARY KEY (tenant_id, id)",
            in: ControlDatabase.databaseName)
        })
    ) { field in
      let id = field.platform.ambient.makeID()
      let tenant = field.victim.tenant.id
      // As the relay does it; without the key there is nothing to conflict with, so the control repeats the bare row.
      let conflict = field.isControl ? "" : "ON CONFLICT (tenant_id, id) DO NOTHING"
      for _ in 0..<2 {
        try await field.administer(
          """
          INSERT INTO control.job (tenant_id, id, topic, key, envelope, run_at, created_at, attempts_max)
          VALUES ('\(tenant)', '\(id)', 'attack', 'x', 'x', 'infinity', now(), 1) \(conflict)
          """, in: ControlDatabase.databaseName)
      }
      let rows = try await field.administer(
        "SELECT count(*) FROM control.job WHERE id = '\(id)'", in: ControlDatabase.databaseName)
      try await field.administer("DELETE FROM control.job WHERE id = '\(id)'", in: ControlDatabase.databaseName)
      let count = rows.texts.first ?? "0"
      return count == "1" ? .held("1 job") : .breach("\(count) jobs")
    },
    Plot(
      "queue.flood", "One tenant fills the queue before another's only job", .degrade, .queue, tiers: [.pooled],
      steps: ["Queue 300 jobs of the attacker.", "Queue one of the victim.", "Claim 8 jobs twice."],
      expected: "The victim's job is among them.",
      wall: .inAttack("every job has its turn among the tenants': the control claims the oldest first")
    ) { field in try await flood(field) },
  ]

  private static let oldestFirst = ClaimOrder(
    sql: """
      WITH taken AS (
        DELETE FROM control.job_ready WHERE ctid = ANY (ARRAY (
          SELECT r.ctid FROM control.job_ready AS r JOIN control.job AS j ON j.tenant_id = r.tenant_id AND j.id = r.id
          ORDER BY j.run_at, j.tenant_id, j.id LIMIT $2::bigint))
        RETURNING tenant_id, id, attempt + 1 AS attempt),
      placed AS (SELECT *, row_number() OVER ()::integer AS place FROM taken),
      noted AS (
        INSERT INTO control.job_claim (id, worker, until, tenants, ids, attempts, open)
        SELECT $5::uuid, $1::uuid, $4::timestamptz, array_agg(tenant_id ORDER BY place), array_agg(id ORDER BY place),
          array_agg(attempt ORDER BY place), array_agg(place ORDER BY place)
        FROM placed HAVING count(*) > 0)
      SELECT p.place, p.tenant_id, p.id, j.topic, j.key, j.envelope, p.attempt, j.attempts_max, j.created_at
      FROM placed AS p JOIN control.job AS j ON j.tenant_id = p.tenant_id AND j.id = p.id
      WHERE $3::bigint > 0 AND $6::uuid[] IS NOT NULL AND $7::bigint[] IS NOT NULL
      """)

  private static func flood(_ field: Battlefield) async throws -> Outcome {
    let queue = PostgresJobQueue(control: field.platform.control, order: field.isControl ? oldestFirst : .fair)
    let ambient = field.platform.ambient
    func job(_ side: Side) -> NewJob {
      NewJob(
        key: JobKey(tenant: side.tenant.id, id: ambient.makeID()), topic: "attack", subject: "x", envelope: [1],
        createdAt: ambient.now, attemptsMax: 1)
    }
    let empty = "TRUNCATE control.job, control.job_ready, control.job_claim, control.job_behind"
    try await field.administer(empty, in: ControlDatabase.databaseName)
    _ = try await queue.enqueue((0..<300).map { _ in job(field.attacker) })
    _ = try await queue.enqueue([job(field.victim)])
    var claimed: [ClaimedJob] = []
    for _ in 0..<2 {
      claimed += try await queue.claim(
        ClaimRequest(
          worker: ambient.makeID(), claim: ambient.makeID(), limit: 8, inFlightPerTenantMax: 4,
          inFlight: claimed.reduce(into: [:]) { $0[$1.tenant, default: 0] += 1 },
          leaseUntil: ambient.now + .seconds(60)))
    }
    try await field.administer(empty, in: ControlDatabase.databaseName)
    let position = claimed.firstIndex { $0.tenant == field.victim.tenant.id }
    return position.map { .held("claimed as number \($0 + 1)") } ?? .breach("not among \(claimed.count) claimed jobs")
  }
}
