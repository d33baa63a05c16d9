-- What PostgreSQL gives to everyone, taken back. Run by an administrator in every database of ours, at every migration:
-- a later major version brings functions that nobody here has judged, and each is closed until somebody does.
--
-- An allow-list. Of some 3,000 functions of the catalogs PUBLIC keeps what the guard lets through, what operators and
-- casts are made of, and the comparisons of indexes and hash tables: functions of their arguments alone. (The query for
-- them, which the check at start-up shares, is put in for the word between dollars below.) PostgreSQL asks for EXECUTE on none of what it calls itself: input and output of types,
-- index and planner support, handlers of languages, triggers.
DO $lockdown$
DECLARE
  -- Run SQL from text, set parameters, lock, wait, signal other sessions or tell about them. For nobody: the owner of
  -- the tables, as whom migrations and the audit trail's trigger run, has no use for these either.
  dangerous constant text := '^(set_config|pg_notify|pg_cancel_backend|pg_terminate_backend|pg_export_snapshot|pg_nextoid'
    '|ts_stat|ts_rewrite|pg_lock_status|pg_relation_size|pg_total_relation_size|pg_table_size|pg_indexes_size'
    '|pg_database_size|pg_tablespace_.*|pg_current_(wal|xact|snapshot).*|txid_.*|pg_xact_.*|pg_last_.*|pg_snapshot_.*'
    '|pg_describe_object|pg_identify_object.*|pg_get_object_address|pg_get_userbyid|pg_sleep.*|pg_sequence_last_value'
    '|setval|currval|lastval|pg_blocking_pids|pg_safe_snapshot_.*|pg_isolation_test_.*|pg_show_all_.*|pg_hba_file_rules'
    '|pg_ident_file_mappings|pg_control_.*|pg_postmaster_start_time|pg_conf_load_time|pg_config|pg_listening_channels'
    '|pg_notification_queue_usage|pg_prepared_.*|pg_cursor|pg_get_publication_tables|pg_get_replication_slots'
    '|pg_show_replication_.*|pg_get_wal_.*|pg_is_wal_.*|pg_get_multixact_members|pg_mcv_list_items'
    '|pg_import_system_collations|brin_(summarize|desummarize).*|gin_clean_pending_list|currtid2|inet_(client|server)_.*'
    '|pg_relation_file.*|pg_filenode_relation|pg_file.*|pg_read_.*|pg_ls_.*|pg_stat_.*|pg_logical_.*|pg_replication_.*'
    '|pg_(create|drop|copy)_.*|binary_upgrade_.*|pg_wal.*|pg_switch_wal|pg_(start|stop)_.*|pg_backup_.*|pg_promote'
    '|pg_rotate_.*|pg_reload_conf|pg_log_.*|pg_get_backend_memory_contexts|pg_get_shmem_allocations'
    '|lo_.*|loread|lowrite|pg_advisory_.*|pg_try_advisory_.*|(query|table|schema|database|cursor)_to_xml.*'
    '|pg_event_trigger_.*|pg_partition_.*|pg_timezone_.*)$';
  rights record;
  relations text;
  grantees text;
BEGIN
  SELECT string_agg(quote_ident(rolname), ', ') INTO STRICT grantees
    FROM pg_roles WHERE rolname IN ('bulkhead_owner', 'bulkhead_binder');

  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  REVOKE ALL ON SCHEMA public, information_schema FROM PUBLIC;
  -- No DO and no CREATE FUNCTION; functions that exist run all the same.
  REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
  EXECUTE format('GRANT USAGE ON LANGUAGE plpgsql, sql TO %s', grantees);
  ALTER DEFAULT PRIVILEGES FOR ROLE bulkhead_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

  FOR rights IN
    WITH allowed (oid) AS ($allowed$)
    SELECT p.proname ~ dangerous AS is_dangerous, string_agg(p.oid::regprocedure::text, ', ') AS routines
      FROM pg_proc p
     WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
       AND p.oid NOT IN (SELECT oid FROM allowed)
       AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) WHERE grantee = 0)
     GROUP BY 1
  LOOP
    EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', rights.routines);
    IF NOT rights.is_dangerous THEN
      EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %s', rights.routines, grantees);
    END IF;
  END LOOP;

  -- Names of roles and databases, statistics of all tenants' rows, what other sessions do: no relation of the catalogs
  -- is PUBLIC's. PostgreSQL itself looks things up without asking for these rights.
  SELECT string_agg(oid::regclass::text, ', ') INTO relations
    FROM pg_class c
   WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')
     AND (EXISTS (SELECT FROM aclexplode(coalesce(relacl, acldefault('r', relowner))) WHERE grantee = 0)
       OR EXISTS (SELECT FROM pg_attribute a, aclexplode(a.attacl) WHERE a.attrelid = c.oid AND grantee = 0));
  IF relations IS NOT NULL THEN
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', relations);
  END IF;
  -- What a migration looks at when it works on tables.
  EXECUTE format(
    'GRANT SELECT ON pg_am, pg_attrdef, pg_attribute, pg_class, pg_constraint, pg_description, pg_enum, pg_index,'
    ' pg_inherits, pg_namespace, pg_proc, pg_trigger, pg_type TO %s', grantees);
  -- Which tables there are, for the guard.
  GRANT SELECT (oid, nspname) ON pg_namespace TO bulkhead_keeper;
  GRANT SELECT (relname, relnamespace, relkind) ON pg_class TO bulkhead_keeper;
END $lockdown$;

-- What the platform's own roles run beyond that: the tenant's carrier, what makes ids, and the depth of triggers, for
-- whoever works on tenant tables; the bind for its owner; the queue's and the registry's locks for the control database's role.
GRANT EXECUTE ON FUNCTION current_setting(text) TO bulkhead_placement, bulkhead_relay, bulkhead_sql;
GRANT EXECUTE ON FUNCTION gen_random_uuid(), uuid_send(uuid), get_bit(bytea, bigint), set_bit(bytea, bigint, integer),
  pg_trigger_depth() TO bulkhead_placement, bulkhead_sql;
GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO bulkhead_binder;
GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(bigint), gen_random_uuid(), pg_trigger_depth() TO bulkhead_control;
