/// Walls of the schemas that hold tenants' tables, of all homes of a database at once.
enum HomeWalls {
  static let all = [rowSecurity, policies, otherPolicies, tableGrants, columnGrants, others, owners, triggers, schemas]

  private static let homes = """
    home AS (SELECT n.oid, h.* FROM bulkhead.home h JOIN pg_namespace n ON n.nspname = h.schema_name),
    tables AS (SELECT c.*, h.grantee AS home_role, h.schema_name, h.tenant_id AS home_tenant
                 FROM pg_class c JOIN home h ON h.oid = c.relnamespace WHERE c.relkind IN ('r', 'p'))
    """

  private static let rowSecurity = Wall(
    "row security is on and binds the owner too",
    """
    WITH \(homes)
    SELECT format('table %s has row security %s', oid::regclass,
             CASE WHEN relrowsecurity THEN 'that spares its owner' ELSE 'switched off' END),
           format('ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY; ALTER TABLE %1$s FORCE ROW LEVEL SECURITY;',
             oid::regclass)
      FROM tables WHERE NOT (relrowsecurity AND relforcerowsecurity)
    """)

  private static let policy = "(tenant_id = ( SELECT bulkhead.tenant() AS tenant))"

  private static let policies = Wall(
    "every table of tenants has the tenant policy, word for word",
    """
    WITH \(homes)
    SELECT format('table %s has no tenant policy, or another one', c.oid::regclass),
           format('DROP POLICY IF EXISTS tenant ON %1$s; CREATE POLICY tenant ON %1$s'
             ' USING (tenant_id = (SELECT bulkhead.tenant())) WITH CHECK (tenant_id = (SELECT bulkhead.tenant()));',
             c.oid::regclass)
      FROM tables c WHERE NOT EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant' AND p.polroles = '{0}'
          AND p.polcmd = '*' AND p.polpermissive AND pg_get_expr(p.polqual, p.polrelid) = '\(policy)'
          AND pg_get_expr(p.polwithcheck, p.polrelid) = '\(policy)')
    """)

  private static let otherPolicies = Wall(
    "no table of tenants has another policy, but the outbox the relay's",
    """
    WITH \(homes)
    SELECT format('table %s has policy %I', c.oid::regclass, p.polname),
           format('DROP POLICY %I ON %s;', p.polname, c.oid::regclass)
      FROM tables c JOIN pg_policy p ON p.polrelid = c.oid
     WHERE p.polname <> 'tenant' AND NOT (p.polname = 'relay' AND c.relname = 'outbox'
       AND p.polroles = ARRAY['bulkhead_relay'::regrole::oid])
    """)

  private static let tableGrants = Wall(
    "nothing is granted on a whole table but DELETE to the home's own role",
    """
    WITH \(homes)
    SELECT format('%s may %s on %s', coalesce(quote_ident(r.rolname), 'PUBLIC'), g.privilege_type, c.oid::regclass),
           format('REVOKE %s ON %s FROM %s;', g.privilege_type, c.oid::regclass,
             coalesce(quote_ident(r.rolname), 'PUBLIC'))
           -- Taking a right from the table takes it from the columns too: those are given back.
           || coalesce((
             SELECT format(' GRANT %s (%s) ON %s TO %s;', g.privilege_type, string_agg(quote_ident(a.attname), ', '),
                      c.oid::regclass, coalesce(quote_ident(r.rolname), 'PUBLIC'))
               FROM pg_attribute a, aclexplode(a.attacl) AS x
              WHERE a.attrelid = c.oid AND x.grantee = g.grantee AND x.privilege_type = g.privilege_type
              HAVING count(*) > 0), '')
      FROM tables c CROSS JOIN LATERAL aclexplode(c.relacl) AS g LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE g.grantee <> c.relowner
       AND NOT (g.privilege_type = 'DELETE' AND NOT g.is_grantable AND (coalesce(r.rolname, '') = c.home_role
         OR coalesce(r.rolname, '') = CASE c.home_role WHEN 'bulkhead_pool' THEN 'bulkhead_writer'
                          ELSE 'g_' || substr(c.home_role, 3) || '_w' END))
       AND NOT (coalesce(r.rolname, '') = 'bulkhead_relay' AND g.privilege_type IN ('SELECT', 'DELETE')
         AND c.relname = 'outbox')
    """)

  private static let columnGrants = Wall(
    "columns are granted to the home's own roles, and tenant_id to nobody for writing",
    """
    WITH \(homes)
    SELECT format('%s may %s %s.%I', coalesce(quote_ident(r.rolname), 'PUBLIC'), g.privilege_type, c.oid::regclass,
             a.attname),
           format('REVOKE %s (%I) ON %s FROM %s;', g.privilege_type, a.attname, c.oid::regclass,
             coalesce(quote_ident(r.rolname), 'PUBLIC'))
      FROM tables c JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) AS g
      LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE g.grantee <> c.relowner
       AND ((a.attname = 'tenant_id' AND g.privilege_type <> 'SELECT')
         OR g.privilege_type = 'REFERENCES' OR g.is_grantable
         OR NOT (coalesce(r.rolname, '') = c.home_role
           OR (coalesce(r.rolname, '') = 'bulkhead_relay' AND c.relname = 'outbox' AND a.attname = 'dispatched_at')
           OR coalesce(coalesce(r.rolname, '') = ANY (CASE c.home_role
                WHEN 'bulkhead_pool' THEN ARRAY['bulkhead_reader', 'bulkhead_writer']
                ELSE ARRAY['g_' || substr(c.home_role, 3), 'g_' || substr(c.home_role, 3) || '_w'] END), false)))
    """)

  private static let others = Wall(
    "a home holds tables and nothing through which rows are seen past their policies",
    """
    WITH \(homes)
    SELECT format('%s %s is in a home of tenants', kind.word, c.oid::regclass), format('DROP %s %s;', kind.word,
      c.oid::regclass)
      FROM pg_class c JOIN home h ON h.oid = c.relnamespace
      JOIN (VALUES ('v', 'VIEW'), ('m', 'MATERIALIZED VIEW'), ('f', 'FOREIGN TABLE'), ('S', 'SEQUENCE'))
        AS kind (code, word)
        ON kind.code = c.relkind::text
    UNION ALL
    SELECT format('rule %I stands on %s', w.rulename, c.oid::regclass), format('DROP RULE %I ON %s;', w.rulename,
      c.oid::regclass)
      FROM pg_rewrite w JOIN tables c ON c.oid = w.ev_class
    """)

  private static let owners = Wall(
    "tables of tenants belong to the owner as whom nobody logs in",
    """
    WITH \(homes)
    SELECT format('table %s belongs to %I', c.oid::regclass, r.rolname),
           format('ALTER TABLE %s OWNER TO bulkhead_owner;', c.oid::regclass)
      FROM tables c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname <> 'bulkhead_owner'
    UNION ALL
    SELECT format('schema %I belongs to %I', n.nspname, r.rolname),
           format('ALTER SCHEMA %I OWNER TO bulkhead_owner;', n.nspname)
      FROM pg_namespace n JOIN home h ON h.oid = n.oid JOIN pg_roles r ON r.oid = n.nspowner
     WHERE r.rolname <> 'bulkhead_owner'
    """)

  /// The decoys' tenant, which a home lets in beside its own: no tenant's id begins so, being made by the clock.
  private static let decoy = "00000000-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"

  private static let triggers = Wall(
    "no trigger of a tenants' table is switched off, and a home of one tenant admits no other",
    """
    WITH \(homes)
    SELECT format('trigger %I on %s is switched off', t.tgname, c.oid::regclass),
           format('ALTER TABLE %s ENABLE TRIGGER %I;', c.oid::regclass, t.tgname)
      FROM pg_trigger t JOIN tables c ON c.oid = t.tgrelid WHERE t.tgenabled <> 'O' AND NOT t.tgisinternal
    UNION ALL
    SELECT format('table %s admits rows of other tenants', c.oid::regclass),
           format('ALTER TABLE %1$s DROP CONSTRAINT IF EXISTS tenant_home, ADD CONSTRAINT tenant_home CHECK (%2$s);',
             c.oid::regclass, CASE WHEN d.decoy IS NULL THEN format('tenant_id = %L', c.home_tenant)
               ELSE format('tenant_id IN (%L, %L)', c.home_tenant, d.decoy) END)
      FROM tables c LEFT JOIN LATERAL (
        SELECT substring(pg_get_constraintdef(k.oid) FROM '\(decoy)') AS decoy FROM pg_constraint k
         WHERE k.connamespace = c.relnamespace AND k.conname = 'tenant_home'
         ORDER BY decoy NULLS LAST LIMIT 1) AS d ON true
     WHERE c.home_tenant IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.conname = 'tenant_home' AND k.convalidated
          AND regexp_replace(pg_get_constraintdef(k.oid), '\(decoy)', 'decoy') IN (
            format('CHECK ((tenant_id = %L::uuid))', c.home_tenant),
            format('CHECK ((tenant_id = ANY (ARRAY[%L::uuid, %L::uuid])))', c.home_tenant, 'decoy')))
    """)

  private static let schemas = Wall(
    "a home is open to its own roles and the relay",
    """
    WITH \(homes)
    SELECT format('%s may use schema %I', coalesce(quote_ident(r.rolname), 'PUBLIC'), n.nspname),
           format('REVOKE USAGE ON SCHEMA %I FROM %s;', n.nspname, coalesce(quote_ident(r.rolname), 'PUBLIC'))
      FROM home h JOIN pg_namespace n ON n.oid = h.oid CROSS JOIN LATERAL aclexplode(n.nspacl) AS g
      LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE g.grantee <> n.nspowner AND NOT coalesce(r.rolsuper, false)
       AND NOT coalesce(r.rolname = h.grantee OR coalesce(r.rolname, '') = 'bulkhead_relay'
         OR coalesce(r.rolname, '') = ANY (CASE h.grantee WHEN 'bulkhead_pool' THEN ARRAY['bulkhead_reader',
           'bulkhead_writer']
              ELSE ARRAY['g_' || substr(h.grantee, 3), 'g_' || substr(h.grantee, 3) || '_w'] END), false)
    """)
}
