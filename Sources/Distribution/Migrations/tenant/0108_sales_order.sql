-- Sales orders. One status is not enough: what is promised, what is shipped and what is billed move separately.
CREATE TABLE sales_order (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL CONSTRAINT sales_order_number_length CHECK (length(number) BETWEEN 1 AND 40),
  customer_id uuid NOT NULL,
  warehouse_id uuid NOT NULL,
  -- The customer's own number: it names one order of that customer for ever, also after a cancellation.
  po_number text CONSTRAINT sales_order_po_length CHECK (length(po_number) BETWEEN 1 AND 60),
  channel text NOT NULL CONSTRAINT sales_order_channel CHECK (channel IN ('api', 'edi', 'pos')),
  currency char(3) NOT NULL,
  status text NOT NULL CONSTRAINT sales_order_status
    CHECK (status IN ('draft', 'quoted', 'hold', 'confirmed', 'in_fulfilment', 'completed', 'cancelled')),
  hold_code text CONSTRAINT sales_order_hold_code CHECK (hold_code IN ('credit', 'manual', 'edi_exception')),
  shipment_state text NOT NULL DEFAULT 'none' CONSTRAINT sales_order_shipment_state
    CHECK (shipment_state IN ('none', 'waiting', 'partially_shipped', 'sent', 'exception')),
  invoice_state text NOT NULL DEFAULT 'none' CONSTRAINT sales_order_invoice_state
    CHECK (invoice_state IN ('none', 'pending', 'awaiting_payment', 'partially_paid', 'paid', 'exception')),
  ship_policy text NOT NULL CONSTRAINT sales_order_ship_policy
    CHECK (ship_policy IN ('ship_partial', 'ship_complete', 'cancel_backorder')),
  requested_on date,
  promised_on date,
  total_minor bigint NOT NULL CONSTRAINT sales_order_total CHECK (total_minor >= 0),
  -- What this order adds to its customer's open orders right now.
  exposure_minor bigint NOT NULL DEFAULT 0 CONSTRAINT sales_order_exposure CHECK (exposure_minor >= 0),
  placed_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT sales_order_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT sales_order_po_key UNIQUE (tenant_id, po_number, customer_id),
  CONSTRAINT sales_order_hold_has_code CHECK ((status = 'hold') = (hold_code IS NOT NULL)),
  CONSTRAINT sales_order_hold_promises_nothing
    CHECK (status NOT IN ('hold', 'cancelled', 'draft', 'quoted') OR exposure_minor = 0),
  CONSTRAINT sales_order_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT sales_order_customer_fkey
    FOREIGN KEY (tenant_id, customer_id, currency) REFERENCES party (tenant_id, id, currency),
  CONSTRAINT sales_order_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX sales_order_status_idx ON sales_order (tenant_id, status, id);
CREATE INDEX sales_order_customer_idx ON sales_order (tenant_id, customer_id, id);
SELECT bulkhead.protect(
  'sales_order',
  updatable => '{status,hold_code,shipment_state,invoice_state,promised_on,total_minor,exposure_minor,version}',
  deletable => false);
CREATE TRIGGER sales_order_final BEFORE UPDATE OF status ON sales_order
  FOR EACH ROW WHEN (OLD.status = 'cancelled') EXECUTE FUNCTION refuse_change('sales_order_final');

-- Quantities in the product's base unit. I8: ordered = open + reserved + shipped + cancelled, where open waits for
-- stock (`backordered`) or for the order to be released.
CREATE TABLE sales_order_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT sales_order_line_no CHECK (line_no > 0),
  customer_line text CONSTRAINT sales_order_line_customer_line CHECK (length(customer_line) <= 20),
  product_id uuid NOT NULL,
  entered_qty numeric(18,6) NOT NULL CONSTRAINT sales_order_line_entered CHECK (entered_qty > 0),
  entered_uom text NOT NULL,
  ordered numeric(18,6) NOT NULL CONSTRAINT sales_order_line_ordered CHECK (ordered > 0),
  open numeric(18,6) NOT NULL,
  backordered numeric(18,6) NOT NULL DEFAULT 0,
  reserved numeric(18,6) NOT NULL DEFAULT 0,
  shipped numeric(18,6) NOT NULL DEFAULT 0,
  invoiced numeric(18,6) NOT NULL DEFAULT 0,
  returned numeric(18,6) NOT NULL DEFAULT 0,
  credited numeric(18,6) NOT NULL DEFAULT 0,
  cancelled numeric(18,6) NOT NULL DEFAULT 0,
  -- Price of one base unit, how it came about, and the amount in minor units of the order's currency.
  unit_price numeric(20,8) NOT NULL CONSTRAINT sales_order_line_price CHECK (unit_price >= 0),
  list_price numeric(20,8) NOT NULL,
  price_rule_id uuid NOT NULL,
  price_steps jsonb NOT NULL,
  -- What the customer expected to pay, where they said so.
  expected_price numeric(20,8) CONSTRAINT sales_order_line_expected CHECK (expected_price >= 0),
  amount_minor bigint NOT NULL CONSTRAINT sales_order_line_amount CHECK (amount_minor >= 0),
  requested_on date,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT sales_order_line_no_key UNIQUE (tenant_id, order_id, line_no),
  CONSTRAINT sales_order_line_adds_up CHECK (ordered = open + reserved + shipped + cancelled),
  CONSTRAINT sales_order_line_counters CHECK (
    open >= 0 AND backordered BETWEEN 0 AND open AND reserved >= 0 AND shipped >= 0 AND cancelled >= 0
    AND invoiced BETWEEN 0 AND ordered - cancelled AND returned BETWEEN 0 AND shipped
    AND credited BETWEEN 0 AND invoiced),
  CONSTRAINT sales_order_line_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id),
  CONSTRAINT sales_order_line_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT sales_order_line_uom_fkey FOREIGN KEY (tenant_id, entered_uom) REFERENCES uom (tenant_id, code),
  CONSTRAINT sales_order_line_rule_fkey FOREIGN KEY (tenant_id, price_rule_id) REFERENCES price_rule (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX sales_order_line_backorder_idx ON sales_order_line (tenant_id, product_id) WHERE backordered > 0;
SELECT bulkhead.protect(
  'sales_order_line',
  updatable => '{open,backordered,reserved,shipped,invoiced,returned,credited,cancelled,amount_minor}',
  deletable => false);

-- What became of an order, when and by whom.
CREATE TABLE sales_order_history (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  event text NOT NULL CONSTRAINT sales_order_history_event CHECK (event ~ '^[a-z_.]{1,60}$'),
  from_status text,
  to_status text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT sales_order_history_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id)
);
CREATE INDEX sales_order_history_order_idx ON sales_order_history (tenant_id, order_id);
SELECT bulkhead.protect('sales_order_history', updatable => '{}', deletable => false);
CREATE TRIGGER sales_order_history_append_only BEFORE UPDATE OR DELETE ON sales_order_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change('sales_order_history_append_only');
