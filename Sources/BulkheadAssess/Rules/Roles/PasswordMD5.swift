extension Rule {
  /// A password is kept as MD5.
  static let passwordMD5 = Rule(
    "U11", "A password is kept as MD5",
    .roles, .access, .low, kind: "role", stage: .roles,
    leak: """
      What is stored is enough to log in: one copy of the catalog, or of a backup, opens the role.
      """,
    remedy: "By hand: set password_encryption to scram-sha-256 and set the password anew.",
    query: #"""
      SELECT 'role ' || w.name, 'MD5', NULL
      FROM pg_authid r JOIN who w ON w.oid = r.oid WHERE r.rolcanlogin AND r.rolpassword LIKE 'md5%'
      """#)
}
