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
CREATE FUNCTION bulkhead.bind(token text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  part text[];
  good boolean;
BEGIN
  IF token ~ '^k[0-9]{1,9}\.[0-9a-f]{32}\.[0-9]{1,9}\.[0-9]{1,12}\.[0-9]{1,9}\.[0-9a-f]{64}$'
     AND current_setting('backtrace_functions') = '' THEN
    part := string_to_array(token, '.');
    SELECT sha256(key.outer_pad || sha256(key.inner_pad || convert_to(left(token, -65), 'UTF8')))
             = decode(part[6], 'hex')
           AND part[4]::bigint >= extract(epoch FROM clock_timestamp())
           AND part[5]::integer = pg_backend_pid()
           AND part[3]::integer = placement.epoch
           AND placement.role_name = session_user
      INTO good
      FROM bulkhead.bind_key AS key, bulkhead.placement AS placement
     WHERE key.kid = part[1] AND placement.tenant_id = part[2]::uuid;
  END IF;
  IF good IS NOT TRUE THEN
    RAISE EXCEPTION 'no tenant' USING ERRCODE = '28000';
  END IF;
  PERFORM set_config('backtrace_functions', 't' || part[2], true);
END $$;

ALTER FUNCTION bulkhead.tenant() OWNER TO bulkhead_binder;
ALTER FUNCTION bulkhead.bind(text) OWNER TO bulkhead_binder;
REVOKE ALL ON FUNCTION bulkhead.tenant() FROM PUBLIC;
REVOKE ALL ON FUNCTION bulkhead.bind(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bulkhead.tenant() TO bulkhead_placement, bulkhead_owner, bulkhead_relay;
GRANT EXECUTE ON FUNCTION bulkhead.bind(text) TO bulkhead_placement;
