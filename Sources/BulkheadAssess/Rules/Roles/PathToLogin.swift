extension Rule {
  /// A session of tenants can become another login.
  static let pathToLogin = Rule(
    "U09", "A session of tenants can become another login",
    .roles, .access, .medium, kind: "role", stage: .roles,
    leak: "SET ROLE takes the other login's privileges, and with roles per tenant its tenant.",
    remedy: "Let logins be members of roles without login only.",
    query: #"""
      SELECT DISTINCT ON (l.name, w.name) 'role ' || l.name || ' to ' || w.name, a.path,
        (SELECT format('REVOKE %s FROM %s;', w.name, l.name) FROM pg_auth_members m
         WHERE m.member = a.login AND m.roleid = a.role LIMIT 1)
      FROM acts a JOIN who l ON l.oid = a.login JOIN who w ON w.oid = a.role JOIN pg_roles r ON r.oid = a.role
      WHERE a.login <> a.role AND a.login IN (SELECT oid FROM serving) AND r.rolcanlogin
        AND NOT (r.rolsuper OR r.rolbypassrls OR r.rolreplication OR r.rolcreaterole)
        AND a.role NOT IN (SELECT owner FROM t)
      ORDER BY l.name, w.name, length(a.path)
      """#)
}
