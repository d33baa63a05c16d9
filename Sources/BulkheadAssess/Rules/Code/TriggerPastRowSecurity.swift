extension Rule {
  /// A trigger passes row security.
  static let triggerPastRowSecurity = Rule(
    "C06", "A trigger passes row security",
    .code, .corrupt, .medium, kind: "trigger", stage: .code,
    leak: "Each tenant's write runs statements that see and change all tenants' rows.",
    remedy: """
      By hand: give the trigger's function an owner that row security binds, or let it run with the writer's \
      rights.
      """,
    query: #"""
      SELECT t.fq || ' trigger ' || quote_ident(g.tgname),
        format('%I() is SECURITY DEFINER, owner %s', p.proname, w.name), NULL
      FROM t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
      JOIN pg_proc p ON p.oid = g.tgfoid AND p.prosecdef JOIN who w ON w.oid = p.proowner
      WHERE p.proowner IN (SELECT oid FROM mighty)
      """#)
}
