/// Why a call to PostgreSQL failed.
///
/// `description` names the kind and the SQLSTATE only and is safe for anyone; `debugDescription` holds everything the
/// server said and is for the operator's log. Neither ever holds a password.
package struct PostgresError: Error, Hashable, Sendable {
  /// What failed, as the caller must tell it apart.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// No connection came about: refused, unreachable, wrong credentials, or too many attempts under way.
    case connectFailed
    /// The connection ended, by either side, before the answer was complete. Whether the work was done is unknown.
    case connectionLost
    /// The deadline passed, and the server gave the call up or the connection was given up.
    case timedOut
    /// The calling task was cancelled, and the server gave the call up or the connection was given up.
    case cancelled
    /// The server refused a command; `sqlState` says why.
    case server
    /// Another call is under way on this connection. Nothing was sent.
    case busy
    /// The handle's loan of the connection is over. Nothing was sent.
    case loanEnded
    /// A text or a parameter cannot be sent (a NUL character, too many, too large). Nothing was sent.
    case parameterInvalid
    /// The answer is larger than `PostgresLimits.resultBytesMax`. The connection has been closed,
    /// unless it was the call's own bound.
    case resultTooLarge
  }

  package var kind: Kind
  /// Five characters, PostgreSQL manual appendix A.
  package var sqlState: String?
  package var message: String?
  package var detail: String?
  package var hint: String?
  /// The violated constraint's name.
  package var constraint: String?
  package var table: String?
  package var column: String?
  /// Position of the failed command in the array given to `roundTrip`, `.sync` counted too.
  package var commandIndex: Int?

  package init(
    _ kind: Kind, sqlState: String? = nil, message: String? = nil, detail: String? = nil, hint: String? = nil,
    constraint: String? = nil, table: String? = nil, column: String? = nil, commandIndex: Int? = nil
  ) {
    self.kind = kind
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
    self.constraint = constraint
    self.table = table
    self.column = column
    self.commandIndex = commandIndex
  }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
  package var description: String {
    sqlState.map { "postgres.\(kind.rawValue) (\($0))" } ?? "postgres.\(kind.rawValue)"
  }

  package var debugDescription: String {
    let fields: [(String, String?)] = [
      ("message", message), ("detail", detail), ("hint", hint), ("constraint", constraint), ("table", table),
      ("column", column), ("command", commandIndex.map(String.init)),
    ]
    return fields.reduce(description) { text, field in
      field.1.map { "\(text) \(field.0)=\"\($0)\"" } ?? text
    }
  }
}
