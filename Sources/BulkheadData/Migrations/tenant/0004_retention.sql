-- What the platform's upkeep removes by age, in each home: consumed events under the tenant they belong to, dispatched
-- outbox rows by the relay, which marks them.
CREATE INDEX consumed_event_age_idx ON consumed_event (tenant_id, consumed_at);
SELECT bulkhead.protect('consumed_event', updatable => '{}', deletable => true);

GRANT DELETE ON outbox TO bulkhead_relay;
-- The relay's role removes nothing that still waits and nothing that is younger than a day: whoever stole its password
-- cannot make an event vanish before somebody can see that it was marked.
CREATE FUNCTION outbox_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  RAISE EXCEPTION 'the event may still be needed' USING ERRCODE = 'BH001', CONSTRAINT = 'outbox_kept';
END $$;
REVOKE ALL ON FUNCTION outbox_refuse() FROM PUBLIC;
CREATE TRIGGER outbox_refuse BEFORE DELETE ON outbox FOR EACH ROW
WHEN (current_user = 'bulkhead_relay' AND (OLD.dispatched_at IS NULL OR OLD.created_at > now() - interval '1 day'))
EXECUTE FUNCTION outbox_refuse();
