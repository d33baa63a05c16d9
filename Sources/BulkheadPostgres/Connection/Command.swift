import BulkheadCore

/// One step of a pipelined round trip.
package enum Command: Sendable {
  /// Runs `text` as a named prepared statement that the connection keeps. The first use prepares it in the same
  /// round trip.
  case prepared(text: String, parameters: [SQLValue])
  /// Runs `text` once, planned for these parameters, and keeps nothing.
  case once(text: String, parameters: [SQLValue])
  /// Ends the implicit transaction of the commands before it, and the skipping of commands after an error.
  case sync
}

/// What the server says about the transaction of a connection (`PQtransactionStatus`).
package enum TransactionStatus: Sendable {
  /// No transaction is open.
  case idle
  /// A command is under way.
  case active
  /// A transaction is open and waits for its next command.
  case inTransaction
  /// A transaction is open and failed: only a rollback is accepted.
  case inError
  /// The connection is broken or closed.
  case unknown
}

/// The bounds of one connection.
package struct PostgresLimits: Sendable {
  /// Prepared statements kept on the server for one connection; the least recently used makes room.
  package var statementsMax: Int
  /// Bytes of rows (with 7 per row and 4 per cell of framing, as on the wire) in the answers of one call.
  ///
  /// Exact for what is returned. While a result is still arriving it is measured from below, so that about twice as
  /// much may be held for a moment; a single row, at most 1 GiB in PostgreSQL, is received whole before it counts.
  package var resultBytesMax: Int
  /// Bytes of all parameters of one call in their encoded form.
  package var requestBytesMax: Int

  /// `resultBytesMax` is at most 2 GiB - 1: cells are addressed with 32 bits.
  package init(
    statementsMax: Int = 512, resultBytesMax: Int = 64 << 20, requestBytesMax: Int = 256 << 20
  ) {
    self.statementsMax = max(1, statementsMax)
    self.resultBytesMax = min(max(1, resultBytesMax), Int(Int32.max))
    self.requestBytesMax = min(max(1, requestBytesMax), Int(Int32.max))
  }
}
