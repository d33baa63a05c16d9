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
      SELECT t.fq, 'no index on ' || quote_ident(t.att), format('CREATE INDEX ON %s (%I);', t.fq, t.att)
      FROM t WHERE NOT EXISTS (SELECT FROM ix x WHERE x.oid = t.oid AND x.led AND x.whole)
        -- Widening a key, which another rule asks for, makes such an index.
        AND NOT EXISTS (SELECT FROM ix x WHERE x.oid = t.oid AND x.denies AND x.whole AND NOT x.has)
      """#)
}
