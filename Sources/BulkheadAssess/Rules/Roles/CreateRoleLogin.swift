extension Rule {
  /// A login role may create roles.
  static let createRoleLogin = Rule(
    "U04", "A login role may create roles",
    .roles, .access, .medium, kind: "role", stage: .roles,
    leak: """
      Before PostgreSQL 16 it makes itself a member of every role but superusers, and sets their passwords.
      """,
    remedy: "Take CREATEROLE away; provisioning logs in for that alone.",
    query: #"""
      SELECT 'role ' || w.name, 'LOGIN CREATEROLE', format('ALTER ROLE %s NOCREATEROLE;', w.name)
      FROM pg_roles r JOIN who w ON w.oid = r.oid WHERE r.rolcanlogin AND r.rolcreaterole AND NOT r.rolsuper
      """#)
}
