extension Rule {
  /// Default privileges open tables that do not exist yet.
  static let defaultPrivileges = Rule(
    "G16", "Default privileges open tables that do not exist yet",
    .grants, .access, .medium, kind: "grant", stage: .grants,
    leak: """
      The next migration's table is reachable before anyone has given it a policy, TRUNCATE and TRIGGER included.
      """,
    remedy: "Revoke the default; grant with each table.",
    query: #"""
      SELECT DISTINCT 'tables of ' || o.name || coalesce(' in ' || quote_ident(n.nspname), '') || ' to ' || w.name,
        'ALTER DEFAULT PRIVILEGES … GRANT',
        format('ALTER DEFAULT PRIVILEGES FOR ROLE %s%s REVOKE ALL ON TABLES FROM %s;', o.name,
          CASE WHEN n.oid IS NULL THEN '' ELSE format(' IN SCHEMA %I', n.nspname) END, w.name)
      FROM pg_default_acl d JOIN who o ON o.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace,
        aclexplode(d.defaclacl) AS g JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE d.defaclobjtype = 'r' AND g.grantee <> d.defaclrole
        AND (d.defaclnamespace = 0 OR d.defaclnamespace IN (SELECT oid FROM scope))
      """#)
}
