import BulkheadCore
import CLibpq
import Glibc
import Synchronization

/// The thread that connects.
///
/// Apart from the receiving thread, because libpq blocks in name lookups and spends milliseconds of CPU on a SCRAM
/// login; calls of other connections must not wait for that. A name lookup delays other connecting only.
final class Connector: Sendable {
  /// Attempts under way at one time. More are refused.
  private static let attemptsMax = 1024

  struct Request: Sendable {
    let number: UInt64
    let parameters: [(String, String)]
    let deadline: ContinuousClock.Instant
    let limits: PostgresLimits
    let pins: ReportedPins
    let continuation: ConnectContinuation
  }

  private struct Inbox {
    var requests: [Request] = []
    var cancelled: Set<UInt64> = []
    /// Requested and not yet answered.
    var open: Set<UInt64> = []
    var lastNumber: UInt64 = 0
    var isStopped = false
  }

  private let inbox = Mutex(Inbox())
  private let bell: Bell
  private let loop: ReadinessLoop
  private let canceller: Canceller

  init?(loop: ReadinessLoop, canceller: Canceller) {
    guard let bell = Bell() else { return nil }
    self.bell = bell
    self.loop = loop
    self.canceller = canceller
  }

  /// Establishes a connection. Refuses with `.connectFailed`, `.timedOut`, `.cancelled`, `.parameterInvalid`.
  nonisolated(nonsending) func connect(
    _ parameters: [(String, String)], deadline: ContinuousClock.Instant, limits: PostgresLimits, pins: ReportedPins
  ) async -> Result<Wire, PostgresError> {
    let number = inbox.withLock { inbox in
      inbox.lastNumber += 1
      return inbox.lastNumber
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        enqueue(
          Request(
            number: number, parameters: parameters, deadline: deadline, limits: limits, pins: pins,
            continuation: continuation))
      }
    } onCancel: {
      inbox.withLock { if $0.open.contains(number) { $0.cancelled.insert(number) } }
      bell.ring()
    }
  }

  private func enqueue(_ request: Request) {
    let refusal = inbox.withLock { inbox -> PostgresError? in
      guard !inbox.isStopped else { return PostgresError(.connectFailed, message: "the reactor has been stopped") }
      guard inbox.open.count < Self.attemptsMax else {
        return PostgresError(.connectFailed, message: "too many connections are being established")
      }
      // Either this sees the cancellation, or the cancellation sees the number among the open ones.
      guard !Task.isCancelled else { return PostgresError(.cancelled) }
      inbox.open.insert(request.number)
      inbox.requests.append(request)
      return nil
    }
    if let refusal { return request.continuation.resume(returning: .failure(refusal)) }
    bell.ring()
  }

  func stop() {
    inbox.withLock { $0.isStopped = true }
    bell.ring()
  }

  // MARK: The thread

  func run() {
    var attempts: [ConnectAttempt] = []
    while true {
      let (requests, cancelled, isStopped) = inbox.withLock { inbox in
        defer {
          inbox.requests = []
          inbox.cancelled = []
        }
        return (inbox.requests, inbox.cancelled, inbox.isStopped)
      }
      attempts += requests.map(ConnectAttempt.init)
      for attempt in attempts where isStopped { attempt.abandon(.connectFailed) }
      for attempt in attempts where cancelled.contains(attempt.number) { attempt.abandon(.cancelled) }
      for attempt in attempts { attempt.expire(now: .now) }
      deliver(&attempts)
      if isStopped { return }
      wait(for: attempts)
    }
  }

  /// Waits for any socket, the bell or the earliest deadline, and lets the attempts that are ready go on.
  ///
  /// `poll` instead of epoll: libpq changes sockets while it tries addresses, and attempts are few and short.
  private func wait(for attempts: [ConnectAttempt]) {
    var watched = attempts.map { pollfd(fd: $0.socket, events: $0.awaited, revents: 0) }
    watched.append(pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0))
    let left = attempts.map { ContinuousClock.now.duration(to: $0.deadline).nanoseconds }.min()
    let milliseconds = left.map { max(0, min(($0 + 999_999) / 1_000_000, 3_600_000)) } ?? -1
    guard poll(&watched, nfds_t(watched.count), Int32(milliseconds)) > 0 else { return }
    for (attempt, entry) in zip(attempts, watched) where entry.revents != 0 { attempt.proceed() }
    if watched.last?.revents != 0 { bell.silence() }
  }

  /// Hands out what is decided and keeps the rest.
  private func deliver(_ attempts: inout [ConnectAttempt]) {
    for attempt in attempts {
      guard let outcome = attempt.takeOutcome(loop: loop, canceller: canceller) else { continue }
      inbox.withLock { inbox in
        inbox.open.remove(attempt.number)
        inbox.cancelled.remove(attempt.number)
      }
      attempt.continuation.resume(returning: outcome)
    }
    attempts.removeAll { $0.isDelivered }
  }
}
