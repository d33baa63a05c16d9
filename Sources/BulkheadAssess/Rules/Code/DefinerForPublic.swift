extension Rule {
  /// A SECURITY DEFINER function that everyone may call.
  static let definerForPublic = Rule(
    "C04", "A SECURITY DEFINER function that everyone may call",
    .code, .access, .medium, kind: "function", stage: .grants,
    leak: """
      Every login, also one that a single tenant got hold of, acts through it with its owner's rights.
      """,
    remedy: """
      Revoke from PUBLIC and grant to the roles that call it. PostgreSQL grants to PUBLIC when a function is made.
      """,
    query: #"""
      SELECT r.fq, 'EXECUTE for PUBLIC, owner ' || w.name,
        format('REVOKE EXECUTE ON %s %s FROM PUBLIC;', r.noun, r.fq)
      FROM routine r JOIN who w ON w.oid = r.proowner, aclexplode(coalesce(r.proacl, acldefault('f', r.proowner))) AS g
      WHERE r.prosecdef AND g.grantee = 0 AND g.privilege_type = 'EXECUTE'
        AND r.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
      """#)
}
