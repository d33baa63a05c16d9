-- Goods out: a wave releases what orders have reserved, pick tasks bring it to the output place, cartons take it, and
-- a shipment leaves with it.

-- A company prefix and its serials belong to one tenant. A serial is given out once: the counter only goes up.
CREATE TABLE gs1_prefix (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  prefix text NOT NULL CONSTRAINT gs1_prefix_form CHECK (prefix ~ '^[0-9]{7,10}$'),
  extension_digit integer NOT NULL DEFAULT 0 CONSTRAINT gs1_prefix_extension CHECK (extension_digit BETWEEN 0 AND 9),
  next_serial bigint NOT NULL DEFAULT 1 CONSTRAINT gs1_prefix_next CHECK (next_serial > 0),
  -- The one that new packages are numbered from.
  is_default boolean NOT NULL DEFAULT false,
  note text NOT NULL DEFAULT '' CONSTRAINT gs1_prefix_note_length CHECK (length(note) <= 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT gs1_prefix_key UNIQUE (tenant_id, prefix, extension_digit)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX gs1_prefix_one_default ON gs1_prefix (tenant_id) WHERE is_default;
SELECT bulkhead.protect('gs1_prefix', updatable => '{next_serial,is_default,note}', deletable => false);
CREATE TRIGGER gs1_prefix_forward BEFORE UPDATE ON gs1_prefix
  FOR EACH ROW WHEN (NEW.next_serial < OLD.next_serial) EXECUTE FUNCTION refuse_change('gs1_prefix_forward');

CREATE TABLE wave (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  number text NOT NULL CONSTRAINT wave_number_length CHECK (length(number) BETWEEN 1 AND 40),
  warehouse_id uuid NOT NULL,
  -- Whether it is all picked is told by its tasks.
  state text NOT NULL CONSTRAINT wave_state CHECK (state IN ('draft', 'released')),
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  released_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT wave_number_key UNIQUE (tenant_id, number),
  CONSTRAINT wave_released_when CHECK ((state = 'released') = (released_at IS NOT NULL)),
  CONSTRAINT wave_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id)
);
SELECT bulkhead.protect('wave', updatable => '{state,released_at,version}', deletable => false);
CREATE TRIGGER wave_final BEFORE UPDATE OF state ON wave
  FOR EACH ROW WHEN (OLD.state = 'released') EXECUTE FUNCTION refuse_change('wave_final');

-- draft (planned in a wave) -> assigned (its tasks are out) -> picked -> packed -> shipped. It is waiting when an order
-- that ships complete was picked short: what comes in later joins it. Cancelled from any state before shipped.
CREATE TABLE shipment (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL CONSTRAINT shipment_number_length CHECK (length(number) BETWEEN 1 AND 40),
  order_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  warehouse_id uuid NOT NULL,
  wave_id uuid NOT NULL,
  state text NOT NULL CONSTRAINT shipment_state
    CHECK (state IN ('draft', 'waiting', 'assigned', 'picked', 'packed', 'shipped', 'cancelled')),
  carrier text CONSTRAINT shipment_carrier_length CHECK (length(carrier) BETWEEN 1 AND 80),
  service text CONSTRAINT shipment_service_length CHECK (length(service) BETWEEN 1 AND 80),
  tracking_number text CONSTRAINT shipment_tracking_length CHECK (length(tracking_number) BETWEEN 1 AND 80),
  shipped_at timestamptz,
  -- What the customer is to pay for what was shipped, in minor units of the order's currency.
  amount_minor bigint NOT NULL DEFAULT 0 CONSTRAINT shipment_amount CHECK (amount_minor >= 0),
  currency char(3) NOT NULL,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT shipment_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT shipment_shipped_when CHECK ((state = 'shipped') = (shipped_at IS NOT NULL)),
  CONSTRAINT shipment_carried CHECK (state <> 'shipped' OR carrier IS NOT NULL),
  CONSTRAINT shipment_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT shipment_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id),
  CONSTRAINT shipment_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES party (tenant_id, id),
  CONSTRAINT shipment_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id),
  CONSTRAINT shipment_wave_fkey FOREIGN KEY (tenant_id, wave_id) REFERENCES wave (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX shipment_order_idx ON shipment (tenant_id, order_id);
CREATE INDEX shipment_wave_idx ON shipment (tenant_id, wave_id);
CREATE INDEX shipment_state_idx ON shipment (tenant_id, state, id);
-- What comes in for an order joins the shipment that waits for it.
CREATE UNIQUE INDEX shipment_one_waiting ON shipment (tenant_id, order_id) WHERE state IN ('draft', 'waiting');
SELECT bulkhead.protect(
  'shipment', updatable => '{wave_id,state,carrier,service,tracking_number,shipped_at,amount_minor,version}',
  deletable => false);
CREATE TRIGGER shipment_final BEFORE UPDATE ON shipment
  FOR EACH ROW WHEN (OLD.state IN ('shipped', 'cancelled')) EXECUTE FUNCTION refuse_change('shipment_final');

-- Base units. Nothing is packed that was not picked, and what is shipped is what was packed.
CREATE TABLE shipment_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  shipment_id uuid NOT NULL,
  order_line_id uuid NOT NULL,
  product_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL,
  picked numeric(18,6) NOT NULL DEFAULT 0,
  packed numeric(18,6) NOT NULL DEFAULT 0,
  shipped numeric(18,6) NOT NULL DEFAULT 0,
  amount_minor bigint NOT NULL DEFAULT 0 CONSTRAINT shipment_line_amount CHECK (amount_minor >= 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT shipment_line_order_line_key UNIQUE (tenant_id, shipment_id, order_line_id),
  CONSTRAINT shipment_line_of_shipment_key UNIQUE (tenant_id, shipment_id, id),
  CONSTRAINT shipment_line_counters
    CHECK (packed >= 0 AND packed <= picked AND picked <= qty AND (shipped = 0 OR shipped = packed)),
  CONSTRAINT shipment_line_shipment_fkey FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipment (tenant_id, id),
  CONSTRAINT shipment_line_order_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES sales_order_line (tenant_id, id),
  CONSTRAINT shipment_line_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX shipment_line_order_line_idx ON shipment_line (tenant_id, order_line_id);
SELECT bulkhead.protect(
  'shipment_line', updatable => '{qty,picked,packed,shipped,amount_minor}', deletable => false);

-- One walk to one bin for one line. `reservation_id` is what the task draws on; the rest of a task that was scanned in
-- part has a reservation of its own.
CREATE TABLE pick_task (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  wave_id uuid NOT NULL,
  shipment_id uuid NOT NULL,
  shipment_line_id uuid NOT NULL,
  reservation_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_key uuid NOT NULL,
  lot_id uuid GENERATED ALWAYS AS (nullif(lot_key, '00000000-0000-0000-0000-000000000000')) STORED,
  from_location_id uuid NOT NULL,
  to_location_id uuid NOT NULL,
  pick_sequence integer NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT pick_task_qty_positive CHECK (qty > 0),
  picked numeric(18,6) NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'open'
    CONSTRAINT pick_task_state CHECK (state IN ('open', 'claimed', 'done', 'short', 'cancelled')),
  -- Whoever holds the task: a person or service, and the device in their hand.
  worker text,
  device text CONSTRAINT pick_task_device_length CHECK (length(device) BETWEEN 1 AND 60),
  short_reason text CONSTRAINT pick_task_reason_length CHECK (length(short_reason) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pick_task_picked CHECK (picked >= 0 AND picked <= qty AND (state <> 'done' OR picked = qty)),
  CONSTRAINT pick_task_claimed_by CHECK (state <> 'claimed' OR (worker IS NOT NULL AND device IS NOT NULL)),
  CONSTRAINT pick_task_short_why CHECK ((state = 'short') = (short_reason IS NOT NULL)),
  CONSTRAINT pick_task_goes_somewhere CHECK (from_location_id <> to_location_id),
  CONSTRAINT pick_task_wave_fkey FOREIGN KEY (tenant_id, wave_id) REFERENCES wave (tenant_id, id),
  CONSTRAINT pick_task_line_fkey FOREIGN KEY (tenant_id, shipment_id, shipment_line_id)
    REFERENCES shipment_line (tenant_id, shipment_id, id),
  CONSTRAINT pick_task_reservation_fkey
    FOREIGN KEY (tenant_id, reservation_id) REFERENCES stock_reservation (tenant_id, id),
  CONSTRAINT pick_task_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT pick_task_lot_fkey FOREIGN KEY (tenant_id, product_id, lot_id) REFERENCES lot (tenant_id, product_id, id),
  CONSTRAINT pick_task_from_fkey FOREIGN KEY (tenant_id, from_location_id) REFERENCES location (tenant_id, id),
  CONSTRAINT pick_task_to_fkey FOREIGN KEY (tenant_id, to_location_id) REFERENCES location (tenant_id, id)
) WITH (fillfactor = 70);
-- What is reserved is fetched once.
CREATE UNIQUE INDEX pick_task_reservation_once ON pick_task (tenant_id, reservation_id)
  WHERE state IN ('open', 'claimed');
-- The walk: what is open, in the order of the bins.
CREATE INDEX pick_task_open_idx ON pick_task (tenant_id, pick_sequence, from_location_id, id) WHERE state = 'open';
CREATE INDEX pick_task_device_idx ON pick_task (tenant_id, device) WHERE state = 'claimed';
CREATE INDEX pick_task_shipment_idx ON pick_task (tenant_id, shipment_id);
CREATE INDEX pick_task_wave_idx ON pick_task (tenant_id, wave_id);
SELECT bulkhead.protect(
  'pick_task', updatable => '{reservation_id,picked,state,worker,device,short_reason,changed_at,version}',
  deletable => false);
CREATE TRIGGER pick_task_final BEFORE UPDATE ON pick_task
  FOR EACH ROW WHEN (OLD.state IN ('done', 'short', 'cancelled')) EXECUTE FUNCTION refuse_change('pick_task_final');

-- What a device has told, once: a scanner that lost its network sends again under the same number.
CREATE TABLE pick_scan (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  device text NOT NULL CONSTRAINT pick_scan_device_length CHECK (length(device) BETWEEN 1 AND 60),
  seq bigint NOT NULL CONSTRAINT pick_scan_seq CHECK (seq >= 0),
  kind text NOT NULL CONSTRAINT pick_scan_kind CHECK (kind IN ('pick', 'short')),
  task_id uuid NOT NULL,
  -- What was picked, or what was missing.
  qty numeric(18,6) NOT NULL CONSTRAINT pick_scan_qty_positive CHECK (qty > 0),
  -- What holds the picked goods for the order, in the output place.
  reservation_id uuid,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pick_scan_once UNIQUE (tenant_id, device, seq),
  CONSTRAINT pick_scan_holds CHECK ((kind = 'pick') = (reservation_id IS NOT NULL)),
  CONSTRAINT pick_scan_task_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES pick_task (tenant_id, id),
  CONSTRAINT pick_scan_reservation_fkey
    FOREIGN KEY (tenant_id, reservation_id) REFERENCES stock_reservation (tenant_id, id)
);
CREATE INDEX pick_scan_task_idx ON pick_scan (tenant_id, task_id);
SELECT bulkhead.protect('pick_scan', updatable => '{}', deletable => false);
CREATE TRIGGER pick_scan_append_only BEFORE UPDATE OR DELETE ON pick_scan
  FOR EACH ROW EXECUTE FUNCTION refuse_change('pick_scan_append_only');

-- One logistic unit under its SSCC, which is never given to another, also when this one is taken apart again.
CREATE TABLE package (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  shipment_id uuid NOT NULL,
  number integer NOT NULL CONSTRAINT package_number CHECK (number > 0),
  sscc char(18) NOT NULL CONSTRAINT package_sscc_form CHECK (sscc ~ '^[0-9]{18}$'),
  type text NOT NULL CONSTRAINT package_type CHECK (type IN ('carton', 'pallet', 'crate', 'bag')),
  state text NOT NULL DEFAULT 'open' CONSTRAINT package_state CHECK (state IN ('open', 'closed', 'void')),
  weight_grams numeric(18,6) CONSTRAINT package_weight CHECK (weight_grams > 0),
  note text NOT NULL DEFAULT '' CONSTRAINT package_note_length CHECK (length(note) <= 200),
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT package_sscc_key UNIQUE (tenant_id, sscc),
  CONSTRAINT package_number_key UNIQUE (tenant_id, shipment_id, number),
  CONSTRAINT package_shipment_fkey FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipment (tenant_id, id)
);
SELECT bulkhead.protect('package', updatable => '{state,weight_grams,note,version}', deletable => false);
CREATE TRIGGER package_final BEFORE UPDATE ON package
  FOR EACH ROW WHEN (OLD.state = 'void') EXECUTE FUNCTION refuse_change('package_final');

CREATE TABLE package_item (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  package_id uuid NOT NULL,
  shipment_line_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_key uuid NOT NULL,
  lot_id uuid GENERATED ALWAYS AS (nullif(lot_key, '00000000-0000-0000-0000-000000000000')) STORED,
  qty numeric(18,6) NOT NULL CONSTRAINT package_item_qty_positive CHECK (qty > 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT package_item_key UNIQUE (tenant_id, package_id, shipment_line_id, lot_key),
  CONSTRAINT package_item_package_fkey FOREIGN KEY (tenant_id, package_id) REFERENCES package (tenant_id, id),
  CONSTRAINT package_item_line_fkey FOREIGN KEY (tenant_id, shipment_line_id) REFERENCES shipment_line (tenant_id, id),
  CONSTRAINT package_item_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT package_item_lot_fkey
    FOREIGN KEY (tenant_id, product_id, lot_id) REFERENCES lot (tenant_id, product_id, id)
);
CREATE INDEX package_item_line_idx ON package_item (tenant_id, shipment_line_id);
SELECT bulkhead.protect('package_item', updatable => '{qty}', deletable => false);

CREATE TABLE shipment_history (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  shipment_id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  event text NOT NULL CONSTRAINT shipment_history_event CHECK (event ~ '^[a-zA-Z_.]{1,60}$'),
  from_state text,
  to_state text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT shipment_history_shipment_fkey FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipment (tenant_id, id)
);
CREATE INDEX shipment_history_shipment_idx ON shipment_history (tenant_id, shipment_id);
SELECT bulkhead.protect('shipment_history', updatable => '{}', deletable => false);
CREATE TRIGGER shipment_history_append_only BEFORE UPDATE OR DELETE ON shipment_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change('shipment_history_append_only');
