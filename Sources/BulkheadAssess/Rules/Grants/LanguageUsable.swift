extension Rule {
  /// Sessions of tenants may write code.
  static let languageUsable = Rule(
    "G15", "Sessions of tenants may write code",
    .grants, .degrade, .low, kind: "grant", stage: .grants,
    leak: """
      DO blocks and functions of one's own loop without end, open savepoints by the thousand, and probe what SQL \
      alone does not show.
      """,
    remedy: "Revoke USAGE on the language from PUBLIC; functions that exist keep running.",
    query: #"""
      SELECT 'language ' || quote_ident(l.lanname) || ' to ' || w.name, 'USAGE',
        format('REVOKE USAGE ON LANGUAGE %I FROM %s;', l.lanname, w.name)
      FROM pg_language l, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) AS g
      JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE l.lanpltrusted AND g.privilege_type = 'USAGE' AND g.grantee <> l.lanowner
      """#)
}
