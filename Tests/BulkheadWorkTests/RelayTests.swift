import BulkheadCore
import BulkheadData
import Logging
import Synchronization
import Testing

@testable import BulkheadWork

/// An outbox that forgets to mark, as a relay does that is killed between its two steps.
struct ForgetfulSource: OutboxSource {
  struct Killed: Error {}
  let source: any OutboxSource
  var home: String { source.home }
  func pending(limit: Int) async throws -> [OutboxRow] { try await source.pending(limit: limit) }
  func markDispatched(_ keys: [JobKey], at instant: Instant) async throws { throw Killed() }
}

@Suite("From the outbox to the queue", .timeLimit(.minutes(2)))
struct RelayTests {
  let queue = MemoryJobQueue()
  let outbox = Outbox(sealer: OpenEnvelopes(), ambient: Ambient())

  func source(_ database: TestDatabase, role: String = "bulkhead_relay") -> PostgresOutboxSource {
    let queries = database.queries(role: role)
    return PostgresOutboxSource(home: "cell/pooled", schema: TestDatabase.schema) { try await queries.run($0, $1) }
  }

  func relay(
    _ sources: [any OutboxSource], time: TestTime = TestTime(), signal: RelaySignal = RelaySignal(), batch: Int = 100
  ) -> OutboxRelay {
    var limits = RelayLimits()
    limits.batchMax = batch
    return OutboxRelay(
      sources: { sources }, queue: queue, limits: limits, signal: signal, jobs: WakeSignal(),
      ambient: Ambient(clock: time), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      pause: time.pause)
  }

  func send(_ count: Int, _ tenant: Tenant) async throws {
    try await tenant.transaction { transaction in
      for number in 0..<count {
        try transaction.enqueue(
          try outbox.query(
            for: Event("order.placed", key: "order-\(number)", payload: ["n": .int(number)]),
            context: tenant.context))
      }
    }
  }

  @Test("an event of a committed transaction becomes one job that opens for its tenant")
  func carries() async throws {
    let database = try await TestDatabase(.cell)
    try await send(3, database.tenant(tenantID(1)))
    try await send(2, database.tenant(tenantID(2)))
    let source = source(database)
    let relay = relay([source])
    #expect(try await relay.carryOnce(source) == 5)
    #expect(try await relay.carryOnce(source) == 0)
    let jobs = try await queue.claim(
      ClaimRequest(
        worker: workerA, claim: eventID(77), limit: 10, inFlightPerTenantMax: 10, inFlight: [:],
        leaseUntil: Instant(seconds: 1)))
    #expect(jobs.count == 5)
    for job in jobs {
      let opened = try OpenEnvelopes().open(
        job.envelope, claimed: job.tenant, job: job.lease.key.id, topic: job.topic)
      #expect(opened.context.tenant == job.tenant)
    }
  }

  @Test("an event of a transaction that was rolled back is never seen")
  func rolledBack() async throws {
    struct Stop: Error {}
    let database = try await TestDatabase(.cell)
    let tenant = database.tenant(tenantID(1))
    await #expect(throws: Stop.self) {
      try await tenant.transaction { transaction in
        _ = try await transaction.run([
          try outbox.query(for: Event("order.placed", key: "k", payload: nil), context: tenant.context)
        ])
        throw Stop()
      }
    }
    #expect(try await source(database).pending(limit: 10).isEmpty)
  }

  @Test("a relay that is killed between its steps repeats itself, and there is still one job")
  func killed() async throws {
    let database = try await TestDatabase(.cell)
    try await send(4, database.tenant(tenantID(1)))
    let source = source(database)
    let relay = relay([source])
    await #expect(throws: ForgetfulSource.Killed.self) {
      try await relay.carryOnce(ForgetfulSource(source: source))
    }
    #expect(try await queue.depth().waiting == 4)
    #expect(try await relay.carryOnce(source) == 4)
    #expect(try await queue.depth().waiting == 4)
    #expect(relay.figures.repeated == 4)
    #expect(try await source.pending(limit: 10).isEmpty)
  }

  @Test("when the queue refuses, the event stays where it is")
  func queueDown() async throws {
    let database = try await TestDatabase(.cell)
    try await send(1, database.tenant(tenantID(1)))
    let source = source(database)
    queue.failing.withLock { $0 = ["enqueue"] }
    await #expect(throws: MemoryJobQueue.Fault.self) { try await relay([source]).carryOnce(source) }
    #expect(try await source.pending(limit: 10).count == 1)
  }

  @Test("a tenant with many events does not stand before the others")
  func fair() async throws {
    let database = try await TestDatabase(.cell)
    try await send(100, database.tenant(tenantID(1)))
    try await send(1, database.tenant(tenantID(2)))
    try await send(1, database.tenant(tenantID(3)))
    let rows = try await source(database).pending(limit: 12)
    #expect(Set(rows.map(\.key.tenant)) == [tenantID(1), tenantID(2), tenantID(3)])
    #expect(rows.count <= 12)
  }

  @Test("the relay's role reads outboxes and nothing else, and may only mark, and remove what is old")
  func relayRole() async throws {
    let database = try await TestDatabase(.cell)
    try await send(1, database.tenant(tenantID(1)))
    let relay = database.queries(role: "bulkhead_relay")
    let attacks = [
      "SELECT * FROM pooled.audit_entry", "SELECT * FROM pooled.consumed_event",
      "UPDATE pooled.outbox SET envelope = ''", "UPDATE pooled.outbox SET tenant_id = gen_random_uuid()",
      "INSERT INTO pooled.outbox (id, topic, key, envelope) VALUES (gen_random_uuid(), 'a', 'b', 'c')",
    ]
    for attack in attacks {
      let error = await #expect(throws: DataError.self) { try await relay.run(attack, []) }
      #expect(error?.kind == .denied, "\(attack)")
    }
    // It removes what has been dispatched for a day, and nothing that still waits.
    let removal = try await #require(throws: DataError.self) { try await relay.run("DELETE FROM pooled.outbox", []) }
    #expect(removal.kind == .ruleBroken)
    #expect(try await relay.run("SELECT id FROM pooled.outbox", []).count == 1)
    // The same reading by the pool's role with nothing bound: no row, and by the other tenant: none.
    #expect(try await database.queries(role: "bulkhead_pool").run("SELECT id FROM pooled.outbox", []).isEmpty)
    #expect(try await database.tenant(tenantID(2)).read(Query(Statement("SELECT id FROM outbox")))[0].isEmpty)
  }

  @Test("the service carries what was left behind, then what it is called for, then what it finds by itself")
  func service() async throws {
    let database = try await TestDatabase(.cell)
    let tenant = database.tenant(tenantID(1))
    try await send(5, tenant)
    let time = TestTime()
    let signal = RelaySignal()
    let relay = relay([source(database)], time: time, signal: signal, batch: 2)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await relay.run() }
      await eventually { relay.figures.carried == 5 }
      try await send(1, tenant)
      signal.wrote(home: "cell/pooled")
      await eventually { relay.figures.carried == 6 }
      try await send(1, tenant)
      while relay.figures.carried < 7 {
        time.advance(by: .seconds(2))
        await Task.yield()
      }
      relay.stop()
      try await group.waitForAll()
    }
    #expect(relay.figures.repeated == 0)
  }
}

@Suite("Consumed events", .timeLimit(.minutes(2)))
struct ConsumedEventsTests {
  let job = Job(
    id: eventID(1), topic: "a", key: "k", payload: nil, cause: Actor(kind: .user, id: eventID(2)), attempt: 1,
    attemptsMax: 3, createdAt: Instant(seconds: 1))

  @Test("an event is taken once by each consumer of each tenant, also when it arrives ten times at once")
  func once() async throws {
    let database = try await TestDatabase(.cell)
    let claims = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<10 {
        group.addTask {
          try await database.tenant(tenantID(1)).transaction {
            try await ConsumedEvents.claim(job, consumer: "stock", in: $0)
          }
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(claims == 1)
    for (tenant, consumer) in [(tenantID(1), "mail"), (tenantID(2), "stock")] {
      #expect(
        try await database.tenant(tenant).transaction {
          try await ConsumedEvents.claim(job, consumer: consumer, in: $0)
        })
    }
  }

  @Test("an effect that was rolled back may be tried again")
  func rolledBack() async throws {
    struct Stop: Error {}
    let tenant = try await TestDatabase(.cell).tenant(tenantID(1))
    await #expect(throws: Stop.self) {
      try await tenant.transaction { transaction in
        #expect(try await ConsumedEvents.claim(job, consumer: "stock", in: transaction))
        throw Stop()
      }
    }
    #expect(try await tenant.transaction { try await ConsumedEvents.claim(job, consumer: "stock", in: $0) })
  }
}
