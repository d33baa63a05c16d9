import BulkheadCore
import BulkheadPostgres

/// What every session of the platform is pinned to from its first byte on.
///
/// Nothing here names a tenant: the settings are the same for all, and none may be changed by a statement, because the
/// guard claims no `SET` and `set_config` is revoked.
package struct SessionSettings: Sendable {
  package let parameters: [(String, String)]

  package static func parameters(
    address: CellAddress, database: String, role: String, password: String
  ) -> SessionSettings {
    SessionSettings(parameters: [
      ("host", address.host), ("port", String(address.port)), ("dbname", database), ("user", role),
      ("password", password), ("application_name", "bulkhead"), ("client_encoding", "UTF8"), ("options", options),
    ])
  }

  /// Names resolve to pg_catalog only: an unqualified table that escaped the guard is not found. A backslash is a
  /// character, as it is for the guard's parser.
  private static let options = [
    "search_path=pg_catalog,pg_temp", "standard_conforming_strings=on", "timezone=UTC", "datestyle=ISO",
    "bytea_output=hex", "jit=off", "statement_timeout=10s", "lock_timeout=5s",
    "idle_in_transaction_session_timeout=15s", "client_min_messages=warning",
  ].map { "-c \($0)" }.joined(separator: " ")

  /// What the guard relies on to read a text as the server does. Asked for above, and believed only when the server
  /// itself reports it: a pooler in between may drop what it was asked for.
  static let required = [("standard_conforming_strings", "on"), ("client_encoding", "UTF8")]

  /// - Throws: what connecting throws, and `.connectFailed` for a session that reads texts in another way.
  func connect(reactor: PostgresReactor, deadline: ContinuousClock.Instant) async throws -> PostgresConnection {
    let connection = try await PostgresConnection.connect(parameters, reactor: reactor, deadline: deadline)
    for (name, value) in Self.required where connection.reported(name) != value {
      let reported = connection.reported(name) ?? "nothing"
      connection.close()
      throw PostgresError(
        .connectFailed, message: "the server reports \(name) = \(reported), and \(value) is needed")
    }
    return connection
  }
}
