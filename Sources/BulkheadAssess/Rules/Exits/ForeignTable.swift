extension Rule {
  /// A foreign table in a schema of tenants.
  static let foreignTable = Rule(
    "O04", "A foreign table in a schema of tenants",
    .exits, .access, .medium, kind: "table", stage: .exits,
    leak: """
      Row security does not exist for foreign tables: all its rows are visible to whoever may read it.
      """,
    remedy: """
      By hand: copy what is needed into a table with row security, or put a view with the tenant's predicate in \
      front and revoke the foreign table.
      """,
    query: #"""
      SELECT format('%I.%I', n.nspname, c.relname), 'on server ' || quote_ident(s.srvname), NULL
      FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid JOIN scope ON scope.oid = c.relnamespace
      JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_foreign_server s ON s.oid = f.ftserver
      """#)
}
