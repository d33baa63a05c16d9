import BulkheadCore
import BulkheadPostgres

/// Emptying a session, and the proof that it is empty.
package enum SessionCleaning {
  private static let clock: Duration = .seconds(2)

  /// Takes everything out of the session that outlives a transaction: settings, prepared statements, cursors, channels,
  /// advisory locks, temporary tables, the role that was set. The client forgets its statements with the server.
  package static func discard(_ connection: PostgresConnection) async throws {
    _ = try await connection.roundTrip([.once(text: "DISCARD ALL", parameters: [])], deadline: .now + clock)
    connection.forgetStatements()
  }

  /// What the session holds that it must not; empty when it is clean. A statement under one of the client's own names
  /// counts unless its text is the client's too: a planted one would be run as if it were ours.
  package static func residue(_ connection: PostgresConnection) async throws -> [String] {
    let own = connection.preparedStatements
    let results = try await connection.roundTrip(
      [
        .once(text: "SELECT kind, name, detail FROM bulkhead.residue()", parameters: []),
        .once(text: "SHOW search_path", parameters: []),
      ], deadline: .now + clock)
    var residue: [String] = []
    for row in results[0] {
      let (kind, name, detail) = (try row.text(0), try row.text(1), try row.text(2))
      if kind == "prepared statement", let text = own[name], text == detail || text.isEmpty { continue }
      residue.append("\(kind) \(name)")
    }
    let path = try results[1][0].text(0)
    if path != SessionSettings.searchPath { residue.append("setting search_path") }
    return residue
  }
}
