-- What our stock is worth. A layer is made by every inbound move; what leaves takes quantity and value out of layers.

-- Headers of what a person posts by hand: opening stock, receipts without an order, corrections. Its lines are moves.
CREATE TABLE stock_adjustment (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL,
  kind text NOT NULL CONSTRAINT stock_adjustment_kind CHECK (kind IN ('opening', 'receipt', 'correction')),
  reason text NOT NULL CONSTRAINT stock_adjustment_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
  effective_at timestamptz NOT NULL,
  posted_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT stock_adjustment_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT stock_adjustment_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id)
);
SELECT bulkhead.protect('stock_adjustment', updatable => '{}', deletable => false);

-- One row per product and legal entity: the lock under which its moves are put in order and its totals are kept.
CREATE TABLE product_cost (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  legal_entity_id uuid NOT NULL,
  product_id uuid NOT NULL,
  currency char(3) NOT NULL CONSTRAINT product_cost_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  qty numeric(18,6) NOT NULL DEFAULT 0,
  value_minor bigint NOT NULL DEFAULT 0,
  posted_seq bigint NOT NULL DEFAULT 0 CONSTRAINT product_cost_seq CHECK (posted_seq >= 0),
  PRIMARY KEY (tenant_id, legal_entity_id, product_id),
  -- What is not there is worth nothing: the last unit takes the remaining cent with it.
  CONSTRAINT product_cost_nothing_is_worth_nothing CHECK (qty <> 0 OR value_minor = 0),
  CONSTRAINT product_cost_not_negative CHECK (qty >= 0 AND value_minor >= 0),
  CONSTRAINT product_cost_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT product_cost_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id)
) WITH (fillfactor = 70);
SELECT bulkhead.protect('product_cost', updatable => '{qty,value_minor,posted_seq}', deletable => false);

CREATE TABLE valuation_layer (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_key uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  move_id uuid NOT NULL,
  posted_seq bigint NOT NULL,
  currency char(3) NOT NULL CONSTRAINT valuation_layer_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  qty_in numeric(18,6) NOT NULL CONSTRAINT valuation_layer_qty_in CHECK (qty_in > 0),
  value_in_minor bigint NOT NULL CONSTRAINT valuation_layer_value_in CHECK (value_in_minor >= 0),
  qty_remaining numeric(18,6) NOT NULL,
  value_remaining_minor bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT valuation_layer_move_key UNIQUE (tenant_id, move_id),
  CONSTRAINT valuation_layer_remaining
    CHECK (qty_remaining BETWEEN 0 AND qty_in AND value_remaining_minor >= 0),
  CONSTRAINT valuation_layer_nothing_is_worth_nothing CHECK (qty_remaining > 0 OR value_remaining_minor = 0),
  CONSTRAINT valuation_layer_move_fkey FOREIGN KEY (tenant_id, move_id) REFERENCES stock_move (tenant_id, id),
  CONSTRAINT valuation_layer_cost_fkey FOREIGN KEY (tenant_id, legal_entity_id, product_id)
    REFERENCES product_cost (tenant_id, legal_entity_id, product_id)
) WITH (fillfactor = 80);
CREATE INDEX valuation_layer_open_idx ON valuation_layer (tenant_id, legal_entity_id, product_id, posted_seq)
  WHERE qty_remaining > 0;
SELECT bulkhead.protect(
  'valuation_layer', updatable => '{qty_remaining,value_remaining_minor}', deletable => false);

CREATE TABLE layer_consumption (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  move_id uuid NOT NULL,
  layer_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT layer_consumption_qty CHECK (qty > 0),
  value_minor bigint NOT NULL CONSTRAINT layer_consumption_value CHECK (value_minor >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT layer_consumption_once_key UNIQUE (tenant_id, move_id, layer_id),
  CONSTRAINT layer_consumption_move_fkey FOREIGN KEY (tenant_id, move_id) REFERENCES stock_move (tenant_id, id),
  CONSTRAINT layer_consumption_layer_fkey FOREIGN KEY (tenant_id, layer_id) REFERENCES valuation_layer (tenant_id, id)
);
CREATE INDEX layer_consumption_layer_idx ON layer_consumption (tenant_id, layer_id);
SELECT bulkhead.protect('layer_consumption', updatable => '{}', deletable => false);
CREATE TRIGGER layer_consumption_append_only BEFORE UPDATE OR DELETE ON layer_consumption
  FOR EACH ROW EXECUTE FUNCTION refuse_change('layer_consumption_append_only');
