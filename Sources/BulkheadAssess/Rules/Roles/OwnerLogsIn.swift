extension Rule {
  /// The owner of tenant tables can log in.
  static let ownerLogsIn = Rule(
    "U05", "The owner of tenant tables can log in",
    .roles, .corrupt, .high, kind: "role", stage: .roles,
    leak: """
      An owner drops policies, disables row security and truncates, whatever is forced on it: an injection into \
      its sessions is a migration.
      """,
    remedy: """
      By hand: make a role without login the owner (CREATE ROLE … NOLOGIN; ALTER TABLE … OWNER TO …), grant the \
      login what it needs, and run migrations as an administrator.
      """,
    query: #"""
      SELECT 'role ' || w.name, 'owns ' || count(*) ||
        CASE count(*) WHEN 1 THEN ' tenant table' ELSE ' tenant tables' END,
        NULL
      FROM t JOIN pg_roles r ON r.oid = t.owner AND r.rolcanlogin AND NOT r.rolsuper JOIN who w ON w.oid = r.oid
      GROUP BY w.name
      """#)
}
