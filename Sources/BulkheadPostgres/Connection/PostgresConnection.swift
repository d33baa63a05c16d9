import BulkheadCore
import CLibpq

/// A connection to PostgreSQL that waits without holding a thread.
///
/// It serves one call at a time; a second one is refused with `.busy`. It knows nothing of tenants: what is sent here
/// is sent as it is.
///
/// Its owner may lend it: a handle of a loan is refused with `.loanEnded` as soon as the loan is over, whatever it had
/// under way, so that nobody who kept it sends into the work of the next borrower.
package final class PostgresConnection: Sendable {
  private let wire: Wire
  /// Keeps the threads running that this connection depends on.
  private let reactor: PostgresReactor
  /// The loan that this handle speaks for; `nil` for the owner.
  private let loan: UInt64?

  private init(_ wire: Wire, _ reactor: PostgresReactor, loan: UInt64? = nil) {
    self.wire = wire
    self.reactor = reactor
    self.loan = loan
  }

  /// Connects with libpq's keywords (PostgreSQL manual 34.1.2). UTF-8 is pinned as the client's encoding, GSS
  /// encryption is off unless asked for.
  ///
  /// - Parameter pins: a server that ever reports otherwise loses the connection.
  /// - Throws: `.connectFailed`, `.timedOut`, `.cancelled`, `.parameterInvalid`.
  package nonisolated(nonsending) static func connect(
    _ parameters: [(String, String)], reactor: PostgresReactor, deadline: ContinuousClock.Instant,
    limits: PostgresLimits = PostgresLimits(), pins: ReportedPins = ReportedPins()
  ) async throws(PostgresError) -> PostgresConnection {
    let wire = try await reactor.connector.connect(parameters, deadline: deadline, limits: limits, pins: pins).get()
    return PostgresConnection(wire, reactor)
  }

  deinit { if loan == nil { wire.close("the connection was released") } }

  // MARK: Loans

  /// A handle for one borrower; handles of earlier loans are worthless from here on. For the owner alone, who must keep
  /// itself alive meanwhile: with the owner the connection is closed.
  package func lend() -> PostgresConnection {
    PostgresConnection(wire, reactor, loan: wire.state.withLock { $0.beginLoan() })
  }

  /// Ends the loan: its handle sends nothing from here on.
  package func recall() { wire.state.withLock { $0.endLoan() } }

  /// Whether something came over this connection after which an idle transaction is no proof that the session is empty:
  /// a script, a call that was cut short, a fault of the server, a notification. Until `forgetStatements`.
  package var mayHoldState: Bool { wire.state.withLock { $0.mayHoldState } }

  /// The name and the text of each statement that this connection has prepared and that still exists on the server.
  package var preparedStatements: [String: String] { wire.state.withLock { $0.statements.onServer } }

  /// The process that serves this connection.
  package var backendPID: Int32 { wire.backendPID }
  /// For example 150020 for 15.20.
  package var serverVersionNumber: Int32 { wire.serverVersionNumber }
  /// Unknown to a handle whose loan is over.
  package var transactionStatus: TransactionStatus {
    wire.state.withLock { $0.grants(loan) ? $0.transactionStatus : .unknown }
  }
  /// False once the connection is broken or closed, or the loan over. True is no promise: the server may hang up at any
  /// time.
  package var isUsable: Bool { wire.state.withLock { $0.phase != .ended && $0.grants(loan) } }

  /// Sends all `commands` at once, ends them with a sync, and returns one result for each that is not `.sync`.
  ///
  /// Commands up to a sync form an implicit transaction, unless they open one themselves. After an error the server
  /// skips to the next sync. The first error is thrown, after everything was read: the connection stays usable and
  /// `transactionStatus` tells whether it needs a rollback.
  ///
  /// When the deadline passes or the task is cancelled, the server is asked to stop. An answer that was complete before
  /// it could is returned all the same. If the server does not react within the reactor's `cancelGrace`, the
  /// connection is closed.
  ///
  /// - Parameter resultBytesMax: bounds this call below what `PostgresLimits.resultBytesMax` allows. Beyond it the call
  ///   fails with `.resultTooLarge` after everything was read, and the connection stays usable.
  /// - Throws: every kind but `.connectFailed`.
  package nonisolated(nonsending) func roundTrip(
    _ commands: [Command], deadline: ContinuousClock.Instant?, resultBytesMax: Int = .max
  ) async throws(PostgresError) -> [Rows] {
    try await wire.call(.pipeline(commands), deadline: deadline, resultBytesMax: resultBytesMax, loan: loan).get()
  }

  /// Runs a script of any number of statements without parameters, in one implicit transaction unless it says
  /// otherwise, and returns one result for each statement. The first error is thrown. COPY breaks the connection.
  @discardableResult
  package nonisolated(nonsending) func simple(
    _ sql: String, deadline: ContinuousClock.Instant?
  ) async throws(PostgresError) -> [Rows] {
    try await wire.call(.script(sql), deadline: deadline, loan: loan).get()
  }

  /// To be called after the server was told to drop its prepared statements (`DISCARD ALL`, `DEALLOCATE ALL`).
  package func forgetStatements() {
    wire.state.withLock { state in
      state.statements.forgetAll()
      state.mayHoldState = false
    }
  }

  /// Closes the connection. A call under way fails with `.connectionLost`. Idempotent. Without effect by a handle whose
  /// loan is over.
  package func close() {
    guard wire.state.withLock({ $0.grants(loan) }) else { return }
    wire.close("the connection was closed")
  }
}

extension WireState {
  var transactionStatus: TransactionStatus {
    switch PQtransactionStatus(connection) {
    case PQTRANS_IDLE: .idle
    case PQTRANS_ACTIVE: .active
    case PQTRANS_INTRANS: .inTransaction
    case PQTRANS_INERROR: .inError
    default: .unknown
    }
  }
}
