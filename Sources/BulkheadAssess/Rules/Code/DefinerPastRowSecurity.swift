extension Rule {
  /// A function runs with the rights of a role that passes row security.
  static let definerPastRowSecurity = Rule(
    "C05", "A function runs with the rights of a role that passes row security",
    .code, .access, .high, kind: "function", stage: .code,
    leak: """
      Its statements see all tenants' rows; a forgotten predicate or a parameter in dynamic SQL is enough.
      """,
    remedy: """
      By hand: give it an owner without login, SUPERUSER and BYPASSRLS that holds only the privileges it needs.
      """,
    query: #"""
      SELECT r.fq, 'SECURITY DEFINER, owner ' || w.name, NULL
      FROM routine r JOIN who w ON w.oid = r.proowner
      WHERE r.prosecdef AND r.proowner IN (SELECT oid FROM mighty)
        AND r.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
      """#)
}
