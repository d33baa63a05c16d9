/// The named relations that every rule's query may use, made from what discovery found.
///
/// All catalogs are reached through `search_path = pg_catalog`, so nothing that a database defines is run or hides one.
enum RulePrelude {
  /// `t`: tenant tables that a login can reach (partitions aside). `child`: tables without the tenant column that
  /// hang on tenant tables. `reference`: the other tables. `root`: the table whose rows are the tenants. `hand`:
  /// the roles whose privileges reach tenants' sessions, 0 for PUBLIC. `serving`: the logins of those sessions.
  /// `scope`: schemas. `policy`: policies with what their expressions rest on. `held`: privileges on tenant tables,
  /// `col` NULL for the whole table. `who`: names of roles. `tenantview`: views and materialized views over tenant
  /// data. `routine`: functions of no extension. `ix`: indexes of tenant tables. `builtin`: PostgreSQL's functions
  /// that tenants' sessions may call. `acts`: which login can act as which role, and how. `knob`: settings and
  /// where they are set. `mighty`: roles that pass row security.
  static let sql = #"""
    WITH RECURSIVE
      fact AS (
        SELECT $13::text AS binding, $14::int AS version, $15::text AS objection, $16::boolean AS assumed,
          $17::text[] AS carriers),
      t AS MATERIALIZED (
        SELECT c.oid, a.attnum, a.attname AS att, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
          format('%I.%I', n.nspname, c.relname) AS fq, c.relname, n.nspname, c.relowner AS owner, c.relacl AS acl,
          c.relrowsecurity AS rls, c.relforcerowsecurity AS forced,
          format('%I = (SELECT %s)', a.attname,
            coalesce(fact.binding, 'tenancy.tenant()::' || format_type(a.atttypid, a.atttypmod))) AS predicate
        FROM unnest($1::oid[], $2::int2[]) AS m (oid, attnum)
        JOIN pg_class c ON c.oid = m.oid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = m.attnum, fact),
      child AS MATERIALIZED (
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS fq, c.relowner AS owner, c.relacl AS acl,
          c.relrowsecurity AS rls
        FROM unnest($3::oid[]) AS m (oid) JOIN pg_class c ON c.oid = m.oid
          JOIN pg_namespace n ON n.oid = c.relnamespace),
      reference AS (
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS fq, c.relowner AS owner, c.relacl AS acl,
          c.relrowsecurity AS rls
        FROM unnest($4::oid[]) AS m (oid) JOIN pg_class c ON c.oid = m.oid
          JOIN pg_namespace n ON n.oid = c.relnamespace),
      root AS (
        SELECT c.oid, a.attnum, a.attname AS att, format('%I.%I', n.nspname, c.relname) AS fq, c.relowner AS owner,
          c.relacl AS acl, c.relrowsecurity AS rls, format('%I = (SELECT %s)', a.attname,
            coalesce(fact.binding, 'tenancy.tenant()::' || format_type(a.atttypid, a.atttypmod))) AS predicate
        FROM unnest($5::oid[], $6::int2[]) AS m (oid, attnum)
        JOIN pg_class c ON c.oid = m.oid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = m.attnum, fact),
      hand AS (SELECT oid FROM unnest($7::oid[]) AS m (oid)),
      serving AS (SELECT oid FROM unnest($8::oid[]) AS m (oid)),
      scope AS (SELECT oid FROM unnest($9::oid[]) AS m (oid)),
      policy AS (
        SELECT p.*, m.trusts, m.calls, m.names_user,
          format('%s policy %I', t.fq, p.polname) AS fq, t.fq AS table_fq, t.predicate, t.attnum, t.att,
          pg_get_expr(p.polqual, p.polrelid) AS qual, pg_get_expr(p.polwithcheck, p.polrelid) AS wanted
        FROM unnest($10::oid[], $11::text[], $12::text[], $18::text[]) AS m (oid, trusts, calls, names_user)
        JOIN pg_policy p ON p.oid = m.oid JOIN t ON t.oid = p.polrelid),
      held AS (
        SELECT t.oid, g.grantee, g.privilege_type AS privilege, g.is_grantable, NULL::int2 AS col
        FROM t, aclexplode(t.acl) AS g WHERE g.grantee <> t.owner
        UNION ALL
        SELECT t.oid, g.grantee, g.privilege_type, g.is_grantable, a.attnum
        FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped,
          aclexplode(a.attacl) AS g WHERE g.grantee <> t.owner),
      who AS (
        SELECT 0::oid AS oid, 'PUBLIC' AS name
        UNION ALL SELECT oid, quote_ident(rolname) FROM pg_roles),
      reads AS (
        SELECT DISTINCT r.ev_class AS view, d.refobjid AS source FROM pg_rewrite r
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
          AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
        WHERE r.ev_type = '1'),
      tenantview AS (
        SELECT view FROM reads WHERE source IN (SELECT oid FROM t UNION ALL SELECT oid FROM child)
        UNION
        SELECT reads.view FROM reads JOIN tenantview v ON reads.source = v.view),
      routine AS (
        SELECT p.*, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS fq,
          CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS noun, n.nspname
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.pronamespace IN (SELECT oid FROM scope) AND p.prokind IN ('f', 'p') AND NOT EXISTS (
          SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')),
      ix AS (
        SELECT t.oid, t.fq AS table_fq, t.att, format('%I.%I', t.nspname, i.relname) AS fq, x.indexrelid,
          x.indisprimary, x.indisunique OR x.indisexclusion AS denies, x.indpred IS NULL AND x.indisvalid AS whole,
          x.indkey[0] = t.attnum AS led, t.attnum = ANY (u.keys[1:x.indnkeyatts]) AS has, k.contype, k.conname,
          pg_get_indexdef(x.indexrelid) AS def,
          -- The same index with the tenant in front; NULL where that is no plain rewriting.
          CASE WHEN m.amname = 'btree' AND k.oid IS NULL THEN format(E'DROP INDEX %I.%I;\n%s%I, %s;', t.nspname,
            i.relname,
            format('CREATE %sINDEX %I ON %s USING btree (', v.uniquely, i.relname, t.fq), t.att,
            substr(pg_get_indexdef(x.indexrelid), 1 + length(format('CREATE %sINDEX %I ON %s%s USING btree (',
              v.uniquely,
              i.relname, CASE i.relkind WHEN 'I' THEN 'ONLY ' ELSE '' END, t.fq)))) END AS led_def,
          -- The same constraint with the tenant in front; NULL where a foreign key rests on it that cannot be widened.
          CASE WHEN k.contype IN ('p', 'u') AND x.indnatts = x.indnkeyatts
              AND (to_jsonb(x) ->> 'indnullsnotdistinct') IS DISTINCT FROM 'true' AND x.indexrelid NOT IN (
                SELECT f.conindid FROM pg_constraint f LEFT JOIN t o ON o.oid = f.conrelid
                WHERE f.contype = 'f' AND (o.oid IS NULL OR o.attnum = ANY (f.conkey)
                  OR f.confupdtype NOT IN ('a', 'c', 'r') OR f.confdeltype NOT IN ('a', 'c', 'r')))
            THEN format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s (%I, %s)%s;', t.fq, k.conname,
              k.conname,
              CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, t.att, c.names,
              CASE WHEN k.condeferred THEN ' DEFERRABLE INITIALLY DEFERRED' WHEN k.condeferrable THEN ' DEFERRABLE'
                ELSE '' END) END AS led_constraint
        FROM t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_am m ON m.oid = i.relam
        LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'),
          LATERAL (SELECT string_to_array(x.indkey::text, ' ')::int2[] AS keys) AS u,
          LATERAL (SELECT CASE WHEN x.indisunique THEN 'UNIQUE ' ELSE '' END AS uniquely) AS v,
          LATERAL (
            SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY y.place) AS names
            FROM unnest(k.conkey) WITH ORDINALITY AS y (attnum, place)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = y.attnum) AS c),
      builtin AS (
        SELECT p.proname, w.oid AS grantee, w.name AS grantee_name,
          format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS fq
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'pg_catalog',
          aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g JOIN hand ON hand.oid = g.grantee
        JOIN who w ON w.oid = g.grantee
        WHERE p.prokind = 'f' AND g.grantee <> p.proowner),
      acts AS (
        SELECT r.oid AS login, r.oid AS role, quote_ident(r.rolname) AS path FROM pg_roles r
        WHERE r.rolcanlogin AND NOT r.rolsuper
        UNION
        SELECT a.login, m.roleid, a.path || ' > ' || quote_ident(g.rolname) FROM acts a
        JOIN pg_auth_members m ON m.member = a.role JOIN pg_roles g ON g.oid = m.roleid
        WHERE coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
          OR coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)),
      knob AS (
        SELECT name, setting, CASE source
            WHEN 'database' THEN format('ALTER DATABASE %I SET %I = ', current_database(), name)
            WHEN 'user' THEN format('ALTER ROLE %I SET %I = ', current_user, name)
            WHEN 'database user' THEN
              format('ALTER ROLE %I IN DATABASE %I SET %I = ', current_user, current_database(), name)
            ELSE format('ALTER SYSTEM SET %I = ', name) END AS fix
        FROM pg_settings),
      mighty AS (SELECT oid FROM pg_roles WHERE rolsuper OR rolbypassrls)

    """#
}
