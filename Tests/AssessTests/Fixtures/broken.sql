-- Each rule broken once, on top of the database as it should be. The name of what is broken is the rule's.
--: R01
CREATE TABLE app."r01 ""Łódź"" %s
; DROP TABLE app.customer; --" (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
GRANT SELECT (tenant_id, id) ON app."r01 ""Łódź"" %s
; DROP TABLE app.customer; --" TO fx_app;
--: R02
CREATE TABLE app.r02 (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
CALL public.protect('r02', '{tenant_id,id}');
ALTER TABLE app.r02 NO FORCE ROW LEVEL SECURITY;
--: R03
CREATE TABLE app.r03 (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
CALL public.protect('r03', '{tenant_id,id}');
DROP POLICY own ON app.r03;
--: R04
CREATE TABLE app.r04 (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
CALL public.protect('r04', '{tenant_id,id}');
CREATE POLICY "see ""all"" of it" ON app.r04 FOR SELECT USING (true);
--: R05
CREATE TABLE app.r05 (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
CALL public.protect('r05', '{tenant_id,id}');
ALTER POLICY own ON app.r05 WITH CHECK (true);
--: R06
CREATE TABLE app.r06 (tenant_id uuid NOT NULL, id uuid NOT NULL, note text, PRIMARY KEY (tenant_id, id));
CALL public.protect('r06', '{tenant_id,id}');
CREATE POLICY shared ON app.r06 FOR SELECT USING (note = 'tenant_ids are shared');
--: R07
CREATE FUNCTION app.inner_setting() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_setting('app.tenant', true) $$;
CREATE FUNCTION app.settable() RETURNS uuid LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN app.inner_setting()::uuid; END $$;
CREATE TABLE app.r07 (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
CALL public.protect('r07', '{tenant_id,id}');
ALTER POLICY own ON app.r07 USING (tenant_id = (SELECT app.settable())) WITH CHECK (tenant_id = (SELECT app.settable()));
--: R08
CREATE TABLE app.r08 (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
CALL public.protect('r08', '{tenant_id,id}');
ALTER POLICY own ON app.r08 USING (tenant_id = app.who()) WITH CHECK (tenant_id = app.who());
--: R09
CREATE TABLE app.r09 (tenant_id uuid NOT NULL, id uuid NOT NULL, login name, PRIMARY KEY (tenant_id, id));
CALL public.protect('r09', '{tenant_id,id}');
ALTER POLICY own ON app.r09 USING (tenant_id = (SELECT app.who()) AND login = CURRENT_USER);
--: R10
CREATE TABLE app.r10 (tenant_id uuid, id uuid NOT NULL, UNIQUE (tenant_id, id));
CALL public.protect('r10', '{tenant_id,id}');
--: R11
ALTER TABLE app.tenants DISABLE ROW LEVEL SECURITY;
--: R12
CREATE TABLE app.r12 (
  id uuid PRIMARY KEY, owner uuid, customer uuid, FOREIGN KEY (owner, customer) REFERENCES app.customer (tenant_id, id));
GRANT SELECT (id, owner, customer) ON app.r12 TO fx_app;
--: R13
GRANT INSERT ON app.country TO fx_app;
--: R14
GRANT SET ON PARAMETER backtrace_functions TO fx_app;
--: R15
ALTER ROLE fx_app SET row_security = off;
--: K01
CREATE TABLE app.k01 (tenant_id uuid NOT NULL, id uuid PRIMARY KEY);
CREATE INDEX ON app.k01 (tenant_id);
CALL public.protect('k01', '{tenant_id,id}');
--: K02
CREATE TABLE app.k02 (tenant_id uuid NOT NULL, id uuid NOT NULL, "e mail" text UNIQUE, PRIMARY KEY (tenant_id, id));
CALL public.protect('k02', '{tenant_id,id}');
--: K03
CREATE TABLE app.k03 (tenant_id uuid NOT NULL, id uuid NOT NULL, note text, PRIMARY KEY (tenant_id, id));
CREATE INDEX "k03 USING btree (" ON app.k03 (lower(note) DESC, id) WHERE note <> '';
CALL public.protect('k03', '{tenant_id,id}');
--: K04
CREATE TABLE app.k04 (tenant_id uuid NOT NULL, id uuid NOT NULL);
CALL public.protect('k04', '{tenant_id,id}');
--: K05
CREATE TABLE app.k05 (
  tenant_id uuid NOT NULL, id uuid NOT NULL, other uuid REFERENCES app.k01 ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, id));
CALL public.protect('k05', '{tenant_id,id}');
--: K06
CREATE TABLE app.k06 (
  tenant_id uuid NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (tenant_id, id));
CALL public.protect('k06', '{tenant_id,id}');
--: K07
CREATE TABLE app.k07 (tenant_id text NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
ALTER TABLE app.k07 OWNER TO fx_owner;
CREATE POLICY own ON app.k07 USING (tenant_id = (SELECT app.who()::text)) WITH CHECK (tenant_id = (SELECT app.who()::text));
ALTER TABLE app.k07 ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.k07 FORCE ROW LEVEL SECURITY;
GRANT SELECT (id) ON app.k07 TO fx_app;
--: C01
CREATE VIEW app.c01 AS SELECT id FROM app.names;
ALTER VIEW app.c01 OWNER TO fx_owner;
--: C02
CREATE MATERIALIZED VIEW app.c02 AS SELECT id FROM app.customer;
ALTER MATERIALIZED VIEW app.c02 OWNER TO fx_owner;
GRANT SELECT ON app.c02 TO fx_app;
--: C03
CREATE FUNCTION app.c03("odd %I name" text) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1::bigint $$;
ALTER FUNCTION app.c03(text) OWNER TO fx_owner;
REVOKE ALL ON FUNCTION app.c03(text) FROM PUBLIC;
--: C04
CREATE PROCEDURE app.c04() LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN END $$;
ALTER PROCEDURE app.c04() OWNER TO fx_owner;
--: C05
CREATE FUNCTION app.c05() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ SELECT 1::bigint $$;
REVOKE ALL ON FUNCTION app.c05() FROM PUBLIC;
--: C06
CREATE FUNCTION app.c06() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER c06 BEFORE INSERT ON app.customer FOR EACH ROW EXECUTE FUNCTION app.c06();
--: C07
CREATE RULE c07 AS ON UPDATE TO app.orders DO ALSO NOTHING;
--: C08
CREATE FUNCTION app.c08(integer) RETURNS integer LANGUAGE sql IMMUTABLE LEAKPROOF AS $$ SELECT $1 $$;
--: C09
CREATE FUNCTION app.c09() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('orders', NEW.id::text); RETURN NEW; END $$;
CREATE TRIGGER c09 AFTER INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.c09();
--: G01
CREATE TABLE app.g01 (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
CALL public.protect('g01', '{tenant_id,id}');
GRANT SELECT (id) ON app.g01 TO PUBLIC;
--: G02
GRANT TRUNCATE ON app.orders TO fx_app;
--: G03
GRANT REFERENCES (id) ON app.orders TO fx_app;
--: G04
GRANT TRIGGER ON app.orders TO fx_app;
--: G05
CREATE TABLE app.g05 (
  tenant_id uuid NOT NULL, id uuid NOT NULL, "two words" text, made text GENERATED ALWAYS AS ('x') STORED,
  PRIMARY KEY (tenant_id, id));
CALL public.protect('g05', '{tenant_id,id}');
GRANT UPDATE ON app.g05 TO fx_app;
--: G06
GRANT SELECT ON app.orders TO fx_app;
--: G07
GRANT UPDATE (tenant_id) ON app.orders TO fx_app;
--: G08
GRANT SELECT (country) ON app.orders TO fx_app WITH GRANT OPTION;
--: G09
GRANT SELECT ON app.event_0 TO fx_app;
--: G10
CREATE SEQUENCE app.g10;
GRANT UPDATE ON SEQUENCE app.g10 TO fx_app;
--: G11
GRANT CREATE ON SCHEMA app TO fx_app;
--: G12
GRANT TEMPORARY ON DATABASE broken TO PUBLIC;
--: G13
GRANT CONNECT ON DATABASE broken TO PUBLIC;
--: G14
GRANT CREATE ON DATABASE broken TO fx_app;
--: G15
GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC;
--: G16
ALTER DEFAULT PRIVILEGES FOR ROLE fx_owner IN SCHEMA app GRANT SELECT ON TABLES TO fx_app;
--: G17
GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC;
--: G18
GRANT EXECUTE ON FUNCTION pg_catalog.ts_stat(text) TO PUBLIC;
--: G19
GRANT EXECUTE ON FUNCTION pg_catalog.lo_get(oid) TO PUBLIC;
--: G20
GRANT EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) TO PUBLIC;
--: G21
GRANT EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text) TO PUBLIC;
--: G22
GRANT EXECUTE ON FUNCTION pg_catalog.pg_database_size(name) TO PUBLIC;
--: G23
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO fx_app;
--: G24
GRANT SELECT ON pg_catalog.pg_database TO PUBLIC;
--: G25
CREATE EXTENSION pg_stat_statements SCHEMA public;
--: U01
CREATE ROLE fx_super LOGIN SUPERUSER;
--: U02
CREATE ROLE "fx bypass ""quoted""" LOGIN BYPASSRLS;
--: U03
CREATE ROLE fx_replica LOGIN REPLICATION;
--: U04
CREATE ROLE fx_creator LOGIN CREATEROLE;
--: U05
CREATE ROLE fx_lord LOGIN;
CREATE TABLE app.u05 (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
CALL public.protect('u05', '{tenant_id,id}');
ALTER TABLE app.u05 OWNER TO fx_lord;
--: U07
CREATE ROLE fx_mighty NOLOGIN BYPASSRLS;
CREATE ROLE fx_climber LOGIN IN ROLE fx_mighty;
--: U08
CREATE ROLE fx_migrator LOGIN NOINHERIT IN ROLE fx_owner;
--: U09
CREATE ROLE fx_other LOGIN;
GRANT fx_other TO fx_app;
--: U10
CREATE ROLE fx_reader LOGIN IN ROLE pg_read_all_data;
--: U11
CREATE ROLE fx_md5 LOGIN PASSWORD 'md5c0ffee00c0ffee00c0ffee00c0ffee00';
--: O01
CREATE PUBLICATION o01 FOR TABLE app.customer WITH (publish = 'insert, update, delete');
--: O02
CREATE PUBLICATION o02 FOR TABLE app.orders WHERE (tenant_id = '00000000-0000-0000-0000-000000000001')
  WITH (publish = 'insert, truncate');
--: O03
CREATE EXTENSION dblink SCHEMA public;
--: O04
CREATE FOREIGN DATA WRAPPER fx_nothing;
CREATE SERVER fx_server FOREIGN DATA WRAPPER fx_nothing;
CREATE FOREIGN TABLE app.o04 (id uuid) SERVER fx_server;
--: O05
GRANT USAGE ON FOREIGN SERVER fx_server TO fx_app;
--: O06
CREATE USER MAPPING FOR PUBLIC SERVER fx_server;
--: S02
ALTER DATABASE broken SET log_statement = 'all';
--: S03
ALTER DATABASE broken SET lo_compat_privileges = on;
--: S04
ALTER DATABASE broken SET standard_conforming_strings = off;
--: S05
ALTER DATABASE broken SET password_encryption = 'md5';
