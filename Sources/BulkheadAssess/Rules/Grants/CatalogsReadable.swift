extension Rule {
  /// Catalogs that tell of others may be read.
  static let catalogsReadable = Rule(
    "G24", "Catalogs that tell of others may be read",
    .grants, .infer, .low, kind: "table", stage: .grants,
    leak: """
      They list all roles, databases, sessions with their queries, policies and publications: the names of other \
      tenants where names tell, and what they do now.
      """,
    remedy: """
      Revoke them from PUBLIC as a superuser, and use opaque names, because functions and regrole tell them too. \
      Tools that list roles and databases then need a login that is granted them.
      """,
    query: #"""
      SELECT 'catalogs to ' || w.name, string_agg(c.relname, ', ' ORDER BY c.relname),
        format('REVOKE SELECT ON %s FROM %s;',
          string_agg(format('pg_catalog.%I', c.relname), ', ' ORDER BY c.relname), w.name)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'pg_catalog',
        aclexplode(c.relacl) AS g
      JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE g.privilege_type = 'SELECT' AND g.grantee <> c.relowner AND c.relname IN ('pg_database', 'pg_roles',
        'pg_user',
        'pg_group', 'pg_auth_members', 'pg_db_role_setting', 'pg_stat_activity', 'pg_locks', 'pg_publication',
        'pg_publication_rel', 'pg_publication_tables', 'pg_stat_all_tables', 'pg_stat_user_tables', 'pg_settings')
      GROUP BY w.name
      """#)
}
