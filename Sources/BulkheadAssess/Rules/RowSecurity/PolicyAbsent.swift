extension Rule {
  /// Row security without any policy.
  static let policyAbsent = Rule(
    "R03", "Row security without any policy",
    .rowSecurity, .degrade, .low, kind: "table", stage: .policies,
    leak: """
      Nobody bound by row security sees a row. Whoever does use the table passes row security by some other way.
      """,
    remedy: "Add the tenant policy, and find out which role reads the table now.",
    query: #"""
      SELECT t.fq, 'row security is enabled and there is no policy: every row is hidden',
        format('CREATE POLICY tenant ON %s USING (%s) WITH CHECK (%s);', t.fq, t.predicate, t.predicate)
      FROM t WHERE t.rls AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid)
      """#)
}
