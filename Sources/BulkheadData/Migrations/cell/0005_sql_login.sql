-- Lets the SQL logins of a home read its tables, and, those that may, write what the home's own role may write. They
-- are members of two groups that the home's role gives its name to; a home that never had a login has no groups, and
-- then nothing happens. Called after every migration of a home, so that new tables and columns are granted too.
--
-- Not the machinery (outbox, answers kept for a repeated request, events consumed), and nothing to write in the audit
-- trail: rows there are to say what the platform did.
CREATE FUNCTION bulkhead.allow_logins(home_name name) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  machinery constant name[] := '{outbox,consumed_event,idempotency_key}';
  home bulkhead.home;
  reader name;
  writer name;
  one record;
BEGIN
  SELECT * INTO STRICT home FROM bulkhead.home WHERE schema_name = home_name;
  reader := CASE home.grantee WHEN 'bulkhead_pool' THEN 'bulkhead_reader' ELSE 'g_' || substr(home.grantee, 3) END;
  writer := CASE home.grantee WHEN 'bulkhead_pool' THEN 'bulkhead_writer' ELSE reader || '_w' END;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), reader);
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', home_name, reader);
  FOR one IN
    SELECT c.oid::regclass AS name, c.relname LIKE 'audit%' AS is_trail,
           string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS readable,
           string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FILTER (
             WHERE has_column_privilege(home.grantee, c.oid, a.attnum, 'INSERT')) AS insertable,
           string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FILTER (
             WHERE has_column_privilege(home.grantee, c.oid, a.attnum, 'UPDATE')) AS updatable,
           has_table_privilege(home.grantee, c.oid, 'DELETE') AS is_deletable
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = home_name::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL (machinery)
     GROUP BY c.oid, c.relname
  LOOP
    EXECUTE format('GRANT SELECT (%s) ON %s TO %I', one.readable, one.name, reader);
    CONTINUE WHEN one.is_trail;
    IF one.insertable IS NOT NULL THEN
      EXECUTE format('GRANT INSERT (%s) ON %s TO %I', one.insertable, one.name, writer);
    END IF;
    IF one.updatable IS NOT NULL THEN
      EXECUTE format('GRANT UPDATE (%s) ON %s TO %I', one.updatable, one.name, writer);
    END IF;
    IF one.is_deletable THEN
      EXECUTE format('GRANT DELETE ON %s TO %I', one.name, writer);
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION bulkhead.allow_logins(name) FROM PUBLIC;
