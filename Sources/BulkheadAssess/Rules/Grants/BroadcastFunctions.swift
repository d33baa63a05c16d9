extension Rule {
  /// Functions that write to all may be called.
  static let broadcastFunctions = Rule(
    "G21", "Functions that write to all may be called",
    .grants, .degrade, .medium, kind: "function", stage: .grants,
    leak: """
      pg_logical_emit_message fills the log of the whole server without a privilege on any table; pg_notify fills \
      the one queue of all, after which commits fail.
      """,
    remedy: "Revoke them from PUBLIC as a superuser.",
    query: #"""
      SELECT 'functions that write to all to ' || b.grantee_name, string_agg(DISTINCT b.proname, ', '
        ORDER BY b.proname),
        string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', b.fq, b.grantee_name), E'\n' ORDER BY b.fq)
      FROM builtin b WHERE b.proname IN ('pg_notify', 'pg_logical_emit_message')
      GROUP BY b.grantee_name
      """#)
}
