extension Rule {
  /// Sessions of tenants may use a foreign server.
  static let foreignServerUsable = Rule(
    "O05", "Sessions of tenants may use a foreign server",
    .exits, .access, .medium, kind: "grant", stage: .exits,
    leak: "With USAGE they map themselves to it and make foreign tables of what is there.",
    remedy: "Revoke USAGE on the server.",
    query: #"""
      SELECT 'server ' || quote_ident(s.srvname) || ' to ' || w.name, 'USAGE',
        format('REVOKE USAGE ON FOREIGN SERVER %I FROM %s;', s.srvname, w.name)
      FROM pg_foreign_server s, aclexplode(s.srvacl) AS g JOIN hand ON hand.oid = g.grantee
        JOIN who w ON w.oid = g.grantee
      WHERE g.privilege_type = 'USAGE' AND g.grantee <> s.srvowner
      """#)
}
