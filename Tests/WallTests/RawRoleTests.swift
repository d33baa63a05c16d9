import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres
import Testing

@testable import bulkhead

@Suite("The pool's login role by itself", .serialized)
struct RawRoleTests {
  private struct Table {
    let name: String
    let updatable: String?
    let deletable: Bool
    let anyColumn: String
  }

  private static func tables(_ system: TestSystem) async throws -> [Table] {
    let rows = try await system.admin(
      """
      SELECT 'pooled.' || c.relname,
        (SELECT min(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
          AND has_column_privilege('bulkhead_pool', c.oid, a.attnum, 'UPDATE')),
        has_table_privilege('bulkhead_pool', c.oid, 'DELETE'),
        (SELECT min(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
          AND a.attname <> 'tenant_id')
      FROM pg_class c WHERE c.relnamespace = 'pooled'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
      """)
    return try rows.map { row in
      Table(
        name: try row.text(0), updatable: row.textOrNil(1), deletable: try row.bool(2), anyColumn: try row.text(3))
    }
  }

  @Test("with nothing bound it reads no row and writes none, in any table")
  func unbound() async throws {
    try await TestSystem.run { system in
      _ = try await system.tenant(.pooled)
      let raw = try await system.raw()
      defer { raw.close() }
      let tables = try await Self.tables(system)
      #expect(tables.count > 20)
      var filled = 0
      for table in tables {
        if try await system.admin("SELECT count(*) FROM \(table.name)")[0].int(0) > 0 { filled += 1 }
        #expect(try await raw.count(table.name) == 0, "\(table.name)")
        // BH001: balances are posted by a trigger, which refuses everybody else before row security is asked.
        let insert = await raw.refusal("INSERT INTO \(table.name) DEFAULT VALUES")
        #expect(insert == "42501" || insert == "BH001", "\(table.name): \(insert ?? "inserted")")
        #expect(
          await raw.refusal("INSERT INTO \(table.name) (tenant_id) SELECT gen_random_uuid()") == "42501",
          "\(table.name)")
        let column = table.updatable ?? table.anyColumn
        let update = "UPDATE \(table.name) SET \(column) = \(column)"
        if table.updatable == nil {
          #expect(await raw.refusal(update) == "42501", "\(table.name)")
        } else {
          #expect(try await raw.sql(update).affected == 0, "\(table.name)")
        }
        if table.deletable {
          #expect(try await raw.sql("DELETE FROM \(table.name)").affected == 0, "\(table.name)")
        } else {
          #expect(await raw.refusal("DELETE FROM \(table.name)") == "42501", "\(table.name)")
        }
        #expect(await raw.refusal("TRUNCATE \(table.name)") == "42501", "\(table.name)")
        #expect(await raw.refusal("UPDATE \(table.name) SET tenant_id = tenant_id") == "42501", "\(table.name)")
        for column in ["ctid", "xmin", "tableoid"] {
          #expect(await raw.refusal("SELECT \(column) FROM \(table.name)") == "42501", "\(table.name).\(column)")
        }
      }
      #expect(filled > 8, "nothing was there to be read")
    }
  }

  @Test("a bound connection sees its tenant's rows, writes for it alone, and forgets it with the transaction")
  func bound() async throws {
    try await TestSystem.run { system in
      let a = try await system.tenant(.pooled)
      let b = try await system.tenant(.pooled)
      let raw = try await system.raw()
      defer { raw.close() }
      var seen: [Set<String>] = []
      for tenant in [a, b] {
        try await raw.sql("BEGIN; SELECT bulkhead.bind('\(system.bindToken(tenant, raw))')")
        let ids = Set(try await raw.sql("SELECT id FROM pooled.product").texts)
        let own = Set(
          try await system.admin("SELECT id FROM pooled.product WHERE tenant_id = '\(tenant.id)'").texts)
        #expect(!ids.isEmpty && ids == own)
        #expect(try await raw.sql("SELECT bulkhead.tenant()").texts == ["\(tenant.id)"])
        #expect(try await raw.sql("UPDATE pooled.product SET name = name").affected == ids.count)
        seen.append(ids)
        try await raw.sql("COMMIT")
        #expect(try await raw.sql("SELECT bulkhead.tenant()").texts == ["NULL"])
        #expect(try await raw.count("pooled.product") == 0)
      }
      #expect(seen[0].isDisjoint(with: seen[1]))
    }
  }

  @Test("the data path serves two tenants over one backend, each with its own rows only")
  func oneBackend() async throws {
    try await TestSystem.run { system in
      let a = try await system.tenant(.pooled)
      let b = try await system.tenant(.pooled)
      let path = system.platform.path
      let home = Home(a.record.placement)
      var pids: Set<Int32> = []
      var seen: [Set<String>] = []
      for tenant in [a, b, a] {
        let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
        seen.append(Set(try await scoped.read(Query("SELECT id FROM product"))[0].texts))
        let (pid, unbound) = try await path.withoutTenantIsolation(reason: "test", in: home) { connection in
          (connection.backendPID, try await connection.count("pooled.product"))
        }
        #expect(unbound == 0)
        pids.insert(pid)
      }
      #expect(pids.count == 1)
      #expect(seen[0] == seen[2] && !seen[0].isEmpty && seen[0].isDisjoint(with: seen[1]))
    }
  }

  @Test("the carrier, roles, the catalog and everything that reaches others are refused to it")
  func tricks() async throws {
    try await TestSystem.run { system in
      let victim = try await system.tenant(.pooled)
      let raw = try await system.raw()
      defer { raw.close() }
      for trick in Tricks.refused(victim: victim.id) {
        #expect(await raw.refusal(trick) == "42501", "\(trick)")
        #expect(try await raw.count("pooled.product") == 0, "\(trick)")
      }
      for trick in Tricks.withoutEffect {
        _ = await raw.refusal(trick)
        #expect(try await raw.sql("SELECT bulkhead.tenant()").texts == ["NULL"], "\(trick)")
        // `row_security = off` turns what would be filtered into an error.
        let leaked = (try? await raw.count("pooled.product")) ?? 0
        #expect(leaked == 0, "\(trick)")
        try await raw.sql("RESET ALL; RESET ROLE")
      }
    }
  }

  @Test("what only the guard can stop is stopped by the guard")
  func guardOnly() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled, seeded: false)
      let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
      for trick in Tricks.guardOnly {
        await #expect(throws: Refusal.self, "\(trick)") {
          try await scoped.read(Query(Statement(unchecked: trick)))
        }
        await #expect(throws: Refusal.self, "\(trick)") {
          try await scoped.transaction { _ = try await $0.run(Statement(unchecked: trick)) }
        }
      }
    }
  }

  @Test(
    "start-up options bind nobody", arguments: ["backtrace_functions=t", "role=bulkhead_owner", "row_security=off"])
  func startup(option: String) async throws {
    try await TestSystem.run { system in
      let victim = try await system.tenant(.pooled)
      let value = option.hasSuffix("=t") ? option + victim.id.id.hex : option
      guard let raw = try? await system.raw(options: "-c \(value)") else { return }
      defer { raw.close() }
      #expect(option.hasPrefix("row_security"), "a connection with \(value) was let in")
      #expect(((try? await raw.count("pooled.product")) ?? 0) == 0)
    }
  }
}

/// What a thief of the pool's password may try.
enum Tricks {
  static func refused(victim: TenantID) -> [String] {
    let carrier = "t" + victim.id.hex
    return [
      "SET backtrace_functions = '\(carrier)'", "BEGIN; SET LOCAL backtrace_functions = '\(carrier)'",
      "SELECT set_config('backtrace_functions', '\(carrier)', false)", "RESET backtrace_functions",
      "ALTER ROLE bulkhead_pool SET backtrace_functions = '\(carrier)'",
      "ALTER ROLE bulkhead_pool IN DATABASE bulkhead_cell SET backtrace_functions = '\(carrier)'",
      "ALTER DATABASE bulkhead_cell SET backtrace_functions = '\(carrier)'",
      "ALTER SYSTEM SET backtrace_functions = '\(carrier)'", "ALTER ROLE bulkhead_pool BYPASSRLS",
      "UPDATE pg_settings SET setting = '\(carrier)' WHERE name = 'backtrace_functions'",
      "SET ROLE bulkhead_owner", "SET ROLE bulkhead_binder", "SET ROLE bulkhead_relay",
      "SET SESSION AUTHORIZATION bulkhead_owner",
    ] + everyday
  }

  private static let everyday = [
    "CREATE TEMP TABLE mine (id int)", "CREATE TABLE pooled.mine (id int)", "CREATE SCHEMA mine",
    "CREATE TABLE public.mine (id int)", "CREATE FUNCTION pooled.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DO $$ BEGIN END $$", "CREATE OR REPLACE FUNCTION bulkhead.tenant() RETURNS uuid LANGUAGE sql AS 'SELECT NULL'",
    "ALTER FUNCTION bulkhead.tenant() VOLATILE", "ALTER TABLE pooled.product DISABLE ROW LEVEL SECURITY",
    "DROP POLICY tenant ON pooled.product", "CREATE POLICY mine ON pooled.product USING (true)",
    "BEGIN; LOCK TABLE pooled.product IN ACCESS EXCLUSIVE MODE",
    "COPY pooled.product TO '/tmp/stolen'", "COPY pooled.product TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')", "SELECT pg_advisory_lock(1)", "SELECT pg_try_advisory_xact_lock(1)",
    "SELECT pg_sleep(0)", "SELECT pg_notify('a', 'b')", "SELECT lo_create(0)", "SELECT lo_from_bytea(0, '')",
    "SELECT pg_terminate_backend(1)", "SELECT pg_cancel_backend(1)", "SELECT txid_current()",
    "SELECT query_to_xml('SELECT 1', true, true, '')", "SELECT pg_relation_size('pooled.product')",
    "SELECT pg_stat_get_live_tuples('pooled.product'::regclass)", "SELECT * FROM pg_stat_activity",
    "SELECT * FROM pg_stats", "SELECT * FROM pg_roles", "SELECT * FROM pg_database", "SELECT * FROM pg_locks",
    "SELECT * FROM pg_authid", "SELECT * FROM pg_statistic", "SELECT kid FROM bulkhead.bind_key",
    "SELECT * FROM bulkhead.placement", "SELECT * FROM bulkhead.home", "SELECT * FROM bulkhead.migration",
    "INSERT INTO bulkhead.bind_key VALUES ('k2', '', '')", "UPDATE bulkhead.placement SET epoch = 9",
    "SELECT bulkhead.protect('product')", "SELECT bulkhead.allow_relay('product')",
  ]

  /// What no placement's role may do, whatever its schema is called.
  static let everywhere = [
    "CREATE TEMP TABLE mine (id int)", "CREATE TEMP VIEW mine AS SELECT 1", "CREATE SCHEMA mine",
    "CREATE TABLE public.mine (id int)", "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DO $$ BEGIN END $$", "DO LANGUAGE sql $$ $$", "CREATE EXTENSION hstore", "CREATE ROLE mine",
    "CREATE DATABASE mine", "ALTER SYSTEM SET work_mem = '1GB'", "SET session_replication_role = replica",
    "SET backtrace_functions = 't'", "SET log_statement = 'all'", "LOAD 'auto_explain'", "CHECKPOINT",
    "COPY (SELECT 1) TO '/tmp/stolen'", "COPY (SELECT 1) TO PROGRAM 'cat'", "CREATE PUBLICATION mine",
    "SELECT pg_advisory_lock(1)", "SELECT pg_try_advisory_xact_lock(1, 2)", "SELECT pg_sleep(0)",
    "SELECT pg_notify('a', 'b')", "SELECT lo_create(0)", "SELECT lo_from_bytea(0, '')", "SELECT loread(0, 1)",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT ts_stat('SELECT 1')", "SELECT set_config('a.b', 'c', true)",
    "SELECT to_regclass('pooled.product')", "SELECT 'pooled.product'::text::regclass",
    "SELECT pg_get_userbyid(10)", "SELECT has_schema_privilege('pooled', 'USAGE')", "SELECT obj_description(1, 'a')",
    "SELECT pg_logical_emit_message(true, 'a', 'b')", "SELECT pg_get_functiondef(1)", "SELECT pg_typeof(1)",
    "SELECT * FROM information_schema.tables",
  ]

  static let withoutEffect = [
    "SET row_security = off", "SET ROLE bulkhead_placement", "RESET ALL", "RESET SESSION AUTHORIZATION",
    "SET search_path = pooled, public", "SET ROLE NONE", "DISCARD ALL",
  ]

  /// PostgreSQL has no privilege for these; EXPLAIN would tell how many rows the planner expects of all tenants.
  static let guardOnly = [
    "EXPLAIN SELECT id FROM product", "LISTEN a", "NOTIFY a", "SET row_security = off", "RESET ALL", "DISCARD ALL",
    "ALTER ROLE bulkhead_pool PASSWORD 'x'", "DROP OWNED BY bulkhead_pool", "PREPARE a AS SELECT 1", "SAVEPOINT a",
    "SELECT 1; SELECT 2", "COMMIT", "SELECT id FROM pooled.product", "SELECT tenant_id FROM product",
  ]
}
