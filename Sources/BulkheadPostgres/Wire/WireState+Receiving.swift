import BulkheadCore
import CLibpq
import Glibc

extension WireState {
  /// What reading led to.
  enum Received {
    /// The answer is incomplete, or nobody awaits one.
    case nothing
    /// The answer is complete and the connection consistent.
    case everything
    /// The connection cannot be used any more.
    case failure(PostgresError)
  }

  /// Reads what has arrived and takes every complete result. Called by the reactor when the socket is ready.
  mutating func receive() -> Received {
    guard let connection else { return .nothing }
    let isAlive = read(connection)
    guard phase == .exchanging else {
      guard isAlive, discardUnasked(connection) else { return .failure(lost(connection)) }
      return pinObjection(connection).map(Received.failure) ?? .nothing
    }
    let received = exchange.isScript ? takeScriptResults(connection) : takeResults(connection)
    if case .everything = received, let objection = pinObjection(connection) { return .failure(objection) }
    guard case .nothing = received else { return received }
    guard isAlive, PQstatus(connection) == CONNECTION_OK else { return .failure(lost(connection)) }
    exchange.isLong = true
    // Framing, names and notices may add a little to the rows, hence the tolerance.
    return exchange.bytesCopied + exchange.bytesArriving > limits.resultBytesMax + 1 << 20 ? tooLarge : .nothing
  }

  private var tooLarge: Received { .failure(PostgresError(.resultTooLarge)) }

  private func lost(_ connection: OpaquePointer) -> PostgresError {
    PostgresError(.connectionLost, message: String(cString: PQerrorMessage(connection)))
  }

  // MARK: Reading

  /// Lets libpq read from the socket, and write what is left to write. False when the connection ended.
  private mutating func read(_ connection: OpaquePointer) -> Bool {
    let waiting = exchange.isLong ? unread(connection) : 0
    guard PQconsumeInput(connection) == 1 else { return false }
    if awaitsRoom, !flush(connection) { return false }
    if exchange.isLong { countArriving(before: waiting, after: unread(connection)) }
    // A socket does not become ready for bytes that OpenSSL has already taken from it.
    while usesTLS, PQisBusy(connection) != 0, TLSBuffer.holdsBytes(connection) {
      exchange.bytesArriving += 1
      guard PQconsumeInput(connection) == 1 else { return false }
    }
    return true
  }

  /// libpq gathers a result to its end before it shows any of it, so its growth is measured at the socket. libpq
  /// always has room for 8 KiB, so at least that was read if so much was waiting: the count is never too high.
  private mutating func countArriving(before: Int, after: Int) {
    exchange.bytesArriving += max(min(before, 8 << 10), before - after)
  }

  private func unread(_ connection: OpaquePointer) -> Int {
    var count: Int32 = 0
    return ioctl(PQsocket(connection), UInt(FIONREAD), &count) == 0 ? Int(count) : 0
  }

  /// Between calls a server may send notices, settings and notifications. libpq keeps the latter until they are
  /// fetched; nobody here listens to them.
  private mutating func discardUnasked(_ connection: OpaquePointer) -> Bool {
    _ = PQisBusy(connection)
    while let notification = PQnotifies(connection) {
      mayHoldState = true
      PQfreemem(notification)
    }
    return PQstatus(connection) == CONNECTION_OK
  }

  // MARK: Results of a pipeline

  private mutating func takeResults(_ connection: OpaquePointer) -> Received {
    while PQisBusy(connection) == 0 {
      guard exchange.position < exchange.steps.count else { return .failure(lost(connection)) }
      guard let result = PQgetResult(connection) else {
        exchange.position += 1
        continue
      }
      defer { PQclear(result) }
      let status = PQresultStatus(result)
      if status == PGRES_PIPELINE_SYNC {
        exchange.position += 1
        if exchange.position == exchange.steps.count {
          return discardUnasked(connection) ? .everything : .failure(lost(connection))
        }
      } else if let failure = take(result, status) {
        return .failure(failure)
      }
    }
    return .nothing
  }

  private mutating func take(_ result: OpaquePointer, _ status: ExecStatusType) -> PostgresError? {
    switch (exchange.steps[exchange.position], status) {
    case (.command, PGRES_TUPLES_OK), (.command, PGRES_COMMAND_OK), (.command, PGRES_EMPTY_QUERY):
      return takeRows(result)
    case (.prepare, PGRES_COMMAND_OK), (.deallocate, PGRES_COMMAND_OK), (.deallocate, PGRES_FATAL_ERROR): return nil
    case (.deallocate(let statement), PGRES_PIPELINE_ABORTED): statements.putBack(statement)
    case (.command, PGRES_PIPELINE_ABORTED): return nil
    case (.prepare(let index, let number), PGRES_PIPELINE_ABORTED): forget(index, number, onServer: false)
    case (.prepare(let index, let number), PGRES_FATAL_ERROR):
      note(ServerReport(result, commandIndex: index))
      forget(index, number, onServer: false)
    case (.command(let index, let number), PGRES_FATAL_ERROR):
      let report = ServerReport(result, commandIndex: index)
      note(report)
      if report.invalidatesStatement { forget(index, number, onServer: report.error.sqlState == "0A000") }
    default: return unexpected(status)
    }
    return nil
  }

  private mutating func note(_ report: ServerReport) {
    if exchange.error == nil { exchange.error = report.error }
    if report.isFault { mayHoldState = true }
  }

  private mutating func forget(_ index: Int, _ number: UInt64, onServer: Bool) {
    guard let text = exchange.preparedText(at: index) else { return }
    statements.forget(text, number: number, onServer: onServer)
  }

  private mutating func takeRows(_ result: OpaquePointer) -> PostgresError? {
    let size = Rows.wireSize(of: result)
    exchange.bytesCopied += size
    exchange.bytesArriving = 0
    guard exchange.bytesCopied <= limits.resultBytesMax else { return PostgresError(.resultTooLarge) }
    // Over the bound of the call alone the answer is read to its end: the connection is good for the next call.
    if exchange.bytesCopied > exchange.resultBytesMax, exchange.error == nil {
      exchange.results = []
      exchange.error = PostgresError(.resultTooLarge)
    }
    // After an error nobody will see the rows.
    if exchange.error == nil { exchange.results.append(Rows(copying: result, wireSize: size)) }
    return nil
  }

  /// A COPY, for which this client has no use, or words that do not follow the protocol.
  private func unexpected(_ status: ExecStatusType) -> PostgresError {
    PostgresError(.connectionLost, message: "unexpected answer \(String(cString: PQresStatus(status)))")
  }

  // MARK: Results of a script

  private mutating func takeScriptResults(_ connection: OpaquePointer) -> Received {
    while PQisBusy(connection) == 0 {
      guard let result = PQgetResult(connection) else {
        let isReady = PQstatus(connection) == CONNECTION_OK && PQenterPipelineMode(connection) == 1
        return isReady && discardUnasked(connection) ? .everything : .failure(lost(connection))
      }
      defer { PQclear(result) }
      let status = PQresultStatus(result)
      switch status {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        if let failure = takeRows(result) { return .failure(failure) }
      case PGRES_FATAL_ERROR: note(ServerReport(result, commandIndex: nil))
      default: return .failure(unexpected(status))
      }
    }
    return .nothing
  }
}
