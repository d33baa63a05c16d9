-- The wall inside one database: who is bound, how a transaction is bound, and how a table is protected.
-- Run by an administrator in every database that holds tenants.
CREATE SCHEMA bulkhead AUTHORIZATION bulkhead_binder;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA bulkhead TO bulkhead_placement, bulkhead_owner, bulkhead_relay, bulkhead_keeper;

-- HMAC keys, as their inner and outer pads (RFC 2104). UNLOGGED: in no WAL, base backup or replica. Empty after a
-- crash, on purpose; the keeper seeds it again.
CREATE UNLOGGED TABLE bulkhead.bind_key (
  kid text PRIMARY KEY,
  inner_pad bytea NOT NULL CHECK (octet_length(inner_pad) = 64),
  outer_pad bytea NOT NULL CHECK (octet_length(outer_pad) = 64)
);

-- Which tenants live in this database, at which epoch, and under which login role they are reached. A bind that names
-- another epoch is refused: that is the fence in a move.
CREATE TABLE bulkhead.placement (
  tenant_id uuid PRIMARY KEY,
  role_name name NOT NULL,
  epoch integer NOT NULL CHECK (epoch > 0)
);

-- Every schema that holds tenant tables, the role that is granted access to them, and, for a schema of one tenant,
-- which one.
CREATE TABLE bulkhead.home (
  schema_name name PRIMARY KEY,
  grantee name NOT NULL,
  tenant_id uuid
);

-- Which migration files have been applied to which schema; `-` stands for the database itself.
CREATE TABLE bulkhead.migration (
  schema_name name NOT NULL,
  file_name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (schema_name, file_name)
);

ALTER TABLE bulkhead.bind_key OWNER TO bulkhead_binder;
ALTER TABLE bulkhead.placement OWNER TO bulkhead_binder;
GRANT SELECT ON bulkhead.home TO bulkhead_owner;
GRANT INSERT, DELETE ON bulkhead.bind_key TO bulkhead_keeper;
GRANT SELECT (kid) ON bulkhead.bind_key TO bulkhead_keeper;

-- The tenant of this transaction, or NULL. A transaction-local setting reads as '' once its transaction has ended.
CREATE FUNCTION bulkhead.tenant() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(substr(current_setting('backtrace_functions'), 2), '')::uuid $$;

-- Ties this transaction to the tenant that `token` names, or fails with one message for every cause.
-- Token: kid.tenant.epoch.expiry.backend-pid.hmac-sha256, checked against this very backend.
--
-- Every transaction passes here, so it is one statement: each further one costs more than both hashes. Nothing of the
-- token is cast before its HMAC is right, because an authentic token has the right form: the order is that of the two
-- CASEs, which a planner keeps. The kid stands in a sub-select so that no plan is better for knowing it: otherwise each call
-- might be planned anew. Comparing as text gives nothing away by its time: memcmp looks at 16 bytes and more at once.
CREATE FUNCTION bulkhead.bind(token text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  bound text;
BEGIN
  SELECT set_config('backtrace_functions', 't' || split_part(token, '.', 2), true)
    INTO bound
    FROM bulkhead.placement
   WHERE tenant_id = (
           SELECT CASE
             WHEN encode(sha256(outer_pad || sha256(inner_pad || convert_to(left(token, -65), 'UTF8'))), 'hex')
                  = right(token, 64)
             THEN CASE
               WHEN date_part('epoch', clock_timestamp()) <= split_part(token, '.', 4)::float8
                    AND split_part(token, '.', 5)::integer = pg_backend_pid()
                    AND current_setting('backtrace_functions') = ''
               THEN split_part(token, '.', 2)::uuid END END
             FROM bulkhead.bind_key
            WHERE kid = (SELECT split_part(token, '.', 1)))
     AND epoch::text = split_part(token, '.', 3)
     AND role_name = session_user;
  IF bound IS NULL THEN
    RAISE EXCEPTION 'no tenant' USING ERRCODE = '28000';
  END IF;
END $$;

ALTER FUNCTION bulkhead.tenant() OWNER TO bulkhead_binder;
ALTER FUNCTION bulkhead.bind(text) OWNER TO bulkhead_binder;
REVOKE ALL ON FUNCTION bulkhead.tenant() FROM PUBLIC;
REVOKE ALL ON FUNCTION bulkhead.bind(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bulkhead.tenant() TO bulkhead_placement, bulkhead_owner, bulkhead_relay;
GRANT EXECUTE ON FUNCTION bulkhead.bind(text) TO bulkhead_placement;
