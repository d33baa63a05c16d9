extension Rule {
  /// A policy trusts a setting that any session can set.
  static let policySettable = Rule(
    "R07", "A policy trusts a setting that any session can set",
    .rowSecurity, .access, .high, kind: "policy", stage: .policies,
    leak: """
      One injected expression that calls set_config, a SET, or a start-up option becomes another tenant. Revoking \
      set_config stops the expression, not the SET.
      """,
    remedy: """
      Let a setting carry the tenant that only a superuser or a role without login may set (GRANT SET ON \
      PARAMETER, PostgreSQL 15), written by a function that checks a token bound to the backend, or by ALTER ROLE \
      for a login of one tenant. The fix changes the policy; binding sessions is the application's part.
      """,
    query: #"""
      SELECT p.fq, 'it rests on ' || p.trusts,
        CASE WHEN concat(p.qual, ' ', p.wanted) !~* ' (and|or|not) ' THEN
          format('ALTER POLICY %I ON %s %s;', p.polname, p.table_fq, concat_ws(' ',
            CASE WHEN p.polqual IS NOT NULL THEN format('USING (%s)', p.predicate) END,
            CASE WHEN p.polwithcheck IS NOT NULL THEN format('WITH CHECK (%s)', p.predicate) END)) END
      FROM policy p WHERE p.trusts IS NOT NULL
      """#)
}
