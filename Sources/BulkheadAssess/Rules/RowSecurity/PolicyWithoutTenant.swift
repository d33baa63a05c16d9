extension Rule {
  /// A permissive policy does not look at the tenant column.
  static let policyWithoutTenant = Rule(
    "R06", "A permissive policy does not look at the tenant column",
    .rowSecurity, .access, .high, kind: "policy", stage: .policies,
    leak: "Rows of every tenant that meet the other condition are visible.",
    remedy: "Add the tenant predicate to the policy's condition.",
    query: #"""
      SELECT p.fq, 'USING ' || p.qual,
        format('ALTER POLICY %I ON %s USING ((%s) AND %s);', p.polname, p.table_fq, p.predicate, p.qual)
      FROM policy p
      WHERE p.polpermissive AND p.qual IS NOT NULL AND p.qual <> 'true'
        AND EXISTS (SELECT FROM hand WHERE hand.oid = ANY (p.polroles))
        AND p.qual !~ ('(^|[^[:alnum:]_])'
          || regexp_replace(quote_ident(p.att), '([^[:alnum:]_])', '\\\1', 'g') || '($|[^[:alnum:]_])')
      """#)
}
