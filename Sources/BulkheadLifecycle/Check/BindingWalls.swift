import BulkheadData

/// Walls of schema `bulkhead` in a database that holds tenants: the binding itself.
enum BindingWalls {
  /// - Parameter functions: what the migrations made.
  static func all(_ functions: [WallFunction]) -> [Wall] {
    [callers, bodies(functions), strangers(functions), keys, tables]
  }

  private static func bodies(_ functions: [WallFunction]) -> Wall {
    let values = functions.map { function in
      "(\(sql(function.name)), \(sql(function.body)), \(function.isDefiner), \(sql(function.definition)))"
    }.joined(separator: ",\n")
    return Wall(
      "the functions of the binding are as the migrations made them",
      """
      WITH wanted (name, body, definer, fix) AS (VALUES \(values)),
      found AS (
        SELECT p.*, r.rolname AS owner, r.rolsuper AS of_superuser FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
         WHERE p.pronamespace = 'bulkhead'::regnamespace)
      SELECT format('function bulkhead.%s is missing or not as it was made', name), fix
        FROM wanted w WHERE NOT EXISTS (
          SELECT FROM found f WHERE f.proname = w.name AND md5(f.prosrc) = md5(w.body) AND f.prosecdef = w.definer
            AND (NOT w.definer OR 'search_path=pg_catalog, pg_temp' = ANY (f.proconfig)))
      UNION ALL
      SELECT format('function bulkhead.%s belongs to %I', f.proname, f.owner),
             format('ALTER FUNCTION %s OWNER TO bulkhead_binder;', f.oid::regprocedure)
             || CASE f.proname WHEN 'tenant' THEN ' GRANT EXECUTE ON FUNCTION bulkhead.tenant()'
                  ' TO bulkhead_placement, bulkhead_owner, bulkhead_relay, bulkhead_sql;' ELSE '' END
        FROM found f WHERE f.owner <> 'bulkhead_binder' AND (f.prosecdef OR NOT f.of_superuser)
      """)
  }

  private static func strangers(_ functions: [WallFunction]) -> Wall {
    Wall(
      "there is no other function beside the binding",
      """
      SELECT format('function %s is none of ours', p.oid::regprocedure), format('DROP FUNCTION %s;',
        p.oid::regprocedure)
        FROM pg_proc p WHERE p.pronamespace = 'bulkhead'::regnamespace
         AND p.proname NOT IN (\(functions.map { sql($0.name) }.joined(separator: ", ")))
      UNION ALL
      SELECT format('function %s has another form', p.oid::regprocedure), format('DROP FUNCTION %s;',
        p.oid::regprocedure)
        FROM (SELECT oid, count(*) OVER (PARTITION BY proname) AS forms,
          row_number() OVER (PARTITION BY proname ORDER BY oid)
                AS form FROM pg_proc WHERE pronamespace = 'bulkhead'::regnamespace) AS p
       WHERE forms > 1 AND form > 1
      """)
  }

  private static let callers = Wall(
    "only a placement binds, and PUBLIC calls nothing of the wall",
    """
    SELECT format('%s may call %s', coalesce(quote_ident(r.rolname), 'PUBLIC'), p.oid::regprocedure),
           format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', p.oid::regprocedure, coalesce(quote_ident(r.rolname),
             'PUBLIC'))
      FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g
      LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE p.pronamespace = 'bulkhead'::regnamespace AND g.grantee <> p.proowner
       AND (g.grantee = 0 OR (p.proname = 'bind' AND coalesce(r.rolname, '') <> 'bulkhead_placement'))
    """)

  private static let keys = Wall(
    "the bind keys are in no log, backup or replica",
    """
    SELECT 'table bulkhead.bind_key is logged', 'ALTER TABLE bulkhead.bind_key SET UNLOGGED;'
      FROM pg_class WHERE oid = to_regclass('bulkhead.bind_key') AND relpersistence <> 'u'
    UNION ALL
    SELECT 'table bulkhead.bind_key is published', format('ALTER PUBLICATION %I DROP TABLE bulkhead.bind_key;',
      p.pubname)
      FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
     WHERE r.prrelid = to_regclass('bulkhead.bind_key')
    """)

  /// Who may do what with the wall's own tables; all else is a gap.
  private static let tables = Wall(
    "the wall's own tables are their owners' and the keeper's",
    """
    SELECT format('%s may %s on %s', coalesce(quote_ident(r.rolname), 'PUBLIC'), g.privilege_type, c.oid::regclass),
           format('REVOKE ALL ON %s FROM %s; REVOKE ALL (%s) ON %s FROM %s;', c.oid::regclass,
             coalesce(quote_ident(r.rolname), 'PUBLIC'),
             (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
               WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
             c.oid::regclass, coalesce(quote_ident(r.rolname), 'PUBLIC'))
           || CASE WHEN c.relname = 'bind_key' AND coalesce(r.rolname, '') = 'bulkhead_keeper' THEN
                ' GRANT INSERT, DELETE, SELECT (kid) ON bulkhead.bind_key TO bulkhead_keeper;' ELSE '' END
      FROM pg_class c
      CROSS JOIN LATERAL (
        SELECT grantee, privilege_type, NULL::name AS attname FROM aclexplode(coalesce(c.relacl, acldefault('r',
          c.relowner)))
        UNION ALL
        SELECT x.grantee, x.privilege_type, a.attname FROM pg_attribute a, aclexplode(a.attacl) AS x
         WHERE a.attrelid = c.oid) AS g
      LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE c.relnamespace = 'bulkhead'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND g.grantee <> c.relowner
       AND NOT coalesce(r.rolsuper, false)
       AND NOT (c.relname = 'home' AND coalesce(r.rolname, '') = 'bulkhead_owner' AND g.privilege_type = 'SELECT')
       AND NOT (c.relname = 'bind_key' AND coalesce(r.rolname, '') = 'bulkhead_keeper'
         AND (g.privilege_type IN ('INSERT', 'DELETE')
         OR (g.privilege_type = 'SELECT' AND g.attname = 'kid')))
    UNION ALL
    SELECT format('table %s belongs to %I', c.oid::regclass, r.rolname),
           format('ALTER TABLE %s OWNER TO bulkhead_binder;', c.oid::regclass)
      FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
     WHERE c.relnamespace = 'bulkhead'::regnamespace AND c.relname IN ('bind_key', 'placement')
       AND coalesce(r.rolname, '') <> 'bulkhead_binder'
    """)

  private static func sql(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}

/// One function of schema `bulkhead` as a migration file makes it.
struct WallFunction: Sendable {
  let name: String
  /// What stands between the dollars: PostgreSQL keeps it to the letter.
  let body: String
  let isDefiner: Bool
  /// A statement that makes it so again.
  let definition: String

  /// The functions that `files` make, in their last form.
  static func read(_ files: [MigrationFile]) -> [WallFunction] {
    var functions: [String: WallFunction] = [:]
    for file in files {
      var rest = file.sql[...]
      while let start = rest.range(of: "FUNCTION bulkhead.") {
        let line = rest[..<start.lowerBound].split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        rest = rest[start.upperBound...]
        guard line == "CREATE " || line == "CREATE OR REPLACE ", let name = rest.firstIndex(of: "("),
          let open = rest.range(of: "$$"), let close = rest[open.upperBound...].range(of: "$$")
        else { continue }
        let head = rest[..<open.lowerBound]
        functions[String(rest[..<name])] = WallFunction(
          name: String(rest[..<name]), body: String(rest[open.upperBound..<close.lowerBound]),
          isDefiner: head.contains("SECURITY DEFINER"),
          definition: "CREATE OR REPLACE FUNCTION bulkhead.\(rest[..<close.upperBound]);")
        rest = rest[close.upperBound...]
      }
    }
    return functions.values.sorted { $0.name < $1.name }
  }
}
