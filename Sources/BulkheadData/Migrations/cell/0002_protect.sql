-- How a table of the current schema gets its walls. Called by migrations, as the owner, once per table; calling it
-- again after adding columns refreshes the grants.
CREATE FUNCTION bulkhead.protect(table_name text, updatable text[] DEFAULT '{}', deletable boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  here name := current_schema();
  home bulkhead.home;
  target text := format('%I.%I', here, table_name);
  readable text;
  insertable text;
BEGIN
  SELECT * INTO home FROM bulkhead.home WHERE schema_name = here;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'schema % is no home of tenants', here;
  END IF;
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
         string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE attname <> 'tenant_id')
    INTO readable, insertable
    FROM pg_attribute
   WHERE attrelid = target::regclass AND attnum > 0 AND NOT attisdropped;

  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('DROP POLICY IF EXISTS tenant ON %s', target);
  -- The sub-select makes the tenant an init-plan: evaluated once per statement, not once per row.
  EXECUTE format(
    'CREATE POLICY tenant ON %s USING (tenant_id = (SELECT bulkhead.tenant()))'
    ' WITH CHECK (tenant_id = (SELECT bulkhead.tenant()))', target);

  -- Columns are named one by one: no system column (ctid, xmin) is readable, nothing can be locked as a table, and
  -- tenant_id can neither be sent nor changed: it comes from the binding.
  EXECUTE format('REVOKE ALL ON %s FROM %I', target, home.grantee);
  EXECUTE format('GRANT SELECT (%s), INSERT (%s) ON %s TO %I', readable, insertable, target, home.grantee);
  IF updatable <> '{}' THEN
    EXECUTE format(
      'GRANT UPDATE (%s) ON %s TO %I', (SELECT string_agg(quote_ident(name), ', ') FROM unnest(updatable) AS name),
      target, home.grantee);
  END IF;
  IF deletable THEN
    EXECUTE format('GRANT DELETE ON %s TO %I', target, home.grantee);
  END IF;

  -- A schema of one tenant can hold no other's row, even one that an administrator inserts.
  IF home.tenant_id IS NOT NULL
     AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = target::regclass AND conname = 'tenant_home') THEN
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT tenant_home CHECK (tenant_id = %L)', target, home.tenant_id);
  END IF;
END $$;

-- Lets the relay read and mark one table across tenants: the outbox, whose payloads are sealed.
CREATE FUNCTION bulkhead.allow_relay(table_name text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  target text := format('%I.%I', current_schema(), table_name);
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO bulkhead_relay', current_schema());
  EXECUTE format('DROP POLICY IF EXISTS relay ON %s', target);
  EXECUTE format('CREATE POLICY relay ON %s TO bulkhead_relay USING (true) WITH CHECK (true)', target);
  EXECUTE format('GRANT SELECT, UPDATE (dispatched_at) ON %s TO bulkhead_relay', target);
END $$;

REVOKE ALL ON FUNCTION bulkhead.protect(text, text[], boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION bulkhead.allow_relay(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bulkhead.protect(text, text[], boolean) TO bulkhead_owner;
GRANT EXECUTE ON FUNCTION bulkhead.allow_relay(text) TO bulkhead_owner;
