extension Rule {
  /// Functions that tell of others may be called.
  static let measuringFunctions = Rule(
    "G22", "Functions that tell of others may be called",
    .grants, .infer, .low, kind: "function", stage: .grants,
    leak: """
      Sizes, row counts, transaction ids, log positions, locks and statistics tell how much the other tenants have \
      and do, and when.
      """,
    remedy: "Revoke them from PUBLIC as a superuser; grant them to monitoring.",
    query: #"""
      SELECT 'functions that tell of others to ' || b.grantee_name, 'functions: ' || count(*) || ', for example '
          || array_to_string((array_agg(b.proname ORDER BY b.proname))[1:4], ', '),
        string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', b.fq, b.grantee_name), E'\n' ORDER BY b.fq)
      FROM builtin b WHERE b.proname ~ '^pg_stat_get_' OR b.proname IN ('pg_relation_size', 'pg_total_relation_size',
          'pg_table_size', 'pg_indexes_size', 'pg_database_size', 'pg_current_wal_lsn', 'pg_current_wal_insert_lsn',
          'pg_current_wal_flush_lsn', 'pg_current_snapshot', 'pg_current_xact_id', 'txid_current',
            'txid_current_snapshot',
          'pg_lock_status', 'pg_sequence_last_value', 'pg_describe_object', 'pg_identify_object')
      GROUP BY b.grantee_name
      """#)
}
