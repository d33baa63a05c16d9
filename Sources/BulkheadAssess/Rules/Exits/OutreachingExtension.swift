extension Rule {
  /// An extension reaches out of the database.
  static let outreachingExtension = Rule(
    "O03", "An extension reaches out of the database",
    .exits, .access, .high, kind: "extension", stage: .exits,
    leak: """
      It opens connections, files or programs from inside: a way round every policy of this database, and into \
      what the server's machine can reach.
      """,
    remedy: """
      By hand: DROP EXTENSION where it is not used. Where it is, revoke its functions from PUBLIC and call them \
      from a role that serves no tenant.
      """,
    query: #"""
      SELECT 'extension ' || quote_ident(e.extname), 'version ' || e.extversion, NULL
      FROM pg_extension e
      WHERE e.extname IN ('dblink', 'postgres_fdw', 'file_fdw', 'adminpack', 'plpython3u', 'plpython2u', 'plpythonu',
        'plperlu',
        'pltclu', 'plsh', 'http', 'pg_net', 'oracle_fdw', 'mysql_fdw', 'tds_fdw', 'mongo_fdw', 'odbc_fdw', 'redis_fdw',
        'multicorn', 'aws_s3', 'azure_storage', 'pg_background', 'pg_cron', 'pageinspect', 'pg_visibility', 'plrust',
          'pljava',
        'plr', 'wrappers')
      """#)
}
