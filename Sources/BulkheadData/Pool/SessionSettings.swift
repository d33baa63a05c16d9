import BulkheadCore
import BulkheadPostgres

/// What every session of the platform is pinned to from its first byte on.
///
/// Nothing here names a tenant: the settings are the same for all, and none may be changed by a statement, because the
/// guard claims no `SET` and `set_config` is revoked.
package struct SessionSettings: Sendable {
  package let parameters: [(String, String)]
  /// What the server must report as long as the connection lives: that the parser of our guard and its own read a text
  /// alike, and that the session is of this role and no superuser.
  package let pins: ReportedPins

  package static func parameters(
    address: CellAddress, database: String, role: String, password: String
  ) -> SessionSettings {
    SessionSettings(
      parameters: [
        ("host", address.host), ("port", String(address.port)), ("dbname", database), ("user", role),
        ("password", password), ("application_name", "bulkhead"), ("client_encoding", "UTF8"),
        ("options", role == ControlDatabase.role ? "\(options) \(controlOptions)" : options),
      ],
      pins: ReportedPins([
        ("client_encoding", "UTF8"), ("standard_conforming_strings", "on"), ("session_authorization", role),
        ("is_superuser", "off"), ("TimeZone", "UTC"), ("DateStyle", "ISO, MDY"), ("integer_datetimes", "on"),
      ]))
  }

  /// Names resolve to pg_catalog only: an unqualified table that escaped the guard is not found. A backslash is a
  /// character, as it is for the guard's parser.
  package static let searchPath = "pg_catalog,pg_temp"

  private static let options =
    ([
      "search_path=\(searchPath)", "standard_conforming_strings=on", "timezone=UTC", "datestyle=ISO,MDY",
      "bytea_output=hex", "jit=off", "row_security=on", "client_min_messages=warning",
      "log_parameter_max_length_on_error=0",
    ] + SessionClocks.options).map { "-c \($0)" }.joined(separator: " ")

  /// The platform's own statements are few and have one good plan each, by index. The queue's are as long as quick:
  /// left to choose, the planner made a new plan for each execution, a sixth of what a claim costs. And a plan that it
  /// makes while the queue is empty, which it mostly is, would read the whole table when a flood has come.
  private static let controlOptions = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"

  /// - Throws: what connecting throws, and `.connectFailed` for a session that reads texts in another way.
  func connect(reactor: PostgresReactor, deadline: ContinuousClock.Instant) async throws -> PostgresConnection {
    try await PostgresConnection.connect(parameters, reactor: reactor, deadline: deadline, pins: pins)
  }
}
