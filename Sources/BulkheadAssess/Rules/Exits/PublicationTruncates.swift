extension Rule {
  /// A publication sends TRUNCATE.
  static let publicationTruncates = Rule(
    "O02", "A publication sends TRUNCATE",
    .exits, .corrupt, .medium, kind: "publication", stage: .exits,
    leak: """
      TRUNCATE knows no row filter: one at the source empties the tables at the subscriber, other tenants' rows \
      included.
      """,
    remedy: "Publish insert, update and delete only.",
    query: #"""
      SELECT 'publication ' || quote_ident(p.pubname), 'publish includes truncate',
        format('ALTER PUBLICATION %I SET (publish = %L);', p.pubname, concat_ws(', ',
          CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
          CASE WHEN p.pubdelete THEN 'delete' END))
      FROM pg_publication p
      WHERE p.pubtruncate AND EXISTS (
        SELECT FROM pg_publication_tables x JOIN t ON t.nspname = x.schemaname AND t.relname = x.tablename
        WHERE x.pubname = p.pubname)
      """#)
}
