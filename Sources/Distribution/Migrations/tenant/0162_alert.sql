-- What somebody should look at: open -> acknowledged -> resolved. Opened and resolved by what stock says, acknowledged
-- by a person.
CREATE TABLE alert (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  rule text NOT NULL CONSTRAINT alert_rule CHECK (rule IN ('low_stock', 'oversold')),
  product_id uuid NOT NULL,
  -- The warehouse of a reorder policy, or the place that is below zero.
  location_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'open' CONSTRAINT alert_state CHECK (state IN ('open', 'acknowledged', 'resolved')),
  -- The figures that opened it.
  detail jsonb NOT NULL,
  note text CONSTRAINT alert_note_length CHECK (length(note) BETWEEN 1 AND 200),
  opened_at timestamptz NOT NULL,
  acknowledged_by text,
  acknowledged_at timestamptz,
  resolved_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT alert_resolved CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
  CONSTRAINT alert_acknowledged CHECK (
    (acknowledged_by IS NULL) = (acknowledged_at IS NULL) AND (state <> 'acknowledged' OR acknowledged_by IS NOT NULL)),
  CONSTRAINT alert_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT alert_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, id)
);
-- One at a time for each subject, however many events speak of it.
CREATE UNIQUE INDEX alert_one_open ON alert (tenant_id, rule, product_id, location_id) WHERE state <> 'resolved';
CREATE INDEX alert_product_idx ON alert (tenant_id, product_id) WHERE state <> 'resolved';
SELECT bulkhead.protect(
  'alert', updatable => '{state,note,acknowledged_by,acknowledged_at,resolved_at,version}', deletable => false);
CREATE TRIGGER alert_final BEFORE UPDATE ON alert
  FOR EACH ROW WHEN (OLD.state = 'resolved') EXECUTE FUNCTION refuse_change('alert_final');
