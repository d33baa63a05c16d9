extension Rule {
  /// A login can become the owner of tenant tables.
  static let pathToOwner = Rule(
    "U08", "A login can become the owner of tenant tables",
    .roles, .corrupt, .high, kind: "role", stage: .roles,
    leak: "As the owner it drops policies and disables row security.",
    remedy: "Revoke the membership; migrations run as an administrator.",
    query: #"""
      SELECT DISTINCT ON (l.name, w.name) 'role ' || l.name || ' to ' || w.name, a.path,
        (SELECT format('REVOKE %s FROM %s;', w.name, l.name) FROM pg_auth_members m
         WHERE m.member = a.login AND m.roleid = a.role LIMIT 1)
      FROM acts a JOIN who l ON l.oid = a.login JOIN who w ON w.oid = a.role JOIN pg_roles r ON r.oid = a.role
      WHERE a.login <> a.role AND a.role IN (SELECT owner FROM t) AND NOT (r.rolsuper OR r.rolbypassrls)
      ORDER BY l.name, w.name, length(a.path)
      """#)
}
