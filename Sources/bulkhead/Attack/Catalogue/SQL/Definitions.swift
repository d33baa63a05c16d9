import BulkheadCore

/// Definitions: what a session may not make, change or drop in a database that it shares.
extension Catalogue {
  static let definitions: [any Attack] = [
    SQLAttack(
      "sql.define.temp", "Make a temporary table that stands in for a shared one", .access, in: .cache,
      "CREATE TEMP TABLE product (id uuid)", .relation("TEMPORARY", on: "DATABASE {database}")),
    SQLAttack(
      "sql.define.table", "Make a table in a shared schema", .corrupt, "CREATE TABLE {schema}.attack (id int)",
      .relation("CREATE", on: "SCHEMA {schema}")),
    SQLAttack(
      "sql.define.publicTable", "Make a table in schema public", .corrupt, "CREATE TABLE public.attack (id int)",
      .relation("CREATE, USAGE", on: "SCHEMA public")),
    SQLAttack(
      "sql.define.schema", "Make a schema", .corrupt, "CREATE SCHEMA attack",
      .relation("CREATE", on: "DATABASE {database}")),
    SQLAttack(
      "sql.define.view", "Make a view over a shared table", .access,
      "CREATE VIEW {schema}.attack AS SELECT id FROM {schema}.product",
      .relation("CREATE", on: "SCHEMA {schema}")),
    SQLAttack(
      "sql.define.functionSQL", "Make a function in SQL", .access,
      "CREATE FUNCTION {schema}.attack() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      SQLWall.relation("CREATE", on: "SCHEMA {schema}").and(.relation("USAGE", on: "LANGUAGE sql"))),
    SQLAttack(
      "sql.define.functionPL", "Make a function in PL/pgSQL", .access,
      "CREATE FUNCTION {schema}.attack() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'",
      SQLWall.relation("CREATE", on: "SCHEMA {schema}").and(.relation("USAGE", on: "LANGUAGE plpgsql"))),
    SQLAttack(
      "sql.define.functionC", "Make a function in C", .access,
      "CREATE FUNCTION {schema}.attack() RETURNS int LANGUAGE internal AS 'pg_backend_pid'", .ordinaryRole),
    SQLAttack(
      "sql.define.do", "Run a DO block", .degrade, "DO $$ BEGIN PERFORM 1; END $$",
      .relation("USAGE", on: "LANGUAGE plpgsql")),
    SQLAttack(
      "sql.define.trigger", "Put a trigger on a shared table", .corrupt,
      """
      CREATE TRIGGER attack BEFORE INSERT ON {schema}.product FOR EACH ROW \
      EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()
      """, .relation("TRIGGER", on: "{schema}.product")),
    SQLAttack(
      "sql.define.rule", "Put a rule on a shared table", .corrupt,
      "CREATE RULE attack AS ON DELETE TO {schema}.product DO INSTEAD NOTHING", .ordinaryRole),
    SQLAttack(
      "sql.define.index", "Put an index without the tenant on a shared table", .infer,
      "CREATE INDEX attack ON {schema}.product (sku)", .ordinaryRole),
    SQLAttack(
      "sql.define.statistics", "Gather statistics over all tenants", .infer,
      "CREATE STATISTICS {schema}.attack ON sku, name FROM {schema}.product", .ordinaryRole),
    SQLAttack(
      "sql.define.column", "Add a column to a shared table", .corrupt,
      "ALTER TABLE {schema}.product ADD COLUMN attack int", .ordinaryRole),
    SQLAttack(
      "sql.define.owner", "Take a shared table over", .access, "ALTER TABLE {schema}.product OWNER TO {role}",
      .ordinaryRole),
    SQLAttack(
      "sql.define.drop", "Drop a shared table", .corrupt, "DROP TABLE {schema}.consumed_event", .ordinaryRole),
    SQLAttack(
      "sql.define.disable", "Switch row security of a table off", .access,
      "ALTER TABLE {schema}.product DISABLE ROW LEVEL SECURITY", .ordinaryRole),
    SQLAttack(
      "sql.define.unforce", "Let the owner pass row security", .access,
      "ALTER TABLE {schema}.product NO FORCE ROW LEVEL SECURITY", .ordinaryRole),
    SQLAttack(
      "sql.define.dropPolicy", "Drop the tenant's policy", .access, "DROP POLICY tenant ON {schema}.product",
      .ordinaryRole),
    SQLAttack(
      "sql.define.policy", "Add a policy that shows everything", .access,
      "CREATE POLICY attack ON {schema}.product USING (true)", .ordinaryRole),
    SQLAttack(
      "sql.define.alterPolicy", "Widen the tenant's policy", .access,
      "ALTER POLICY tenant ON {schema}.product USING (true)", .ordinaryRole),
    SQLAttack(
      "sql.define.disableTrigger", "Switch off the triggers that guard the audit trail", .corrupt,
      "ALTER TABLE {schema}.audit_entry DISABLE TRIGGER ALL", .ordinaryRole),
    SQLAttack(
      "sql.define.replica", "Switch off triggers and foreign keys for the session", .corrupt,
      "SET LOCAL session_replication_role = replica", .ordinaryRole),
    SQLAttack(
      "sql.define.partition", "Attach a table as a partition of one's own", .access,
      """
      CREATE TABLE {schema}.attack (LIKE {schema}.consumed_event) PARTITION BY LIST (tenant_id); \
      ALTER TABLE {schema}.attack ATTACH PARTITION {schema}.consumed_event DEFAULT
      """, .ordinaryRole),
    SQLAttack(
      "sql.define.inherit", "Read a shared table as a child of one's own", .access,
      """
      CREATE TABLE {schema}.attack (LIKE {schema}.consumed_event); \
      ALTER TABLE {schema}.consumed_event INHERIT {schema}.attack
      """, .ordinaryRole),
    SQLAttack(
      "sql.define.dropBinding", "Drop the schema of the binding", .degrade, "DROP SCHEMA bulkhead CASCADE",
      .ordinaryRole),
    SQLAttack(
      "sql.define.publication", "Publish every table", .access, "CREATE PUBLICATION attack FOR ALL TABLES",
      .ordinaryRole),
    SQLAttack(
      "sql.define.subscription", "Subscribe to another server", .corrupt,
      """
      CREATE SUBSCRIPTION attack CONNECTION 'dbname=attack' PUBLICATION attack WITH (connect = false, slot_name = NONE)
      """, .ordinaryRole),
    SQLAttack(
      "sql.define.wrapper", "Make a foreign data wrapper and a server", .access,
      "CREATE FOREIGN DATA WRAPPER attack; CREATE SERVER attack FOREIGN DATA WRAPPER attack", .ordinaryRole),
    SQLAttack(
      "sql.define.language", "Make a procedural language", .access,
      "CREATE LANGUAGE attack HANDLER pg_catalog.plpgsql_call_handler", .ordinaryRole),
    SQLAttack(
      "sql.define.cast", "Make a cast that everyone's statements then use", .corrupt,
      "CREATE CAST (pg_catalog.uuid AS pg_catalog.text) WITH INOUT AS IMPLICIT", .ordinaryRole),
    SQLAttack(
      "sql.define.operator", "Make an operator that everyone's statements then use", .corrupt,
      """
      CREATE OPERATOR pg_catalog.=== (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = pg_catalog.uuid_eq)
      """, .ordinaryRole),
    SQLAttack(
      "sql.define.domain", "Make a type in a shared schema", .corrupt, "CREATE DOMAIN {schema}.attack AS int",
      .relation("CREATE", on: "SCHEMA {schema}")),
    SQLAttack(
      "sql.define.comment", "Leave a message on a shared table", .corrupt, "COMMENT ON TABLE {schema}.product IS 'hi'",
      .ordinaryRole),
    SQLAttack(
      "sql.define.lock", "Lock a shared table against everyone", .degrade,
      "LOCK TABLE {schema}.product IN ACCESS EXCLUSIVE MODE", .ordinaryRole),
    SQLAttack(
      "sql.define.lockShare", "Lock a shared table against writers", .degrade,
      "LOCK TABLE {schema}.product IN SHARE MODE", .ordinaryRole),
    SQLAttack(
      "sql.define.checkpoint", "Force a checkpoint", .degrade, "CHECKPOINT", .ordinaryRole),
  ]
}
