import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres
import Distribution
import Foundation
import Testing

@testable import bulkhead

/// A cluster of its own, because its walls are torn down.
actor FragileCluster {
  static let shared = FragileCluster()
  private var opening: Task<Cluster, any Error>?
  nonisolated let options: DatabaseOptions

  private init() {
    let folder = URL(fileURLWithPath: TestCluster.shared.folder.path + "-fragile")
    options = (try? DatabaseOptions.parse(["--data", folder.path])) ?? DatabaseOptions()
  }

  func cluster() async throws -> Cluster {
    if let opening { return try await opening.value }
    let task = Task { () async throws -> Cluster in
      // The other one first: it clears the environment.
      _ = try await TestCluster.shared.cluster()
      let cluster = try Cluster.open(options, creates: true)
      atexit { try? PrivateCluster(folder: FragileCluster.shared.options.folder).destroy() }
      try await cluster.install(options) { _ in }
      let platform = try await Platform.open(cluster, logger: .test)
      try await platform.furnish()
      for tier in Tier.allCases {
        _ = try await platform.provisioner(options).create(
          TenantRequest(slug: "fragile-\(tier.rawValue)", name: "Fragile", tier: tier), actor: platform.operatorActor)
      }
      _ = try await platform.sqlLogins(isAllowed: true).create(
        in: platform.tenant(named: "fragile-schema"), name: "reports", actor: platform.operatorActor)
      platform.close()
      return cluster
    }
    opening = task
    return try await task.value
  }
}

@Suite("The check at start-up", .serialized)
struct SelfCheckTests {
  /// Each wall and what takes it away; `$home$` and `$role$` are the schema's and the role's names of a tenant of tier
  /// schema, `$dedicated$` the database of one of tier dedicated.
  static let breaches: [(wall: String, database: String, sql: String)] = [
    ("no role of ours can pass row security", "postgres", "ALTER ROLE bulkhead_pool BYPASSRLS"),
    ("no role of ours can pass row security", "postgres", "ALTER ROLE bulkhead_relay SUPERUSER"),
    ("no role of ours can pass row security", "postgres", "ALTER ROLE bulkhead_control REPLICATION"),
    ("no role of ours can pass row security", "postgres", "ALTER ROLE $role$ CREATEROLE"),
    ("no role of ours can pass row security", "postgres", "ALTER ROLE bulkhead_owner CREATEDB"),
    ("nobody logs in as an owner", "postgres", "ALTER ROLE bulkhead_binder LOGIN"),
    ("roles of ours are members of nothing", "postgres", "GRANT bulkhead_owner TO bulkhead_pool"),
    ("roles of ours are members of nothing", "postgres", "GRANT pg_read_all_data TO $role$"),
    ("roles of ours are members of nothing", "postgres", "GRANT bulkhead_relay TO bulkhead_keeper"),
    ("roles of ours are members of nothing", "postgres", "GRANT bulkhead_placement TO bulkhead_pool WITH ADMIN OPTION"),
    ("the carrier of the tenant is empty", "postgres", "ALTER ROLE bulkhead_pool SET backtrace_functions = 't1'"),
    ("the carrier of the tenant is empty", "postgres", "ALTER DATABASE bulkhead_cell SET backtrace_functions = 't1'"),
    ("only the owner of the bind may set", "postgres", "GRANT SET ON PARAMETER backtrace_functions TO bulkhead_pool"),
    ("only the owner of the bind may set", "postgres", "GRANT SET ON PARAMETER backtrace_functions TO PUBLIC"),
    (
      "only the owner of the bind may set", "postgres",
      "REVOKE SET ON PARAMETER backtrace_functions FROM bulkhead_binder"
    ),
    ("only the owner of the bind may set", "postgres", "GRANT SET ON PARAMETER session_replication_role TO $role$"),
    ("the settings of our login roles", "postgres", "ALTER ROLE bulkhead_pool SET log_parameter_max_length = -1"),
    ("the settings of our login roles", "postgres", "ALTER ROLE $role$ RESET search_path"),
    ("a SQL login is bound", "postgres", "ALTER ROLE $login$ SET backtrace_functions = 't1'"),
    ("a SQL login is bound", "postgres", "ALTER ROLE $login$ RESET backtrace_functions"),
    ("a SQL login is bound", "postgres", "CREATE ROLE q_00000000000000 LOGIN"),
    ("roles of ours are members of nothing", "postgres", "GRANT $role$ TO $login$"),
    ("no role of ours can pass row security", "postgres", "ALTER ROLE $login$ BYPASSRLS"),
    ("the settings of our login roles", "postgres", "ALTER ROLE $login$ RESET log_parameter_max_length"),
    ("PUBLIC gets into no database", "postgres", "GRANT CONNECT ON DATABASE $dedicated$ TO PUBLIC"),
    ("PUBLIC gets into no database", "postgres", "GRANT TEMP ON DATABASE bulkhead_cell TO PUBLIC"),
    (
      "PUBLIC may call no function", "bulkhead_cell",
      "GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO PUBLIC"
    ),
    ("PUBLIC may call no function", "$dedicated$", "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pg_catalog TO PUBLIC"),
    ("PUBLIC may call no function", "bulkhead_control", "GRANT EXECUTE ON FUNCTION pg_sleep(float8) TO PUBLIC"),
    ("PUBLIC may call no function", "template1", "GRANT EXECUTE ON FUNCTION pg_sleep(float8) TO PUBLIC"),
    ("roles of ours may call what", "bulkhead_cell", "GRANT EXECUTE ON FUNCTION pg_sleep(float8) TO bulkhead_pool"),
    (
      "roles of ours may call what", "bulkhead_cell",
      "GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO bulkhead_owner"
    ),
    ("no catalog can be read", "bulkhead_cell", "GRANT SELECT ON pg_stats TO PUBLIC"),
    ("no catalog can be read", "$dedicated$", "GRANT SELECT (rolname) ON pg_roles TO bulkhead_placement"),
    ("nobody but the owners writes functions", "bulkhead_cell", "GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC"),
    ("PUBLIC gets into no schema", "bulkhead_cell", "GRANT USAGE ON SCHEMA public TO PUBLIC"),
    ("PUBLIC gets into no schema", "bulkhead_cell", "GRANT CREATE ON SCHEMA pooled TO bulkhead_pool"),
    (
      "no function runs with its owner's rights", "bulkhead_cell",
      "CREATE FUNCTION public.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM pooled.product'"
    ),
    (
      "no function runs with its owner's rights", "bulkhead_cell",
      "CREATE FUNCTION public.spy() RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT true'"
    ),
    (
      "no function runs with its owner's rights", "bulkhead_cell",
      "ALTER FUNCTION pooled.audit_entry_chain() RESET search_path"
    ),
    (
      "the functions of the binding are as", "$dedicated$",
      """
      CREATE OR REPLACE FUNCTION bulkhead.bind(token text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp AS $$ BEGIN
        PERFORM set_config('backtrace_functions', 't' || split_part(token, '.', 2), true); END $$
      """
    ),
    (
      "the functions of the binding are as", "bulkhead_cell", "ALTER FUNCTION bulkhead.tenant() OWNER TO bulkhead_owner"
    ),
    ("the functions of the binding are as", "bulkhead_cell", "ALTER FUNCTION bulkhead.bind(text) RESET search_path"),
    (
      "there is no other function beside", "bulkhead_cell",
      "CREATE FUNCTION bulkhead.back_door() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
    ),
    (
      "there is no other function beside", "bulkhead_cell",
      "CREATE FUNCTION bulkhead.bind(a text, b text) RETURNS integer LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION bulkhead.bind(text, text) FROM PUBLIC"
    ),
    ("only a placement binds", "bulkhead_cell", "GRANT EXECUTE ON FUNCTION bulkhead.bind(text) TO PUBLIC"),
    ("only a placement binds", "bulkhead_cell", "GRANT EXECUTE ON FUNCTION bulkhead.bind(text) TO bulkhead_sql"),
    ("the bind keys are in no log", "$dedicated$", "ALTER TABLE bulkhead.bind_key SET LOGGED"),
    ("the wall's own tables", "bulkhead_cell", "GRANT SELECT ON bulkhead.bind_key TO bulkhead_placement"),
    ("the wall's own tables", "bulkhead_cell", "GRANT SELECT (inner_pad) ON bulkhead.bind_key TO bulkhead_keeper"),
    ("the wall's own tables", "bulkhead_cell", "GRANT UPDATE ON bulkhead.placement TO bulkhead_pool"),
    ("row security is on", "bulkhead_cell", "ALTER TABLE pooled.product DISABLE ROW LEVEL SECURITY"),
    ("row security is on", "bulkhead_cell", "ALTER TABLE $home$.product NO FORCE ROW LEVEL SECURITY"),
    (
      "every table of tenants has the tenant policy", "bulkhead_cell",
      "ALTER POLICY tenant ON pooled.product USING (tenant_id = (SELECT bulkhead.tenant()) OR true)"
    ),
    ("every table of tenants has the tenant policy", "bulkhead_cell", "DROP POLICY tenant ON $home$.audit_entry"),
    (
      "no table of tenants has another policy", "bulkhead_cell",
      "CREATE POLICY support ON pooled.product FOR SELECT USING (true)"
    ),
    ("nothing is granted on a whole table", "bulkhead_cell", "GRANT SELECT ON pooled.product TO bulkhead_pool"),
    ("nothing is granted on a whole table", "bulkhead_cell", "GRANT UPDATE ON pooled.product TO bulkhead_pool"),
    ("nothing is granted on a whole table", "bulkhead_cell", "GRANT TRUNCATE ON pooled.product TO bulkhead_relay"),
    ("nothing is granted on a whole table", "bulkhead_cell", "GRANT REFERENCES ON $home$.product TO $role$"),
    ("nothing is granted on a whole table", "bulkhead_cell", "GRANT TRIGGER ON $home$.product TO $role$"),
    ("nothing is granted on a whole table", "bulkhead_cell", "GRANT DELETE ON $home$.product TO bulkhead_pool"),
    ("nothing is granted on a whole table", "bulkhead_cell", "GRANT SELECT ON pooled.product TO PUBLIC"),
    (
      "columns are granted to the home's own roles", "bulkhead_cell",
      "GRANT UPDATE (tenant_id) ON pooled.product TO bulkhead_pool"
    ),
    (
      "columns are granted to the home's own roles", "bulkhead_cell",
      "GRANT SELECT (name) ON $home$.product TO bulkhead_pool"
    ),
    ("columns are granted to the home's own roles", "bulkhead_cell", "GRANT SELECT (name) ON pooled.product TO PUBLIC"),
    (
      "a home holds tables and nothing", "bulkhead_cell",
      "CREATE VIEW pooled.everything AS SELECT * FROM pooled.product"
    ),
    (
      "a home holds tables and nothing", "bulkhead_cell",
      "CREATE MATERIALIZED VIEW $home$.totals AS SELECT count(*) FROM pooled.product"
    ),
    ("a home holds tables and nothing", "bulkhead_cell", "CREATE SEQUENCE pooled.numbers"),
    ("nothing is granted on a whole table", "bulkhead_cell", "GRANT DELETE ON pooled.product TO PUBLIC"),
    ("nothing is granted on a whole table", "bulkhead_cell", "GRANT SELECT ON pooled.outbox TO PUBLIC"),
    (
      "columns are granted to the home's own roles", "bulkhead_cell",
      "GRANT UPDATE (dispatched_at) ON pooled.outbox TO PUBLIC"
    ),
    ("the wall's own tables", "bulkhead_cell", "GRANT SELECT ON bulkhead.home TO PUBLIC"),
    ("the wall's own tables", "bulkhead_cell", "GRANT INSERT ON bulkhead.bind_key TO PUBLIC"),
    ("a home is open to its own roles", "bulkhead_cell", "GRANT USAGE ON SCHEMA pooled TO PUBLIC"),
    ("tables of tenants belong to the owner", "bulkhead_cell", "ALTER TABLE pooled.product OWNER TO bulkhead_binder"),
    (
      "no trigger of a tenants' table", "bulkhead_cell",
      "ALTER TABLE pooled.audit_entry DISABLE TRIGGER audit_entry_refuse"
    ),
    ("no trigger of a tenants' table", "bulkhead_cell", "ALTER TABLE $home$.product DROP CONSTRAINT tenant_home"),
    ("a home is open to its own roles", "bulkhead_cell", "GRANT USAGE ON SCHEMA $home$ TO bulkhead_pool"),
  ]

  @Test("each wall that is missing is named with its fix, nothing is served, and the fix closes it")
  func breaches() async throws {
    let cluster = try await FragileCluster.shared.cluster()
    let options = FragileCluster.shared.options
    let admin = cluster.cells.main
    try await cluster.check(options)
    let names = try await admin.connected(to: ControlDatabase.databaseName) { connection in
      let rows = try await connection.sql(
        "SELECT tier, schema_name, role_name, database_name FROM control.tenant ORDER BY tier")
      return try Dictionary(
        uniqueKeysWithValues: rows.map { row in
          (try row.text(0), (schema: try row.text(1), role: try row.text(2), database: try row.text(3)))
        })
    }
    let own = try #require(names["schema"])
    let dedicated = try #require(names["dedicated"]?.database)
    let login = try await admin.connected(to: ControlDatabase.databaseName) { connection in
      try #require(try await connection.sql("SELECT role_name FROM control.sql_login").texts.first)
    }
    func filled(_ text: String) -> String {
      text.replacing("$home$", with: own.schema).replacing("$role$", with: own.role)
        .replacing("$dedicated$", with: dedicated).replacing("$login$", with: login)
    }
    var refused: Set<String> = []
    for breach in Self.breaches {
      let database = filled(breach.database)
      try await admin.connected(to: database) { _ = try await $0.sql(filled(breach.sql)) }
      let gaps = try await cluster.selfCheck(options).gaps(admin, registry: admin, checksTemplate: true)
      #expect(!gaps.isEmpty && gaps.contains { $0.wall.hasPrefix(breach.wall) }, "\(breach.sql): \(gaps)")
      // Serving is refused for every gap alike, so each wall is asked once.
      if refused.insert(breach.wall).inserted {
        let refusal = await #expect(throws: Refusal.self, "\(breach.sql)") { try await cluster.check(options) }
        #expect(refusal?.code == .selfCheckFailed && refusal?.detail.contains(breach.wall) == true, "\(breach.sql)")
      }
      for gap in gaps {
        let place = gap.place.split(separator: " database ").last.map(String.init) ?? ""
        try await admin.connected(to: gap.place.contains(" database ") ? place : "postgres") { connection in
          do {
            _ = try await connection.sql(gap.fix)
          } catch {
            Issue.record("the fix \(gap.fix) of \(breach.sql): \(String(reflecting: error))")
          }
        }
      }
      let left = try await cluster.selfCheck(options).gaps(admin, registry: admin, checksTemplate: true)
      #expect(left.isEmpty, "after the fix of \(breach.sql): \(left)")
      if !left.isEmpty { return }
    }
  }

  @Test("the walls are whole in a cluster that serves, whatever tests have made in it")
  func whole() async throws {
    let cluster = try await FragileCluster.shared.cluster()
    let platform = try await Platform.open(cluster, logger: .test)
    defer { platform.close() }
    _ = try await platform.provisioner(FragileCluster.shared.options).create(
      TenantRequest(slug: "whole", name: "Whole", tier: .schema), actor: platform.operatorActor)
    try await cluster.check(FragileCluster.shared.options)
    // What was torn down and mended serves as before.
    for slug in ["whole"] + Tier.allCases.map({ "fragile-\($0.rawValue)" }) {
      let tenant = try await platform.operatorTenant(platform.tenant(named: slug), reason: "test")
      try await tenant.transaction { transaction in
        try await transaction.run("SELECT id, name FROM product")
        try await transaction.run("UPDATE product SET name = name")
        try await transaction.run(
          "INSERT INTO consumed_event (consumer, event_id) VALUES ('whole', $1)", .id(platform.ambient.makeID()))
      }
    }
  }

  @Test("every wall is torn down by a test")
  func all() throws {
    let torn = Self.breaches.map(\.wall)
    for wall in SelfCheck.wallNames
    where wall != "the carrier of the tenant is the superuser's to set"
      && wall != "no extension that reaches files or other servers"
    {
      #expect(torn.contains { wall.hasPrefix($0) }, "\(wall)")
    }
  }
}
