-- What PostgreSQL gives to everyone and a tenant's session does not need. Per database; run by an administrator.
REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql, sql TO bulkhead_owner, bulkhead_binder;
DO $$
DECLARE
  routine regprocedure;
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format(
    'GRANT CONNECT ON DATABASE %I TO bulkhead_relay, bulkhead_keeper', current_database());

  -- Functions that run SQL from text, set parameters, lock or sleep, signal other sessions, or tell about them.
  FOR routine IN
    SELECT oid::regprocedure FROM pg_proc
     WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'
       AND (proname IN (
              'set_config', 'pg_notify', 'pg_cancel_backend', 'pg_terminate_backend', 'pg_export_snapshot',
              'pg_logical_emit_message', 'pg_nextoid', 'ts_stat', 'pg_lock_status', 'pg_relation_size',
              'pg_total_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_database_size',
              'pg_current_wal_lsn', 'pg_current_wal_insert_lsn', 'pg_current_wal_flush_lsn', 'pg_current_snapshot',
              'pg_current_xact_id', 'pg_current_xact_id_if_assigned', 'txid_current', 'txid_current_if_assigned',
              'txid_current_snapshot', 'pg_describe_object', 'pg_identify_object', 'pg_sleep', 'pg_sleep_for',
              'pg_sleep_until', 'pg_sequence_last_value', 'pg_blocking_pids', 'pg_show_all_settings')
            OR proname ~ ('^(lo_|loread|lowrite|pg_advisory_|pg_try_advisory_|query_to_xml|table_to_xml|schema_to_xml'
                          '|database_to_xml|cursor_to_xml|pg_stat_get_|pg_logical_|pg_replication_)')
            OR (proname = 'ts_rewrite' AND pronargs = 2))
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO bulkhead_binder;
REVOKE ALL ON
  pg_database, pg_roles, pg_user, pg_group, pg_auth_members, pg_db_role_setting, pg_stat_activity, pg_locks, pg_policy,
  pg_policies, pg_publication, pg_publication_rel, pg_publication_tables, pg_stats, pg_stat_all_tables,
  pg_stat_user_tables, pg_settings, pg_largeobject_metadata, pg_shdepend, pg_shdescription, pg_parameter_acl
FROM PUBLIC;
