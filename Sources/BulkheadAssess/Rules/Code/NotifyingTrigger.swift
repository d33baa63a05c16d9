extension Rule {
  /// A trigger on a tenant table sends notifications.
  static let notifyingTrigger = Rule(
    "C09", "A trigger on a tenant table sends notifications",
    .code, .infer, .medium, kind: "trigger", stage: .code,
    leak: """
      Every session may LISTEN to every channel; no privilege exists for it. It hears when and what other tenants \
      do.
      """,
    remedy: "By hand: write to an outbox table with row security and let a platform role read it.",
    query: #"""
      SELECT t.fq || ' trigger ' || quote_ident(g.tgname), format('%I() calls NOTIFY', p.proname), NULL
      FROM t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal JOIN pg_proc p ON p.oid = g.tgfoid
      WHERE p.prosrc ~* '\m(pg_notify\s*\(|notify\s+[a-z_"])'
      """#)
}
