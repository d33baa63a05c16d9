extension Rule {
  /// A login holds a predefined role that reaches all tenants.
  static let predefinedRole = Rule(
    "U10", "A login holds a predefined role that reaches all tenants",
    .roles, .access, .high, kind: "role", stage: .roles,
    leak: """
      pg_read_all_data reads every table that no policy guards; the file and program roles read and run what they \
      like as the server; the monitoring roles show every session's statements.
      """,
    remedy: "Revoke it. Monitoring logs in by itself and reaches no tenant table.",
    query: #"""
      SELECT DISTINCT ON (l.name, w.name) 'role ' || l.name || ' to ' || w.name, a.path,
        (SELECT format('REVOKE %s FROM %s;', w.name, l.name) FROM pg_auth_members m
         WHERE m.member = a.login AND m.roleid = a.role LIMIT 1)
      FROM acts a JOIN who l ON l.oid = a.login JOIN who w ON w.oid = a.role JOIN pg_roles r ON r.oid = a.role
      WHERE a.login <> a.role AND (r.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files',
          'pg_write_server_files', 'pg_execute_server_program', 'pg_create_subscription', 'pg_maintain')
        OR (a.login IN (SELECT oid FROM serving) AND r.rolname IN ('pg_monitor', 'pg_read_all_stats',
          'pg_read_all_settings', 'pg_signal_backend', 'pg_stat_scan_tables')
          AND a.path !~ '> pg_monitor >'))
      ORDER BY l.name, w.name, length(a.path)
      """#)
}
