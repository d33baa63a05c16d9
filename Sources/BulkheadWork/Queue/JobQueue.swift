import BulkheadCore

/// What names a job. Ids of different tenants may be the same, so never the id alone.
package struct JobKey: Hashable, Sendable {
  package let tenant: TenantID
  package let id: EntityID

  package init(tenant: TenantID, id: EntityID) {
    self.tenant = tenant
    self.id = id
  }
}

/// A job to be put into the queue.
package struct NewJob: Hashable, Sendable {
  package let key: JobKey
  package let topic: String
  /// The event's business key.
  package let subject: String
  /// As the outbox holds it; nobody here can open it.
  package let envelope: [UInt8]
  package let createdAt: Instant
  package let attemptsMax: Int

  package init(
    key: JobKey, topic: String, subject: String, envelope: [UInt8], createdAt: Instant, attemptsMax: Int
  ) {
    self.key = key
    self.topic = topic
    self.subject = subject
    self.envelope = envelope
    self.createdAt = createdAt
    self.attemptsMax = attemptsMax
  }
}

/// The right to run a job until a moment. The claim fences: once the job was given to somebody else, endings and
/// renewals under the older claim are not accepted.
package struct JobLease: Hashable, Sendable {
  package let key: JobKey
  /// 1 for the first run.
  package let attempt: Int
  /// The claim that took it.
  package let claim: EntityID
  /// Its position in the claim, from 1.
  package let place: Int

  package init(key: JobKey, attempt: Int, claim: EntityID, place: Int) {
    self.key = key
    self.attempt = attempt
    self.claim = claim
    self.place = place
  }
}

/// A job that this worker holds.
package struct ClaimedJob: Hashable, Sendable {
  package let lease: JobLease
  package let topic: String
  package let subject: String
  package let envelope: [UInt8]
  package let attemptsMax: Int
  package let createdAt: Instant

  package init(
    lease: JobLease, topic: String, subject: String, envelope: [UInt8], attemptsMax: Int, createdAt: Instant
  ) {
    self.lease = lease
    self.topic = topic
    self.subject = subject
    self.envelope = envelope
    self.attemptsMax = attemptsMax
    self.createdAt = createdAt
  }

  package var tenant: TenantID { lease.key.tenant }
}

/// What a worker asks for.
package struct ClaimRequest: Sendable {
  package let worker: EntityID
  /// Names the claim; a new one each time.
  package let claim: EntityID
  package let limit: Int
  /// Jobs of one tenant under way in this worker at once.
  package let inFlightPerTenantMax: Int
  /// Jobs of each tenant under way in this worker now.
  package let inFlight: [TenantID: Int]
  package let leaseUntil: Instant

  package init(
    worker: EntityID, claim: EntityID, limit: Int, inFlightPerTenantMax: Int, inFlight: [TenantID: Int],
    leaseUntil: Instant
  ) {
    self.worker = worker
    self.claim = claim
    self.limit = limit
    self.inFlightPerTenantMax = inFlightPerTenantMax
    self.inFlight = inFlight
    self.leaseUntil = leaseUntil
  }
}

/// How a run ended.
package struct JobEnding: Hashable, Sendable {
  package enum Outcome: Hashable, Sendable {
    case done
    /// To be tried again, not before this instant.
    case retry(at: Instant, code: String)
    /// Not to be tried again.
    case dead(code: String)
  }
  package let lease: JobLease
  package let outcome: Outcome

  package init(lease: JobLease, outcome: Outcome) {
    self.lease = lease
    self.outcome = outcome
  }
}

/// What regular upkeep did.
package struct QueueUpkeep: Hashable, Sendable {
  /// Delayed jobs whose time has come.
  package var promoted = 0
  /// Jobs of workers that went away, waiting again.
  package var rescued = 0
  /// Jobs of workers that went away, on their last attempt.
  package var buried = 0
  /// Jobs done long ago, removed.
  package var pruned = 0

  package init(promoted: Int = 0, rescued: Int = 0, buried: Int = 0, pruned: Int = 0) {
    self.promoted = promoted
    self.rescued = rescued
    self.buried = buried
    self.pruned = pruned
  }
}

/// Jobs by state, all tenants together: no figure tells about one of them.
package struct QueueDepth: Hashable, Sendable {
  package var waiting = 0
  package var delayed = 0
  package var running = 0
  package var dead = 0

  package init(waiting: Int = 0, delayed: Int = 0, running: Int = 0, dead: Int = 0) {
    self.waiting = waiting
    self.delayed = delayed
    self.running = running
    self.dead = dead
  }
}

/// The queue, as the relay and the worker see it. Every call is atomic and may be made by many processes at once.
package protocol JobQueue: Sendable {
  /// Adds jobs; those whose key is there already are left as they are. Answers how many were added.
  func enqueue(_ jobs: [NewJob]) async throws -> Int
  /// Leases jobs that wait: each tenant's share by its weight, the oldest of each first. Fewer than there are when a
  /// tenant came to its bound; then the next claim brings the others'.
  func claim(_ request: ClaimRequest) async throws -> [ClaimedJob]
  /// Extends leases. Answers those that are still held.
  func renew(_ leases: [JobLease], worker: EntityID, until: Instant) async throws -> Set<JobLease>
  /// Ends runs. Answers the leases whose endings were accepted; those of leases no longer held change nothing.
  func finish(_ endings: [JobEnding], worker: EntityID, at instant: Instant) async throws -> Set<JobLease>
  /// Gives leases back unused: the jobs wait again and the attempt does not count.
  func release(_ leases: [JobLease], worker: EntityID, at instant: Instant) async throws
  /// Wakes delayed jobs, takes jobs from workers that went away, removes what was done before `doneBefore`.
  func upkeep(at instant: Instant, doneBefore: Instant) async throws -> QueueUpkeep
  /// Jobs by state; large numbers may be cut at a bound of the implementation.
  func depth() async throws -> QueueDepth
}
