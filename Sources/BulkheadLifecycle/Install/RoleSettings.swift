/// Settings that every login role of ours has from the server's side, whatever its client asks for: the sessions of the
/// pool ask for the same, and a thief of a password who asks for nothing gets them too.
///
/// The first two are not the role's to change: values of statements, and with them bind tokens, never reach a log.
package enum RoleSettings {
  package static let all: [(name: String, value: String)] = [
    ("log_parameter_max_length", "0"), ("log_parameter_max_length_on_error", "0"),
    ("search_path", "pg_catalog, pg_temp"), ("standard_conforming_strings", "on"), ("row_security", "on"),
    ("statement_timeout", "10s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "15s"),
    ("jit", "off"),
  ]

  /// The statements that give `role` these settings, and `others` where they differ.
  static func statements(_ role: String, _ others: [(name: String, value: String)] = []) -> String {
    let own = all.filter { setting in !others.contains { $0.name == setting.name } } + others
    return own.map { "ALTER ROLE \(role) SET \($0.name) = \(literal($0.name, $0.value));" }.joined(separator: "\n")
  }

  /// A list is written bare: in quotes it would be one name.
  private static func literal(_ name: String, _ value: String) -> String {
    name == "search_path" ? value : "'\(value)'"
  }
}
