-- A tenant's own SQL login is bound when it logs in (ALTER ROLE … SET, which only an administrator may): it reads the
-- carrier and cannot bind.
GRANT USAGE ON SCHEMA bulkhead TO bulkhead_sql;
GRANT EXECUTE ON FUNCTION bulkhead.tenant() TO bulkhead_sql;

-- What this session holds that outlives a transaction: the proof that a connection is empty, for tests, for attacks and
-- for whoever turns the check on. With its owner's rights, because the lock-down leaves no pool role any way to look.
-- A prepared statement is given with its text, for the caller to compare with what it has prepared itself.
CREATE FUNCTION bulkhead.residue() RETURNS TABLE (kind text, name text, detail text)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'prepared statement', p.name, p.statement FROM pg_prepared_statement() AS p
  UNION ALL
  SELECT 'cursor', c.name, c.statement FROM pg_cursor() AS c WHERE c.is_holdable
  UNION ALL
  SELECT 'channel', channel, '' FROM pg_listening_channels() AS channel
  UNION ALL
  SELECT 'advisory lock', l.objid::text, l.mode FROM pg_lock_status() AS l
   WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()
  UNION ALL
  SELECT 'temporary object', c.relname, c.relkind::text FROM pg_class AS c
   WHERE pg_my_temp_schema() <> 0 AND c.relnamespace = pg_my_temp_schema()
  UNION ALL
  -- search_path is this function's own; the caller compares its own.
  SELECT 'setting', s.name, s.setting FROM pg_show_all_settings() AS s
   WHERE s.source = 'session' AND s.name <> 'search_path' AND s.setting IS DISTINCT FROM s.reset_val
  UNION ALL
  SELECT 'role', current_setting('role'), '' WHERE current_setting('role') <> 'none'
$$;
ALTER FUNCTION bulkhead.residue() OWNER TO bulkhead_binder;
REVOKE ALL ON FUNCTION bulkhead.residue() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bulkhead.residue() TO bulkhead_placement, bulkhead_relay, bulkhead_keeper;
GRANT EXECUTE ON FUNCTION
  pg_prepared_statement(), pg_cursor(), pg_listening_channels(), pg_lock_status(), pg_show_all_settings()
TO bulkhead_binder;
GRANT SELECT ON pg_class TO bulkhead_binder;
