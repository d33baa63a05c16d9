extension Rule {
  /// No index starts with the tenant.
  static let indexForTenantAbsent = Rule(
    "K04", "No index starts with the tenant",
    .keys, .degrade, .low, kind: "table", stage: .indexes,
    leak: """
      Reading one tenant's rows reads everybody's, so the largest tenant sets the pace of all, and the time tells \
      how much the others have.
      """,
    remedy: "Add an index led by the tenant column, best as part of the primary key.",
    query: #"""
      -- An index that another rule asks to be led by the tenant counts as one that is.
      SELECT t.fq, 'no index on ' || quote_ident(t.att), format('CREATE INDEX ON %s (%I);', t.fq, t.att)
      FROM t WHERE t.oid NOT IN (SELECT x.oid FROM ix x WHERE x.whole AND (x.led OR (x.denies AND NOT x.has)))
      """#)
}
