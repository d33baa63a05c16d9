extension Rule {
  /// Objects may be created in a schema.
  static let schemaCreate = Rule(
    "G11", "Objects may be created in a schema",
    .grants, .corrupt, .high, kind: "grant", stage: .grants,
    leak: """
      A function or table of the same name, made by one tenant's session, is what other sessions find first.
      """,
    remedy: "Revoke CREATE; migrations run as another role.",
    query: #"""
      SELECT 'schema ' || quote_ident(n.nspname) || ' to ' || w.name, 'CREATE',
        format('REVOKE CREATE ON SCHEMA %I FROM %s;', n.nspname, w.name)
      FROM pg_namespace n JOIN scope ON scope.oid = n.oid, aclexplode(n.nspacl) AS g
      JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE g.privilege_type = 'CREATE' AND g.grantee <> n.nspowner
      """#)
}
