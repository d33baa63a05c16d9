extension Rule {
  /// Functions that lock, wait or signal may be called.
  static let locksAndSignals = Rule(
    "G20", "Functions that lock, wait or signal may be called",
    .grants, .degrade, .medium, kind: "function", stage: .grants,
    leak: """
      200,000 advisory locks in one SELECT stop all new connections of the server; sessions under the same login \
      can be cancelled and terminated; sleeping holds snapshots and connections.
      """,
    remedy: "Revoke them from PUBLIC as a superuser; grant those that the application needs.",
    query: #"""
      SELECT 'functions that lock, wait or signal to ' || b.grantee_name,
        string_agg(DISTINCT b.proname, ', ' ORDER BY b.proname),
        string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', b.fq, b.grantee_name), E'\n' ORDER BY b.fq)
      FROM builtin b WHERE b.proname ~ '^pg_(try_)?advisory_'
        OR b.proname IN ('pg_cancel_backend', 'pg_terminate_backend', 'pg_sleep', 'pg_sleep_for', 'pg_sleep_until',
          'pg_export_snapshot')
      GROUP BY b.grantee_name
      """#)
}
