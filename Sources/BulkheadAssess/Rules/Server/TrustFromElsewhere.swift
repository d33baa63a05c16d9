extension Rule {
  /// Logins from other machines need no password.
  static let trustFromElsewhere = Rule(
    "S07", "Logins from other machines need no password",
    .server, .access, .critical, kind: "server", stage: .server,
    leak: "Whoever reaches the port is any role that the line allows, the superuser too.",
    remedy: "By hand: ask for scram-sha-256 or a certificate in pg_hba.conf.",
    query: #"""
      SELECT 'pg_hba.conf line ' || h.line_number,
        concat_ws(' ', h.type, array_to_string(h.database, ','), array_to_string(h.user_name, ','), h.address,
          h.auth_method),
        NULL
      FROM pg_hba_file_rules h
      WHERE h.auth_method IN ('trust', 'ident') AND h.type LIKE 'host%'
        AND h.address NOT IN ('127.0.0.1', '::1', 'localhost')
      """#)
}
