extension Rule {
  /// Parameters of statements go to the log.
  static let parametersLogged = Rule(
    "S02", "Parameters of statements go to the log",
    .server, .infer, .low, kind: "setting", stage: .server, since: 130000,
    leak: """
      The log holds tenants' data and tokens in plain text, where other people and tools read them.
      """,
    remedy: "Set log_parameter_max_length and log_parameter_max_length_on_error to 0.",
    query: #"""
      SELECT 'setting ' || s.name, s.name || ' = ' || s.setting || ' while ' || l.why,
        format('ALTER SYSTEM SET %I = 0;', s.name)
      FROM pg_settings s, LATERAL (
        SELECT string_agg(x.name || ' = ' || x.setting, ', ' ORDER BY x.name) AS why FROM pg_settings x
        WHERE (x.name = 'log_statement' AND x.setting <> 'none')
          OR (x.name IN ('log_min_duration_statement', 'log_min_duration_sample') AND x.setting::int >= 0)) AS l
      WHERE s.name = 'log_parameter_max_length' AND s.setting <> '0' AND l.why IS NOT NULL
      UNION ALL
      SELECT 'setting ' || s.name, s.name || ' = ' || s.setting, format('ALTER SYSTEM SET %I = 0;', s.name)
      FROM pg_settings s WHERE s.name = 'log_parameter_max_length_on_error' AND s.setting <> '0'
      """#)
}
