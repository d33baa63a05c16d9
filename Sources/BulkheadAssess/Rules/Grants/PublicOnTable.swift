extension Rule {
  /// PUBLIC has privileges on a tenant table.
  static let publicOnTable = Rule(
    "G01", "PUBLIC has privileges on a tenant table",
    .grants, .access, .high, kind: "grant", stage: .grants,
    leak: "Every login of the database, also one made for something else, reaches tenants' rows.",
    remedy: "Grant to a role that the application's login is a member of, and revoke from PUBLIC.",
    query: #"""
      SELECT t.fq || ' to PUBLIC', string_agg(DISTINCT h.privilege, ', '), format('REVOKE ALL ON %s FROM PUBLIC;', t.fq)
      FROM t JOIN held h ON h.oid = t.oid WHERE h.grantee = 0 GROUP BY t.fq
      """#)
}
