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
      SELECT 'setting ' || k.name, k.name || ' = ' || k.setting || ' while ' || l.why, k.fix || '0;'
      FROM knob k, LATERAL (
        SELECT string_agg(x.name || ' = ' || x.setting, ', ' ORDER BY x.name) AS why FROM knob x
        WHERE (x.name = 'log_statement' AND x.setting <> 'none')
          OR (x.name IN ('log_min_duration_statement', 'log_min_duration_sample') AND x.setting <> '-1')) AS l
      WHERE k.name = 'log_parameter_max_length' AND k.setting <> '0' AND l.why IS NOT NULL
      UNION ALL
      SELECT 'setting ' || k.name, k.name || ' = ' || k.setting, k.fix || '0;'
      FROM knob k WHERE k.name = 'log_parameter_max_length_on_error' AND k.setting <> '0'
      """#)
}
