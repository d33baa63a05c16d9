extension Rule {
  /// A role, database or function turns row_security off.
  static let rowSecuritySwitch = Rule(
    "R15", "A role, database or function turns row_security off",
    .rowSecurity, .degrade, .low, kind: "setting", stage: .roles,
    leak: """
      With row_security off a bound role gets errors, and a role that can pass row security does so unseen.
      """,
    remedy: "Reset it; a dump for which it is wanted sets it itself.",
    query: #"""
      SELECT coalesce('role ' || w.name, 'database ' || quote_ident(d.datname)), 'ALTER … SET row_security = off',
        CASE WHEN s.setrole = 0 THEN format('ALTER DATABASE %I RESET row_security;', d.datname)
          WHEN s.setdatabase = 0 THEN format('ALTER ROLE %s RESET row_security;', w.name)
          ELSE format('ALTER ROLE %s IN DATABASE %I RESET row_security;', w.name, d.datname) END
      FROM pg_db_role_setting s LEFT JOIN who w ON w.oid = s.setrole AND s.setrole <> 0
      LEFT JOIN pg_database d ON d.oid = s.setdatabase
      WHERE EXISTS (SELECT FROM unnest(s.setconfig) AS c WHERE c ~* '^row_security=(off|false|no|0)$')
        AND (s.setdatabase = 0 OR d.datname = current_database())
      UNION ALL
      SELECT r.fq, 'SET row_security = off',
        format('ALTER %s %s RESET row_security;', r.noun, r.fq)
      FROM routine r WHERE EXISTS (SELECT FROM unnest(r.proconfig) AS c WHERE c ~* '^row_security=(off|false|no|0)$')
      """#)
}
