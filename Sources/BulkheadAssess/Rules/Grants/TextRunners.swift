extension Rule {
  /// Functions that run SQL from text may be called.
  static let textRunners = Rule(
    "G18", "Functions that run SQL from text may be called",
    .grants, .access, .medium, kind: "function", stage: .grants,
    leak: """
      A text inside an expression becomes a query of its own, past every check of the statement around it.
      """,
    remedy: "Revoke them from PUBLIC as a superuser.",
    query: #"""
      SELECT 'functions that run SQL to ' || b.grantee_name, string_agg(DISTINCT b.proname, ', ' ORDER BY b.proname),
        string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', b.fq, b.grantee_name), E'\n' ORDER BY b.fq)
      FROM builtin b
      WHERE b.proname ~ '^(query_to_xml|table_to_xml|schema_to_xml|database_to_xml|cursor_to_xml)'
        OR b.proname = 'ts_stat'
        OR (b.proname = 'ts_rewrite' AND b.fq !~ ',.*,')
      GROUP BY b.grantee_name
      """#)
}
