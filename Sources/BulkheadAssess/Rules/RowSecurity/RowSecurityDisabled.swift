extension Rule {
  /// Row security is off on a tenant table.
  static let rowSecurityDisabled = Rule(
    "R01", "Row security is off on a tenant table",
    .rowSecurity, .access, .critical, kind: "table", stage: .rowSecurity,
    leak: "One forgotten WHERE, or one injected expression, reads and changes every tenant's rows.",
    remedy: """
      Give the table a policy on the tenant column, enable row security and force it on the owner.
      """,
    query: #"""
      SELECT t.fq,
        CASE WHEN n.n = 0 THEN 'row security is disabled and there is no policy'
             ELSE 'row security is disabled, so its policies (' || n.n || ') have no effect' END,
        concat_ws(E'\n',
          CASE WHEN n.n = 0 THEN format('CREATE POLICY tenant ON %s USING (%s) WITH CHECK (%s);',
            t.fq, t.predicate, t.predicate) END,
          format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', t.fq),
          format('ALTER TABLE %s FORCE ROW LEVEL SECURITY;', t.fq))
      FROM t, LATERAL (SELECT count(*) AS n FROM pg_policy p WHERE p.polrelid = t.oid) AS n
      WHERE NOT t.rls
      """#)
}
