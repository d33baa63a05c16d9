-- Roles of one PostgreSQL cluster (a cell). Run by an administrator; safe to run again.
-- Nobody who can log in owns anything: tables belong to bulkhead_owner, the binding to bulkhead_binder.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[
    'bulkhead_owner', 'bulkhead_binder', 'bulkhead_placement', 'bulkhead_sql', 'bulkhead_reader', 'bulkhead_writer'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    END IF;
    EXECUTE format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role_name);
  END LOOP;
  FOREACH role_name IN ARRAY ARRAY['bulkhead_pool', 'bulkhead_relay', 'bulkhead_keeper', 'bulkhead_control'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', role_name);
    END IF;
    EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role_name);
  END LOOP;
END $$;

-- bulkhead_placement carries what every placement's login role may do: bind, and read its own tenant id.
GRANT bulkhead_placement TO bulkhead_pool;
ALTER ROLE bulkhead_pool INHERIT;

-- bulkhead_sql carries what every tenant's own SQL login may do: read its tenant id. What it may read is granted to the
-- group of its home, and bulkhead_reader and bulkhead_writer are those of the pooled tables.
GRANT bulkhead_sql TO bulkhead_reader;
GRANT bulkhead_reader TO bulkhead_writer;

-- The carrier of the tenant: a superuser-context parameter without any effect here, readable by all, which only the
-- owner of bulkhead.bind() may set (GRANT SET ON PARAMETER, PostgreSQL 15). Whatever SQL a session runs, SET, RESET,
-- ALTER ROLE and start-up options cannot forge it.
GRANT SET ON PARAMETER backtrace_functions TO bulkhead_binder;

-- Databases where nobody but administrators has anything to do: no temporary tables, no advisory locks, no list of
-- databases for a role that got hold of a password.
REVOKE CONNECT, TEMPORARY ON DATABASE postgres FROM PUBLIC;
REVOKE CONNECT, TEMPORARY ON DATABASE template1 FROM PUBLIC;
