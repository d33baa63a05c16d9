extension Rule {
  /// A view reads tenant data with its owner's rights.
  static let viewWithOwnersRights = Rule(
    "C01", "A view reads tenant data with its owner's rights",
    .code, .access, .high, kind: "view", stage: .code,
    leak: """
      Row security of the tables is applied to the view's owner, not to who asks: an owner that passes row \
      security shows all tenants' rows.
      """,
    remedy: """
      Let the view run with the rights of who asks (security_invoker, PostgreSQL 15). Before 15, give it an owner \
      that row security binds.
      """,
    query: #"""
      SELECT format('%I.%I', n.nspname, c.relname), 'not security_invoker; the owner is ' || w.name
          || CASE WHEN w.oid IN (SELECT oid FROM mighty) THEN ', who passes row security' ELSE '' END,
        CASE WHEN fact.version >= 150000 THEN
          format('ALTER VIEW %I.%I SET (security_invoker = true);', n.nspname, c.relname) END
      FROM (SELECT DISTINCT view FROM tenantview) AS v JOIN pg_class c ON c.oid = v.view AND c.relkind = 'v'
      JOIN pg_namespace n ON n.oid = c.relnamespace JOIN who w ON w.oid = c.relowner, fact
      WHERE NOT EXISTS (
          SELECT FROM pg_options_to_table(c.reloptions) AS o
          WHERE o.option_name = 'security_invoker' AND lower(o.option_value) IN ('true', 'on', 'yes', '1'))
        AND (fact.version >= 150000 OR c.relowner IN (SELECT oid FROM mighty)
          OR c.relowner IN (SELECT owner FROM t WHERE NOT forced OR NOT rls))
      """#)
}
