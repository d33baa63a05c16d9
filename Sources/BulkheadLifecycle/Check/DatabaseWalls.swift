import BulkheadData

/// Walls of each database of ours: what PUBLIC has lost there, and who may do what beside it.
enum DatabaseWalls {
  static let all = [functions, functionGrants, catalogs, languages, schemas, definers, reachingOut]

  private static let functions = Wall(
    "PUBLIC may call no function of the catalogs but the harmless ones",
    """
    SELECT format('PUBLIC may call %s functions: %s', count(*), left(string_agg(f::text, ', ' ORDER BY f::text), 200)),
           format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC;', string_agg(f::text, ', '))
      FROM (SELECT p.oid::regprocedure AS f
              FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g
             WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
               AND g.grantee = 0 AND p.oid NOT IN (\(CatalogAllowList.query))) AS open
    HAVING count(*) > 0
    """)

  private static let functionGrants = Wall(
    "roles of ours may call what their work needs of the catalogs' functions and no more",
    """
    SELECT format('role %I may call %s', r.rolname, p.oid::regprocedure),
           format('REVOKE EXECUTE ON ROUTINE %s FROM %I;', p.oid::regprocedure, r.rolname)
      FROM pg_proc p, aclexplode(p.proacl) AS g JOIN pg_roles r ON r.oid = g.grantee
     WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
       AND NOT r.rolsuper AND (r.rolname LIKE 'bulkhead%' OR r.rolname ~ '\(WallNames.opaque)')
       AND r.rolname NOT IN ('bulkhead_owner', 'bulkhead_binder')
       AND NOT (r.rolname IN ('bulkhead_placement', 'bulkhead_relay', 'bulkhead_sql') AND p.proname = 'current_setting')
       AND NOT (r.rolname IN ('bulkhead_placement', 'bulkhead_sql', 'bulkhead_control')
         AND p.proname IN ('gen_random_uuid', 'pg_trigger_depth'))
       AND NOT (r.rolname IN ('bulkhead_placement', 'bulkhead_sql')
         AND p.proname IN ('uuid_send', 'get_bit', 'set_bit'))
       AND NOT (r.rolname = 'bulkhead_control' AND p.oid = 'pg_advisory_xact_lock(bigint)'::regprocedure)
       AND NOT (r.rolname = 'bulkhead_control' AND p.oid = 'setval(regclass,bigint)'::regprocedure
         AND current_database() = '\(ControlDatabase.databaseName)')
    UNION ALL
    SELECT format('the owner of the tables may call %s', p.oid::regprocedure),
           format('REVOKE EXECUTE ON ROUTINE %s FROM bulkhead_owner;', p.oid::regprocedure)
      FROM pg_proc p, aclexplode(p.proacl) AS g JOIN pg_roles r ON r.oid = g.grantee
     WHERE r.rolname = 'bulkhead_owner' AND p.pronamespace = 'pg_catalog'::regnamespace
       AND p.proname IN ('set_config', 'query_to_xml', 'pg_terminate_backend', 'lo_import', 'pg_read_file')
    """)

  private static let catalogs = Wall(
    "no catalog can be read",
    """
    SELECT format('PUBLIC or a role may read %s', c.oid::regclass),
           format('REVOKE ALL ON %s FROM %s;', c.oid::regclass, coalesce(quote_ident(r.rolname), 'PUBLIC'))
      FROM pg_class c
      CROSS JOIN LATERAL (
        SELECT grantee FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner)))
        UNION SELECT x.grantee FROM pg_attribute a, aclexplode(a.attacl) AS x WHERE a.attrelid = c.oid) AS g
      LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
       AND (g.grantee = 0 OR coalesce(r.rolname, '') IN ('bulkhead_pool', 'bulkhead_placement', 'bulkhead_relay',
         'bulkhead_control',
         'bulkhead_sql', 'bulkhead_reader', 'bulkhead_writer') OR coalesce(r.rolname, '') ~ '\(WallNames.opaque)')
    """)

  private static let languages = Wall(
    "nobody but the owners writes functions",
    """
    SELECT format('%s may use language %I', coalesce(quote_ident(r.rolname), 'PUBLIC'), l.lanname),
           format('REVOKE USAGE ON LANGUAGE %I FROM %s;', l.lanname, coalesce(quote_ident(r.rolname), 'PUBLIC'))
      FROM pg_language l, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) AS g
      LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE l.lanpltrusted AND (g.grantee = 0 OR NOT r.rolsuper)
       AND coalesce(r.rolname, '') NOT IN ('bulkhead_owner', 'bulkhead_binder')
    """)

  private static let schemas = Wall(
    "PUBLIC gets into no schema but pg_catalog, and nobody but its owner makes things in one",
    """
    SELECT format('%s has %s on schema %I', coalesce(quote_ident(r.rolname), 'PUBLIC'), g.privilege_type, n.nspname),
           format('REVOKE %s ON SCHEMA %I FROM %s;', g.privilege_type, n.nspname,
             coalesce(quote_ident(r.rolname), 'PUBLIC'))
      FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS g
      LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE g.grantee <> n.nspowner AND NOT coalesce(r.rolsuper, false)
       AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%'
       AND ((g.grantee = 0 AND n.nspname <> 'pg_catalog') OR g.privilege_type = 'CREATE')
    """)

  private static let definers = Wall(
    "no function runs with its owner's rights but the wall's own and the audit trail's, and none of ours is leak-proof",
    """
    SELECT format('function %s is SECURITY DEFINER', p.oid::regprocedure),
           format('ALTER FUNCTION %s SECURITY INVOKER;', p.oid::regprocedure)
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'bulkhead')
       AND p.proname <> 'audit_entry_chain'
    UNION ALL
    SELECT format('function %s is LEAKPROOF', p.oid::regprocedure),
           format('ALTER FUNCTION %s NOT LEAKPROOF;', p.oid::regprocedure)
      FROM pg_proc p WHERE p.proleakproof AND p.oid >= 16384
    UNION ALL
    SELECT format('function %s pins no search_path', p.oid::regprocedure),
           format('ALTER FUNCTION %s SET search_path = %I, pg_temp;', p.oid::regprocedure, n.nspname)
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE p.proname = 'audit_entry_chain' AND p.prosecdef AND NOT EXISTS (
         SELECT FROM unnest(p.proconfig) AS one WHERE one LIKE 'search_path=%pg_temp')
    """)

  private static let reachingOut = Wall(
    "no extension that reaches files or other servers",
    """
    SELECT format('extension %I is installed', extname), format('DROP EXTENSION %I CASCADE;', extname)
      FROM pg_extension
     WHERE extname IN ('dblink', 'postgres_fdw', 'file_fdw', 'adminpack', 'plpython3u', 'plperlu', 'pltclu', 'lo')
    """)
}
