import CLibpq

/// The state of one connection. Every use of libpq's connection object happens on it, under the lock of `Wire`.
struct WireState {
  enum Phase {
    /// Connected, no call under way. May go anywhere.
    case idle
    /// A call was sent and its answer is awaited. Goes to `idle`, `answered`, `ended`.
    case exchanging
    /// The answer is complete, and a cancel is still travelling. Goes to `idle` or `ended`.
    case answered
    /// Broken or closed; `connection` is `nil`. Final.
    case ended
  }

  private(set) var connection: OpaquePointer?
  var phase: Phase = .idle
  var exchange = Exchange()
  var statements: StatementCache
  var parameters = ParameterBuffer()
  /// Something is left to write, and the readiness loop watches for room.
  var awaitsRoom = false
  let usesTLS: Bool
  let limits: PostgresLimits
  private let pins: ReportedPins
  /// The loan under way, or, when none is, a number that no handle has.
  private var loan: UInt64 = 0
  /// See `PostgresConnection.mayHoldState`.
  var mayHoldState = false

  init(_ connection: OpaquePointer, limits: PostgresLimits, pins: ReportedPins) {
    self.connection = connection
    self.pins = pins
    self.usesTLS = PQsslInUse(connection) != 0
    self.limits = limits
    self.statements = StatementCache(statementsMax: limits.statementsMax)
  }

  mutating func beginLoan() -> UInt64 {
    loan += 1
    return loan
  }

  mutating func endLoan() { loan += 1 }

  /// Whether a handle of `number`, or the owner (`nil`), may use the connection now.
  func grants(_ number: UInt64?) -> Bool { number == nil || number == loan }

  /// Why the session is not the one that was pinned at login.
  func pinObjection(_ connection: OpaquePointer) -> PostgresError? {
    pins.objection(connection).map { PostgresError(.connectionLost, message: $0) }
  }

  /// Refuses what cannot be sent, before anything is.
  mutating func admit(_ request: Wire.Request, loan number: UInt64?) throws(PostgresError) {
    guard grants(number) else {
      throw PostgresError(.loanEnded, message: "the connection has been given back")
    }
    switch phase {
    case .idle: break
    case .exchanging, .answered: throw PostgresError(.busy, message: "another call is under way on this connection")
    case .ended: throw PostgresError(.connectionLost, message: "the connection has ended")
    }
    switch request {
    case .pipeline(let commands): try parameters.encode(commands, bytesMax: limits.requestBytesMax)
    case .script(let text):
      guard !text.holdsNUL else {
        throw PostgresError(.parameterInvalid, message: "the script holds a NUL character")
      }
      guard text.utf8.count <= limits.requestBytesMax else {
        throw PostgresError(.parameterInvalid, message: "the script is too large")
      }
    }
  }

  /// Begins to give up the call under way, if that has not begun: it gets until `graceEnd` to end on its own.
  mutating func stopCall(_ reason: PostgresError.Kind, graceEnd: Int64, wire: Wire) -> CancelOrder? {
    guard phase == .exchanging, exchange.stop == nil, let connection else { return nil }
    mayHoldState = true
    exchange.stop = Exchange.Stop(reason: reason, cancel: .queued)
    exchange.expiry = graceEnd
    return CancelOrder(connection, wire: wire, call: exchange.number)
  }

  /// Ends the call under way with its complete answer; the connection is ready for the next.
  mutating func finishCall() -> EndedCall? {
    phase = .idle
    return exchange.end(exchange.answer())
  }

  /// Takes libpq's connection out for good and ends the call under way, if any, with `error`.
  mutating func end(_ error: PostgresError) -> (connection: OpaquePointer?, call: EndedCall?) {
    let taken = connection
    let answer = phase == .answered ? exchange.answer() : .failure(exchange.interrupted(by: error))
    connection = nil
    phase = .ended
    return (taken, exchange.end(answer))
  }
}
