extension Rule {
  /// An index that does not start with the tenant.
  static let indexNotLedByTenant = Rule(
    "K03", "An index that does not start with the tenant",
    .keys, .infer, .low, kind: "index", stage: .indexes,
    leak: """
      A search for a value that another tenant has takes three to four times as long as for one that nobody has, \
      and EXPLAIN ANALYZE counts the rows.
      """,
    remedy: """
      Lead the index with the tenant column. For an index whose method cannot (GIN, GiST without btree_gin or \
      btree_gist), install that extension or accept it with a reason.
      """,
    query: #"""
      SELECT x.fq, x.def, CASE WHEN NOT x.has THEN x.led_def END
      FROM ix x WHERE NOT x.led AND (x.has OR NOT x.denies) AND x.contype IS DISTINCT FROM 'x'
      """#)
}
