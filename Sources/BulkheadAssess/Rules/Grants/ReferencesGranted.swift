extension Rule {
  /// REFERENCES is granted on a tenant table.
  static let referencesGranted = Rule(
    "G03", "REFERENCES is granted on a tenant table",
    .grants, .infer, .medium, kind: "grant", stage: .grants,
    leak: """
      Foreign keys are checked without row security: a table of one's own that refers here tells which keys exist, \
      and keeps others from deleting theirs.
      """,
    remedy: "Revoke it.",
    query: #"""
      SELECT DISTINCT t.fq || ' to ' || w.name, 'REFERENCES', format('REVOKE REFERENCES ON %s FROM %s;', t.fq, w.name)
      FROM t JOIN held h ON h.oid = t.oid AND h.privilege = 'REFERENCES' JOIN hand ON hand.oid = h.grantee
      JOIN who w ON w.oid = h.grantee WHERE w.oid <> 0
      """#)
}
