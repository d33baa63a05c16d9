import BulkheadCore
import CLibpq
import Synchronization

/// One connection as the reactor sees it: libpq's object and the call under way, behind one lock.
///
/// The caller's thread sends, the reactor's thread receives. Decisions are made on `WireState` under the lock; waiting
/// calls are resumed after it is released. Locks are taken in the order wire, then registry, never the other way.
final class Wire: Sendable {
  /// What a call sends.
  enum Request: Sendable {
    case pipeline([Command])
    case script(String)
  }

  /// The wire's name in the readiness loop. Never used twice, unlike a descriptor: an event that was already on its
  /// way when its connection was closed finds nobody, instead of the next connection with that descriptor.
  let id: UInt64
  let backendPID: Int32
  let serverVersionNumber: Int32
  let loop: ReadinessLoop
  let canceller: Canceller
  let state: Mutex<WireState>
  private let calls = Atomic<UInt64>(0)

  /// Takes over an established `connection`, in non-blocking pipeline mode. Watched from `ReadinessLoop.add` on.
  init(
    _ connection: sending OpaquePointer, id: UInt64, limits: PostgresLimits, pins: ReportedPins, loop: ReadinessLoop,
    canceller: Canceller
  ) {
    self.id = id
    self.loop = loop
    self.canceller = canceller
    backendPID = PQbackendPID(connection)
    serverVersionNumber = PQserverVersion(connection)
    state = Mutex(WireState(connection, limits: limits, pins: pins))
  }

  /// - Parameter loan: the loan that the caller's handle speaks for; `nil` for the owner.
  nonisolated(nonsending) func call(
    _ request: Request, deadline: ContinuousClock.Instant?, resultBytesMax: Int = .max, loan: UInt64? = nil
  ) async -> Answer {
    let number = calls.wrappingAdd(1, ordering: .relaxed).newValue
    return await withTaskCancellationHandler {
      await withAnswerContinuation {
        begin(request, number: number, deadline: deadline, resultBytesMax: resultBytesMax, loan: loan, $0)
      }
    } onCancel: {
      cancel(number)
    }
  }

  /// Sends the request on the caller's thread. The answer may be taken by the reactor before this returns.
  private func begin(
    _ request: Request, number: UInt64, deadline: ContinuousClock.Instant?, resultBytesMax: Int, loan: UInt64?,
    _ continuation: AnswerContinuation
  ) {
    let expiry = deadline.map(loop.time) ?? .max
    guard deadline == nil || expiry > loop.now() else {
      return continuation.resume(returning: .failure(PostgresError(.timedOut)))
    }
    let (refusal, ended) = state.withLock { state -> (PostgresError?, EndedCall?) in
      // A later cancellation finds the call in the state: either this check sees it or `onCancel` comes after.
      guard !Task.isCancelled else { return (PostgresError(.cancelled), nil) }
      do throws(PostgresError) { try state.admit(request, loan: loan) } catch { return (error, nil) }
      state.phase = .exchanging
      state.exchange.begin(number, continuation, expiry: expiry, resultBytesMax: resultBytesMax)
      guard state.send(request) else { return (nil, sever(&state, PostgresError(.connectionLost))) }
      if state.awaitsRoom { watch(&state) }
      return (nil, nil)
    }
    if let refusal { continuation.resume(returning: .failure(refusal)) }
    ended?.resume()
    loop.wake(by: expiry)
  }

  // MARK: Events of the reactor

  /// The socket is ready for reading or writing, or the server hung up.
  func socketBecameReady() {
    let ended = state.withLock { state -> EndedCall? in
      let awaitedRoom = state.awaitsRoom
      let received = state.receive()
      switch received {
      case .failure(let error): return sever(&state, error)
      case .nothing, .everything: if awaitedRoom { watch(&state) }
      }
      guard case .everything = received else { return nil }
      if case .travelling? = state.exchange.stop?.cancel {
        state.phase = .answered
        return nil
      }
      return state.finishCall()
    }
    ended?.resume()
  }

  /// Ends what has expired by `now`, and says when the next thing will.
  func expire(now: Int64) -> Int64 {
    let (next, order, ended) = state.withLock { state -> (Int64, CancelOrder?, EndedCall?) in
      guard state.exchange.expiry <= now else { return (state.exchange.expiry, nil, nil) }
      guard state.exchange.stop == nil else {
        return (.max, nil, sever(&state, PostgresError(.connectionLost, message: "the cancel was not answered")))
      }
      let order = state.stopCall(.timedOut, graceEnd: now + loop.cancelGrace, wire: self)
      return (state.exchange.expiry, order, nil)
    }
    order.map(canceller.enqueue)
    ended?.resume()
    return next
  }

  // MARK: Cancelling

  private func cancel(_ number: UInt64) {
    let graceEnd = loop.now() + loop.cancelGrace
    let order = state.withLock { state -> CancelOrder? in
      guard state.exchange.number == number else { return nil }
      return state.stopCall(.cancelled, graceEnd: graceEnd, wire: self)
    }
    guard let order else { return }
    canceller.enqueue(order)
    loop.wake(by: graceEnd)
  }

  /// Whether call `number` still wants to be cancelled on the server. From yes on, its answer waits for `cancelEnded`.
  func cancelBegins(_ number: UInt64) -> Bool {
    state.withLock { state in
      guard state.phase == .exchanging, state.exchange.number == number, state.exchange.stop != nil else {
        return false
      }
      state.exchange.stop?.cancel = .travelling
      return true
    }
  }

  /// The server has received the cancel, or could not be reached.
  func cancelEnded(_ number: UInt64) {
    let ended = state.withLock { state -> EndedCall? in
      guard state.exchange.number == number, state.exchange.stop != nil else { return nil }
      state.exchange.stop?.cancel = .done
      return state.phase == .answered ? state.finishCall() : nil
    }
    ended?.resume()
  }

  // MARK: Ending

  /// Closes the connection. A call under way fails with `.connectionLost`, and the server is asked to drop it: a
  /// backend does not notice a closed socket before it next writes.
  func close(_ reason: String) {
    let (order, ended) = state.withLock { state -> (CancelOrder?, EndedCall?) in
      let order = state.phase == .exchanging ? state.connection.flatMap { CancelOrder($0, wire: nil, call: 0) } : nil
      return (order, sever(&state, PostgresError(.connectionLost, message: reason)))
    }
    order.map(canceller.enqueue)
    ended?.resume()
  }

  /// The socket leaves the readiness loop before libpq closes it. (If libpq has closed it already, it left by itself.)
  private func sever(_ state: inout WireState, _ error: PostgresError) -> EndedCall? {
    let (connection, ended) = state.end(error)
    if let connection {
      loop.remove(id, socket: PQsocket(connection))
      PQfinish(connection)
    }
    return ended
  }

  /// Tells the readiness loop whether to watch for room to write as well.
  private func watch(_ state: inout WireState) {
    guard let connection = state.connection else { return }
    loop.watch(id, socket: PQsocket(connection), room: state.awaitsRoom)
  }
}
