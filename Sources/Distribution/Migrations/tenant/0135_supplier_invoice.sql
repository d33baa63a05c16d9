-- What suppliers ask to be paid, line by line against what was ordered and what came.
CREATE TABLE supplier_invoice (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL CONSTRAINT supplier_invoice_number_length CHECK (length(number) BETWEEN 1 AND 40),
  supplier_id uuid NOT NULL,
  supplier_number text NOT NULL
    CONSTRAINT supplier_invoice_supplier_number CHECK (length(supplier_number) BETWEEN 1 AND 60),
  invoiced_on date NOT NULL,
  invoice_year integer NOT NULL GENERATED ALWAYS AS (extract(year FROM invoiced_on)::integer) STORED,
  due_on date NOT NULL,
  currency char(3) NOT NULL,
  state text NOT NULL
    CONSTRAINT supplier_invoice_state CHECK (state IN ('held', 'posted', 'cancelled')),
  match_state text NOT NULL CONSTRAINT supplier_invoice_match_state
    CHECK (match_state IN ('matched', 'within_tolerance', 'qty_hold', 'price_hold', 'no_receipt')),
  net_minor bigint NOT NULL CONSTRAINT supplier_invoice_net CHECK (net_minor >= 0),
  tax_minor bigint NOT NULL CONSTRAINT supplier_invoice_tax CHECK (tax_minor >= 0),
  posted_on date,
  approved_by text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT supplier_invoice_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT supplier_invoice_due CHECK (due_on >= invoiced_on),
  CONSTRAINT supplier_invoice_posted_has_a_day CHECK ((state = 'posted') = (posted_on IS NOT NULL)),
  CONSTRAINT supplier_invoice_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT supplier_invoice_supplier_fkey
    FOREIGN KEY (tenant_id, supplier_id, currency) REFERENCES party (tenant_id, id, currency)
);
-- The same bill is not paid twice; one that was turned down may come again.
CREATE UNIQUE INDEX supplier_invoice_once
  ON supplier_invoice (tenant_id, supplier_id, supplier_number, invoice_year) WHERE state <> 'cancelled';
SELECT bulkhead.protect(
  'supplier_invoice', updatable => '{state,match_state,posted_on,approved_by,version}', deletable => false);
CREATE TRIGGER supplier_invoice_final BEFORE UPDATE ON supplier_invoice
  FOR EACH ROW WHEN (OLD.state <> 'held') EXECUTE FUNCTION refuse_change('supplier_invoice_final');

CREATE TABLE supplier_invoice_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT supplier_invoice_line_no CHECK (line_no > 0),
  order_line_id uuid NOT NULL,
  entered_qty numeric(18,6) NOT NULL CONSTRAINT supplier_invoice_line_entered CHECK (entered_qty > 0),
  entered_uom text NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT supplier_invoice_line_qty CHECK (qty > 0),
  unit_price numeric(20,8) NOT NULL CONSTRAINT supplier_invoice_line_price CHECK (unit_price >= 0),
  amount_minor bigint NOT NULL CONSTRAINT supplier_invoice_line_amount CHECK (amount_minor >= 0),
  result text NOT NULL CONSTRAINT supplier_invoice_line_result
    CHECK (result IN ('matched', 'within_tolerance', 'qty_hold', 'price_hold', 'no_receipt')),
  -- How far the price is from the one ordered at, in percent of it.
  price_difference_percent numeric(20,8) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT supplier_invoice_line_no_key UNIQUE (tenant_id, invoice_id, line_no),
  CONSTRAINT supplier_invoice_line_once_key UNIQUE (tenant_id, invoice_id, order_line_id),
  CONSTRAINT supplier_invoice_line_invoice_fkey
    FOREIGN KEY (tenant_id, invoice_id) REFERENCES supplier_invoice (tenant_id, id),
  CONSTRAINT supplier_invoice_line_order_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES purchase_order_line (tenant_id, id),
  CONSTRAINT supplier_invoice_line_uom_fkey FOREIGN KEY (tenant_id, entered_uom) REFERENCES uom (tenant_id, code)
);
CREATE INDEX supplier_invoice_line_order_line_idx ON supplier_invoice_line (tenant_id, order_line_id);
SELECT bulkhead.protect(
  'supplier_invoice_line', updatable => '{result,price_difference_percent}', deletable => false);

-- Which receipt an invoice line was settled with, and where the difference of the price went. Written when it is
-- posted.
CREATE TABLE supplier_invoice_match (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  invoice_line_id uuid NOT NULL,
  receipt_line_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT supplier_invoice_match_qty CHECK (qty > 0),
  cleared_minor bigint NOT NULL CONSTRAINT supplier_invoice_match_cleared CHECK (cleared_minor >= 0),
  stock_minor bigint NOT NULL,
  variance_minor bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT supplier_invoice_match_once_key UNIQUE (tenant_id, invoice_line_id, receipt_line_id),
  CONSTRAINT supplier_invoice_match_line_fkey
    FOREIGN KEY (tenant_id, invoice_line_id) REFERENCES supplier_invoice_line (tenant_id, id),
  CONSTRAINT supplier_invoice_match_receipt_fkey
    FOREIGN KEY (tenant_id, receipt_line_id) REFERENCES receipt_line (tenant_id, id)
);
CREATE INDEX supplier_invoice_match_receipt_idx ON supplier_invoice_match (tenant_id, receipt_line_id);
SELECT bulkhead.protect('supplier_invoice_match', updatable => '{}', deletable => false);
CREATE TRIGGER supplier_invoice_match_append_only BEFORE UPDATE OR DELETE ON supplier_invoice_match
  FOR EACH ROW EXECUTE FUNCTION refuse_change('supplier_invoice_match_append_only');
