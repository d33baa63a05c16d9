extension Rule {
  /// SELECT is granted on the whole table.
  static let selectOnWholeTable = Rule(
    "G06", "SELECT is granted on the whole table",
    .grants, .infer, .low, kind: "grant", stage: .grants,
    leak: """
      It includes the system columns: ctid tells how many foreign rows lie between two of one's own, xmin how many \
      transactions the others ran.
      """,
    remedy: "Grant SELECT on the columns one by one; SELECT * and count(*) keep working.",
    query: #"""
      SELECT t.fq || ' to ' || w.name, 'SELECT with ctid and xmin',
        format(E'REVOKE SELECT ON %s FROM %s;\nGRANT SELECT (%s) ON %s TO %s;', t.fq, w.name, c.names, t.fq, w.name)
      FROM t JOIN held h ON h.oid = t.oid AND h.privilege = 'SELECT' AND h.col IS NULL JOIN hand ON hand.oid = h.grantee
      JOIN who w ON w.oid = h.grantee, LATERAL (
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS names FROM pg_attribute a
        WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped) AS c
      WHERE w.oid <> 0
      """#)
}
