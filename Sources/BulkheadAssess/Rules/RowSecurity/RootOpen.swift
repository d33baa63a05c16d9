extension Rule {
  /// The table of tenants can be read by every tenant.
  static let rootOpen = Rule(
    "R11", "The table of tenants can be read by every tenant",
    .rowSecurity, .infer, .high, kind: "table", stage: .rowSecurity,
    leak: "Any tenant lists all tenants, with whatever the table says of them.",
    remedy: """
      Let a session see its own row only, or keep the table out of reach of the roles that serve tenants.
      """,
    query: #"""
      SELECT r.fq, 'row security is disabled; readable by ' || g.names,
        concat_ws(E'\n',
          CASE WHEN NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = r.oid) THEN
            format('CREATE POLICY tenant ON %s USING (%s);', r.fq, r.predicate) END,
          format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', r.fq),
          format('ALTER TABLE %s FORCE ROW LEVEL SECURITY;', r.fq))
      FROM root r, fact, LATERAL (
        SELECT coalesce(string_agg(DISTINCT w.name, ', '), 'a superuser, as everything is here') AS names, count(*) AS n
        FROM (
          SELECT g.grantee FROM aclexplode(coalesce(r.acl, acldefault('r', r.owner))) AS g
            WHERE g.privilege_type = 'SELECT'
          UNION ALL
          SELECT g.grantee FROM pg_attribute a, aclexplode(a.attacl) AS g
          WHERE a.attrelid = r.oid AND g.privilege_type = 'SELECT') AS g
        JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee) AS g
      WHERE NOT r.rls AND (g.n > 0 OR fact.assumed)
      """#)
}
