extension Rule {
  /// Every login of the server may connect.
  static let databaseConnect = Rule(
    "G13", "Every login of the server may connect",
    .grants, .infer, .medium, kind: "grant", stage: .grants,
    leak: """
      A login of another database or of a single tenant gets in here and reads the catalogs: names, sizes, \
      definitions.
      """,
    remedy: """
      Revoke CONNECT from PUBLIC and grant it to the logins that need it. The fix grants it to those that reach \
      tenant tables now; add backups and monitoring.
      """,
    query: #"""
      SELECT 'database ' || quote_ident(d.datname) || ' to PUBLIC', 'CONNECT',
        concat_ws(E'\n',
          (SELECT format('GRANT CONNECT ON DATABASE %I TO %s;', d.datname, string_agg(w.name, ', ' ORDER BY w.name))
           FROM serving JOIN who w ON w.oid = serving.oid HAVING count(*) > 0),
          format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC;', d.datname))
      FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS g
      WHERE d.datname = current_database() AND g.privilege_type = 'CONNECT' AND g.grantee = 0
      """#)
}
