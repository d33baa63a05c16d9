extension Rule {
  /// A policy lets every row through.
  static let policyOpen = Rule(
    "R04", "A policy lets every row through",
    .rowSecurity, .access, .critical, kind: "policy", stage: .policies,
    leak: """
      Permissive policies are joined by OR: USING (true) undoes every other policy of the table.
      """,
    remedy: """
      Drop the policy or give it the tenant predicate. A role that works across tenants gets a policy of its own, \
      TO that role, and no access to tables under tenant policies.
      """,
    query: #"""
      SELECT p.fq, 'USING (true) for ' || r.names,
        format('ALTER POLICY %I ON %s USING (%s)%s;', p.polname, p.table_fq, p.predicate,
          CASE WHEN p.wanted = 'true' THEN format(' WITH CHECK (%s)', p.predicate) ELSE '' END)
      FROM policy p, LATERAL (
        SELECT string_agg(w.name, ', ' ORDER BY w.name) AS names FROM who w WHERE w.oid = ANY (p.polroles)) AS r
      WHERE p.polpermissive AND p.qual = 'true' AND EXISTS (SELECT FROM hand WHERE hand.oid = ANY (p.polroles))
      """#)
}
