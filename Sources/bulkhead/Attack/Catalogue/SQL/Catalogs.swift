import BulkheadCore

/// What the server's own catalogs, and the platform's tables beside them, would tell.
extension Catalogue {
  static let catalogs: [any Attack] = [
    catalog("roles", "Read the list of roles", "pg_roles"), catalog("users", "Read the list of users", "pg_user"),
    catalog("passwords", "Read the roles' passwords", "pg_authid", .access),
    catalog("shadow", "Read the users' passwords", "pg_shadow", .access),
    catalog("databases", "Read the list of databases", "pg_database"),
    catalog("members", "Read who belongs to which role", "pg_auth_members"),
    catalog("roleSettings", "Read the settings of roles", "pg_db_role_setting"),
    catalog(
      "sessions", "Read what other sessions run", "pg_stat_activity",
      functions: "pg_stat_get_activity(integer)"),
    catalog("lockList", "Read the list of locks", "pg_locks", functions: "pg_lock_status()"),
    catalog("histograms", "Read histograms of all tenants' values", "pg_stats", .access),
    catalog("rawHistograms", "Read the statistics behind the histograms", "pg_statistic", .access),
    catalog("tableStatistics", "Read counters of tables", "pg_stat_all_tables"),
    catalog("userTables", "Read counters of users' tables", "pg_stat_user_tables"),
    catalog("settings", "Read the server's settings", "pg_settings", functions: "pg_show_all_settings()"),
    catalog("policies", "Read the policies", "pg_policies"),
    catalog("policy", "Read the policies' catalog", "pg_policy"),
    catalog("publications", "Read which tenants are replicated", "pg_publication_rel"),
    catalog("largeObjects", "Read the list of large objects", "pg_largeobject_metadata"),
    catalog("dependencies", "Read what depends on which role", "pg_shdepend"),
    catalog(
      "files", "Read where the server's files are", "pg_hba_file_rules", .access,
      functions: "pg_hba_file_rules()"),
    platform(
      "bindKeys", "Read the bind keys", .access, "SELECT count(*) FROM bulkhead.bind_key", "SELECT",
      "bulkhead.bind_key"),
    platform(
      "bindKeyInsert", "Add a bind key of one's own", .access,
      "INSERT INTO bulkhead.bind_key SELECT 'attack', pad, pad FROM decode(repeat('00', 64), 'hex') AS pad",
      "INSERT", "bulkhead.bind_key"),
    platform(
      "bindKeyDelete", "Delete the bind keys", .degrade, "DELETE FROM bulkhead.bind_key WHERE kid = 'none'",
      "SELECT, DELETE", "bulkhead.bind_key"),
    platform(
      "placement", "Read which tenants live here", .infer, "SELECT count(*) FROM bulkhead.placement", "SELECT",
      "bulkhead.placement"),
    platform(
      "placementEpoch", "Fence every tenant off by another epoch", .degrade,
      "UPDATE bulkhead.placement SET epoch = epoch", "SELECT, UPDATE", "bulkhead.placement"),
    platform(
      "placementRole", "Have another tenant reached under one's own role", .access,
      "INSERT INTO bulkhead.placement VALUES (gen_random_uuid(), '{role}', 1)", "INSERT", "bulkhead.placement"),
    platform(
      "home", "Read the list of tenants' schemas", .infer, "SELECT count(*) FROM bulkhead.home", "SELECT",
      "bulkhead.home"),
    platform(
      "homeWrite", "Change whom a schema belongs to", .access, "UPDATE bulkhead.home SET grantee = grantee",
      "SELECT, UPDATE", "bulkhead.home"),
    platform(
      "migrations", "Read the list of migrations", .infer, "SELECT count(*) FROM bulkhead.migration", "SELECT",
      "bulkhead.migration"),
    SQLAttack(
      "sql.catalog.names", "Look for the victim's name among the names of schemas, tables and columns", .infer,
      """
      SELECT nspname FROM pg_namespace WHERE nspname LIKE '%{slug}%' \
      UNION ALL SELECT relname FROM pg_class WHERE relname LIKE '%{slug}%'
      """, aim: .rows,
      SQLWall(
        "names of schemas say nothing", open: [#"CREATE SCHEMA "x-{slug}""#], close: [#"DROP SCHEMA "x-{slug}""#])),
  ]

  private static func catalog(
    _ id: String, _ title: String, _ relation: String, _ verb: Verb = .infer, functions: String...
  ) -> any Attack {
    let wall = functions.reduce(SQLWall.relation("SELECT", on: "pg_catalog.\(relation)")) { $0.and(.function($1)) }
    // Views over counters call functions that are withheld as well: a superuser's session has them all.
    let counters = ["pg_stat_all_tables", "pg_stat_user_tables"].contains(relation)
    return SQLAttack(
      "sql.catalog.\(id)", title, verb, "SELECT * FROM pg_catalog.\(relation) LIMIT 1",
      counters ? .ordinaryRole : wall)
  }

  private static func platform(
    _ id: String, _ title: String, _ verb: Verb, _ script: String, _ privilege: String, _ table: String
  ) -> any Attack {
    SQLAttack(
      "sql.platform.\(id)", title, verb, script,
      .relation(privilege, on: table))
  }
}
