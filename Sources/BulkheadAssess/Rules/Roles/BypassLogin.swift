extension Rule {
  /// A login role passes row security.
  static let bypassLogin = Rule(
    "U02", "A login role passes row security",
    .roles, .access, .high, kind: "role", stage: .roles,
    leak: "Policies do not apply to it: every table that it may read shows all tenants' rows.",
    remedy: """
      Take BYPASSRLS away. What has to read across tenants, a backup or a mover, logs in for that alone, from a \
      place that pg_hba.conf names; accept it with that reason.
      """,
    query: #"""
      SELECT 'role ' || w.name, 'LOGIN BYPASSRLS', format('ALTER ROLE %s NOBYPASSRLS;', w.name)
      FROM pg_roles r JOIN who w ON w.oid = r.oid WHERE r.rolcanlogin AND r.rolbypassrls AND NOT r.rolsuper
      """#)
}
