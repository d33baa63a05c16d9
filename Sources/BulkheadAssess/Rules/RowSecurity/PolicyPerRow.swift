extension Rule {
  /// A policy calls a function for each row.
  static let policyPerRow = Rule(
    "R08", "A policy calls a function for each row",
    .rowSecurity, .degrade, .medium, kind: "policy", stage: .policies,
    leak: """
      Without an index that helps, each row of all tenants costs a call: one tenant's report takes the machine \
      from all, and its time tells how many rows the others have.
      """,
    remedy: "Put the call into a sub-select, (SELECT f()), so that it runs once per statement.",
    query: #"""
      SELECT p.fq, 'outside of a sub-select it calls ' || p.calls,
        CASE WHEN h.plain THEN format('ALTER POLICY %I ON %s %s;', p.polname, p.table_fq, concat_ws(' ',
          format('USING (%I = (SELECT %s))', p.att, substr(p.qual, h.n + 1, length(p.qual) - h.n - 1)),
          format('WITH CHECK (%I = (SELECT %s))', p.att, substr(p.wanted, h.n + 1, length(p.wanted) - h.n - 1)))) END
      FROM policy p, LATERAL (
        SELECT length(format('(%I = ', p.att)) AS n,
          concat(p.qual, p.wanted) !~* ' (and|or|not) ' AND p.qual IS NOT NULL AND p.wanted IS NOT NULL
          AND starts_with(p.qual, format('(%I = ', p.att)) AND starts_with(p.wanted, format('(%I = ',
            p.att)) AS plain) AS h
      WHERE p.calls IS NOT NULL
      """#)
}
