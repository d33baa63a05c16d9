extension Rule {
  /// UPDATE is granted on the whole table.
  static let updateOnWholeTable = Rule(
    "G05", "UPDATE is granted on the whole table",
    .grants, .degrade, .low, kind: "grant", stage: .grants,
    leak: """
      It allows LOCK TABLE … ACCESS EXCLUSIVE, with which one session stops all tenants, and writing the tenant \
      column. DELETE allows the lock too but cannot be granted by column.
      """,
    remedy: """
      Grant UPDATE on the columns that change. The fix grants all but the tenant column and what is generated; \
      narrow it to what the application updates.
      """,
    query: #"""
      SELECT t.fq || ' to ' || w.name, 'UPDATE on every column',
        format(E'REVOKE UPDATE ON %s FROM %s;\nGRANT UPDATE (%s) ON %s TO %s;', t.fq, w.name, c.names, t.fq, w.name)
      FROM t JOIN held h ON h.oid = t.oid AND h.privilege = 'UPDATE' AND h.col IS NULL JOIN hand ON hand.oid = h.grantee
      JOIN who w ON w.oid = h.grantee, LATERAL (
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS names FROM pg_attribute a
        WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnum <> t.attnum
          AND a.attgenerated = ''
      ) AS c
      WHERE w.oid <> 0
      """#)
}
