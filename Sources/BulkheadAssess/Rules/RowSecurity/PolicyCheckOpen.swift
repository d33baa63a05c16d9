extension Rule {
  /// A policy lets rows be written into other tenants.
  static let policyCheckOpen = Rule(
    "R05", "A policy lets rows be written into other tenants",
    .rowSecurity, .corrupt, .high, kind: "policy", stage: .policies,
    leak: "A session of one tenant inserts rows into another, or moves its own there.",
    remedy: "Give WITH CHECK the same tenant predicate as USING.",
    query: #"""
      SELECT p.fq, 'WITH CHECK ' || p.wanted || ' does not hold the tenant column',
        format('ALTER POLICY %I ON %s WITH CHECK (%s);', p.polname, p.table_fq, p.predicate)
      FROM policy p
      WHERE p.polpermissive AND p.wanted IS NOT NULL AND p.qual IS DISTINCT FROM 'true'
        AND EXISTS (SELECT FROM hand WHERE hand.oid = ANY (p.polroles))
        AND p.wanted !~ ('(^|[^[:alnum:]_])'
          || regexp_replace(quote_ident(p.att), '([^[:alnum:]_])', '\\\1', 'g') || '($|[^[:alnum:]_])')
      """#)
}
