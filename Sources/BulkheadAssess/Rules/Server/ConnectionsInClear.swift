extension Rule {
  /// Connections from other machines are not encrypted.
  static let connectionsInClear = Rule(
    "S06", "Connections from other machines are not encrypted",
    .server, .access, .medium, kind: "setting", stage: .server,
    leak: "Whoever sees the network reads all tenants' rows and can go on in a session.",
    remedy: "By hand: give the server a certificate, set ssl = on, and say hostssl in pg_hba.conf.",
    query: #"""
      SELECT 'setting ssl', 'ssl = off while listen_addresses = ' || current_setting('listen_addresses'), NULL
      WHERE current_setting('ssl') = 'off' AND EXISTS (
        SELECT FROM regexp_split_to_table(current_setting('listen_addresses'), '\s*,\s*') AS a
        WHERE a NOT IN ('', 'localhost', '127.0.0.1', '::1'))
      """#)
}
