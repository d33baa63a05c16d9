/// Walls that are one for the whole cluster: roles, the carrier, databases' doors.
enum ClusterWalls {
  static let all = [attributes, groupLogins, memberships, carrierKind, carrierValue, carrierGrants, settings, doors]

  private static let attributes = Wall(
    "no role of ours can pass row security or make itself more",
    """
    WITH RECURSIVE \(WallNames.ours)
    SELECT format('role %I has %s', rolname, concat_ws(', ',
             CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
             CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
             CASE WHEN rolcreatedb THEN 'CREATEDB' END)),
           format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOREPLICATION NOCREATEROLE NOCREATEDB;', rolname)
      FROM pg_roles JOIN ours USING (oid)
     WHERE rolsuper OR rolbypassrls OR rolreplication OR rolcreaterole OR rolcreatedb
    """)

  private static let groupLogins = Wall(
    "nobody logs in as an owner or a group",
    """
    SELECT format('role %I can log in', rolname), format('ALTER ROLE %I NOLOGIN;', rolname)
      FROM pg_roles WHERE rolcanlogin AND (rolname IN (\(WallNames.groups)) OR rolname ~ '^g_[0-9a-f]{14}(_w)?$')
    UNION ALL
    SELECT format('role %s is missing', name), format('CREATE ROLE %I NOLOGIN;', name)
      FROM unnest(ARRAY[\(WallNames.groups)]) AS name WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
    """)

  private static let memberships = Wall(
    "roles of ours are members of nothing but their group",
    """
    WITH RECURSIVE \(WallNames.ours)
    SELECT format('role %I is a member of %I', member, granted)
             || CASE WHEN is_due THEN ' and may make others members' ELSE '' END,
           format('REVOKE %s%I FROM %I;', CASE WHEN is_due THEN 'ADMIN OPTION FOR ' ELSE '' END, granted, member)
      FROM (SELECT r.rolname AS member, g.rolname AS granted, m.admin_option, CASE g.rolname
         WHEN 'bulkhead_placement' THEN r.rolname = 'bulkhead_pool' OR r.rolname ~ '^r_[0-9a-f]{14}$'
         WHEN 'bulkhead_sql' THEN r.rolname = 'bulkhead_reader' OR r.rolname ~ '^g_[0-9a-f]{14}$'
         WHEN 'bulkhead_reader' THEN r.rolname = 'bulkhead_writer' OR r.rolname ~ '^q_[0-9a-f]{14}$'
         WHEN 'bulkhead_writer' THEN r.rolname ~ '^q_[0-9a-f]{14}$'
         ELSE g.rolname ~ '^g_[0-9a-f]{14}(_w)?$' AND r.rolname ~ '^[qg]_[0-9a-f]{14}(_w)?$' END AS is_due
      FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
     WHERE m.member IN (SELECT oid FROM ours)) AS found
     WHERE admin_option OR NOT is_due
    """)

  private static let carrierKind = Wall(
    "the carrier of the tenant is the superuser's to set",
    """
    SELECT format('backtrace_functions has context %s in this version of PostgreSQL', context),
           '-- Use a version of PostgreSQL in which it has context superuser: 15 to 18.'
      FROM pg_settings WHERE name = 'backtrace_functions' AND context <> 'superuser'
    """)

  private static let carrierValue = Wall(
    "the carrier of the tenant is empty unless a tenant is bound",
    """
    SELECT 'the server itself sets backtrace_functions',
           'ALTER SYSTEM RESET backtrace_functions; SELECT pg_reload_conf();'
      FROM pg_settings WHERE name = 'backtrace_functions' AND reset_val <> '' AND source <> 'database'
    UNION ALL
    SELECT format('%s sets backtrace_functions', CASE WHEN s.setrole = 0 THEN 'database ' || quote_ident(d.datname)
             ELSE 'role ' || quote_ident(r.rolname) END),
           CASE WHEN s.setdatabase = 0 THEN format('ALTER ROLE %I RESET backtrace_functions;', r.rolname)
                WHEN s.setrole = 0 THEN format('ALTER DATABASE %I RESET backtrace_functions;', d.datname)
                ELSE format('ALTER ROLE %I IN DATABASE %I RESET backtrace_functions;', r.rolname, d.datname) END
      FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT
        JOIN pg_database d ON d.oid = s.setdatabase
     WHERE EXISTS (SELECT FROM unnest(s.setconfig) AS one WHERE one LIKE 'backtrace_functions=%')
       AND NOT (s.setdatabase = 0 AND coalesce(r.rolname, '') ~ '^q_[0-9a-f]{14}$')
    """)

  private static let carrierGrants = Wall(
    "only the owner of the bind may set the carrier, and no role of ours another guarded parameter",
    """
    WITH RECURSIVE \(WallNames.ours)
    SELECT format('%s may set %s', coalesce(quote_ident(r.rolname), 'everyone'), p.parname),
           format('REVOKE ALL ON PARAMETER %I FROM %s;', p.parname, coalesce(quote_ident(r.rolname), 'PUBLIC'))
      FROM pg_parameter_acl p, aclexplode(p.paracl) AS g LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE (g.grantee = 0 OR g.grantee IN (SELECT oid FROM ours) OR p.parname = 'backtrace_functions')
       AND NOT (p.parname = 'backtrace_functions' AND coalesce(r.rolname, '') = 'bulkhead_binder' AND NOT g.is_grantable
         AND g.privilege_type = 'SET')
       AND NOT coalesce(r.rolsuper, false)
    UNION ALL
    SELECT 'the owner of the bind may not set backtrace_functions',
           'GRANT SET ON PARAMETER backtrace_functions TO bulkhead_binder;'
     WHERE NOT has_parameter_privilege('bulkhead_binder', 'backtrace_functions', 'SET')
    """)

  /// - Parameter registered: role and carrier of every login in the registry.
  static func logins(_ registered: [(role: String, carrier: String)]) -> Wall {
    let values = registered.map { "('\($0.role)', '\($0.carrier)')" } + ["(NULL, NULL)"]
    return Wall(
      "a SQL login is bound to the tenant that the registry names",
      """
      WITH registered (role, carrier) AS (VALUES \(values.joined(separator: ", ")))
      SELECT format('login %I %s', r.rolname,
               CASE WHEN g.role IS NULL THEN 'is not registered' ELSE 'is bound otherwise' END),
             CASE WHEN g.role IS NULL THEN format('DROP ROLE %I;', r.rolname)
                  ELSE format('ALTER ROLE %I SET backtrace_functions = %L;', r.rolname, g.carrier) END
        FROM pg_roles r LEFT JOIN registered g ON g.role = r.rolname
       WHERE r.rolname ~ '^q_[0-9a-f]{14}$' AND NOT EXISTS (
         SELECT FROM pg_db_role_setting s, unnest(s.setconfig) AS one
          WHERE s.setrole = r.oid AND s.setdatabase = 0 AND one = 'backtrace_functions=' || g.carrier)
      """)
  }

  private static let settings = Wall(
    "the settings of our login roles are pinned",
    """
    SELECT format('role %I has no %s = %s', r.rolname, wanted.name, wanted.value),
           format('ALTER ROLE %I SET %s = %s;', r.rolname, wanted.name,
             CASE wanted.name WHEN 'search_path' THEN wanted.value ELSE quote_literal(wanted.value) END)
      FROM pg_roles r
      CROSS JOIN (VALUES \(RoleSettings.all.map { "('\($0.name)', '\($0.value)')" }.joined(separator: ", ")))
        AS wanted (name, value)
     WHERE r.rolcanlogin AND (r.rolname IN (\(WallNames.logins)) OR r.rolname ~ '^r_[0-9a-f]{14}$')
       AND NOT EXISTS (
         SELECT FROM pg_db_role_setting s, unnest(s.setconfig) AS one
          WHERE s.setrole = r.oid AND s.setdatabase = 0 AND one = wanted.name || '=' || wanted.value)
    UNION ALL
    SELECT format('role %I has no log_parameter_max_length = 0', r.rolname),
           format('ALTER ROLE %I SET log_parameter_max_length = ''0'';', r.rolname)
      FROM pg_roles r
     WHERE r.rolname ~ '^q_[0-9a-f]{14}$' AND NOT EXISTS (
         SELECT FROM pg_db_role_setting s, unnest(s.setconfig) AS one
          WHERE s.setrole = r.oid AND s.setdatabase = 0 AND one = 'log_parameter_max_length=0')
    """)

  private static let doors = Wall(
    "PUBLIC gets into no database of ours and none that every cluster has",
    """
    SELECT format('PUBLIC has %s on database %I', string_agg(g.privilege_type, ', '), d.datname),
           format('REVOKE ALL ON DATABASE %I FROM PUBLIC;', d.datname)
      FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS g
     WHERE g.grantee = 0 AND (d.datname IN ('bulkhead_control', 'bulkhead_cell', 'postgres', 'template1')
        OR d.datname ~ '^d_[0-9a-f]{14}$')
     GROUP BY d.datname
    """)
}
