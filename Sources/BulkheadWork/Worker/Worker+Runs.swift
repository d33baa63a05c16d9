import BulkheadCore
import Logging

extension Worker {
  /// Runs one job to its end and writes down how it ended.
  func perform(_ job: ClaimedJob) async {
    let result = await supervised(job)
    let stop = state.withLock { $0.runs[job.lease]?.stop }
    switch (result, stop) {
    case (_, .leaseLost):
      // It is somebody else's by now: whatever this run did is met by `ConsumedEvents` there.
      state.withLock { $0.figures.leasesLost += 1 }
    case (.failed, nil) where Task.isCancelled:
      state.withLock { $0.interrupt(job) }
    case (.failed, .overtime):
      await settle(job, .failed(code: JobFault.overtime.rawValue))
    default:
      await settle(job, result)
    }
    state.withLock { $0.end(job) }
    signal.wake()
  }

  /// The handler, cancelled when the heartbeat says so. What it answers counts, even when it was told to stop.
  private func supervised(_ job: ClaimedJob) async -> JobResult {
    let stop = state.withLock { $0.runs[job.lease]?.signal } ?? WakeSignal()
    return await withTaskGroup(of: JobResult?.self) { group in
      group.addTask { await self.runner.run(job) }
      group.addTask {
        await stop.wait(past: 0)
        return nil
      }
      var result: JobResult?
      for await outcome in group {
        group.cancelAll()
        if let outcome { result = outcome }
      }
      return result ?? .failed(code: JobFault.handlerFailed.rawValue)
    }
  }

  private func settle(_ job: ClaimedJob, _ result: JobResult) async {
    let ending = JobEnding(lease: job.lease, outcome: outcome(of: result, job))
    // In a task of its own, which the shutdown's cancellation does not reach: what was done should be written down.
    let accepted = await Task { await self.write(ending) }.value
    state.withLock { state in
      switch accepted {
      case nil: state.figures.unsettled += 1
      case false?: state.figures.leasesLost += 1
      default: state.figures.count(ending.outcome, result)
      }
    }
    report(job, result)
  }

  /// Whether the queue accepted the ending; `nil` when it could not be reached.
  private func write(_ ending: JobEnding) async -> Bool? {
    for attempt in 1...max(1, limits.settleAttemptsMax) {
      do {
        return try await endings.write(ending)
      } catch {
        note(error, "the end of a job could not be written down")
      }
      guard attempt < limits.settleAttemptsMax else { break }
      try? await pause(limits.retry.delay(afterAttempt: attempt, random: ambient.random))
    }
    return nil
  }

  private func outcome(of result: JobResult, _ job: ClaimedJob) -> JobEnding.Outcome {
    switch result {
    case .done: .done
    case .hopeless(let code), .refused(let code): .dead(code: code)
    case .failed(let code):
      limits.retry.outcome(
        failedWith: code, attempt: job.lease.attempt, attemptsMax: job.attemptsMax, at: ambient.now,
        random: ambient.random)
    case .postponed(let code, let delay):
      limits.retry.outcome(
        failedWith: code, attempt: job.lease.attempt, attemptsMax: job.attemptsMax, at: ambient.now, least: delay,
        random: ambient.random)
    }
  }

  private func report(_ job: ClaimedJob, _ result: JobResult) {
    let metadata: Logger.Metadata = [
      "tenant": "\(job.tenant)", "job": "\(job.lease.key.id)", "topic": "\(job.topic)",
      "attempt": "\(job.lease.attempt)",
    ]
    switch result {
    case .done: logger.debug("job done", metadata: metadata)
    case .failed(let code), .postponed(let code, _):
      logger.info("job failed", metadata: metadata.merging(["code": "\(code)"]) { $1 })
    case .hopeless(let code): logger.error("job is dead", metadata: metadata.merging(["code": "\(code)"]) { $1 })
    case .refused(let code): logger.critical("job was refused", metadata: metadata.merging(["code": "\(code)"]) { $1 })
    }
  }

  /// Renews leases until the task is cancelled.
  func beat() async {
    while !Task.isCancelled {
      guard (try? await pause(limits.heartbeatInterval)) != nil else { return }
      let leases = state.withLock { $0.runs.values.filter { $0.stop == nil }.map(\.job.lease) }
      guard !leases.isEmpty else { continue }
      let until = ambient.now + limits.leaseDuration
      var renewed: Set<JobLease>?
      do {
        renewed = try await queue.renew(leases, worker: id, until: until)
      } catch {
        note(error, "leases could not be renewed")
      }
      let stopped = state.withLock { [renewed] state in
        state.heartbeat(
          renewed: renewed, asked: leases, until: until, at: ambient.now, jobDurationMax: limits.jobDurationMax)
      }
      for signal in stopped { signal.wake() }
    }
  }

  /// Sees to delayed, abandoned and old jobs until the task is cancelled.
  func keepUp() async {
    while !Task.isCancelled {
      do {
        let now = ambient.now
        let done = try await queue.upkeep(at: now, doneBefore: now - limits.doneRetention)
        state.withLock { $0.figures.upkeep.add(done) }
        if done.promoted + done.rescued > 0 { signal.wake() }
      } catch {
        note(error, "upkeep of the queue failed")
      }
      guard (try? await pause(limits.upkeepInterval)) != nil else { return }
    }
  }
}

extension WorkerFigures {
  fileprivate mutating func count(_ outcome: JobEnding.Outcome, _ result: JobResult) {
    switch outcome {
    case .done: done += 1
    case .retry: retried += 1
    case .dead: dead += 1
    }
    if case .refused = result { refused += 1 }
  }
}

extension QueueUpkeep {
  fileprivate mutating func add(_ other: QueueUpkeep) {
    promoted += other.promoted
    rescued += other.rescued
    buried += other.buried
    pruned += other.pruned
  }
}
