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
      SELECT p.fq, 'outside of a sub-select it calls ' || p.calls, NULL
      FROM policy p WHERE p.calls IS NOT NULL
      """#)
}
