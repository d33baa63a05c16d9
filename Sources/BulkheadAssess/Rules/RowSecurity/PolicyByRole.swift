extension Rule {
  /// A policy tells tenants apart by the current role.
  static let policyByRole = Rule(
    "R09", "A policy tells tenants apart by the current role",
    .rowSecurity, .access, .medium, kind: "policy", stage: .policies,
    leak: """
      A session that may SET ROLE, or call set_config('role', …) in an expression, becomes another tenant. Plans \
      that depend on the role have been a row of holes.
      """,
    remedy: "Rest the policy on session_user or on a setting that sessions cannot set.",
    query: #"""
      SELECT p.fq, 'it rests on ' || p.names_user, NULL
      FROM policy p WHERE p.names_user IS NOT NULL
      """#)
}
