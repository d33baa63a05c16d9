extension Rule {
  /// The tenant column may be NULL.
  static let tenantNullable = Rule(
    "R10", "The tenant column may be NULL",
    .rowSecurity, .corrupt, .medium, kind: "column", stage: .columns,
    leak: """
      A row without a tenant belongs to nobody and escapes unique keys and foreign keys. Code that treats NULL as \
      shared shows it to all.
      """,
    remedy: """
      Give such rows a tenant or remove them, then set NOT NULL. The fix fails while there are any.
      """,
    query: #"""
      SELECT format('%s.%I', t.fq, t.att), 'nullable',
        format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', t.fq, t.att)
      FROM t WHERE NOT t.attnotnull
      """#)
}
