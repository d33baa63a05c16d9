import BulkheadCore
import BulkheadData
import Synchronization
import Testing

@testable import BulkheadWork

/// What every queue must do; run over each implementation.
@Suite("A job queue")
struct JobQueueConformance {
  enum Driver: String, CaseIterable, CustomTestStringConvertible {
    case memory
    case postgres

    var testDescription: String { rawValue }

    func queue() async throws -> any JobQueue {
      switch self {
      case .memory: MemoryJobQueue()
      case .postgres:
        PostgresJobQueue(control: try await TestDatabase(.control).queries(role: "bulkhead_control"))
      }
    }
  }

  let start = Instant(seconds: 1_000_000)

  private static let claims = Mutex<UInt64>(0)

  func claim(
    _ queue: any JobQueue, _ worker: EntityID = workerA, limit: Int = 10, perTenant: Int = 10,
    inFlight: [TenantID: Int] = [:]
  ) async throws -> [ClaimedJob] {
    let number = Self.claims.withLock { number in
      number += 1
      return number
    }
    return try await queue.claim(
      ClaimRequest(
        worker: worker, claim: EntityID(high: 7, low: number), limit: limit, inFlightPerTenantMax: perTenant,
        inFlight: inFlight, leaseUntil: start + .seconds(30)))
  }

  @Test("an event that arrives again is the same job", arguments: Driver.allCases)
  func unique(driver: Driver) async throws {
    let queue = try await driver.queue()
    let job = try newJob(tenantID(1), eventID(1))
    let sameIDElsewhere = try newJob(tenantID(2), eventID(1))
    #expect(try await queue.enqueue([job, sameIDElsewhere]) == 2)
    #expect(try await queue.enqueue([job]) == 0)
    let jobs = try await claim(queue)
    #expect(jobs.count == 2)
    #expect(try await queue.enqueue([job]) == 0)
    let endings = jobs.map { JobEnding(lease: $0.lease, outcome: .done) }
    #expect(try await queue.finish(endings, worker: workerA, at: start).count == 2)
    #expect(try await queue.enqueue([job]) == 0)
    #expect(try await claim(queue).isEmpty)
    #expect(try await queue.enqueue([]) == 0)
  }

  @Test("a claimed job is what was put in, and nobody else's", arguments: Driver.allCases)
  func exclusive(driver: Driver) async throws {
    let queue = try await driver.queue()
    let job = try newJob(tenantID(1), eventID(1), topic: "stock.moved", envelope: [0, 255, 92, 39])
    _ = try await queue.enqueue([job])
    let jobs = try await claim(queue)
    #expect(jobs == [claimed(job, claim: try #require(jobs.first).lease.claim)])
    #expect(try await claim(queue, workerB).isEmpty)
    #expect(try await queue.depth() == QueueDepth(running: 1))
  }

  @Test("two workers that claim at once share the jobs without overlap", arguments: Driver.allCases)
  func concurrentClaims(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue(try (1...60).map { try newJob(tenantID($0 % 4), eventID($0)) })
    let claims = try await withThrowingTaskGroup(of: [ClaimedJob].self) { group in
      for number in 0..<6 {
        group.addTask {
          try await claim(queue, EntityID(high: 1, low: UInt64(number)), limit: 10, perTenant: 60)
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(claims.map(\.lease.key)).count == claims.count)
    #expect(try await queue.depth().running == claims.count)
  }

  @Test("a flood of one tenant does not stand before the others, and its oldest goes first", arguments: Driver.allCases)
  func flood(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue(try (1...200).map { try newJob(tenantID(1), eventID($0), at: 1_000_000 + Int64($0)) })
    _ = try await queue.enqueue([try newJob(tenantID(2), eventID(1)), try newJob(tenantID(3), eventID(1))])
    let first = try await claim(queue, limit: 6, perTenant: 4)
    var inFlight = Dictionary(grouping: first, by: \.tenant).mapValues(\.count)
    #expect(inFlight == [tenantID(1): 4, tenantID(2): 1, tenantID(3): 1])
    #expect(Set(first.filter { $0.tenant == tenantID(1) }.map(\.lease.key.id)) == Set((1...4).map { eventID($0) }))
    // The flooder is at its limit: nothing more until one of its jobs ends.
    #expect(try await claim(queue, limit: 6, perTenant: 4, inFlight: inFlight).isEmpty)
    let ended = try #require(first.first { $0.tenant == tenantID(1) })
    _ = try await queue.finish([JobEnding(lease: ended.lease, outcome: .done)], worker: workerA, at: start)
    inFlight[tenantID(1)] = 3
    let next = try await claim(queue, limit: 6, perTenant: 4, inFlight: inFlight)
    #expect(next.map(\.lease.key.id) == [eventID(5)])
  }

  @Test("a tenant that comes to its bound within a claim leaves the others for the next", arguments: Driver.allCases)
  func bounded(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue(try (1...50).map { try newJob(tenantID(1), eventID($0)) })
    let first = try await claim(queue, limit: 8, perTenant: 4)
    #expect(first.count == 4)
    _ = try await queue.enqueue([try newJob(tenantID(2), eventID(1))])
    let second = try await claim(queue, limit: 4, perTenant: 4, inFlight: [tenantID(1): 4])
    #expect(second.map(\.tenant) == [tenantID(2)])
  }

  @Test("tenants that have as much waiting are served in turns", arguments: Driver.allCases)
  func turns(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue(
      try (1...5).flatMap { tenant in try (1...4).map { try newJob(tenantID(tenant), eventID($0)) } })
    for _ in 0..<4 {
      var served: Set<TenantID> = []
      for _ in 0..<5 {
        let jobs = try await claim(queue, limit: 1)
        served.formUnion(jobs.map(\.tenant))
        _ = try await queue.finish(
          jobs.map { JobEnding(lease: $0.lease, outcome: .done) }, worker: workerA, at: start)
      }
      #expect(served == Set((1...5).map { tenantID($0) }))
    }
    #expect(try await claim(queue).isEmpty)
  }

  @Test("a failed job waits for its time, keeps its code and counts its attempts", arguments: Driver.allCases)
  func retry(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue([try newJob(tenantID(1), eventID(1))])
    let first = try await claim(queue)[0]
    let later = start + .seconds(10)
    #expect(
      try await queue.finish(
        [JobEnding(lease: first.lease, outcome: .retry(at: later, code: "x.y"))], worker: workerA, at: start
      ).count == 1)
    #expect(try await queue.depth() == QueueDepth(delayed: 1))
    #expect(try await queue.upkeep(at: later - .microseconds(1), doneBefore: start) == QueueUpkeep())
    #expect(try await claim(queue).isEmpty)
    #expect(try await queue.upkeep(at: later, doneBefore: start) == QueueUpkeep(promoted: 1))
    let second = try await claim(queue)[0]
    #expect(second.lease.attempt == 2)
    #expect(
      try await queue.finish(
        [JobEnding(lease: second.lease, outcome: .dead(code: "x.y"))], worker: workerA, at: start
      ).count == 1)
    #expect(try await queue.depth() == QueueDepth(dead: 1))
    #expect(try await queue.upkeep(at: later + .seconds(999), doneBefore: later) == QueueUpkeep())
  }

  @Test("a lease that ran out goes to another worker, and the first one is fenced off", arguments: Driver.allCases)
  func rescue(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue([try newJob(tenantID(1), eventID(1))])
    let lost = try await claim(queue)[0].lease
    let end = start + .seconds(30)
    #expect(try await queue.upkeep(at: end, doneBefore: start) == QueueUpkeep())
    #expect(try await queue.upkeep(at: end + .microseconds(1), doneBefore: start) == QueueUpkeep(rescued: 1))
    let taken = try await claim(queue, workerB)[0].lease
    #expect(taken.attempt == 2)
    #expect(try await queue.finish([JobEnding(lease: lost, outcome: .done)], worker: workerA, at: start).count == 0)
    #expect(try await queue.renew([lost], worker: workerA, until: end).isEmpty)
    try await queue.release([lost], worker: workerA, at: start)
    #expect(try await queue.finish([JobEnding(lease: taken, outcome: .done)], worker: workerA, at: start).count == 0)
    #expect(try await queue.depth() == QueueDepth(running: 1))
    #expect(try await queue.finish([JobEnding(lease: taken, outcome: .done)], worker: workerB, at: start).count == 1)
    #expect(try await queue.finish([JobEnding(lease: taken, outcome: .done)], worker: workerB, at: start).count == 0)
  }

  @Test("a job that takes its worker with it every time ends up dead", arguments: Driver.allCases)
  func poison(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue([try newJob(tenantID(1), eventID(1), attemptsMax: 2)])
    _ = try await claim(queue)
    #expect(try await queue.upkeep(at: start + .seconds(31), doneBefore: start) == QueueUpkeep(rescued: 1))
    _ = try await claim(queue)
    #expect(try await queue.upkeep(at: start + .seconds(31), doneBefore: start) == QueueUpkeep(buried: 1))
    #expect(try await queue.depth() == QueueDepth(dead: 1))
  }

  @Test("a renewed lease holds", arguments: Driver.allCases)
  func renewal(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue([try newJob(tenantID(1), eventID(1))])
    let lease = try await claim(queue)[0].lease
    #expect(try await queue.renew([lease], worker: workerA, until: start + .seconds(90)) == [lease])
    #expect(try await queue.renew([], worker: workerA, until: start).isEmpty)
    #expect(try await queue.upkeep(at: start + .seconds(60), doneBefore: start) == QueueUpkeep())
  }

  @Test("a job that was given back waits again and its attempt does not count", arguments: Driver.allCases)
  func release(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue([try newJob(tenantID(1), eventID(1))])
    try await queue.release(try await claim(queue).map(\.lease), worker: workerA, at: start)
    #expect(try await queue.depth() == QueueDepth(waiting: 1))
    #expect(try await claim(queue, workerB)[0].lease.attempt == 1)
  }

  @Test("what was done long ago is forgotten, what is dead is kept", arguments: Driver.allCases)
  func pruning(driver: Driver) async throws {
    let queue = try await driver.queue()
    _ = try await queue.enqueue(try (1...3).map { try newJob(tenantID(1), eventID($0)) })
    let jobs = try await claim(queue)
    let outcomes: [JobEnding.Outcome] = [.done, .done, .dead(code: "x.y")]
    _ = try await queue.finish(
      zip(jobs, outcomes).map { JobEnding(lease: $0.lease, outcome: $1) }, worker: workerA, at: start)
    #expect(try await queue.upkeep(at: start, doneBefore: start) == QueueUpkeep())
    #expect(try await queue.upkeep(at: start, doneBefore: start + .seconds(1)) == QueueUpkeep(pruned: 2))
    #expect(try await queue.depth() == QueueDepth(dead: 1))
  }
}
