extension Rule {
  /// The tenant column itself may be updated.
  static let tenantColumnUpdatable = Rule(
    "G07", "The tenant column itself may be updated",
    .grants, .corrupt, .low, kind: "grant", stage: .grants,
    leak: "Nothing but WITH CHECK keeps a row from being moved to another tenant.",
    remedy: "Revoke UPDATE on the tenant column; a row never changes its tenant.",
    query: #"""
      SELECT t.fq || ' to ' || w.name, format('UPDATE (%I)', t.att),
        format('REVOKE UPDATE (%I) ON %s FROM %s;', t.att, t.fq, w.name)
      FROM t JOIN held h ON h.oid = t.oid AND h.privilege = 'UPDATE' AND h.col = t.attnum
        JOIN hand ON hand.oid = h.grantee
      JOIN who w ON w.oid = h.grantee WHERE w.oid <> 0
      """#)
}
