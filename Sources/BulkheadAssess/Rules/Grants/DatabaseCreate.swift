extension Rule {
  /// Schemas may be created in the database.
  static let databaseCreate = Rule(
    "G14", "Schemas may be created in the database",
    .grants, .corrupt, .medium, kind: "grant", stage: .grants,
    leak: """
      A schema of its own lets a tenant's session make tables, functions and operators, and trusted extensions.
      """,
    remedy: "Revoke CREATE on the database.",
    query: #"""
      SELECT 'database ' || quote_ident(d.datname) || ' to ' || w.name, 'CREATE',
        format('REVOKE CREATE ON DATABASE %I FROM %s;', d.datname, w.name)
      FROM pg_database d, aclexplode(d.datacl) AS g JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE d.datname = current_database() AND g.privilege_type = 'CREATE' AND g.grantee <> d.datdba
      """#)
}
