import BulkheadCore
import BulkheadData
import Testing

@testable import BulkheadWork

/// What turns do in PostgreSQL, beyond what every queue must do.
@Suite("Turns")
struct TurnTests {
  private let start = Instant(seconds: 1_000_000)

  private struct House {
    let database: TestDatabase
    let queue: PostgresJobQueue
    private(set) var claims: UInt64 = 0

    init() async throws {
      database = try await TestDatabase(.control)
      queue = PostgresJobQueue(control: database.queries(role: "bulkhead_control"))
    }

    mutating func claim(_ limit: Int, perTenant: Int = 10_000, inFlight: [TenantID: Int] = [:]) async throws
      -> [ClaimedJob]
    {
      claims += 1
      return try await queue.claim(
        ClaimRequest(
          worker: workerA, claim: EntityID(high: 7, low: claims), limit: limit, inFlightPerTenantMax: perTenant,
          inFlight: inFlight, leaseUntil: Instant(seconds: 2_000_000)))
    }

    /// Claims and ends so many jobs; answers how many of each tenant.
    mutating func serve(_ count: Int, batch: Int) async throws -> [TenantID: Int] {
      var served: [TenantID: Int] = [:]
      var left = count
      while left > 0 {
        let jobs = try await claim(min(batch, left))
        guard !jobs.isEmpty else { break }
        for job in jobs { served[job.tenant, default: 0] += 1 }
        left -= jobs.count
        _ = try await queue.finish(
          jobs.map { JobEnding(lease: $0.lease, outcome: .done) }, worker: workerA, at: Instant(seconds: 1_000_001))
      }
      return served
    }

    /// Puts `count` jobs of a tenant in, the ids from `first`.
    func enqueue(_ tenant: TenantID, _ count: UInt64, first: UInt64 = 1) async throws {
      _ = try await queue.enqueue(
        try (first..<first + count).map { try newJob(tenant, eventID($0), attemptsMax: 1000) })
    }

    func upkeep() async throws -> QueueUpkeep {
      try await queue.upkeep(at: Instant(seconds: 1_000_002), doneBefore: Instant(seconds: 1))
    }
  }

  @Test("tenants of weights 1, 2 and 4 are served 1 : 2 : 4 while all have work")
  func weights() async throws {
    var house = try await House()
    for (number, weight): (UInt64, Int) in [(1, 1), (2, 2), (3, 4)] {
      let id = tenantID(number).id
      try await house.database.tamper(
        """
        INSERT INTO control.org_node (id, parent_id, kind, slug, name)
        VALUES ('\(id)', '\(id)', 'tenant', 't\(number)', 'T');
        INSERT INTO control.policy (node_id, limits, weight, updated_at, updated_by)
        VALUES ('\(id)', '{}', \(weight), now(), 'x')
        """)
      try await house.enqueue(tenantID(number), 500)
    }
    #expect(
      try await house.serve(700, batch: 10) == [tenantID(1): 100, tenantID(2): 200, tenantID(3): 400])
  }

  @Test("who comes late does not wait behind a flood, and has saved nothing up")
  func late() async throws {
    var house = try await House()
    try await house.enqueue(tenantID(1), 1000)
    _ = try await house.serve(400, batch: 50)
    try await house.enqueue(tenantID(2), 300)
    // Turn about from here on: not all of the late one's first.
    let served = try await house.serve(200, batch: 10)
    #expect(abs((served[tenantID(2)] ?? 0) - 100) <= 1)
  }

  @Test("what others' turns have passed while its tenant was at its bound is found again, the oldest first")
  func passed() async throws {
    var house = try await House()
    try await house.enqueue(tenantID(1), 6)
    let held = try await house.claim(2, perTenant: 2)
    #expect(held.map(\.tenant) == [tenantID(1), tenantID(1)])
    let passes = UInt64(ClaimOrder.turnsBehind) + 500
    try await house.enqueue(tenantID(2), passes)
    var served: UInt64 = 0
    while served < passes {
      let jobs = try await house.claim(250, perTenant: 10_000, inFlight: [tenantID(1): 10_000])
      #expect(jobs.allSatisfy { $0.tenant == tenantID(2) })
      try #require(!jobs.isEmpty)
      served += UInt64(jobs.count)
    }
    // Half of a claim at most: who is owed turns does not keep out who comes now.
    try await house.enqueue(tenantID(2), 5, first: 50_000)
    let found = try await house.claim(6)
    #expect(found.filter { $0.tenant == tenantID(1) }.map(\.lease.key.id) == (3...5).map { eventID($0) })
    #expect(found.count == 6)
    let rest = try await house.claim(6)
    #expect(rest.filter { $0.tenant == tenantID(1) }.map(\.lease.key.id) == [eventID(6)])
    #expect(rest.count == 3)
    #expect(try await house.upkeep() == QueueUpkeep())
    let behind = try await house.queue.control.run("SELECT tenant_id FROM control.job_behind", [])
    #expect(behind.isEmpty)
  }

  @Test("a job whose transaction committed long after its turn is found by upkeep")
  func straggler() async throws {
    var house = try await House()
    try await house.enqueue(tenantID(1), 1)
    try await house.database.tamper("SELECT setval('control.job_turn', \(5000 * ClaimOrder.turn))")
    #expect(try await house.claim(10).isEmpty)
    _ = try await house.upkeep()
    #expect(try await house.claim(10).map(\.lease.key.id) == [eventID(1)])
  }

  @Test("a queue whose time was lost in a crash goes on")
  func lostTime() async throws {
    var house = try await House()
    try await house.database.tamper("SELECT setval('control.job_turn', \(5000 * ClaimOrder.turn))")
    try await house.enqueue(tenantID(1), 3)
    try await house.database.tamper("SELECT setval('control.job_turn', 0)")
    #expect(try await house.claim(10).isEmpty)
    _ = try await house.upkeep()
    #expect(try await house.claim(10).count == 3)
  }

  @Test("a queue whose time was lost goes on also while a tenant before the others is at its bound")
  func lostTimeBehindABound() async throws {
    var house = try await House()
    try await house.enqueue(tenantID(3), 2)
    try await house.database.tamper("SELECT setval('control.job_turn', \(5000 * ClaimOrder.turn))")
    try await house.enqueue(tenantID(1), 3)
    try await house.database.tamper("SELECT setval('control.job_turn', 0)")
    let full = [tenantID(3): 10_000]
    #expect(try await house.claim(10, inFlight: full).isEmpty)
    _ = try await house.upkeep()
    #expect(try await house.claim(10, inFlight: full).map(\.tenant) == [tenantID(1), tenantID(1), tenantID(1)])
    #expect(try await house.claim(10).map(\.tenant) == [tenantID(3), tenantID(3)])
  }

  @Test("plans that are made while the queue is empty read no whole table")
  func plans() async throws {
    let house = try await House()
    let administrator = try await house.database.connect(role: "postgres")
    defer { administrator.close() }
    try await administrator.simple("VACUUM ANALYZE", deadline: nil)
    #expect(try await wholeTables(house, role: "bulkhead_control") == [])
    // As anybody else's connection is opened.
    #expect(try await !wholeTables(house, role: "postgres").isEmpty)
  }

  /// Nodes of a claim's plan that read the whole of a table that grows.
  private func wholeTables(_ house: House, role: String) async throws -> [String] {
    let rows = try await house.database.queries(role: role).run(
      "EXPLAIN " + ClaimOrder.fair.sql,
      [
        .id(workerA), .int(16), .int(4), .instant(start), .id(eventID(1)), .ids([tenantID(1).id]), .ints([1]),
      ])
    return try rows.map { try $0.text(0) }.filter { line in
      ["job ", "job_ready ", "job_claim "].contains { line.contains("Seq Scan on \($0)") }
    }
  }

  @Test("where every job stands can be looked up")
  func status() async throws {
    var house = try await House()
    try await house.enqueue(tenantID(1), 4)
    let jobs = try await house.claim(3)
    let outcomes: [JobEnding.Outcome] = [.done, .retry(at: Instant(seconds: 3_000_000), code: "x.y")]
    _ = try await house.queue.finish(
      zip(jobs, outcomes).map { JobEnding(lease: $0.lease, outcome: $1) }, worker: workerA, at: start)
    let rows = try await house.queue.control.run(
      "SELECT state, attempt, last_error_code FROM control.job_status ORDER BY id", [])
    let told = try rows.map { "\(try $0.text(0)) \(try $0.int(1)) \($0.isNull(2) ? "-" : try $0.text(2))" }
    #expect(told == ["done 1 -", "delayed 1 x.y", "running 1 -", "waiting 0 -"])
  }

  @Test(
    "several workers that claim, end, fail and vanish lose no job and run none twice at once", arguments: [1, 2, 3])
  func storm(seed: UInt64) async throws {
    var house = try await House()
    let random = SeededRandom(seed: seed)
    let jobs: UInt64 = 60
    for tenant: UInt64 in 1...3 { try await house.enqueue(tenantID(tenant), jobs / 3, first: tenant * 100) }
    var held: [JobLease] = []
    var done: Set<JobKey> = []
    var now = Instant(seconds: 1_000_010)
    var steps = 0
    while done.count < jobs {
      steps += 1
      try #require(steps < 2000, "seed \(seed)")
      switch random.next() % 6 {
      case 0, 1:
        let taken = try await house.claim(Int(random.next() % 5) + 1, perTenant: 6)
        #expect(Set(taken.map(\.lease.key)).isDisjoint(with: held.map(\.key)), "seed \(seed)")
        held += taken.map(\.lease)
      case 2, 3:
        let some = held.filter { _ in random.next() % 2 == 0 }
        let endings = some.map { lease in
          JobEnding(lease: lease, outcome: random.next() % 3 == 0 ? .retry(at: now, code: "x.y") : .done)
        }
        let accepted = try await house.queue.finish(endings, worker: workerA, at: now)
        #expect(accepted == Set(some), "seed \(seed)")
        for ending in endings where ending.outcome == .done { done.insert(ending.lease.key) }
        held.removeAll { some.contains($0) }
      case 4:
        let some = Array(held.prefix(2))
        try await house.queue.release(some, worker: workerA, at: now)
        held.removeFirst(some.count)
      default:
        // Leases end at 2,000,000: now and then all are lost at once.
        let isLoss = random.next() % 4 == 0
        now = now + .seconds(1)
        let upkeep = try await house.queue.upkeep(
          at: isLoss ? Instant(seconds: 2_000_001) : now, doneBefore: Instant(seconds: 1))
        if isLoss {
          #expect(upkeep.rescued + upkeep.buried == held.count, "seed \(seed)")
          // Nobody is on the last attempt: see attemptsMax below.
          #expect(upkeep.buried == 0, "seed \(seed)")
          held = []
        }
      }
    }
    #expect(try await house.queue.depth() == QueueDepth(), "seed \(seed)")
  }
}
