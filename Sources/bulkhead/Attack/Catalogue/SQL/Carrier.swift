import BulkheadCore

/// Forging what carries the tenant of a transaction, and becoming a role that needs none.
extension Catalogue {
  private static let setter = SQLWall.carrier.and(.function("set_config(text, text, boolean)"))

  static let carrier: [any Attack] = [
    SQLAttack(
      "sql.carrier.set", "SET the carrier", .access, "SET backtrace_functions = '{carrier}'", aim: .sight, .carrier),
    SQLAttack(
      "sql.carrier.setLocal", "SET LOCAL the carrier", .access, "SET LOCAL backtrace_functions = '{carrier}'",
      aim: .sight, .carrier),
    SQLAttack(
      "sql.carrier.setConfig", "Call set_config", .access,
      "SELECT set_config('backtrace_functions', '{carrier}', true)", aim: .sight, setter),
    SQLAttack(
      "sql.carrier.cte", "Call set_config in a materialized CTE before the table is read", .access,
      """
      WITH x AS MATERIALIZED (SELECT set_config('backtrace_functions', '{carrier}', true) AS v) \
      SELECT d.id FROM x, LATERAL (SELECT id FROM {schema}.product WHERE x.v IS NOT NULL OFFSET 0) d
      """, aim: .sight, setter),
    SQLAttack(
      "sql.carrier.union", "Call set_config in an earlier arm of a UNION", .access,
      """
      SELECT set_config('backtrace_functions', '{carrier}', true) UNION ALL SELECT sku FROM {schema}.product
      """, aim: .sight, setter),
    SQLAttack(
      "sql.carrier.xml", "Call set_config through query_to_xml", .access,
      """
      SELECT query_to_xml('select set_config(''backtrace_functions'', ''{carrier}'', true)', true, false, '')
      """, aim: .sight, setter.and(.function("query_to_xml(text, boolean, boolean, text)"))),
    SQLAttack(
      "sql.carrier.unicode", "Hide set_config behind a Unicode escape", .access,
      #"SELECT U&"\0073et_config"('backtrace_functions', '{carrier}', true)"#, aim: .sight, setter),
    SQLAttack(
      "sql.carrier.quoted", "Hide set_config behind quotes, schema and comments", .access,
      #"SELECT /**/ "pg_catalog" /**/ . "set_config" /**/ ('backtrace_functions', '{carrier}', true)"#, aim: .sight,
      setter),
    SQLAttack(
      "sql.carrier.pieces", "Call set_config with a name put together from pieces", .access,
      "SELECT set_config(a || b, '{carrier}', true) FROM (VALUES ('backtrace', '_functions')) AS t (a, b)",
      aim: .sight, setter),
    SQLAttack(
      "sql.carrier.default", "Call set_config where a row is inserted", .access,
      """
      WITH x AS (SELECT set_config('backtrace_functions', '{carrier}', true)) \
      INSERT INTO {schema}.consumed_event (consumer, event_id) SELECT 'attack', gen_random_uuid() FROM x
      """, aim: .sight, setter),
    SQLAttack(
      "sql.carrier.view", "UPDATE pg_settings", .access,
      "UPDATE pg_settings SET setting = '{carrier}' WHERE name = 'backtrace_functions'", aim: .sight,
      setter.and(.relation("SELECT, UPDATE", on: "pg_catalog.pg_settings")).and(.function("pg_show_all_settings()"))),
    SQLAttack(
      "sql.carrier.function", "Make a function that sets the carrier while it runs", .access,
      """
      CREATE FUNCTION {schema}.attack() RETURNS int LANGUAGE sql SET backtrace_functions = '{carrier}' AS 'SELECT 1'
      """, .ordinaryRole),
    SQLAttack(
      "sql.carrier.roleSetting", "Make the carrier a setting of one's own role", .access,
      "ALTER ROLE {role} SET backtrace_functions = '{carrier}'", aim: .laterSight, isAlone: true,
      SQLWall(
        SQLWall.carrier.name, open: SQLWall.carrier.open,
        close: ["ALTER ROLE {role} RESET backtrace_functions"] + SQLWall.carrier.close)),
    SQLAttack(
      "sql.carrier.roleInDatabase", "Make the carrier a setting of one's own role in one database", .access,
      "ALTER ROLE {role} IN DATABASE {database} SET backtrace_functions = '{carrier}'", aim: .laterSight, isAlone: true,
      SQLWall(
        SQLWall.carrier.name, open: SQLWall.carrier.open,
        close: ["ALTER ROLE {role} IN DATABASE {database} RESET backtrace_functions"] + SQLWall.carrier.close)),
    SQLAttack(
      "sql.carrier.database", "Make the carrier a setting of the database", .access,
      "ALTER DATABASE {database} SET backtrace_functions = '{carrier}'", .ordinaryRole),
    SQLAttack(
      "sql.carrier.system", "Make the carrier a setting of the server", .access,
      "ALTER SYSTEM SET backtrace_functions = '{carrier}'", isAlone: true,
      SQLWall(
        SQLWall.ordinaryRole.name, open: SQLWall.ordinaryRole.open,
        close: ["ALTER SYSTEM RESET backtrace_functions", "ALTER ROLE {role} NOSUPERUSER"])),
    SQLAttack(
      "sql.carrier.replace", "Replace the function that reads the carrier", .access,
      "CREATE OR REPLACE FUNCTION bulkhead.tenant() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT ''{victim}''::uuid'",
      .ordinaryRole),
    SQLAttack(
      "sql.carrier.alter", "Change the function that reads the carrier", .access,
      "ALTER FUNCTION bulkhead.tenant() VOLATILE", .ordinaryRole),
    SQLAttack(
      "sql.carrier.rebind", "Bind a second tenant after RESET ALL, with a token of one's own", .access,
      "RESET ALL; SELECT set_config('backtrace_functions', '{carrier}', true)", aim: .sight, setter),
  ]

  static let roles: [any Attack] = [
    role("owner", "bulkhead_owner"), role("binder", "bulkhead_binder"), role("relay", "bulkhead_relay"),
    role("keeper", "bulkhead_keeper"),
    SQLAttack(
      "sql.role.setConfig", "Become the owner through set_config('role')", .access,
      "SELECT set_config('role', 'bulkhead_owner', true)",
      .member(of: "bulkhead_owner").and(.function("set_config(text, text, boolean)"))),
    SQLAttack(
      "sql.role.authorization", "SET SESSION AUTHORIZATION to the owner", .access,
      "SET SESSION AUTHORIZATION bulkhead_owner", .ordinaryRole),
    SQLAttack(
      "sql.role.grantSelf", "Grant oneself the owner's role", .access, "GRANT bulkhead_owner TO {role}", .ordinaryRole),
    SQLAttack(
      "sql.role.bypass", "Give oneself BYPASSRLS", .access, "ALTER ROLE {role} BYPASSRLS", .ordinaryRole),
    SQLAttack(
      "sql.role.superuser", "Make oneself a superuser", .access, "ALTER ROLE {role} SUPERUSER", .ordinaryRole),
    SQLAttack(
      "sql.role.replication", "Give oneself REPLICATION", .access, "ALTER ROLE {role} REPLICATION", .ordinaryRole),
    SQLAttack(
      "sql.role.create", "Make a role of one's own", .access, "CREATE ROLE attack_role LOGIN", .ordinaryRole),
    SQLAttack(
      "sql.role.otherPassword", "Change another role's password", .degrade,
      "ALTER ROLE bulkhead_relay PASSWORD 'attack'", .ordinaryRole),
    SQLAttack(
      "sql.role.limit", "Limit one's shared role to no connection", .degrade, "ALTER ROLE {role} CONNECTION LIMIT 0",
      .ordinaryRole),
    SQLAttack(
      "sql.role.reassign", "Take over what the owner owns", .corrupt, "REASSIGN OWNED BY bulkhead_owner TO {role}",
      .ordinaryRole),
    SQLAttack(
      "sql.role.dropOwned", "Drop what the owner owns", .corrupt, "DROP OWNED BY bulkhead_keeper", .ordinaryRole),
  ]

  private static func role(_ name: String, _ role: String) -> any Attack {
    SQLAttack(
      "sql.role.\(name)", "SET ROLE \(role)", .access, "SET LOCAL ROLE \(role)", .member(of: role))
  }
}
