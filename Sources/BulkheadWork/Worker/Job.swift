import BulkheadCore
import BulkheadData

/// One event on its way to its handler, opened and verified.
public struct Job: Sendable {
  /// The event's id: the same however often the job is run.
  public let id: EntityID
  public let topic: String
  public let key: String
  public let payload: JSON
  /// Who caused the event. The handler acts as the job itself; this is for the record.
  public let cause: Actor
  /// 1 for the first run.
  public let attempt: Int
  public let attemptsMax: Int
  /// When the event was sent.
  public let createdAt: Instant

  package init(
    id: EntityID, topic: String, key: String, payload: JSON, cause: Actor, attempt: Int, attemptsMax: Int,
    createdAt: Instant
  ) {
    self.id = id
    self.topic = topic
    self.key = key
    self.payload = payload
    self.cause = cause
    self.attempt = attempt
    self.attemptsMax = attemptsMax
    self.createdAt = createdAt
  }
}

/// What is done about the events of one topic. It reaches the data of the event's tenant and nothing else.
///
/// A handler may run more than once for the same job (see `ConsumedEvents`), and must end soon after its task is
/// cancelled. What it throws leads to another try, with growing delays; `JobAbandoned` does not.
public struct JobHandler: Sendable {
  public let topic: String
  public let run: @Sendable (Job, Tenant) async throws -> Void

  public init(_ topic: String, run: @escaping @Sendable (Job, Tenant) async throws -> Void) {
    self.topic = topic
    self.run = run
  }
}

/// Thrown by a handler that knows when another try makes sense. It counts as a failed run; the next comes no sooner
/// than asked for, nor than the growing delays would have it, and within `delayMax`.
public struct JobPostponed: Error, Sendable {
  /// The longest that a job waits because somebody asked for it.
  public static let delayMax: Duration = .seconds(3600)

  /// A stable code of at most 100 bytes that holds no data.
  public let code: String
  public let delay: Duration

  public init(_ code: String, by delay: Duration) {
    self.code = code
    self.delay = min(max(delay, .zero), Self.delayMax)
  }
}

/// Thrown by a handler when trying again cannot help. The job is dead at once.
public struct JobAbandoned: Error, Sendable {
  /// A stable code of at most 100 bytes that holds no data.
  public let code: String

  public init(_ code: String) { self.code = code }
}

extension JobHandler {
  /// One handler for each topic of `handlers`. Those of the same topic all run, in their order, also when one before
  /// them fails; the first failure is the job's. The job is tried again as a whole, which each of them must bear, as it
  /// must in any case.
  public static func joined(_ handlers: [JobHandler]) -> [JobHandler] {
    let byTopic = Dictionary(grouping: handlers, by: \.topic)
    return byTopic.keys.sorted().compactMap { topic in
      guard let parts = byTopic[topic], let first = parts.first else { return nil }
      if parts.count == 1 { return first }
      return JobHandler(topic) { job, tenant in
        var failure: (any Error)?
        for part in parts {
          do { try await part.run(job, tenant) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
      }
    }
  }
}
