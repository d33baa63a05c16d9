import BulkheadCore
import BulkheadData
import Logging
import Synchronization
import Testing

@testable import BulkheadWork

/// A worker over a queue in memory, in a time of its own.
struct Bench: Sendable {
  let queue = MemoryJobQueue()
  let time = TestTime()
  let signal = WakeSignal()
  let worker: Worker

  init(
    opener: OpenEnvelopes = OpenEnvelopes(), limits: WorkerLimits = WorkerLimits(),
    _ handler: @escaping @Sendable (Job, Tenant) async throws -> Void
  ) throws {
    let runner = try JobRunner(
      opener: opener, tenants: { Tenant($0, source: NoData()) },
      handlers: [JobHandler("order.placed", run: handler)])
    worker = Worker(
      queue: queue, runner: runner, limits: limits, signal: signal,
      ambient: Ambient(clock: time, random: SeededRandom(seed: 7)),
      logger: Logger(label: "test") { _ in
        SwiftLogNoOpLogHandler()
      }, pause: time.pause)
  }

  /// Runs the worker for the length of `body` and then stops it.
  func running(_ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await worker.run() }
      try await body()
      worker.stop()
      try await group.waitForAll()
    }
  }

  func enqueue(_ jobs: NewJob...) async throws {
    _ = try await queue.enqueue(jobs)
    signal.wake()
  }
}

@Suite("The worker", .timeLimit(.minutes(2)))
struct WorkerTests {
  @Test("it runs what is there and what comes, without looking at the clock")
  func runs() async throws {
    let seen = Mutex<[EntityID]>([])
    let bench = try Bench { job, _ in seen.withLock { $0.append(job.id) } }
    try await bench.enqueue(newJob(tenantID(1), eventID(1)))
    try await bench.running {
      await eventually { bench.worker.figures.done == 1 }
      try await bench.enqueue(newJob(tenantID(1), eventID(2)), newJob(tenantID(2), eventID(2)))
      await eventually { bench.worker.figures.done == 3 }
    }
    #expect(seen.withLock { $0.sorted() } == [eventID(1), eventID(2), eventID(2)])
    #expect(bench.worker.figures.inFlight == 0)
  }

  @Test("what nobody called out is found at the next poll")
  func polls() async throws {
    let bench = try Bench { _, _ in }
    try await bench.running {
      await eventually { bench.time.sleeping.count == 3 }
      _ = try await bench.queue.enqueue([try newJob(tenantID(1), eventID(1))])
      bench.time.advance(by: .seconds(1))
      await eventually { bench.worker.figures.done == 1 }
    }
  }

  @Test("an idle worker waits; it does not spin")
  func idles() async throws {
    let bench = try Bench { _, _ in }
    try await bench.running {
      await eventually { bench.time.sleeping.count == 3 }
      #expect(bench.time.sleeping.sorted() == [.seconds(1), .seconds(1), .seconds(10)])
    }
  }

  @Test("a failed job is tried again after its delay, and dead after its last attempt")
  func retries() async throws {
    struct Broken: Error {}
    let bench = try Bench { _, _ in throw Broken() }
    let job = try newJob(tenantID(1), eventID(1), attemptsMax: 2)
    try await bench.enqueue(job)
    try await bench.running {
      await eventually { bench.worker.figures.retried == 1 }
      #expect(bench.queue[job.key]?.state == "delayed")
      #expect(bench.queue[job.key]?.code == "job.handlerFailed")
      while bench.worker.figures.dead == 0 {
        bench.time.advance(by: .seconds(1))
        await Task.yield()
      }
    }
    #expect(bench.queue[job.key]?.state == "dead")
    #expect(bench.worker.figures.claimed == 2)
  }

  @Test("a job in another tenant's name is dead, counted, and never run")
  func refuses() async throws {
    let bench = try Bench { _, _ in Issue.record("it was run") }
    let stolen = try newJob(tenantID(2), eventID(1), envelope: newJob(tenantID(1), eventID(1)).envelope)
    try await bench.enqueue(stolen)
    try await bench.running { await eventually { bench.worker.figures.dead == 1 } }
    #expect(bench.worker.figures.refused == 1)
    #expect(bench.queue[stolen.key]?.code == "job.envelopeRefused")
  }

  @Test("no more run at once than the limits allow, in all and for one tenant")
  func limits() async throws {
    var limits = WorkerLimits()
    limits.jobsInFlightMax = 5
    limits.jobsInFlightPerTenantMax = 3
    let gate = WakeSignal()
    let running = Mutex<[TenantID: Int]>([:])
    let highest = Mutex((all: 0, each: 0))
    let bench = try Bench(limits: limits) { _, tenant in
      let counts = running.withLock { running in
        running[tenant.id, default: 0] += 1
        return running.values
      }
      highest.withLock { $0 = (max($0.all, counts.reduce(0, +)), max($0.each, counts.max() ?? 0)) }
      await gate.wait(past: 0)
      running.withLock { $0[tenant.id, default: 0] -= 1 }
    }
    for number in 1...20 { try await bench.enqueue(newJob(tenantID(UInt64(number % 2)), eventID(UInt64(number)))) }
    try await bench.running {
      await eventually { running.withLock { $0.values.reduce(0, +) } == 5 }
      gate.wake()
      await eventually { bench.worker.figures.done == 20 }
    }
    #expect(highest.withLock { $0.all } == 5)
    #expect(highest.withLock { $0.each } == 3)
  }

  @Test("leases are renewed while a job runs")
  func heartbeat() async throws {
    let gate = WakeSignal()
    let bench = try Bench { _, _ in await gate.wait(past: 0) }
    let job = try newJob(tenantID(1), eventID(1))
    try await bench.enqueue(job)
    try await bench.running {
      await eventually { bench.worker.figures.inFlight == 1 && bench.time.sleeping.contains(.seconds(10)) }
      let before = bench.queue[job.key]?.until
      bench.time.advance(by: .seconds(10))
      await eventually { bench.queue[job.key]?.until != before }
      #expect(bench.queue[job.key]?.until == bench.time.now() + .seconds(30))
      gate.wake()
    }
    #expect(bench.worker.figures.done == 1)
  }

  @Test("a worker that lost its lease stops the run and writes nothing down")
  func leaseLost() async throws {
    let bench = try Bench { _, _ in try await Task.sleep(for: .seconds(3600)) }
    let job = try newJob(tenantID(1), eventID(1))
    try await bench.enqueue(job)
    try await bench.running {
      await eventually { bench.worker.figures.inFlight == 1 && bench.time.sleeping.contains(.seconds(10)) }
      // Somebody else's clock was ahead: the lease is taken away and the job given to another worker.
      _ = try await bench.queue.upkeep(at: bench.time.now() + .seconds(31), doneBefore: bench.time.now())
      _ = try await bench.queue.claim(
        ClaimRequest(
          worker: workerB, claim: eventID(77), limit: 1, inFlightPerTenantMax: 4, inFlight: [:],
          leaseUntil: bench.time.now() + .seconds(3600)))
      bench.time.advance(by: .seconds(10))
      await eventually { bench.worker.figures.leasesLost == 1 }
    }
    #expect(bench.queue[job.key]?.worker == workerB)
    #expect(bench.queue[job.key]?.state == "running")
  }

  @Test("a worker that cannot renew stops before others begin")
  func unheard() async throws {
    let bench = try Bench { _, _ in try await Task.sleep(for: .seconds(3600)) }
    bench.queue.failing.withLock { $0 = ["renew", "upkeep"] }
    try await bench.enqueue(newJob(tenantID(1), eventID(1)))
    try await bench.running {
      await eventually { bench.worker.figures.inFlight == 1 }
      for _ in 0..<3 {
        await eventually { bench.time.sleeping.contains(.seconds(10)) }
        bench.time.advance(by: .seconds(10))
      }
      await eventually { bench.worker.figures.leasesLost == 1 }
    }
  }

  @Test("a job that never ends is cancelled, and that is a failure")
  func overtime() async throws {
    var limits = WorkerLimits()
    limits.jobDurationMax = .seconds(15)
    let bench = try Bench(limits: limits) { _, _ in try await Task.sleep(for: .seconds(3600)) }
    let job = try newJob(tenantID(1), eventID(1))
    try await bench.enqueue(job)
    try await bench.running {
      await eventually { bench.worker.figures.inFlight == 1 }
      for _ in 0..<2 {
        await eventually { bench.time.sleeping.contains(.seconds(10)) }
        bench.time.advance(by: .seconds(10))
      }
      await eventually { bench.worker.figures.retried == 1 }
    }
    #expect(bench.queue[job.key]?.code == "job.overtime")
  }

  @Test("at shutdown what is under way may finish, and nothing more is begun")
  func graceful() async throws {
    let gate = WakeSignal()
    let bench = try Bench { _, _ in await gate.wait(past: 0) }
    try await bench.enqueue(newJob(tenantID(1), eventID(1)))
    try await bench.running {
      await eventually { bench.worker.figures.inFlight == 1 }
      bench.worker.stop()
      try await bench.enqueue(newJob(tenantID(1), eventID(2)))
      await eventually { bench.time.sleeping.contains(.seconds(20)) }
      gate.wake()
    }
    #expect(bench.worker.figures.done == 1)
    #expect(try await bench.queue.depth() == QueueDepth(waiting: 1))
  }

  @Test("after the grace the rest is cancelled and given back at once")
  func graceOver() async throws {
    let bench = try Bench { _, _ in try await Task.sleep(for: .seconds(3600)) }
    let job = try newJob(tenantID(1), eventID(1))
    try await bench.enqueue(job)
    try await bench.running {
      await eventually { bench.worker.figures.inFlight == 1 }
      bench.worker.stop()
      await eventually { bench.time.sleeping.contains(.seconds(20)) }
      bench.time.advance(by: .seconds(20))
    }
    #expect(bench.worker.figures.released == 1)
    #expect(bench.queue[job.key]?.state == "waiting")
    #expect(bench.queue[job.key]?.attempt == 0)
  }

  @Test("a queue that cannot be reached is tried again, and endings are written down once it can")
  func queueDown() async throws {
    let bench = try Bench { _, _ in }
    bench.queue.failing.withLock { $0 = ["claim", "finish"] }
    try await bench.enqueue(newJob(tenantID(1), eventID(1)))
    try await bench.running {
      await eventually { bench.worker.figures.queueFaults >= 1 && bench.time.sleeping.count == 3 }
      bench.queue.failing.withLock { _ = $0.remove("claim") }
      bench.time.advance(by: .seconds(1))
      await eventually { bench.worker.figures.queueFaults >= 2 }
      bench.queue.failing.withLock { $0 = [] }
      while bench.worker.figures.done == 0 {
        bench.time.advance(by: .seconds(1))
        await Task.yield()
      }
    }
    #expect(bench.worker.figures.unsettled == 0)
  }
}
