import BulkheadCore
import BulkheadData
import BulkheadGuard
import BulkheadLifecycle
import BulkheadPostgres
import Testing

@testable import bulkhead

@Suite("The lock-down of the catalogs", .serialized)
struct LockdownTests {
  /// What the platform's own tables need beyond the guard's list, the operators and the casts.
  private static let platformFunctions: Set<String> = [
    "current_setting", "gen_random_uuid", "pg_trigger_depth", "uuid_send", "get_bit", "set_bit",
  ]

  /// Functions of the catalogs that `role` may call, apart from those behind operators, casts and indexes.
  private static func callable(_ role: String) -> String {
    """
    SELECT DISTINCT p.proname FROM pg_proc p
     WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
       AND has_function_privilege('\(role)', p.oid, 'EXECUTE')
       AND p.oid NOT IN (SELECT oprcode FROM pg_operator WHERE oprcode <> 0)
       AND p.oid NOT IN (SELECT castfunc FROM pg_cast WHERE castfunc <> 0)
       AND p.oid NOT IN (SELECT amproc FROM pg_amproc)
    """
  }

  private static let perilous = """
    'set_config', 'pg_sleep', 'pg_notify', 'pg_advisory_lock', 'pg_terminate_backend', 'query_to_xml', 'lo_create',
    'pg_stat_get_activity', 'pg_read_file', 'setval', 'pg_get_userbyid', 'to_regrole', 'txid_current', 'regclass',
    'pg_export_snapshot', 'pg_logical_emit_message', 'ts_stat', 'pg_relation_size', 'version', 'inet_server_addr'
    """

  @Test("of the catalogs' functions a placement's role may call the harmless ones alone", arguments: Tier.allCases)
  func functions(tier: Tier) async throws {
    try await TestSystem.run { system in
      let placement = try await system.tenant(tier, seeded: false).record.placement
      let names = Set(
        try await system.admin(Self.callable(placement.role), database: placement.database).texts)
      let allowed = GuardCatalog.harmlessFunctions.union(Self.platformFunctions)
      #expect(names.subtracting(allowed).isEmpty, "\(names.subtracting(allowed).sorted())")
      let existing = Set(
        try await system.admin(
          "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace",
          database: placement.database
        ).texts)
      let all = Set(
        try await system.admin(
          """
          SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
            AND has_function_privilege('\(placement.role)', oid, 'EXECUTE')
          """, database: placement.database
        ).texts)
      let missing = GuardCatalog.harmlessFunctions.intersection(existing).subtracting(all)
      #expect(missing.isEmpty, "the guard lets these through and the database does not: \(missing.sorted())")
      let perilous = try await system.admin(
        """
        SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
          AND proname IN (\(Self.perilous)) AND has_function_privilege('\(placement.role)', oid, 'EXECUTE')
        """, database: placement.database)
      #expect(perilous.isEmpty, "\(perilous.texts)")
    }
  }

  @Test(
    "every closed function without arguments is refused when called, and no catalog can be read",
    arguments: Tier.allCases)
  func calls(tier: Tier) async throws {
    try await TestSystem.run { system in
      let placement = try await system.tenant(tier, seeded: false).record.placement
      let closed = try await system.admin(
        """
        SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.pronargs = 0
          AND p.prokind = 'f' AND NOT has_function_privilege('\(placement.role)', p.oid, 'EXECUTE')
        """, database: placement.database
      ).texts
      let relations = try await system.admin(
        """
        SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'v')
          AND relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        """, database: placement.database
      ).texts
      #expect(closed.count > 100 && relations.count > 150)
      let raw = try await system.raw(role: placement.role, database: placement.database)
      defer { raw.close() }
      for name in closed {
        #expect(await raw.refusal("SELECT pg_catalog.\"\(name)\"()") == "42501", "\(name)")
      }
      for relation in relations {
        #expect(await raw.refusal("SELECT count(*) FROM \(relation)") == "42501", "\(relation)")
      }
      for trick in Tricks.everywhere {
        #expect(await raw.refusal(trick) == "42501", "\(trick)")
      }
    }
  }

  @Test("nobody but those who are named gets into a database of ours, and template1 is locked down too")
  func databases() async throws {
    try await TestSystem.run { system in
      _ = try await system.tenant(.dedicated, seeded: false)
      let open = try await system.admin(
        """
        SELECT datname FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) AS g
         WHERE grantee = 0 AND datallowconn AND datname NOT LIKE 'wall_left_%'
        """)
      #expect(open.isEmpty, "\(open.texts)")
      for database in ["template1", ControlDatabase.databaseName] {
        let left = try await system.admin(
          """
          SELECT proname FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS g
           WHERE grantee = 0 AND proname IN (\(Self.perilous))
          UNION ALL
          SELECT lanname FROM pg_language, aclexplode(coalesce(lanacl, acldefault('l', lanowner))) AS g
           WHERE grantee = 0 AND lanname IN ('sql', 'plpgsql')
          """, database: database)
        #expect(left.isEmpty, "\(database): \(left.texts)")
      }
    }
  }

  @Test("what is given back works again, and is taken again by the next migration")
  func again() async throws {
    try await Throwaway.database("wall_lockdown") { connection, installation in
      try await connection.sql("GRANT CONNECT ON DATABASE wall_lockdown TO bulkhead_pool")
      try await connection.sql(
        """
        GRANT EXECUTE ON ALL ROUTINES IN SCHEMA pg_catalog TO PUBLIC; GRANT SELECT ON pg_roles TO PUBLIC;
        GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC; GRANT TEMP ON DATABASE wall_lockdown TO PUBLIC
        """)
      let opened = [
        "SELECT pg_sleep(0)", "SELECT count(*) FROM pg_roles", "DO $$ BEGIN END $$", "CREATE TEMP TABLE t ()",
      ]
      try await TestSystem.run { system in
        let raw = try await system.raw(database: "wall_lockdown")
        defer { raw.close() }
        for statement in opened { #expect(await raw.refusal(statement) == nil, "\(statement)") }
        try await system.platform.cluster.cells.main.connected(to: "wall_lockdown") { admin in
          try await system.platform.cluster.migrations.lockDown(admin)
        }
        for statement in opened { #expect(await raw.refusal(statement) == "42501", "\(statement)") }
      }
    }
  }

  @Test("values of statements reach no log, and no session of ours can turn that off")
  func logs() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.schema, seeded: false)
      for role in Installation.loginRoles + [tenant.record.placement.role] {
        let database = role == ControlDatabase.role ? ControlDatabase.databaseName : Installation.cellDatabase
        let raw = try await system.raw(role: role, database: database)
        defer { raw.close() }
        for name in ["log_parameter_max_length", "log_parameter_max_length_on_error"] {
          #expect(try await raw.sql("SHOW \(name)").texts == ["0"], "\(role) \(name)")
        }
        #expect(await raw.refusal("SET log_parameter_max_length = -1") == "42501")
        #expect(await raw.refusal("ALTER ROLE \(role) SET log_parameter_max_length = -1") == "42501")
        #expect(try await raw.sql("SHOW search_path").texts == ["pg_catalog, pg_temp"])
      }
    }
  }
}
