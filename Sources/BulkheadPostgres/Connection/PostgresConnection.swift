import BulkheadCore
import CLibpq

/// A connection to PostgreSQL that waits without holding a thread.
///
/// It serves one call at a time; a second one is refused with `.busy`. It knows nothing of tenants: what is sent here
/// is sent as it is.
package final class PostgresConnection: Sendable {
  private let wire: Wire
  /// Keeps the threads running that this connection depends on.
  private let reactor: PostgresReactor

  private init(_ wire: Wire, _ reactor: PostgresReactor) {
    self.wire = wire
    self.reactor = reactor
  }

  /// Connects with libpq's keywords (PostgreSQL manual 34.1.2). UTF-8 is pinned as the client's encoding, GSS
  /// encryption is off unless asked for.
  ///
  /// - Throws: `.connectFailed`, `.timedOut`, `.cancelled`, `.parameterInvalid`.
  package nonisolated(nonsending) static func connect(
    _ parameters: [(String, String)], reactor: PostgresReactor, deadline: ContinuousClock.Instant,
    limits: PostgresLimits = PostgresLimits()
  ) async throws(PostgresError) -> PostgresConnection {
    let wire = try await reactor.connector.connect(parameters, deadline: deadline, limits: limits).get()
    return PostgresConnection(wire, reactor)
  }

  deinit { wire.close("the connection was released") }

  /// The process that serves this connection.
  package var backendPID: Int32 { wire.backendPID }
  /// For example 150020 for 15.20.
  package var serverVersionNumber: Int32 { wire.serverVersionNumber }
  /// What the server said last about one of the parameters that it reports by itself (protocol, "Asynchronous
  /// Operations"), among them `client_encoding` and `standard_conforming_strings`. `nil` for any other, and at the end.
  package func reported(_ parameter: String) -> String? {
    wire.state.withLock { state in
      state.connection.flatMap { PQparameterStatus($0, parameter) }.map { String(cString: $0) }
    }
  }
  package var transactionStatus: TransactionStatus { wire.state.withLock { $0.transactionStatus } }
  /// False once the connection is broken or closed. True is no promise: the server may hang up at any time.
  package var isUsable: Bool { wire.state.withLock { $0.phase != .ended } }

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
  /// - Throws: every kind but `.connectFailed`.
  package nonisolated(nonsending) func roundTrip(
    _ commands: [Command], deadline: ContinuousClock.Instant?
  ) async throws(PostgresError) -> [Rows] {
    try await wire.call(.pipeline(commands), deadline: deadline).get()
  }

  /// Runs a script of any number of statements without parameters, in one implicit transaction unless it says
  /// otherwise, and returns one result for each statement. The first error is thrown. COPY breaks the connection.
  @discardableResult
  package nonisolated(nonsending) func simple(
    _ sql: String, deadline: ContinuousClock.Instant?
  ) async throws(PostgresError) -> [Rows] {
    try await wire.call(.script(sql), deadline: deadline).get()
  }

  /// To be called after the server was told to drop its prepared statements (`DISCARD ALL`, `DEALLOCATE ALL`).
  package func forgetStatements() { wire.state.withLock { $0.statements.forgetAll() } }

  /// Closes the connection. A call under way fails with `.connectionLost`. Idempotent.
  package func close() { wire.close("the connection was closed") }
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
