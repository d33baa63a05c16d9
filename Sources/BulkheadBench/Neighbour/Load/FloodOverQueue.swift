import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadPostgres
import BulkheadWork
import Foundation

/// The flood by the job queue: its documents wait there before the worker is turned on. Quiet tenants have jobs too,
/// from then on: a pick-pack-ship each, due by an open loop.
struct FloodOverQueue: FloodSource {
  let server: Neighbourhood.Server
  let place: Neighbourhood
  let plan: RoundPlan
  let shape: Int

  /// More than a worker can do in a second.
  private static let jobsPerSecondMax = 3_000
  private static let batch = 2_000
  /// Jobs of quiet tenants in a second.
  private static let othersRate = 30.0

  private var documents: Int {
    max(plan.lines / shape, Int(Double(Self.jobsPerSecondMax) * plan.queueSeconds))
  }

  /// Empties the queue and puts the flood into it.
  func fill() async throws {
    try await cleanUp()
    if server.control == .fifo { try await place.records.simple(FirstInFirstOut.index, deadline: nil) }
    let sealer = TenantEnvelopeSealer(master: place.database.master)
    let ambient = Ambient()
    let queue = PostgresJobQueue(control: AdministratorsRecords(connection: place.records))
    let tenant = TenantID(NeighbourTables.flooder)
    for first in stride(from: 0, to: documents, by: Self.batch) {
      let jobs = try (first..<min(first + Self.batch, documents)).map { number in
        try NeighbourJobs.job(
          NeighbourJobs.update, FloodDocument(number: number, lines: shape, of: NeighbourTables.flooderLines).json,
          of: tenant, at: ambient.now, sealer,
          ambient)
      }
      _ = try await queue.enqueue(jobs)
    }
    try await place.records.simple("VACUUM ANALYZE control.job, control.job_ready, control.job_claim", deadline: nil)
    try await place.records.simple("CHECKPOINT", deadline: nil)
  }

  func run() async throws -> FloodResult {
    let start = LoadClock.now
    let leastEnd = start + Int64(plan.queueSeconds * 1e9)
    try await turn(on: true)
    let others = OthersJobs(place: place, rate: Self.othersRate, seed: plan.seed)
    let stop = LoadSwitch()
    async let sent: Void = others.send(until: stop)
    while LoadClock.now < leastEnd, try await hasWork() { try await Task.sleep(for: .milliseconds(100)) }
    let end = LoadClock.now
    let done = try await count(Self.done)
    stop.end()
    try await sent
    try await turn(on: false)
    return FloodResult(
      start: start, end: end, documents: done, lines: done * shape, refusals: 0, failures: try await count(Self.dead))
  }

  /// A job counts until the last of its claim has ended: an upper bound.
  func jobs() async throws -> [Double] {
    let rows = try await place.records.roundTrip(
      [
        .once(
          text: """
            SELECT (1000000 * extract(epoch FROM coalesce(c.ended_at,
              (SELECT max(ended_at) FROM control.job_claim)) - j.created_at))::bigint
              FROM control.job AS j LEFT JOIN (
                SELECT job.tenant_id, job.id, claim.ended_at FROM control.job_claim AS claim
                CROSS JOIN LATERAL unnest(claim.tenants, claim.ids) AS job (tenant_id, id)
              ) AS c ON c.tenant_id = j.tenant_id AND c.id = j.id
             WHERE j.topic = $1
            """, parameters: [.text(NeighbourJobs.ship)])
      ], deadline: nil)[0]
    return try rows.map { Double(try $0.int(0)) / 1000 }
  }

  func cleanUp() async throws {
    try await place.records.simple("TRUNCATE control.job, control.job_ready, control.job_claim", deadline: nil)
    try await place.records.simple(FirstInFirstOut.noIndex, deadline: nil)
  }

  private func turn(on: Bool) async throws {
    _ = try await TenantClient(url: "http://127.0.0.1:\(server.port)", token: "none").send(
      "POST", WorkSwitch.path, ["runs": .bool(on)])
  }

  private func hasWork() async throws -> Bool {
    try await place.records.roundTrip(
      [
        .prepared(
          text: "SELECT 1 FROM control.job_ready WHERE tenant_id = $1 LIMIT 1",
          parameters: [.id(NeighbourTables.flooder)])
      ], deadline: nil)[0].isEmpty == false
  }

  private func count(_ sql: String) async throws -> Int {
    let rows = try await place.records.roundTrip(
      [.once(text: sql, parameters: [.text(NeighbourJobs.update)])], deadline: nil)[0]
    return Int(try rows.first?.int(0) ?? 0)
  }

  private static let done = """
    SELECT count(*) FROM control.job AS j JOIN (
      SELECT claim.tenants[p] AS tenant_id, claim.ids[p] AS id FROM control.job_claim AS claim
      CROSS JOIN LATERAL unnest(claim.done) AS p
    ) AS c ON c.tenant_id = j.tenant_id AND c.id = j.id WHERE j.topic = $1
    """
  private static let dead = "SELECT count(*) FROM control.job WHERE state = 'dead' AND topic = $1"
}

/// Jobs of all tenants but the flooder, each made at the moment at which it is due.
private struct OthersJobs: Sendable {
  let connect: @Sendable () async throws -> PostgresConnection
  let master: MasterKey
  let rate: Double
  let seed: UInt64

  init(place: Neighbourhood, rate: Double, seed: UInt64) {
    let database = place.database
    connect = { try await database.connect(as: BenchDatabase.administrator, to: ControlDatabase.databaseName) }
    master = database.master
    self.rate = rate
    self.seed = seed
  }

  func send(until stop: LoadSwitch) async throws {
    let connection = try await connect()
    defer { connection.close() }
    let queue = PostgresJobQueue(control: AdministratorsRecords(connection: connection))
    let sealer = TenantEnvelopeSealer(master: master)
    let ambient = Ambient()
    var random = SeededRandom(seed: seed)
    var due = ambient.now
    while !stop.hasEnded {
      var jobs: [NewJob] = []
      while due <= ambient.now {
        let tenant = BenchTables.tenant(Int.random(in: 2...NeighbourTables.tenants, using: &random))
        let order = BenchTables.order(Int.random(in: 1...NeighbourTables.ordersEach, using: &random))
        jobs.append(
          try NeighbourJobs.job(
            NeighbourJobs.ship, ["order": .id(order)], of: TenantID(tenant), at: due, sealer, ambient))
        due = due + .seconds(-log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &random)) / rate)
      }
      _ = try await queue.enqueue(jobs)
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

/// The control database by an administrator's connection, one statement at a time.
private struct AdministratorsRecords: ControlQueries {
  let connection: PostgresConnection

  func run(_ sql: String, _ parameters: [SQLValue]) async throws -> Rows {
    try await runAll([(sql, parameters)])[0]
  }

  func runAll(_ statements: [(sql: String, parameters: [SQLValue])]) async throws -> [Rows] {
    try await connection.roundTrip(
      statements.map { .prepared(text: $0.sql, parameters: $0.parameters) }, deadline: nil)
  }
}
