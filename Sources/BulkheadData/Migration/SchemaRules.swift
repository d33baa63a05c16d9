/// The rules that every tenant table keeps, as a check that runs inside the transaction of each migration: what breaks
/// one is rolled back and never takes effect. Row security alone does not cover these: a foreign key by id alone lets
/// one tenant refer to another's row, a unique key without the tenant tells who else has a value, an index without
/// it tells by its timing.
package enum SchemaRules {
  /// SQLSTATE raised when a rule is broken.
  package static let sqlState = "BH002"

  /// Name and SQL of each rule. `$schema$` stands for the schema's name; every row is a finding.
  package static let rules: [(name: String, sql: String)] = [
    (
      "a table has a tenant_id uuid NOT NULL",
      """
      SELECT c.relname FROM tables c WHERE NOT EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull
          AND a.atttypid = 'uuid'::regtype)
      """
    ),
    ("row security is enabled", "SELECT relname FROM tables WHERE NOT relrowsecurity"),
    ("row security is forced on the owner", "SELECT relname FROM tables WHERE NOT relforcerowsecurity"),
    (
      "the tenant policy is in place",
      """
      SELECT relname FROM tables c WHERE NOT EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant' AND p.polroles = '{0}'
          AND pg_get_expr(p.polqual, p.polrelid) LIKE '(tenant_id = ( SELECT bulkhead.tenant() AS tenant%'
          AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '(tenant_id = ( SELECT bulkhead.tenant() AS tenant%')
      """
    ),
    (
      "no policy but the tenant's and the relay's on the outbox",
      """
      SELECT c.relname || '.' || p.polname FROM tables c JOIN pg_policy p ON p.polrelid = c.oid
      WHERE p.polname <> 'tenant' AND NOT (p.polname = 'relay' AND c.relname = 'outbox'
        AND p.polroles = ARRAY['bulkhead_relay'::regrole::oid])
      """
    ),
    (
      "every index starts with tenant_id",
      """
      SELECT i.indexrelid::regclass::text FROM tables c JOIN pg_index i ON i.indrelid = c.oid
      WHERE i.indkey[0] <> (SELECT attnum FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id')
      """
    ),
    (
      "every foreign key carries tenant_id on both sides",
      """
      SELECT c.relname || '.' || k.conname FROM tables c JOIN pg_constraint k ON k.conrelid = c.oid
      WHERE k.contype = 'f' AND NOT EXISTS (
        SELECT FROM unnest(k.conkey, k.confkey) AS pair (near, far)
        JOIN pg_attribute n ON n.attrelid = k.conrelid AND n.attnum = pair.near AND n.attname = 'tenant_id'
        JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = pair.far AND f.attname = 'tenant_id')
      """
    ),
    (
      "a foreign key stays inside its schema",
      """
      SELECT c.relname || '.' || k.conname FROM tables c JOIN pg_constraint k ON k.conrelid = c.oid
      JOIN pg_class f ON f.oid = k.confrelid WHERE k.contype = 'f' AND f.relnamespace <> c.relnamespace
      """
    ),
    (
      "no sequence is shared by tenants",
      "SELECT relname FROM pg_class WHERE relnamespace = here AND relkind = 'S'"
    ),
    (
      "no view, materialized view or foreign table",
      "SELECT relname FROM pg_class WHERE relnamespace = here AND relkind IN ('v', 'm', 'f')"
    ),
    (
      "a function with its owner's rights pins its search_path and only appends to the audit trail",
      """
      SELECT p.proname FROM pg_proc p WHERE p.pronamespace = here AND p.prosecdef AND NOT (
        p.proname = 'audit_entry_chain' AND EXISTS (
          SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%'))
      """
    ),
    (
      "nothing is granted on a whole table but DELETE, and nothing to PUBLIC",
      """
      SELECT c.relname || ': ' || g.privilege_type FROM tables c, aclexplode(c.relacl) AS g
      WHERE g.grantee <> c.relowner AND (g.grantee = 0 OR g.privilege_type <> 'DELETE')
        AND NOT (g.grantee = 'bulkhead_relay'::regrole AND g.privilege_type = 'SELECT' AND c.relname = 'outbox')
      UNION ALL
      SELECT c.relname || '.' || a.attname || ': ' || g.privilege_type FROM tables c
      JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) AS g WHERE g.grantee = 0
      """
    ),
    (
      "tenant_id cannot be written by the placement's role",
      """
      SELECT c.relname || ': ' || g.privilege_type FROM tables c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id', aclexplode(a.attacl) AS g
      WHERE g.grantee <> c.relowner AND g.privilege_type <> 'SELECT'
      """
    ),
  ]

  /// One `DO` block that raises `BH002` with every finding.
  package static func check(schema: String) -> String {
    let checks = rules.map { rule in
      let sql = rule.sql.split(separator: "\n").joined(separator: " ")
      return """
        findings := findings || ARRAY(
          WITH tables AS (SELECT * FROM pg_class WHERE relnamespace = here AND relkind IN ('r', 'p'))
          SELECT \(quote(rule.name + ": ")) || finding FROM (\(sql)) AS rule (finding));
        """
    }.joined(separator: "\n")
    return """
      DO $rules$
      DECLARE
        here oid := \(quote(schema))::regnamespace;
        findings text[] := '{}';
      BEGIN
        \(checks)
        IF findings <> '{}' THEN
          RAISE EXCEPTION '%', array_to_string(findings, '; ') USING ERRCODE = '\(sqlState)';
        END IF;
      END $rules$;
      """
  }
}
