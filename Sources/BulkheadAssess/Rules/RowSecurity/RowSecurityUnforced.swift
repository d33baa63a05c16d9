extension Rule {
  /// Row security does not bind the table's owner.
  static let rowSecurityUnforced = Rule(
    "R02", "Row security does not bind the table's owner",
    .rowSecurity, .access, .high, kind: "table", stage: .rowSecurity,
    leak: """
      The owner, and every view and definer function that the owner has, reads all tenants' rows.
      """,
    remedy: """
      Force row security. Migrations that must touch all tenants then need a role made for that.
      """,
    query: #"""
      SELECT t.fq, 'row security is enabled but not forced; the owner is ' || o.name,
        format('ALTER TABLE %s FORCE ROW LEVEL SECURITY;', t.fq)
      FROM t JOIN who o ON o.oid = t.owner
      WHERE t.rls AND NOT t.forced
      """#)
}
