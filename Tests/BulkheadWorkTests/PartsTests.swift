import BulkheadCore
import BulkheadData
import Testing

@testable import BulkheadWork

@Suite("Retries")
struct RetryPolicyTests {
  @Test("delays double up to the maximum, and lie between half and all of that")
  func delays() {
    let seed: UInt64 = 20_260_131
    let random = SeededRandom(seed: seed)
    let policy = RetryPolicy()
    for (attempt, full) in [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (64, 300), (Int.max, 300)] {
      for _ in 0..<50 {
        let delay = policy.delay(afterAttempt: attempt, random: random)
        #expect(delay >= .seconds(full) / 2 && delay <= .seconds(full), "seed \(seed), attempt \(attempt)")
      }
    }
    #expect(policy.delay(afterAttempt: -3, random: random) <= .seconds(1))
  }

  @Test("absurd settings give a delay all the same")
  func absurd() {
    var policy = RetryPolicy()
    policy.delayBase = .zero
    policy.delayMax = .seconds(-1)
    #expect(policy.delay(afterAttempt: 5, random: SeededRandom(seed: 1)) >= .zero)
  }

  @Test("the last attempt is the last")
  func last() {
    let policy = RetryPolicy()
    let random = SeededRandom(seed: 3)
    let now = Instant(seconds: 5)
    #expect(
      policy.outcome(failedWith: "x.y", attempt: 3, attemptsMax: 3, at: now, random: random) == .dead(code: "x.y"))
    guard
      case .retry(let at, "x.y") = policy.outcome(
        failedWith: "x.y", attempt: 2, attemptsMax: 3, at: now, random: random)
    else {
      Issue.record("no retry")
      return
    }
    #expect(at > now)
  }
}

@Suite("The round of claims")
struct TenantRoundTests {
  @Test("it begins after its start and ends at it")
  func order() {
    let round = TenantRound(start: tenantID(3))
    let sorted = (1...5).map { tenantID($0) }.sorted { round.visits($0, before: $1) }
    #expect(sorted == [4, 5, 1, 2, 3].map { tenantID($0) })
    #expect(round.last(of: [tenantID(5), tenantID(1)]) == tenantID(1))
    #expect(round.last(of: []) == nil)
  }
}

@Suite("The wake signal")
struct WakeSignalTests {
  @Test("a call before the wait is not missed", .timeLimit(.minutes(1)))
  func before() async {
    let signal = WakeSignal()
    let seen = signal.count
    signal.wake()
    await signal.wait(past: seen)
    #expect(signal.count == seen + 1)
  }

  @Test("one call wakes everybody who waits", .timeLimit(.minutes(1)))
  func everybody() async {
    let signal = WakeSignal()
    let seen = signal.count
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<10 { group.addTask { await signal.wait(past: seen) } }
      signal.wake()
    }
  }

  @Test("a cancelled wait ends, before and while it waits", .timeLimit(.minutes(1)))
  func cancelled() async {
    let signal = WakeSignal()
    let waiting = Task { await signal.wait(past: 0) }
    waiting.cancel()
    await waiting.value
    let time = TestTime()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await signal.wait(past: 0, upTo: .seconds(5), pause: time.pause) }
      await eventually { !time.sleeping.isEmpty }
      time.advance(by: .seconds(5))
    }
    #expect(time.sleeping.isEmpty)
  }
}

@Suite("The outbox")
struct OutboxTests {
  let outbox = Outbox(
    sealer: OpenEnvelopes(), ambient: Ambient(clock: TestTime(), random: SeededRandom(seed: 1)))
  let context = TenantContext(
    verified: tenantID(1), actor: Actor(kind: .user, id: eventID(5)), permissions: PermissionSet([]),
    credential: eventID(6), expiresAt: Instant(seconds: 9))

  @Test("the payload is sealed for the tenant of the context, with who caused it")
  func sealed() throws {
    let query = try outbox.query(for: Event("order.placed", key: "order-1", payload: ["a": 1]), context: context)
    guard case .id(let id) = query.parameters[0], case .bytes(let envelope) = query.parameters[3] else {
      Issue.record("parameters")
      return
    }
    let (opened, payload) = try OpenEnvelopes().open(envelope, claimed: tenantID(1), job: id, topic: "order.placed")
    #expect(opened.tenant == tenantID(1))
    let body = try SealedBody(payload)
    #expect(body.payload == ["a": 1])
    #expect(body.cause == context.actor)
    #expect(throws: Refusal.self) {
      try OpenEnvelopes().open(envelope, claimed: tenantID(2), job: id, topic: "order.placed")
    }
  }

  @Test("topics, keys and sizes that cannot be carried are refused")
  func refused() throws {
    func code(_ event: Event) -> RefusalCode? {
      do throws(Refusal) {
        _ = try outbox.query(for: event, context: context)
        return nil
      } catch { return error.code }
    }
    let long = String(repeating: "x", count: 201)
    #expect(code(Event("", key: "k", payload: nil)) == .eventTopicInvalid)
    #expect(code(Event("a b", key: "k", payload: nil)) == .eventTopicInvalid)
    #expect(code(Event(String(long.prefix(101)), key: "k", payload: nil)) == .eventTopicInvalid)
    #expect(code(Event("a", key: "", payload: nil)) == .eventKeyInvalid)
    #expect(code(Event("a", key: "k\0", payload: nil)) == .eventKeyInvalid)
    #expect(code(Event("a", key: long, payload: nil)) == .eventKeyInvalid)
    let large = JSON.string(String(repeating: "x", count: Event.payloadBytesMax))
    #expect(code(Event("a", key: "k", payload: large)) == .eventTooLarge)
  }

  @Test("what is no event is unreadable", arguments: ["", "{}", #"{"by":"user:1","payload":1}"#, #"{"by":"user"}"#])
  func unreadable(text: String) {
    #expect(throws: Refusal.self) { try SealedBody(Array(text.utf8)) }
  }
}

@Suite("Running one job")
struct JobRunnerTests {
  struct Broken: Error {}

  func run(
    _ job: NewJob, opener: OpenEnvelopes = OpenEnvelopes(),
    _ body: @escaping @Sendable (Job, Tenant) async throws -> Void = { _, _ in }
  ) async throws -> JobResult {
    let runner = try JobRunner(
      opener: opener, tenants: { Tenant($0, source: NoData()) }, handlers: [JobHandler("order.placed", run: body)])
    return await runner.run(claimed(job))
  }

  @Test("a handler may ask for a later try, within an hour; the growing delays hold besides")
  func postponed() async throws {
    let job = try newJob(tenantID(1), eventID(1))
    for (asked, kept) in [(120, 120), (1_000_000, 3600), (-5, 0)] {
      let result = try await run(job) { _, _ in throw JobPostponed("partner.busy", by: .seconds(asked)) }
      #expect(result == .postponed(code: "partner.busy", delay: .seconds(kept)))
    }
    let policy = RetryPolicy()
    let now = Instant(seconds: 1_800_000_000)
    func next(attempt: Int, least: Duration) -> Instant? {
      guard
        case .retry(let at, _) = policy.outcome(
          failedWith: "x", attempt: attempt, attemptsMax: 12, at: now, least: least, random: SeededRandom(seed: 1))
      else { return nil }
      return at
    }
    #expect(next(attempt: 1, least: .seconds(120)) == now + .seconds(120))
    #expect(next(attempt: 11, least: .seconds(1)) == next(attempt: 11, least: .zero))
    #expect(next(attempt: 12, least: .seconds(120)) == nil)
  }

  @Test("the handler gets the event, and the tenant of the envelope")
  func runs() async throws {
    let job = try newJob(tenantID(1), eventID(1))
    let result = try await run(job) { job, tenant in
      #expect(tenant.id == tenantID(1))
      #expect(tenant.context.actor == Actor(kind: .job, id: eventID(1)))
      #expect(job.payload["tenant"]?.id == tenantID(1).id)
      #expect(job.cause == Actor(kind: .user, id: eventID(99)))
      #expect((job.key, job.attempt, job.attemptsMax) == ("order-1", 1, 3))
    }
    #expect(result == .done)
  }

  @Test("a job in another tenant's name, under another id or topic, or made up, is refused and not run")
  func refused() async throws {
    let genuine = try newJob(tenantID(1), eventID(1))
    let attacks = [
      try newJob(tenantID(2), eventID(1), envelope: genuine.envelope),
      try newJob(tenantID(1), eventID(2), envelope: genuine.envelope),
      try newJob(tenantID(1), eventID(1), topic: "order.closed", envelope: genuine.envelope),
      try newJob(tenantID(1), eventID(1), envelope: []),
    ]
    for attack in attacks {
      let result = try await run(attack) { _, _ in Issue.record("it was run") }
      #expect(result == .refused(code: "job.envelopeRefused"))
    }
  }

  @Test("with the envelope's wall taken away, the tenant beside it still has to agree")
  func mismatch() async throws {
    let result = try await run(
      try newJob(tenantID(1), eventID(1)), opener: OpenEnvelopes(answersFor: tenantID(2))
    ) { _, _ in Issue.record("it was run") }
    #expect(result == .refused(code: "job.tenantMismatch"))
  }

  @Test("unknown topics and unreadable payloads are dead, absent keys are not")
  func hopeless() async throws {
    #expect(
      try await run(try newJob(tenantID(1), eventID(1), topic: "x.y")) == .hopeless(code: "job.topicUnknown"))
    let empty = try OpenEnvelopes().seal([], tenant: tenantID(1), job: eventID(1), topic: "order.placed")
    #expect(
      try await run(try newJob(tenantID(1), eventID(1), envelope: empty))
        == .hopeless(code: "job.payloadUnreadable"))
    let absent = OpenEnvelopes(refusal: Refusal(.serviceUnavailable, "Later."))
    #expect(
      try await run(try newJob(tenantID(1), eventID(1)), opener: absent) == .failed(code: "service.unavailable"))
  }

  @Test("failures are told by code alone")
  func codes() async throws {
    let job = try newJob(tenantID(1), eventID(1))
    #expect(try await run(job) { _, _ in throw Broken() } == .failed(code: "job.handlerFailed"))
    #expect(try await run(job) { _, _ in throw Refusal.notFound } == .failed(code: "resource.notFound"))
    #expect(
      try await run(job) { _, _ in throw DataError(.timedOut, diagnostic: "secret") } == .failed(code: "data.timedOut"))
    #expect(try await run(job) { _, _ in throw JobAbandoned("a b\n\u{e4}c") } == .hopeless(code: "abc"))
  }

  @Test("two handlers of one topic are refused")
  func twice() {
    let handler = JobHandler("a") { _, _ in }
    #expect(throws: Refusal.self) {
      try JobRunner(
        opener: OpenEnvelopes(), tenants: { Tenant($0, source: NoData()) }, handlers: [handler, handler])
    }
  }
}
