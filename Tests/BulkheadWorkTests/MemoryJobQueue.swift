import BulkheadCore
import Synchronization

@testable import BulkheadWork

/// A queue in memory for tests of the worker's logic. `JobQueueConformance` holds it to what PostgreSQL does.
final class MemoryJobQueue: JobQueue {
  struct Entry {
    let job: NewJob
    var state = "waiting"
    var runAt: Instant
    var attempt = 0
    var tag: Int64 = 0
    var lease: JobLease?
    var worker: EntityID?
    var until: Instant?
    var code: String?
    var finishedAt: Instant?
  }

  struct Fault: Error {}

  private let entries = Mutex<[JobKey: Entry]>([:])
  /// The greatest tag that was claimed.
  private let turn = Mutex<Int64>(0)
  /// Calls that fail before they have any effect.
  let failing = Mutex<Set<String>>([])

  subscript(key: JobKey) -> Entry? { entries.withLock { $0[key] } }

  private func check(_ call: String) throws { if failing.withLock({ $0.contains(call) }) { throw Fault() } }

  func enqueue(_ jobs: [NewJob]) async throws -> Int {
    try check("enqueue")
    return entries.withLock { entries in
      let before = entries.count
      for job in jobs.sorted(by: { ($0.createdAt, $0.key.id) < ($1.createdAt, $1.key.id) })
      where entries[job.key] == nil {
        entries[job.key] = Entry(job: job, runAt: job.createdAt, tag: nextTag(job.key.tenant, entries))
      }
      return entries.count - before
    }
  }

  private func nextTag(_ tenant: TenantID, _ entries: [JobKey: Entry]) -> Int64 {
    let own = entries.values.filter { $0.job.key.tenant == tenant && $0.state == "waiting" }.map(\.tag).max()
    return max(own ?? 0, turn.withLock { $0 }) + 1
  }

  func claim(_ request: ClaimRequest) async throws -> [ClaimedJob] {
    try check("claim")
    return entries.withLock { entries in
      var inFlight = request.inFlight
      var claimed: [ClaimedJob] = []
      let waiting = entries.values.filter { $0.state == "waiting" }
      for var entry in waiting.sorted(by: { ($0.tag, $0.job.key.id) < ($1.tag, $1.job.key.id) })
      where claimed.count < request.limit {
        let tenant = entry.job.key.tenant
        guard inFlight[tenant, default: 0] < request.inFlightPerTenantMax else { continue }
        inFlight[tenant, default: 0] += 1
        (entry.state, entry.worker, entry.until) = ("running", request.worker, request.leaseUntil)
        entry.attempt += 1
        entry.lease = JobLease(
          key: entry.job.key, attempt: entry.attempt, claim: request.claim, place: claimed.count + 1)
        entries[entry.job.key] = entry
        turn.withLock { $0 = max($0, entry.tag) }
        if let lease = entry.lease {
          claimed.append(
            ClaimedJob(
              lease: lease, topic: entry.job.topic, subject: entry.job.subject, envelope: entry.job.envelope,
              attemptsMax: entry.job.attemptsMax, createdAt: entry.job.createdAt))
        }
      }
      return claimed
    }
  }

  func renew(_ leases: [JobLease], worker: EntityID, until: Instant) async throws -> Set<JobLease> {
    try check("renew")
    return Set(update(leases, worker) { entry, _ in entry.until = until })
  }

  func finish(_ endings: [JobEnding], worker: EntityID, at instant: Instant) async throws -> Set<JobLease> {
    try check("finish")
    let outcomes = Dictionary(uniqueKeysWithValues: endings.map { ($0.lease, $0.outcome) })
    let accepted = update(endings.map(\.lease), worker) { entry, lease in
      (entry.worker, entry.until, entry.code, entry.finishedAt) = (nil, nil, nil, instant)
      switch outcomes[lease] {
      case .done, nil: entry.state = "done"
      case .dead(let code): (entry.state, entry.code) = ("dead", code)
      case .retry(let at, let code):
        (entry.state, entry.code, entry.runAt, entry.finishedAt) = ("delayed", code, at, nil)
      }
    }
    return Set(accepted)
  }

  func release(_ leases: [JobLease], worker: EntityID, at instant: Instant) async throws {
    try check("release")
    _ = update(leases, worker) { entry, _ in
      (entry.state, entry.worker, entry.until) = ("waiting", nil, nil)
      entry.attempt -= 1
      entry.tag = turn.withLock { $0 }
    }
  }

  func upkeep(at instant: Instant, doneBefore: Instant) async throws -> QueueUpkeep {
    try check("upkeep")
    return entries.withLock { entries in
      var upkeep = QueueUpkeep()
      for (key, var entry) in entries {
        switch entry.state {
        case "delayed" where entry.runAt <= instant:
          entry.state = "waiting"
          entry.tag = nextTag(key.tenant, entries)
          upkeep.promoted += 1
        case "running" where entry.until.map { $0 < instant } ?? false:
          (entry.worker, entry.until, entry.code) = (nil, nil, JobFault.leaseLost.rawValue)
          entry.state = entry.attempt < entry.job.attemptsMax ? "waiting" : "dead"
          entry.tag = turn.withLock { $0 }
          if entry.state == "dead" { entry.finishedAt = instant }
          if entry.state == "dead" { upkeep.buried += 1 } else { upkeep.rescued += 1 }
        case "done" where entry.finishedAt.map { $0 < doneBefore } ?? false:
          entries[key] = nil
          upkeep.pruned += 1
          continue
        default: continue
        }
        entries[key] = entry
      }
      return upkeep
    }
  }

  func depth() async throws -> QueueDepth {
    try check("depth")
    return entries.withLock { entries in
      let states = entries.values.map(\.state)
      return QueueDepth(
        waiting: states.count { $0 == "waiting" }, delayed: states.count { $0 == "delayed" },
        running: states.count { $0 == "running" }, dead: states.count { $0 == "dead" })
    }
  }

  private func update(
    _ leases: [JobLease], _ worker: EntityID, _ change: (inout Entry, JobLease) -> Void
  ) -> [JobLease] {
    entries.withLock { entries in
      leases.filter { lease in
        guard var entry = entries[lease.key], entry.state == "running", entry.worker == worker,
          entry.lease == lease
        else { return false }
        change(&entry, lease)
        entries[lease.key] = entry
        return true
      }
    }
  }
}
