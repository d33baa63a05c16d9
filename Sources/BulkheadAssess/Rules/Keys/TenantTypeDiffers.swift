extension Rule {
  /// The tenant column has another type than elsewhere.
  static let tenantTypeDiffers = Rule(
    "K07", "The tenant column has another type than elsewhere",
    .keys, .corrupt, .low, kind: "column", stage: .columns,
    leak: """
      Casts keep indexes and composite foreign keys from being used, and two texts of one tenant are two tenants.
      """,
    remedy: "By hand: bring the column to the type that most tables use; the table is rewritten.",
    query: #"""
      SELECT format('%s.%I', t.fq, t.att), t.type || ' where most tables have ' || m.type, NULL
      FROM t, (SELECT type FROM t GROUP BY type ORDER BY count(*) DESC, type LIMIT 1) AS m
      WHERE t.type <> m.type
      """#)
}
