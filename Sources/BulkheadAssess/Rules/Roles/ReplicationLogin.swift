extension Rule {
  /// A login role may replicate.
  static let replicationLogin = Rule(
    "U03", "A login role may replicate",
    .roles, .access, .high, kind: "role", stage: .roles,
    leak: """
      The write-ahead log holds every tenant's changes and knows neither policies nor privileges.
      """,
    remedy: "Take REPLICATION away, or accept it with a reason for the one role that replicates.",
    query: #"""
      SELECT 'role ' || w.name, 'LOGIN REPLICATION', format('ALTER ROLE %s NOREPLICATION;', w.name)
      FROM pg_roles r JOIN who w ON w.oid = r.oid WHERE r.rolcanlogin AND r.rolreplication AND NOT r.rolsuper
      """#)
}
