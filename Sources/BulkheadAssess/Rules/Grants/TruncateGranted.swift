extension Rule {
  /// TRUNCATE is granted on a tenant table.
  static let truncateGranted = Rule(
    "G02", "TRUNCATE is granted on a tenant table",
    .grants, .corrupt, .high, kind: "grant", stage: .grants,
    leak: """
      TRUNCATE is not subject to row security: one statement of one tenant removes everybody's rows.
      """,
    remedy: "Revoke it.",
    query: #"""
      SELECT t.fq || ' to ' || w.name, 'TRUNCATE', format('REVOKE TRUNCATE ON %s FROM %s;', t.fq, w.name)
      FROM t JOIN held h ON h.oid = t.oid AND h.privilege = 'TRUNCATE' JOIN hand ON hand.oid = h.grantee
      JOIN who w ON w.oid = h.grantee WHERE w.oid <> 0
      """#)
}
