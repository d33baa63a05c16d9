extension Rule {
  /// A table of tenants' data has no tenant column.
  static let childWithoutTenant = Rule(
    "R12", "A table of tenants' data has no tenant column",
    .rowSecurity, .access, .high, kind: "table", stage: .columns,
    leak: """
      Nothing in the row says whose it is, so no policy, key or index can keep tenants apart. Its ids open other \
      tenants' rows.
      """,
    remedy: """
      By hand, because the rows have to be filled: add the tenant column without NOT NULL, fill it from the parent \
      by the foreign key, set NOT NULL, lead primary key, indexes and foreign key with it, then assess again.
      """,
    query: #"""
      SELECT c.fq, 'it refers to ' || f.parents || ' and has no tenant column', NULL
      FROM child c, LATERAL (
        SELECT string_agg(DISTINCT format('%I.%I', n.nspname, p.relname), ', ') AS parents
        FROM pg_constraint k JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND (p.oid IN (SELECT oid FROM t)
          OR p.oid IN (SELECT oid FROM root)
          OR p.oid IN (SELECT oid FROM child))) AS f
      WHERE NOT c.rls
      """#)
}
