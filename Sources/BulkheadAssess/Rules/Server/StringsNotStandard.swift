extension Rule {
  /// A backslash ends strings.
  static let stringsNotStandard = Rule(
    "S04", "A backslash ends strings",
    .server, .access, .medium, kind: "setting", stage: .server,
    leak: """
      With standard_conforming_strings off the server reads strings in another way than parsers and drivers that \
      quote: what they see as one constant runs as SQL.
      """,
    remedy: "Turn it on, for the server and for roles and databases that turn it off.",
    query: #"""
      SELECT 'setting standard_conforming_strings', 'off for ' || string_agg(p.place, ', ' ORDER BY p.place),
        string_agg(p.fix, E'\n' ORDER BY p.place)
      FROM (
        SELECT coalesce('role ' || w.name, 'database ' || quote_ident(d.datname)) AS place,
          CASE WHEN s.setrole = 0 THEN format('ALTER DATABASE %I RESET standard_conforming_strings;', d.datname)
            WHEN s.setdatabase = 0 THEN format('ALTER ROLE %s RESET standard_conforming_strings;', w.name)
            ELSE format('ALTER ROLE %s IN DATABASE %I RESET standard_conforming_strings;', w.name, d.datname) END AS fix
        FROM pg_db_role_setting s LEFT JOIN who w ON w.oid = s.setrole AND s.setrole <> 0
        LEFT JOIN pg_database d ON d.oid = s.setdatabase
        WHERE EXISTS (SELECT FROM unnest(s.setconfig) AS c WHERE c ~* '^standard_conforming_strings=(off|false|no|0)$')
          AND (s.setdatabase = 0 OR d.datname = current_database())
        UNION ALL
        SELECT 'the server', 'ALTER SYSTEM SET standard_conforming_strings = on;' FROM pg_settings
        WHERE name = 'standard_conforming_strings' AND boot_val = 'on' AND reset_val = 'off' AND NOT EXISTS (
          SELECT FROM pg_db_role_setting s, unnest(s.setconfig) AS c WHERE c ~* '^standard_conforming_strings=')
      ) AS p HAVING count(*) > 0
      """#)
}
