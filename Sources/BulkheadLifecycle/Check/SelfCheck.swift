import BulkheadCore
import BulkheadData
import BulkheadPostgres

extension RefusalCode {
  package static let selfCheckFailed = RefusalCode("selfCheck.failed", .unavailable)
}

/// Refuses to serve from a cluster whose walls are not what they must be: an old server, or a login role of ours that
/// could pass row security.
package struct SelfCheck: Sendable {
  private let allowsUnpatched: Bool

  package init(allowsUnpatched: Bool) { self.allowsUnpatched = allowsUnpatched }

  package func run(_ admin: AdminAccess) async throws {
    try await admin.connected { connection in
      if !allowsUnpatched, let objection = SecurityFloor.objection(to: connection.serverVersionNumber) {
        throw Refusal(.serverUnpatched, objection)
      }
      let rows = try await connection.roundTrip(
        [.once(text: Self.query, parameters: [])], deadline: .now + .seconds(10))
      let mighty = try rows[0].map { try $0.text(0) }
      guard mighty.isEmpty else {
        throw Refusal(
          .selfCheckFailed,
          """
          The database roles \(mighty.joined(separator: ", ")) of cell \(admin.cell) can pass row security. Repair: \
          ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOREPLICATION NOCREATEROLE, and take away memberships.
          """)
      }
    }
  }

  /// Every role that a placement logs in as, and the relay, that is more than it may be, or a member of more.
  private static let query = """
    SELECT r.rolname FROM pg_roles r
    WHERE (r.rolname IN ('bulkhead_pool', 'bulkhead_relay', 'bulkhead_keeper', 'bulkhead_control')
        OR pg_has_role(r.oid, 'bulkhead_placement', 'MEMBER')) AND r.rolcanlogin
      AND r.rolname <> current_user AND NOT (r.rolsuper AND r.rolname NOT LIKE 'bulkhead%')
      AND (r.rolsuper OR r.rolbypassrls OR r.rolreplication OR r.rolcreaterole
        OR EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                   WHERE m.member = r.oid AND g.rolname <> 'bulkhead_placement'))
    ORDER BY r.rolname
    """
}
