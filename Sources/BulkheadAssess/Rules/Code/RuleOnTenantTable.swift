extension Rule {
  /// A rewrite rule on a tenant table.
  static let ruleOnTenantTable = Rule(
    "C07", "A rewrite rule on a tenant table",
    .code, .corrupt, .medium, kind: "rule", stage: .code,
    leak: """
      What a rule adds runs with the rights of the table's owner: rows land in tables that the writer cannot \
      reach.
      """,
    remedy: "By hand: replace it by a trigger, which runs with the writer's rights.",
    query: #"""
      SELECT t.fq || ' rule ' || quote_ident(r.rulename), 'CREATE RULE', NULL
      FROM t JOIN pg_rewrite r ON r.ev_class = t.oid
      """#)
}
