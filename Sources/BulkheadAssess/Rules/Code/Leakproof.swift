extension Rule {
  /// A function is marked LEAKPROOF.
  static let leakproof = Rule(
    "C08", "A function is marked LEAKPROOF",
    .code, .access, .high, kind: "function", stage: .code,
    leak: """
      The planner runs it before the policy, on all tenants' rows: an error message or a side effect of it tells \
      what they hold.
      """,
    remedy: "Take the mark away, unless the function is proved to tell nothing of its arguments.",
    query: #"""
      SELECT r.fq, 'LEAKPROOF', format('ALTER FUNCTION %s NOT LEAKPROOF;', r.fq)
      FROM routine r WHERE r.proleakproof
      """#)
}
