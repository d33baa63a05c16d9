extension Rule {
  /// A publication sends all tenants' rows.
  static let publicationUnfiltered = Rule(
    "O01", "A publication sends all tenants' rows",
    .exits, .access, .medium, kind: "publication", stage: .exits,
    leak: """
      A subscriber, and whoever takes over its login, receives every tenant's changes; policies do not apply \
      there.
      """,
    remedy: """
      By hand: publish the tables with a row filter on the tenant (PostgreSQL 15), one publication for each \
      subscriber, or accept it for a copy of the whole server.
      """,
    query: #"""
      SELECT 'publication ' || quote_ident(p.pubname), 'tenant tables without a row filter: '
          || count(*) || ', for example '
          || min(t.fq), NULL
      FROM pg_publication_tables p JOIN t ON t.nspname = p.schemaname AND t.relname = p.tablename
      WHERE (to_jsonb(p) ->> 'rowfilter') IS NULL GROUP BY p.pubname
      """#)
}
