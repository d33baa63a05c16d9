-- Purchase orders. Whether goods and invoices have come is told by the lines, never set by hand.
CREATE TABLE purchase_order (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL CONSTRAINT purchase_order_number_length CHECK (length(number) BETWEEN 1 AND 40),
  supplier_id uuid NOT NULL,
  warehouse_id uuid NOT NULL,
  currency char(3) NOT NULL,
  status text NOT NULL CONSTRAINT purchase_order_status
    CHECK (status IN ('draft', 'submitted', 'confirmed', 'sent', 'closed', 'cancelled')),
  expected_on date NOT NULL,
  total_minor bigint NOT NULL CONSTRAINT purchase_order_total CHECK (total_minor >= 0),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT purchase_order_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT purchase_order_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT purchase_order_supplier_fkey
    FOREIGN KEY (tenant_id, supplier_id, currency) REFERENCES party (tenant_id, id, currency),
  CONSTRAINT purchase_order_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX purchase_order_supplier_idx ON purchase_order (tenant_id, supplier_id, id);
CREATE INDEX purchase_order_status_idx ON purchase_order (tenant_id, status, id);
SELECT bulkhead.protect('purchase_order', updatable => '{status,version}', deletable => false);
CREATE TRIGGER purchase_order_final BEFORE UPDATE OF status ON purchase_order
  FOR EACH ROW WHEN (OLD.status IN ('cancelled', 'closed')) EXECUTE FUNCTION refuse_change('purchase_order_final');

-- Quantities in the product's base unit.
CREATE TABLE purchase_order_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT purchase_order_line_no CHECK (line_no > 0),
  product_id uuid NOT NULL,
  entered_qty numeric(18,6) NOT NULL CONSTRAINT purchase_order_line_entered CHECK (entered_qty > 0),
  entered_uom text NOT NULL,
  ordered numeric(18,6) NOT NULL CONSTRAINT purchase_order_line_ordered CHECK (ordered > 0),
  -- The most that is taken in: what was ordered and the tolerance of that day.
  receivable numeric(18,6) NOT NULL,
  received numeric(18,6) NOT NULL DEFAULT 0,
  received_minor bigint NOT NULL DEFAULT 0,
  invoiced numeric(18,6) NOT NULL DEFAULT 0,
  -- What of `received_minor` invoices have cleared.
  cleared_minor bigint NOT NULL DEFAULT 0,
  cancelled numeric(18,6) NOT NULL DEFAULT 0,
  -- What is still to come.
  open numeric(18,6) NOT NULL GENERATED ALWAYS AS (greatest(ordered - received - cancelled, 0)) STORED,
  unit_price numeric(20,8) NOT NULL CONSTRAINT purchase_order_line_price CHECK (unit_price >= 0),
  price_source text NOT NULL CONSTRAINT purchase_order_line_price_source
    CHECK (price_source IN ('contract', 'supplier_price', 'manual')),
  supplier_price_id uuid,
  contract_line_id uuid,
  suggestion_id uuid,
  amount_minor bigint NOT NULL CONSTRAINT purchase_order_line_amount CHECK (amount_minor >= 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT purchase_order_line_no_key UNIQUE (tenant_id, order_id, line_no),
  CONSTRAINT purchase_order_line_suggestion_key UNIQUE (tenant_id, suggestion_id),
  CONSTRAINT purchase_order_line_receivable CHECK (receivable >= ordered AND received BETWEEN 0 AND receivable),
  CONSTRAINT purchase_order_line_invoiced CHECK (invoiced BETWEEN 0 AND received),
  CONSTRAINT purchase_order_line_cleared CHECK (cleared_minor BETWEEN 0 AND received_minor),
  CONSTRAINT purchase_order_line_cancelled CHECK (cancelled BETWEEN 0 AND ordered),
  CONSTRAINT purchase_order_line_source CHECK (
    (price_source = 'contract') = (contract_line_id IS NOT NULL)
    AND (price_source = 'supplier_price') = (supplier_price_id IS NOT NULL)),
  CONSTRAINT purchase_order_line_order_fkey
    FOREIGN KEY (tenant_id, order_id) REFERENCES purchase_order (tenant_id, id),
  CONSTRAINT purchase_order_line_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT purchase_order_line_uom_fkey FOREIGN KEY (tenant_id, entered_uom) REFERENCES uom (tenant_id, code),
  CONSTRAINT purchase_order_line_supplier_price_fkey
    FOREIGN KEY (tenant_id, supplier_price_id) REFERENCES supplier_price (tenant_id, id),
  CONSTRAINT purchase_order_line_contract_line_fkey
    FOREIGN KEY (tenant_id, contract_line_id) REFERENCES supplier_contract_line (tenant_id, id),
  CONSTRAINT purchase_order_line_suggestion_fkey
    FOREIGN KEY (tenant_id, suggestion_id) REFERENCES replenishment_suggestion (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX purchase_order_line_open_idx ON purchase_order_line (tenant_id, product_id) WHERE open > 0;
SELECT bulkhead.protect(
  'purchase_order_line', updatable => '{received,received_minor,invoiced,cleared_minor,cancelled}',
  deletable => false);

CREATE TABLE purchase_order_history (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  event text NOT NULL CONSTRAINT purchase_order_history_event CHECK (event ~ '^[a-zA-Z_.]{1,60}$'),
  from_status text,
  to_status text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT purchase_order_history_order_fkey
    FOREIGN KEY (tenant_id, order_id) REFERENCES purchase_order (tenant_id, id)
);
CREATE INDEX purchase_order_history_order_idx ON purchase_order_history (tenant_id, order_id);
SELECT bulkhead.protect('purchase_order_history', updatable => '{}', deletable => false);
CREATE TRIGGER purchase_order_history_append_only BEFORE UPDATE OR DELETE ON purchase_order_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change('purchase_order_history_append_only');

-- The planned moves of order lines are found by their line.
CREATE INDEX planned_move_origin_idx ON planned_move (tenant_id, origin_id) WHERE state IN ('draft', 'assigned');
