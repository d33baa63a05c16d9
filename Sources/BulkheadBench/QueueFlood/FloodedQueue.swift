import BulkheadCore
import BulkheadData
import BulkheadPostgres
import BulkheadWork
import Synchronization

/// What is asked of the queue.
struct QueueFloodLoad: Sendable {
  let jobs: Int
  let tenants: Int
  /// Jobs of the others in a second.
  let rate: Int
  let workers: Int
  let batch: Int
}

/// What one flood showed.
struct FloodRun {
  let jobsPerSecond: Double
  /// From when a job should have been sent until it was claimed, in milliseconds; the others' jobs only.
  let waits: Series
}

/// A queue of its own in the private PostgreSQL, which no server looks at.
struct FloodedQueue {
  private static let databaseName = "queue_flood"

  private let database: BenchDatabase

  init(_ database: BenchDatabase) { self.database = database }

  func prepare() async throws {
    let administrator = try await database.connect(as: BenchDatabase.administrator)
    defer { administrator.close() }
    try await administrator.simple("CREATE DATABASE \(Self.databaseName)", deadline: nil)
    let control = try await connect()
    defer { control.close() }
    let catalog = MigrationCatalog(folders: [MigrationCatalog.platformFolder])
    try await Migrator(catalog: catalog).migrateControl(control)
  }

  /// Lets one flood run to its end. First in, first out is the same queue with all jobs in the line of one tenant.
  func flood(_ load: QueueFloodLoad, isFair: Bool) async throws -> FloodRun {
    try await fill(load.jobs)
    let clock = Sent()
    let left = Left(load.jobs)
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<load.workers {
        group.addTask { try await work(number, load, left: left, clock) }
      }
      group.addTask { try await send(load, isFair: isFair, left: left, clock) }
      try await group.waitForAll()
    }
    let seconds = Double((ContinuousClock.now - start).nanoseconds) / 1e9
    return FloodRun(jobsPerSecond: Double(load.jobs) / seconds, waits: Series(clock.waits))
  }

  /// One flood after the other; jobs a second of each.
  func floodForLong(_ load: QueueFloodLoad, seconds: Int, isHeld: Bool) async throws -> [Double] {
    let holder = try await connect()
    defer { holder.close() }
    if isHeld {
      try await holder.simple("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM control.job", deadline: nil)
    }
    var rates: [Double] = []
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end { rates.append(try await flood(load, isFair: true).jobsPerSecond) }
    return rates
  }

  private func connect() async throws -> PostgresConnection {
    let connection = try await database.connect(as: BenchDatabase.administrator, to: Self.databaseName)
    // As the product's connections to its control database.
    try await connection.simple("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off", deadline: nil)
    return connection
  }

  /// The jobs of one tenant, as the relay would put them in, in one statement; ids rise with time, as the product's do.
  private func fill(_ jobs: Int) async throws {
    let connection = try await connect()
    defer { connection.close() }
    try await connection.simple("DELETE FROM control.job; DELETE FROM control.job_claim", deadline: nil)
    try await connection.simple(
      """
      WITH new AS (
        INSERT INTO control.job (tenant_id, id, topic, key, envelope, run_at, created_at, attempts_max)
        SELECT '\(Self.flooder)', ('01990000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'order.confirmed',
          'SO-' || n, decode(repeat('ab', 150), 'hex'),
          now(), now(), 12 FROM generate_series(1, \(jobs)) AS n
        RETURNING tenant_id, id)
      INSERT INTO control.job_ready (tag, tenant_id, id)
      SELECT last_value + 1000000 * row_number() OVER (), tenant_id, id FROM new CROSS JOIN control.job_turn
      """, deadline: nil)
    try await connection.simple("ANALYZE control.job, control.job_ready", deadline: nil)
  }

  private static let flooder = EntityID(high: 1, low: 0)

  /// Claims and ends until the flood is over.
  private func work(_ number: Int, _ load: QueueFloodLoad, left: Left, _ sent: Sent) async throws {
    let connection = try await connect()
    defer { connection.close() }
    let queue = PostgresJobQueue(control: OneConnection(connection: connection))
    let ambient = Ambient()
    let worker = ambient.makeID()
    while left.isSome {
      let jobs = try await queue.claim(
        ClaimRequest(
          worker: worker, claim: ambient.makeID(), limit: load.batch, inFlightPerTenantMax: load.batch * load.workers,
          inFlight: [:], leaseUntil: ambient.now + .seconds(30)))
      guard !jobs.isEmpty else {
        try await Task.sleep(for: .milliseconds(1))
        continue
      }
      let others = sent.claimed(jobs.map(\.lease.key.id))
      _ = try await queue.finish(
        jobs.map { JobEnding(lease: $0.lease, outcome: .done) }, worker: worker, at: ambient.now)
      left.take(jobs.count - others)
    }
  }

  /// The others' jobs, on a schedule that does not wait for anything.
  private func send(_ load: QueueFloodLoad, isFair: Bool, left: Left, _ sent: Sent) async throws {
    let connection = try await connect()
    defer { connection.close() }
    let queue = PostgresJobQueue(control: OneConnection(connection: connection))
    let ambient = Ambient()
    let random = SeededRandom(seed: 5)
    let start = ContinuousClock.now
    let interval = Duration.seconds(1) / load.rate
    var number = 0
    while left.isSome {
      let due = start + interval * number
      try await Task.sleep(until: due, tolerance: .zero)
      number += 1
      let other = EntityID(high: 2, low: random.next() % UInt64(load.tenants))
      let id = ambient.makeID()
      sent.send(id, at: due)
      _ = try await queue.enqueue([
        NewJob(
          key: JobKey(tenant: TenantID(isFair ? other : Self.flooder), id: id), topic: "order.confirmed",
          subject: "SO-1", envelope: [UInt8](repeating: 7, count: 150), createdAt: ambient.now, attemptsMax: 12)
      ])
    }
  }
}

/// Jobs of the flood that have not ended.
private final class Left: Sendable {
  private let count: Mutex<Int>

  init(_ count: Int) { self.count = Mutex(count) }

  var isSome: Bool { count.withLock { $0 > 0 } }
  func take(_ jobs: Int) { count.withLock { $0 -= jobs } }
}

/// When the others' jobs were due, and how long they waited.
private final class Sent: Sendable {
  private struct State {
    var due: [EntityID: ContinuousClock.Instant] = [:]
    var waits: [Double] = []
  }

  private let state = Mutex(State())

  var waits: [Double] { state.withLock { $0.waits } }

  func send(_ id: EntityID, at due: ContinuousClock.Instant) { state.withLock { $0.due[id] = due } }

  /// How many of the claimed jobs are the others'.
  func claimed(_ ids: [EntityID]) -> Int {
    let now = ContinuousClock.now
    return state.withLock { state in
      var count = 0
      for id in ids {
        guard let due = state.due.removeValue(forKey: id) else { continue }
        state.waits.append(Double((now - due).nanoseconds) / 1e6)
        count += 1
      }
      return count
    }
  }
}

/// The queue's statements on one connection.
private struct OneConnection: ControlQueries {
  let connection: PostgresConnection

  func run(_ sql: String, _ parameters: [SQLValue]) async throws -> Rows { try await runAll([(sql, parameters)])[0] }

  func runAll(_ statements: [(sql: String, parameters: [SQLValue])]) async throws -> [Rows] {
    try await connection.roundTrip(
      statements.map { .prepared(text: $0.sql, parameters: $0.parameters) }, deadline: nil)
  }
}
