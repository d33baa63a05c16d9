extension Rule {
  /// A superuser besides the first can log in.
  static let superuserLogin = Rule(
    "U01", "A superuser besides the first can log in",
    .roles, .access, .high, kind: "role", stage: .roles,
    leak: """
      No policy and no privilege binds it; its password is the password of all tenants' data and of the machine's \
      files.
      """,
    remedy: """
      Take SUPERUSER away and grant what the role needs. The server's first role is not reported; keep it for \
      administration.
      """,
    query: #"""
      SELECT 'role ' || w.name, 'LOGIN SUPERUSER', format('ALTER ROLE %s NOSUPERUSER;', w.name)
      FROM pg_roles r JOIN who w ON w.oid = r.oid WHERE r.rolcanlogin AND r.rolsuper AND r.oid <> 10
      """#)
}
