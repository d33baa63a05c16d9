extension Rule {
  /// A session of tenants may grant on.
  static let grantOption = Rule(
    "G08", "A session of tenants may grant on",
    .grants, .access, .medium, kind: "grant", stage: .grants,
    leak: "Whoever gets hold of the session hands the table to other roles, where no review sees it.",
    remedy: "Revoke the grant option.",
    query: #"""
      SELECT t.fq || ' to ' || w.name, string_agg(DISTINCT h.privilege, ', ') || ' WITH GRANT OPTION',
        format('REVOKE GRANT OPTION FOR ALL ON %s FROM %s;', t.fq, w.name)
      FROM t JOIN held h ON h.oid = t.oid AND h.is_grantable JOIN hand ON hand.oid = h.grantee
      JOIN who w ON w.oid = h.grantee GROUP BY t.fq, w.name
      """#)
}
