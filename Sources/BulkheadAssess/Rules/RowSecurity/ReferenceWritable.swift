extension Rule {
  /// Data that all tenants read can be written by one.
  static let referenceWritable = Rule(
    "R13", "Data that all tenants read can be written by one",
    .rowSecurity, .corrupt, .medium, kind: "table", stage: .grants,
    leak: "What one tenant writes, every other reads: prices, codes, templates, scripts.",
    remedy: """
      Take the write privilege away, or, if the table holds tenants' data after all, give it the tenant column.
      """,
    query: #"""
      SELECT r.fq || ' to ' || w.name, string_agg(DISTINCT g.privilege_type, ', '),
        format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %s FROM %s;', r.fq, w.name)
      FROM reference r, LATERAL (
        SELECT g.grantee, g.privilege_type FROM aclexplode(r.acl) AS g
        UNION ALL
        SELECT g.grantee, g.privilege_type FROM pg_attribute a, aclexplode(a.attacl) AS g WHERE a.attrelid = r.oid) AS g
      JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE g.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') AND g.grantee <> r.owner AND NOT r.rls
      GROUP BY r.fq, w.name
      """#)
}
