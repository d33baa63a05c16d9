import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadPostgres

extension RefusalCode {
  package static let sqlLoginNameInvalid = RefusalCode("sqlLogin.nameInvalid", .invalid)
  package static let sqlLoginExists = RefusalCode("sqlLogin.exists", .conflict)
  package static let sqlLoginNotAllowed = RefusalCode("sqlLogin.notAllowed", .forbidden)
}

/// A PostgreSQL login of one tenant.
package struct SQLLogin: Sendable {
  package let id: EntityID
  /// What the tenant calls it.
  package let name: String
  /// Opaque: PostgreSQL lets everybody see the names of roles.
  package let role: String
  package let writes: Bool
  package let connectionsMax: Int
  package let createdAt: Instant
}

/// PostgreSQL logins that a tenant uses itself, for reports and tools. Operator's work, never a request's.
///
/// The login is bound by the server as it logs in: the carrier of the tenant is a setting of its role, which only an
/// administrator may give, and which the role can neither change nor reset. The same policies then show it its tenant's
/// rows. What the server cannot take from any login stays possible: `SET` of its own limits (also for good, by
/// `ALTER ROLE … SET`), a new password of its own, `LISTEN`, `PREPARE`, `EXPLAIN` with its estimates over all tenants'
/// rows, and work that burdens the neighbours. Hence the operator must allow them.
package struct SQLLogins: Sendable {
  /// Sessions of one login at a time, unless said otherwise.
  package static let connectionsDefault = 5

  private let control: any ControlQueries
  private let cells: Cells
  private let ambient: Ambient
  private let isAllowed: Bool

  /// - Parameter isAllowed: whether the operator lets tenants have SQL logins on these cells.
  package init(control: any ControlQueries, cells: Cells, ambient: Ambient, isAllowed: Bool) {
    self.control = control
    self.cells = cells
    self.ambient = ambient
    self.isAllowed = isAllowed
  }

  /// Makes a login and answers with its password, which is kept nowhere.
  ///
  /// Refuses with `sqlLogin.notAllowed`, `sqlLogin.nameInvalid`, `sqlLogin.exists`.
  package func create(
    in tenant: TenantRecord, name: String, writes: Bool = false, connectionsMax: Int = connectionsDefault, actor: Actor
  ) async throws -> (login: SQLLogin, password: Secret<String>) {
    guard isAllowed else {
      throw Refusal(
        .sqlLoginNotAllowed,
        """
        SQL logins are not allowed here. A session of its own can burden other tenants and see the planner's estimates \
        over all rows; --allow-sql-logins accepts that.
        """)
    }
    guard (1...100).contains(name.count), !name.contains("\0"), (1...100).contains(connectionsMax) else {
      throw Refusal(
        .sqlLoginNameInvalid, "A login has a name of 1 to 100 characters and 1 to 100 sessions.", at: "/name")
    }
    let login = SQLLogin(
      id: ambient.makeID(), name: name, role: "q_" + Hex.encode(ambient.random.bytes(7)), writes: writes,
      connectionsMax: connectionsMax, createdAt: ambient.now)
    // The row first: a login that was cut short is listed and can be removed.
    let rows = try await control.run(
      """
      INSERT INTO control.sql_login (tenant_id, id, name, role_name, writes, connections_max, created_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, name) DO NOTHING
      """,
      [
        .id(tenant.id.id), .id(login.id), .text(name), .text(login.role), .bool(writes), .int(Int64(connectionsMax)),
        .text(actor.description),
      ])
    guard rows.affected == 1 else {
      throw Refusal(.sqlLoginExists, "The tenant has a login of this name.", at: "/name")
    }
    let password = Hex.encode(ambient.random.bytes(24))
    let verifier = try ScramVerifier.make(of: password, salt: ambient.random.bytes(16))
    let admin = try cells.admin(of: tenant.placement.cell)
    try await admin.exclusively {
      try await admin.connected(to: tenant.placement.database) { connection in
        _ = try await connection.simple(Self.script(login, tenant.placement, verifier: verifier), deadline: nil)
      }
    }
    return (login, Secret(password))
  }

  package func logins(in tenant: TenantID) async throws -> [SQLLogin] {
    let rows = try await control.run(
      """
      SELECT id, name, role_name, writes, connections_max, created_at FROM control.sql_login
      WHERE tenant_id = $1 ORDER BY name
      """, [.id(tenant.id)])
    return try rows.map { row in
      SQLLogin(
        id: try row.id(0), name: try row.text(1), role: try row.text(2), writes: try row.bool(3),
        connectionsMax: Int(try row.int(4)), createdAt: try row.instant(5))
    }
  }

  /// Ends the login's sessions and removes it. Refuses with `resource.notFound`.
  package func remove(_ name: String, from tenant: TenantRecord) async throws -> SQLLogin {
    guard let login = try await logins(in: tenant.id).first(where: { $0.name == name }) else { throw Refusal.notFound }
    let role = try identifier(login.role)
    let admin = try cells.admin(of: tenant.placement.cell)
    try await admin.exclusively {
      try await admin.connected(to: tenant.placement.database) { connection in
        // Nobody new gets in before those who are in are put out.
        for sql in [
          """
          DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = '\(role)') THEN ALTER ROLE \(role) NOLOGIN; END IF;
          END $$
          """,
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '\(role)'",
          "DROP ROLE IF EXISTS \(role)",
        ] { _ = try await connection.simple(sql, deadline: nil) }
      }
    }
    _ = try await control.run(
      "DELETE FROM control.sql_login WHERE tenant_id = $1 AND id = $2", [.id(tenant.id.id), .id(login.id)])
    return login
  }

  /// Removes every login of a tenant that leaves.
  package func removeAll(from tenant: TenantRecord) async throws {
    for login in try await logins(in: tenant.id) { _ = try await remove(login.name, from: tenant) }
  }

  /// The groups of a home's logins.
  private static func groups(_ placement: Placement) -> (reader: String, writer: String) {
    guard placement.tier != .pooled else { return ("bulkhead_reader", "bulkhead_writer") }
    let reader = "g_" + placement.role.dropFirst(2)
    return (reader, reader + "_w")
  }

  private static func script(
    _ login: SQLLogin, _ placement: Placement, verifier: String
  ) throws(Refusal) -> String {
    let role = try identifier(login.role)
    let schema = try identifier(placement.schema)
    let reader = try identifier(groups(placement).reader)
    let writer = try identifier(groups(placement).writer)
    let settings = RoleSettings.statements(
      role,
      [
        ("backtrace_functions", "t\(placement.tenant.id.hex)"), ("search_path", "\(schema), pg_temp"),
        ("statement_timeout", "30s"), ("temp_file_limit", "256MB"), ("work_mem", "16MB"),
        ("max_parallel_workers_per_gather", "0"), ("default_transaction_read_only", login.writes ? "off" : "on"),
      ])
    return """
      BEGIN;
      SELECT pg_advisory_xact_lock(4711);
      SET LOCAL client_min_messages = warning;
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(reader)') THEN
          CREATE ROLE \(reader) NOLOGIN;
          CREATE ROLE \(writer) NOLOGIN;
          GRANT bulkhead_sql TO \(reader);
          GRANT \(reader) TO \(writer);
        END IF;
      END $$;
      SELECT bulkhead.allow_logins('\(schema)');
      CREATE ROLE \(role) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
        CONNECTION LIMIT \(login.connectionsMax) PASSWORD '\(verifier)';
      \(settings)
      GRANT \(login.writes ? writer : reader) TO \(role);
      COMMIT;
      """
  }
}
