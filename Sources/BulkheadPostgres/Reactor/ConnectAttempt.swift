import CLibpq
import Glibc

typealias ConnectContinuation = CheckedContinuation<Result<Wire, PostgresError>, Never>

/// One connection on its way to being established. Lives on the connecting thread.
final class ConnectAttempt {
  let number: UInt64
  let deadline: ContinuousClock.Instant
  let continuation: ConnectContinuation
  private let limits: PostgresLimits
  private let pins: ReportedPins
  private let password: String?
  private var connection: OpaquePointer?
  private var failure: PostgresError?
  private var isEstablished = false
  private(set) var isDelivered = false
  /// What the socket must be ready for before libpq can go on, in the terms of `poll`.
  private(set) var awaited = Int16(POLLOUT)

  init(_ request: Connector.Request) {
    number = request.number
    deadline = request.deadline
    continuation = request.continuation
    limits = request.limits
    pins = request.pins
    password = request.parameters.last { $0.0 == "password" }?.1
    guard !request.parameters.contains(where: { $0.0.holdsNUL || $0.1.holdsNUL }) else {
      failure = PostgresError(.parameterInvalid, message: "a connection parameter holds a NUL character")
      return
    }
    connection = Self.start(request.parameters)
    if let connection { PQsetNoticeProcessor(connection, { _, _ in }, nil) }
    if PQstatus(connection) == CONNECTION_BAD { fail() }
  }

  /// What the caller leaves open is decided here, what is pinned wins: libpq takes the last of two equal keywords.
  private static func start(_ parameters: [(String, String)]) -> OpaquePointer? {
    let all = [("gssencmode", "disable")] + parameters + [("client_encoding", "UTF8")]
    var keywords: [UnsafePointer<CChar>?] = all.map { UnsafePointer(strdup($0.0)) }
    var values: [UnsafePointer<CChar>?] = all.map { UnsafePointer(strdup($0.1)) }
    defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
    keywords.append(nil)
    values.append(nil)
    return PQconnectStartParams(keywords, values, 0)
  }

  var socket: Int32 { connection.map { PQsocket($0) } ?? -1 }

  /// The socket is ready: lets libpq take the next step.
  func proceed() {
    guard let connection, failure == nil, !isEstablished else { return }
    switch PQconnectPoll(connection) {
    case PGRES_POLLING_READING: awaited = Int16(POLLIN)
    case PGRES_POLLING_WRITING: awaited = Int16(POLLOUT)
    case PGRES_POLLING_OK:
      isEstablished = PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1
      if !isEstablished {
        fail()
      } else if let objection = pins.objection(connection) {
        isEstablished = false
        failure = PostgresError(.connectFailed, message: objection)
      }
    default: fail()
    }
  }

  func expire(now: ContinuousClock.Instant) {
    if deadline <= now { abandon(.timedOut) }
  }

  /// Gives up an attempt that is not decided yet.
  func abandon(_ kind: PostgresError.Kind) {
    if failure == nil, !isEstablished { failure = PostgresError(kind, message: "gave up connecting") }
  }

  private func fail() {
    var message = String(cString: PQerrorMessage(connection))
    if let password, !password.isEmpty { message.replace(password, with: "<secret>") }
    failure = PostgresError(.connectFailed, message: message)
  }

  /// The established wire or the failure, once; `nil` while undecided.
  func takeOutcome(loop: ReadinessLoop, canceller: Canceller) -> Result<Wire, PostgresError>? {
    guard failure != nil || isEstablished, !isDelivered else { return nil }
    isDelivered = true
    defer { connection = nil }
    guard failure == nil, let connection else {
      PQfinish(connection)
      return .failure(failure ?? PostgresError(.connectFailed))
    }
    // Unsafe only to the compiler: the attempt forgets the pointer right here, and from then on only the wire uses it.
    nonisolated(unsafe) let established = connection
    let socket = PQsocket(established)
    let wire = Wire(
      established, id: loop.makeID(), limits: limits, pins: pins, loop: loop, canceller: canceller)
    guard loop.add(wire, socket: socket) else {
      wire.close("the reactor cannot watch the socket")
      return .failure(PostgresError(.connectFailed, message: "the reactor cannot watch the socket"))
    }
    return .success(wire)
  }
}
