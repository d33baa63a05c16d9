extension Rule {
  /// A login may set what policies trust.
  static let carrierGranted = Rule(
    "R14", "A login may set what policies trust",
    .rowSecurity, .access, .critical, kind: "role", stage: .roles, since: 150000,
    leak: """
      The setting is out of reach of sessions only as long as no role that they act as may SET it.
      """,
    remedy: """
      Grant SET on the parameter to a role without login and without members, which owns the binding function.
      """,
    query: #"""
      SELECT w.name || ' on ' || quote_ident(p.parname), 'GRANT SET ON PARAMETER reaches a session of tenants',
        format('REVOKE SET ON PARAMETER %s FROM %s;', quote_ident(p.parname), w.name)
      FROM pg_parameter_acl p, fact, aclexplode(p.paracl) AS g JOIN hand ON hand.oid = g.grantee
      JOIN who w ON w.oid = g.grantee
      WHERE g.privilege_type = 'SET' AND p.parname = ANY (fact.carriers)
      """#)
}
