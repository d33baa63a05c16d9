extension Rule {
  /// TRIGGER is granted on a tenant table.
  static let triggerGranted = Rule(
    "G04", "TRIGGER is granted on a tenant table",
    .grants, .access, .high, kind: "grant", stage: .grants,
    leak: """
      A trigger that one tenant's session creates sees every row that the others write, and changes it.
      """,
    remedy: "Revoke it.",
    query: #"""
      SELECT t.fq || ' to ' || w.name, 'TRIGGER', format('REVOKE TRIGGER ON %s FROM %s;', t.fq, w.name)
      FROM t JOIN held h ON h.oid = t.oid AND h.privilege = 'TRIGGER' JOIN hand ON hand.oid = h.grantee
      JOIN who w ON w.oid = h.grantee WHERE w.oid <> 0
      """#)
}
