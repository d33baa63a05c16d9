extension Rule {
  /// Texts of all sessions' statements may be read.
  static let statementTexts = Rule(
    "G25", "Texts of all sessions' statements may be read",
    .grants, .infer, .medium, kind: "view", stage: .grants,
    leak: """
      Under a shared login pg_stat_statements shows the texts and counts of every tenant's statements.
      """,
    remedy: "Revoke the view from PUBLIC; grant it to monitoring.",
    query: #"""
      SELECT format('%I.%I', n.nspname, c.relname) || ' to ' || w.name, 'SELECT',
        format('REVOKE ALL ON %I.%I FROM %s;', n.nspname, c.relname, w.name)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) AS g
      JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE c.relkind = 'v' AND c.relname = 'pg_stat_statements' AND g.privilege_type = 'SELECT'
        AND g.grantee <> c.relowner
      """#)
}
