-- What customers send back: asked for, authorised, received and settled. Every line names the shipment line that it left
-- by, so that it comes back at what it left at.
--
-- requested -> accepted | cancelled; accepted -> received | cancelled; received -> completed.
CREATE TABLE customer_return (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL CONSTRAINT customer_return_number_length CHECK (length(number) BETWEEN 1 AND 40),
  order_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  warehouse_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'requested' CONSTRAINT customer_return_state
    CHECK (state IN ('requested', 'accepted', 'received', 'completed', 'cancelled')),
  -- What the customer is to get for it.
  outcome text NOT NULL
    CONSTRAINT customer_return_outcome CHECK (outcome IN ('credit_note', 'replacement', 'none')),
  reason text NOT NULL CONSTRAINT customer_return_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
  replacement_order_id uuid,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  received_at timestamptz,
  completed_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT customer_return_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT customer_return_received_when
    CHECK ((state IN ('received', 'completed')) = (received_at IS NOT NULL)),
  CONSTRAINT customer_return_completed_when CHECK ((state = 'completed') = (completed_at IS NOT NULL)),
  CONSTRAINT customer_return_replaced
    CHECK ((state = 'completed' AND outcome = 'replacement') = (replacement_order_id IS NOT NULL)),
  CONSTRAINT customer_return_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT customer_return_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id),
  CONSTRAINT customer_return_replacement_fkey
    FOREIGN KEY (tenant_id, replacement_order_id) REFERENCES sales_order (tenant_id, id),
  CONSTRAINT customer_return_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES party (tenant_id, id),
  CONSTRAINT customer_return_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX customer_return_order_idx ON customer_return (tenant_id, order_id);
CREATE INDEX customer_return_state_idx ON customer_return (tenant_id, state, id);
SELECT bulkhead.protect(
  'customer_return', updatable => '{state,outcome,replacement_order_id,received_at,completed_at,version}',
  deletable => false);
CREATE TRIGGER customer_return_final BEFORE UPDATE ON customer_return
  FOR EACH ROW WHEN (OLD.state IN ('completed', 'cancelled')) EXECUTE FUNCTION refuse_change('customer_return_final');

-- Base units.
CREATE TABLE customer_return_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  return_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT customer_return_line_no CHECK (line_no > 0),
  shipment_line_id uuid NOT NULL,
  order_line_id uuid NOT NULL,
  product_id uuid NOT NULL,
  requested numeric(18,6) NOT NULL,
  authorised numeric(18,6) NOT NULL DEFAULT 0,
  received numeric(18,6) NOT NULL DEFAULT 0,
  credited numeric(18,6) NOT NULL DEFAULT 0,
  -- What came back of what the shipment line had cost, in minor units of the legal entity's currency.
  value_minor bigint NOT NULL DEFAULT 0 CONSTRAINT customer_return_line_value CHECK (value_minor >= 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT customer_return_line_no_key UNIQUE (tenant_id, return_id, line_no),
  CONSTRAINT customer_return_line_once_key UNIQUE (tenant_id, return_id, shipment_line_id),
  CONSTRAINT customer_return_line_counters CHECK (
    requested > 0 AND authorised BETWEEN 0 AND requested AND received BETWEEN 0 AND authorised
    AND credited BETWEEN 0 AND received AND (received > 0 OR value_minor = 0)),
  CONSTRAINT customer_return_line_return_fkey
    FOREIGN KEY (tenant_id, return_id) REFERENCES customer_return (tenant_id, id),
  CONSTRAINT customer_return_line_shipment_line_fkey
    FOREIGN KEY (tenant_id, shipment_line_id) REFERENCES shipment_line (tenant_id, id),
  CONSTRAINT customer_return_line_order_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES sales_order_line (tenant_id, id),
  CONSTRAINT customer_return_line_product_fkey
    FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX customer_return_line_shipment_line_idx ON customer_return_line (tenant_id, shipment_line_id);
CREATE INDEX customer_return_line_order_line_idx ON customer_return_line (tenant_id, order_line_id);
SELECT bulkhead.protect(
  'customer_return_line', updatable => '{authorised,received,credited,value_minor}', deletable => false);

-- What was counted at the dock, lot by lot, and what became of it: each with the move that posted it.
CREATE TABLE customer_return_item (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  return_id uuid NOT NULL,
  item_no integer NOT NULL CONSTRAINT customer_return_item_no CHECK (item_no > 0),
  line_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_key uuid NOT NULL,
  lot_id uuid GENERATED ALWAYS AS (nullif(lot_key, '00000000-0000-0000-0000-000000000000')) STORED,
  qty numeric(18,6) NOT NULL CONSTRAINT customer_return_item_qty CHECK (qty > 0),
  value_minor bigint NOT NULL CONSTRAINT customer_return_item_value CHECK (value_minor >= 0),
  disposition text NOT NULL
    CONSTRAINT customer_return_item_disposition CHECK (disposition IN ('restock', 'quarantine', 'scrap')),
  move_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT customer_return_item_no_key UNIQUE (tenant_id, return_id, item_no),
  CONSTRAINT customer_return_item_move_key UNIQUE (tenant_id, move_id),
  CONSTRAINT customer_return_item_return_fkey
    FOREIGN KEY (tenant_id, return_id) REFERENCES customer_return (tenant_id, id),
  CONSTRAINT customer_return_item_line_fkey
    FOREIGN KEY (tenant_id, line_id) REFERENCES customer_return_line (tenant_id, id),
  CONSTRAINT customer_return_item_lot_fkey
    FOREIGN KEY (tenant_id, product_id, lot_id) REFERENCES lot (tenant_id, product_id, id),
  CONSTRAINT customer_return_item_move_fkey FOREIGN KEY (tenant_id, move_id) REFERENCES stock_move (tenant_id, id)
);
CREATE INDEX customer_return_item_line_idx ON customer_return_item (tenant_id, line_id);
SELECT bulkhead.protect('customer_return_item', updatable => '{}', deletable => false);
CREATE TRIGGER customer_return_item_append_only BEFORE UPDATE OR DELETE ON customer_return_item
  FOR EACH ROW EXECUTE FUNCTION refuse_change('customer_return_item_append_only');

-- The credit notes that settled a return.
CREATE TABLE customer_return_credit (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  return_id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, return_id, invoice_id),
  CONSTRAINT customer_return_credit_once_key UNIQUE (tenant_id, invoice_id),
  CONSTRAINT customer_return_credit_return_fkey
    FOREIGN KEY (tenant_id, return_id) REFERENCES customer_return (tenant_id, id),
  CONSTRAINT customer_return_credit_invoice_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, id)
);
SELECT bulkhead.protect('customer_return_credit', updatable => '{}', deletable => false);
CREATE TRIGGER customer_return_credit_append_only BEFORE UPDATE OR DELETE ON customer_return_credit
  FOR EACH ROW EXECUTE FUNCTION refuse_change('customer_return_item_append_only');

CREATE TABLE customer_return_history (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  return_id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  event text NOT NULL CONSTRAINT customer_return_history_event CHECK (event ~ '^[a-z_.]{1,60}$'),
  from_state text,
  to_state text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT customer_return_history_return_fkey
    FOREIGN KEY (tenant_id, return_id) REFERENCES customer_return (tenant_id, id)
);
CREATE INDEX customer_return_history_return_idx ON customer_return_history (tenant_id, return_id);
SELECT bulkhead.protect('customer_return_history', updatable => '{}', deletable => false);
CREATE TRIGGER customer_return_history_append_only BEFORE UPDATE OR DELETE ON customer_return_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change('customer_return_history_append_only');
