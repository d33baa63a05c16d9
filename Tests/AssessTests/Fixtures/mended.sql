-- A database as it should be. Nothing in it is ours: other names, another function, and every kind of thing that a
-- rule looks at, done right.
CREATE ROLE fx_owner NOLOGIN;
CREATE ROLE fx_app LOGIN;
CREATE SCHEMA app AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA app TO fx_app;
CREATE FUNCTION app.who() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(substr(current_setting('backtrace_functions'), 2), '')::uuid $$;

-- Gives a table of schema app what every table with a tenant needs.
CREATE PROCEDURE public.protect(name text, reads text[]) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE app.%I OWNER TO fx_owner', name);
  EXECUTE format(
    'CREATE POLICY own ON app.%I USING (tenant_id = (SELECT app.who())) WITH CHECK (tenant_id = (SELECT app.who()))',
    name);
  EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE app.%I FORCE ROW LEVEL SECURITY', name);
  EXECUTE format('GRANT SELECT (%s) ON app.%I TO fx_app', (SELECT string_agg(quote_ident(c), ', ') FROM unnest(reads) c),
    name);
END $$;

CREATE TABLE app.tenants (id uuid PRIMARY KEY, name text NOT NULL);
ALTER TABLE app.tenants OWNER TO fx_owner;
CREATE POLICY own ON app.tenants USING (id = (SELECT app.who()));
ALTER TABLE app.tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.tenants FORCE ROW LEVEL SECURITY;
GRANT SELECT (id, name) ON app.tenants TO fx_app;

CREATE TABLE app.customer (
  tenant_id uuid NOT NULL REFERENCES app.tenants, id uuid NOT NULL, email text NOT NULL, note text,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email));
CREATE INDEX ON app.customer (tenant_id, note);
CALL public.protect('customer', '{tenant_id,id,email,note}');
GRANT INSERT (id, email, note), UPDATE (note), DELETE ON app.customer TO fx_app;

CREATE TABLE app.orders (
  tenant_id uuid NOT NULL REFERENCES app.tenants, id uuid NOT NULL, customer_id uuid NOT NULL, country text,
  PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, customer_id) REFERENCES app.customer (tenant_id, id));
CALL public.protect('orders', '{tenant_id,id,customer_id,country}');

CREATE TABLE app.event (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id))
  PARTITION BY HASH (tenant_id);
CREATE TABLE app.event_0 PARTITION OF app.event FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.event_1 PARTITION OF app.event FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CALL public.protect('event', '{tenant_id,id}');

-- The same for all.
CREATE TABLE app.country (code text PRIMARY KEY, name text NOT NULL);
ALTER TABLE app.country OWNER TO fx_owner;
GRANT SELECT ON app.country TO fx_app;

-- A platform's own login that policies of its own let through, and that serves no tenant.
CREATE ROLE fx_relay LOGIN;
GRANT USAGE ON SCHEMA app TO fx_relay;
CREATE TABLE app.outbox (tenant_id uuid NOT NULL, id uuid NOT NULL, sealed bytea, PRIMARY KEY (tenant_id, id));
CALL public.protect('outbox', '{tenant_id}');
CREATE POLICY relay ON app.outbox TO fx_relay USING (true) WITH CHECK (true);
GRANT SELECT ON app.outbox TO fx_relay;

CREATE VIEW app.names WITH (security_invoker = true) AS SELECT id, email FROM app.customer;
ALTER VIEW app.names OWNER TO fx_owner;
GRANT SELECT ON app.names TO fx_app;

CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ BEGIN RETURN NEW; END $$;
ALTER FUNCTION app.stamp() OWNER TO fx_owner;
CREATE TRIGGER stamp BEFORE INSERT ON app.customer FOR EACH ROW EXECUTE FUNCTION app.stamp();
CREATE FUNCTION app.total() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT count(*) FROM app.customer $$;
ALTER FUNCTION app.total() OWNER TO fx_owner;
REVOKE ALL ON FUNCTION app.total() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.total() TO fx_app;

-- Not reached by any login: what is in it is the administrator's.
CREATE TABLE app.placement (tenant_id uuid, server text);

-- What PostgreSQL gives to everyone.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
DO $$
DECLARE
  routine regprocedure;
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO fx_app, fx_relay', current_database());
  FOR routine IN
    SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND (
      proname ~ ('^(lo_|loread|lowrite|pg_advisory_|pg_try_advisory_|query_to_xml|table_to_xml|schema_to_xml'
        '|database_to_xml|cursor_to_xml|pg_stat_get_|pg_sleep|pg_current_|txid_)')
      OR proname ~ '^pg_.*_size$' OR proname IN ('set_config', 'pg_notify', 'pg_logical_emit_message', 'ts_stat',
        'ts_rewrite', 'pg_cancel_backend', 'pg_terminate_backend', 'pg_export_snapshot', 'pg_lock_status',
        'pg_sequence_last_value', 'pg_describe_object', 'pg_identify_object'))
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
  END LOOP;
END $$;
REVOKE ALL ON pg_database, pg_roles, pg_user, pg_group, pg_auth_members, pg_db_role_setting, pg_stat_activity, pg_locks,
  pg_publication, pg_publication_rel, pg_publication_tables, pg_stat_all_tables, pg_stat_user_tables, pg_settings
FROM PUBLIC;
