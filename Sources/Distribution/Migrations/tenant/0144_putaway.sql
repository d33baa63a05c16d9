-- Where goods go that were received to a warehouse's input place: rules propose, a worker confirms by scan, and only
-- then does stock move.

CREATE TABLE putaway_rule (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  warehouse_id uuid NOT NULL,
  -- For one product, for a category and all below it, or for everything.
  product_id uuid,
  category_id uuid,
  -- Among rules of the same kind the lowest comes first.
  sequence integer NOT NULL CONSTRAINT putaway_rule_sequence CHECK (sequence >= 0),
  -- One place, or the places of a zone in the order in which they are walked.
  location_id uuid,
  zone text CONSTRAINT putaway_rule_zone_length CHECK (length(zone) BETWEEN 1 AND 20),
  -- The most that is proposed to lie in one place, in base units; the place's own capacity when there is none.
  capacity numeric(18,6) CONSTRAINT putaway_rule_capacity CHECK (capacity > 0),
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT putaway_rule_one_scope CHECK (num_nonnulls(product_id, category_id) <= 1),
  CONSTRAINT putaway_rule_one_target CHECK (num_nonnulls(location_id, zone) = 1),
  CONSTRAINT putaway_rule_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id),
  CONSTRAINT putaway_rule_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT putaway_rule_category_fkey
    FOREIGN KEY (tenant_id, category_id) REFERENCES product_category (tenant_id, id),
  CONSTRAINT putaway_rule_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, id)
);
CREATE INDEX putaway_rule_warehouse_idx ON putaway_rule (tenant_id, warehouse_id) WHERE is_active;
SELECT bulkhead.protect('putaway_rule', updatable => '{sequence,capacity,is_active,version}', deletable => false);

CREATE TABLE putaway_task (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  warehouse_id uuid NOT NULL,
  receipt_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_key uuid NOT NULL,
  lot_id uuid GENERATED ALWAYS AS (nullif(lot_key, '00000000-0000-0000-0000-000000000000')) STORED,
  from_location_id uuid NOT NULL,
  -- What is proposed, and by which rule; NULL: the warehouse's own storage, because no rule has room.
  to_location_id uuid NOT NULL,
  rule_id uuid,
  pick_sequence integer NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT putaway_task_qty_positive CHECK (qty > 0),
  moved numeric(18,6) NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'open'
    CONSTRAINT putaway_task_state CHECK (state IN ('open', 'claimed', 'done', 'cancelled')),
  worker text,
  device text CONSTRAINT putaway_task_device_length CHECK (length(device) BETWEEN 1 AND 60),
  cancel_reason text CONSTRAINT putaway_task_reason_length CHECK (length(cancel_reason) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT putaway_task_moved CHECK (moved >= 0 AND moved <= qty AND (state <> 'done' OR moved = qty)),
  CONSTRAINT putaway_task_claimed_by CHECK (state <> 'claimed' OR (worker IS NOT NULL AND device IS NOT NULL)),
  CONSTRAINT putaway_task_cancelled_why CHECK ((state = 'cancelled') = (cancel_reason IS NOT NULL)),
  CONSTRAINT putaway_task_goes_somewhere CHECK (from_location_id <> to_location_id),
  CONSTRAINT putaway_task_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT putaway_task_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id),
  CONSTRAINT putaway_task_receipt_fkey FOREIGN KEY (tenant_id, receipt_id) REFERENCES receipt (tenant_id, id),
  CONSTRAINT putaway_task_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT putaway_task_lot_fkey
    FOREIGN KEY (tenant_id, product_id, lot_id) REFERENCES lot (tenant_id, product_id, id),
  CONSTRAINT putaway_task_from_fkey FOREIGN KEY (tenant_id, from_location_id) REFERENCES location (tenant_id, id),
  CONSTRAINT putaway_task_to_fkey FOREIGN KEY (tenant_id, to_location_id) REFERENCES location (tenant_id, id),
  CONSTRAINT putaway_task_rule_fkey FOREIGN KEY (tenant_id, rule_id) REFERENCES putaway_rule (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX putaway_task_open_idx ON putaway_task (tenant_id, pick_sequence, to_location_id, id) WHERE state = 'open';
CREATE INDEX putaway_task_device_idx ON putaway_task (tenant_id, device) WHERE state = 'claimed';
CREATE INDEX putaway_task_target_idx ON putaway_task (tenant_id, to_location_id) WHERE state IN ('open', 'claimed');
CREATE INDEX putaway_task_receipt_idx ON putaway_task (tenant_id, receipt_id);
SELECT bulkhead.protect(
  'putaway_task', updatable => '{moved,state,worker,device,cancel_reason,changed_at,version}', deletable => false);
CREATE TRIGGER putaway_task_final BEFORE UPDATE ON putaway_task
  FOR EACH ROW WHEN (OLD.state IN ('done', 'cancelled')) EXECUTE FUNCTION refuse_change('putaway_task_final');

-- What a device has told, once: a scanner that lost its network sends again under the same number.
CREATE TABLE putaway_scan (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  device text NOT NULL CONSTRAINT putaway_scan_device_length CHECK (length(device) BETWEEN 1 AND 60),
  seq bigint NOT NULL CONSTRAINT putaway_scan_seq CHECK (seq >= 0),
  task_id uuid NOT NULL,
  -- Where it was really put, and why, when that is not what was proposed.
  location_id uuid NOT NULL,
  reason text CONSTRAINT putaway_scan_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
  qty numeric(18,6) NOT NULL CONSTRAINT putaway_scan_qty_positive CHECK (qty > 0),
  move_id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT putaway_scan_once UNIQUE (tenant_id, device, seq),
  CONSTRAINT putaway_scan_move_key UNIQUE (tenant_id, move_id),
  CONSTRAINT putaway_scan_task_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES putaway_task (tenant_id, id),
  CONSTRAINT putaway_scan_location_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, id),
  CONSTRAINT putaway_scan_move_fkey FOREIGN KEY (tenant_id, move_id) REFERENCES stock_move (tenant_id, id)
);
CREATE INDEX putaway_scan_task_idx ON putaway_scan (tenant_id, task_id);
SELECT bulkhead.protect('putaway_scan', updatable => '{}', deletable => false);
CREATE TRIGGER putaway_scan_append_only BEFORE UPDATE OR DELETE ON putaway_scan
  FOR EACH ROW EXECUTE FUNCTION refuse_change('putaway_scan_append_only');
