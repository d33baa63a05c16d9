extension Rule {
  /// Temporary tables may be created.
  static let databaseTemporary = Rule(
    "G12", "Temporary tables may be created",
    .grants, .corrupt, .medium, kind: "grant", stage: .grants,
    leak: """
      On a pooled connection a temporary table named like a real one takes the next tenant's rows: pg_temp is \
      searched first. It fills the disk of all, too.
      """,
    remedy: "Revoke TEMPORARY on the database.",
    query: #"""
      SELECT 'database ' || quote_ident(d.datname) || ' to ' || w.name, 'TEMPORARY',
        format('REVOKE TEMPORARY ON DATABASE %I FROM %s;', d.datname, w.name)
      FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS g
      JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE d.datname = current_database() AND g.privilege_type = 'TEMPORARY' AND g.grantee <> d.datdba
      """#)
}
