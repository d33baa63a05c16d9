import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadPostgres

/// What makes a bare PostgreSQL cluster a cell of the platform. Every step may be done again.
package struct Installation: Sendable {
  /// Database of the pooled and the schema tier in a cell.
  package static let cellDatabase = "bulkhead_cell"
  package static let pooledSchema = "pooled"
  package static let pooledRole = "bulkhead_pool"
  /// Login roles that every cluster has; their passwords are derived from the master key.
  package static let loginRoles = ["bulkhead_pool", "bulkhead_relay", "bulkhead_keeper", "bulkhead_control"]

  private let migrator: Migrator
  private let credentials: any CellCredentials
  private let marks: CanaryMarks
  private let allowsUnpatched: Bool

  package init(migrator: Migrator, credentials: any CellCredentials, marks: CanaryMarks, allowsUnpatched: Bool) {
    self.migrator = migrator
    self.credentials = credentials
    self.marks = marks
    self.allowsUnpatched = allowsUnpatched
  }

  /// One line for whoever watches.
  package typealias Progress = @Sendable (String) -> Void

  /// The control database on its cluster.
  package func installControl(_ admin: AdminAccess, progress: @escaping Progress) async throws {
    try await admin.exclusively {
      try await prepareCluster(admin, progress: progress)
      try await createDatabase(ControlDatabase.databaseName, admin, grantees: [ControlDatabase.role])
      try await admin.connected(to: ControlDatabase.databaseName) { connection in
        try await migrator.migrateControl(connection) { file, _, _ in progress(file) }
      }
    }
  }

  /// A cell: its cluster's roles and the database of its pooled and schema tiers.
  package func installCell(_ admin: AdminAccess, progress: @escaping Progress) async throws {
    try await admin.exclusively {
      try await prepareCluster(admin, progress: progress)
      try await installDatabase(Self.cellDatabase, admin, progress: progress)
      try await admin.connected(to: Self.cellDatabase) { connection in
        try await openSchema(Self.pooledSchema, role: Self.pooledRole, tenant: nil, connection)
        try await migrateSchema(Self.pooledSchema, connection, progress: progress)
      }
    }
  }

  /// The template of a cluster that is ours alone: a database that somebody makes by hand begins locked down as well.
  /// Not for a cluster that others use too, whose databases are theirs.
  package func lockDownTemplate(_ admin: AdminAccess) async throws {
    try await admin.exclusively {
      try await admin.connected(to: "template1") { connection in try await migrator.lockDown(connection) }
    }
  }

  /// A cluster that only holds dedicated databases: its roles.
  package func installCluster(_ admin: AdminAccess, progress: @escaping Progress) async throws {
    try await admin.exclusively { try await prepareCluster(admin, progress: progress) }
  }

  /// A database that can hold tenants: the binding, the protections and the lock-down.
  package func installDatabase(_ name: String, _ admin: AdminAccess, progress: @escaping Progress) async throws {
    try await createDatabase(name, admin, grantees: ["bulkhead_relay", "bulkhead_keeper"])
    try await admin.connected(to: name) { connection in
      try await migrator.migrateCell(connection) { file, _, _ in progress(file) }
    }
  }

  /// A schema that holds tenants, its tables not yet made. `tenant` is set when it holds that one alone.
  package func openSchema(
    _ schema: String, role: String, tenant: TenantID?, _ connection: PostgresConnection
  ) async throws {
    let schema = try identifier(schema)
    let role = try identifier(role)
    let home = tenant.map { "'\($0)'" } ?? "NULL"
    try await connection.simple(
      """
      BEGIN;
      SELECT pg_advisory_xact_lock(4711);
      SET LOCAL client_min_messages = warning;
      CREATE SCHEMA IF NOT EXISTS \(schema) AUTHORIZATION bulkhead_owner;
      GRANT USAGE ON SCHEMA \(schema) TO \(role);
      DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO \(role)', current_database()); END $$;
      INSERT INTO bulkhead.home (schema_name, grantee, tenant_id) VALUES ('\(schema)', '\(role)', \(home))
        ON CONFLICT DO NOTHING;
      COMMIT;
      """, deadline: nil)
  }

  /// Brings a schema's tables to the present state, and its decoys.
  package func migrateSchema(_ schema: String, _ connection: PostgresConnection, progress: @escaping Progress)
    async throws
  {
    try await migrator.migrateSchema(schema, connection) { file, _, _ in progress(file) }
    try await migrator.plantDecoys(
      identifier(schema), tenant: marks.mark(home: schema, row: 0),
      marks: (1...UInt8.max).map { marks.mark(home: schema, row: $0) }, connection)
  }

  /// Makes a login role and sets its derived password.
  package func ensureLogin(_ role: String, inPlacementGroup: Bool, _ connection: PostgresConnection) async throws {
    let role = try identifier(role)
    let verifier = try credentials.password(ofRole: role).withValue { password in
      try ScramVerifier.make(of: password, salt: SystemRandom().bytes(16))
    }
    let grant = inPlacementGroup ? "GRANT bulkhead_placement TO \(role);" : ""
    try await connection.simple(
      """
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(role)') THEN
          CREATE ROLE \(role) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
        END IF;
      END $$;
      ALTER ROLE \(role) PASSWORD '\(verifier)';
      \(RoleSettings.statements(role))
      \(grant)
      """, deadline: nil)
  }

  private func prepareCluster(_ admin: AdminAccess, progress: @escaping Progress) async throws {
    try await admin.connected { connection in
      if let objection = SecurityFloor.objection(to: connection.serverVersionNumber) {
        guard allowsUnpatched else {
          throw Refusal(
            .serverUnpatched,
            objection + " To run all the same, at your tenants' risk: --allow-unpatched-postgres.")
        }
        progress("warning: \(objection)")
      }
      try await migrator.migrateCluster(connection)
      for role in Self.loginRoles {
        try await ensureLogin(role, inPlacementGroup: role == Self.pooledRole, connection)
      }
    }
  }

  private func createDatabase(_ name: String, _ admin: AdminAccess, grantees: [String]) async throws {
    let name = try identifier(name)
    try await admin.connected { connection in
      let rows = try await connection.roundTrip(
        [.once(text: "SELECT 1 FROM pg_database WHERE datname = $1", parameters: [.text(name)])], deadline: nil)
      if rows[0].isEmpty {
        try await connection.simple(
          "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'", deadline: nil)
      }
      try await connection.simple(
        """
        REVOKE ALL ON DATABASE \(name) FROM PUBLIC;
        GRANT CONNECT ON DATABASE \(name) TO \(grantees.joined(separator: ", "));
        """, deadline: nil)
    }
  }
}

extension RefusalCode {
  package static let serverUnpatched = RefusalCode("server.unpatched", .unavailable)
}
