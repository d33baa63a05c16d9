extension Rule {
  /// A login can become a role that passes everything.
  static let pathToMighty = Rule(
    "U07", "A login can become a role that passes everything",
    .roles, .access, .critical, kind: "role", stage: .roles,
    leak: "One SET ROLE, and no policy or privilege binds the session any more.",
    remedy: """
      Revoke the membership. SUPERUSER and BYPASSRLS are not inherited, but SET ROLE takes them.
      """,
    query: #"""
      SELECT DISTINCT ON (l.name, w.name) 'role ' || l.name || ' to ' || w.name, a.path,
        (SELECT format('REVOKE %s FROM %s;', w.name, l.name) FROM pg_auth_members m
         WHERE m.member = a.login AND m.roleid = a.role LIMIT 1)
      FROM acts a JOIN who l ON l.oid = a.login JOIN who w ON w.oid = a.role JOIN pg_roles r ON r.oid = a.role
      WHERE a.login <> a.role AND (r.rolsuper OR r.rolbypassrls OR r.rolreplication OR r.rolcreaterole)
      ORDER BY l.name, w.name, length(a.path)
      """#)
}
