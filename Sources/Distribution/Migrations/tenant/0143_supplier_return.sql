-- Goods that go back to the supplier who sent them, line by line of the receipt that they came with; a receipt that was
-- posted wrongly is taken back the same way (`reversal`).
--
-- requested -> accepted | cancelled; accepted -> shipped | completed | cancelled; shipped -> completed. What went back
-- before it was billed is settled as it leaves; what was billed waits for the supplier's credit note.

-- What went back, of it what nobody had billed; at the cost at which it came, of it what credit notes have settled; and
-- what is expected once more.
DROP INDEX purchase_order_line_open_idx;
ALTER TABLE purchase_order_line
  DROP COLUMN open,
  DROP CONSTRAINT purchase_order_line_receivable,
  DROP CONSTRAINT purchase_order_line_invoiced,
  ADD COLUMN returned numeric(18,6) NOT NULL DEFAULT 0,
  ADD COLUMN returned_open numeric(18,6) NOT NULL DEFAULT 0,
  ADD COLUMN returned_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN credited_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN reopened numeric(18,6) NOT NULL DEFAULT 0,
  ADD CONSTRAINT purchase_order_line_receivable CHECK (
    receivable >= ordered AND received >= 0 AND received - reopened BETWEEN 0 AND receivable),
  ADD CONSTRAINT purchase_order_line_invoiced CHECK (invoiced BETWEEN 0 AND received - returned_open),
  ADD CONSTRAINT purchase_order_line_returned CHECK (
    returned BETWEEN 0 AND received AND returned_open BETWEEN 0 AND returned AND reopened BETWEEN 0 AND returned
    AND returned_minor BETWEEN 0 AND received_minor AND credited_minor BETWEEN 0 AND returned_minor);
ALTER TABLE purchase_order_line
  ADD COLUMN open numeric(18,6) NOT NULL
    GENERATED ALWAYS AS (greatest(ordered - received + reopened - cancelled, 0)) STORED;
CREATE INDEX purchase_order_line_open_idx ON purchase_order_line (tenant_id, product_id) WHERE open > 0;
SELECT bulkhead.protect(
  'purchase_order_line',
  updatable => '{received,received_minor,invoiced,cleared_minor,cancelled,returned,returned_open,returned_minor,
    credited_minor,reopened}',
  deletable => false);

ALTER TABLE receipt_line
  DROP CONSTRAINT receipt_line_invoiced,
  DROP CONSTRAINT receipt_line_cleared,
  -- What went back before it was billed, and after.
  ADD COLUMN returned_open numeric(18,6) NOT NULL DEFAULT 0,
  ADD COLUMN returned_open_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN returned_billed numeric(18,6) NOT NULL DEFAULT 0,
  ADD COLUMN returned_billed_minor bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT receipt_line_invoiced CHECK (invoiced >= 0 AND returned_open >= 0 AND invoiced + returned_open <= qty),
  ADD CONSTRAINT receipt_line_cleared CHECK (
    cleared_minor >= 0 AND returned_open_minor >= 0 AND cleared_minor + returned_open_minor <= value_minor),
  ADD CONSTRAINT receipt_line_returned CHECK (
    returned_billed BETWEEN 0 AND invoiced AND returned_billed_minor BETWEEN 0 AND cleared_minor);
SELECT bulkhead.protect(
  'receipt_line',
  updatable => '{invoiced,cleared_minor,returned_open,returned_open_minor,returned_billed,returned_billed_minor}',
  deletable => false);

CREATE TABLE supplier_return (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL CONSTRAINT supplier_return_number_length CHECK (length(number) BETWEEN 1 AND 40),
  order_id uuid NOT NULL,
  supplier_id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT supplier_return_kind CHECK (kind IN ('return', 'reversal')),
  -- Whether the supplier is to send it again.
  is_expected_again boolean NOT NULL,
  state text NOT NULL CONSTRAINT supplier_return_state
    CHECK (state IN ('requested', 'accepted', 'shipped', 'completed', 'cancelled')),
  reason text NOT NULL CONSTRAINT supplier_return_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
  -- The number under which the supplier takes it back.
  supplier_reference text
    CONSTRAINT supplier_return_reference_length CHECK (length(supplier_reference) BETWEEN 1 AND 60),
  shipped_on date,
  -- The supplier's credit note.
  credit_number text CONSTRAINT supplier_return_credit_length CHECK (length(credit_number) BETWEEN 1 AND 60),
  credit_net_minor bigint CONSTRAINT supplier_return_credit_net CHECK (credit_net_minor >= 0),
  credit_tax_minor bigint CONSTRAINT supplier_return_credit_tax CHECK (credit_tax_minor >= 0),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT supplier_return_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT supplier_return_shipped_when CHECK ((state IN ('shipped', 'completed')) = (shipped_on IS NOT NULL)),
  CONSTRAINT supplier_return_credited CHECK (
    num_nulls(credit_number, credit_net_minor, credit_tax_minor) IN (0, 3)
    AND (credit_number IS NULL OR state = 'completed')),
  CONSTRAINT supplier_return_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT supplier_return_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES purchase_order (tenant_id, id),
  CONSTRAINT supplier_return_supplier_fkey FOREIGN KEY (tenant_id, supplier_id) REFERENCES party (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX supplier_return_order_idx ON supplier_return (tenant_id, order_id);
CREATE INDEX supplier_return_state_idx ON supplier_return (tenant_id, state, id);
-- The same credit is not taken twice.
CREATE UNIQUE INDEX supplier_return_credit_once ON supplier_return (tenant_id, supplier_id, credit_number)
  WHERE credit_number IS NOT NULL;
SELECT bulkhead.protect(
  'supplier_return',
  updatable => '{state,supplier_reference,shipped_on,credit_number,credit_net_minor,credit_tax_minor,version}',
  deletable => false);
CREATE TRIGGER supplier_return_final BEFORE UPDATE ON supplier_return
  FOR EACH ROW WHEN (OLD.state IN ('completed', 'cancelled')) EXECUTE FUNCTION refuse_change('supplier_return_final');

-- Base units. Each line goes back in the lot in which it came.
CREATE TABLE supplier_return_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  return_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT supplier_return_line_no CHECK (line_no > 0),
  receipt_line_id uuid NOT NULL,
  order_line_id uuid NOT NULL,
  location_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT supplier_return_line_qty CHECK (qty > 0),
  -- Written as it leaves: what of it had not been billed, both parts at the cost at which they came, and what the stock
  -- that left was worth. The difference went to the price variance.
  open_qty numeric(18,6),
  open_minor bigint CONSTRAINT supplier_return_line_open CHECK (open_minor >= 0),
  billed_minor bigint CONSTRAINT supplier_return_line_billed CHECK (billed_minor >= 0),
  stock_minor bigint CONSTRAINT supplier_return_line_stock CHECK (stock_minor >= 0),
  move_id uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT supplier_return_line_no_key UNIQUE (tenant_id, return_id, line_no),
  CONSTRAINT supplier_return_line_once_key UNIQUE (tenant_id, return_id, receipt_line_id),
  CONSTRAINT supplier_return_line_move_key UNIQUE (tenant_id, move_id),
  CONSTRAINT supplier_return_line_shipped
    CHECK (
      num_nulls(open_qty, open_minor, billed_minor, stock_minor, move_id) IN (0, 5) AND open_qty BETWEEN 0 AND qty),
  CONSTRAINT supplier_return_line_return_fkey
    FOREIGN KEY (tenant_id, return_id) REFERENCES supplier_return (tenant_id, id),
  CONSTRAINT supplier_return_line_receipt_line_fkey
    FOREIGN KEY (tenant_id, receipt_line_id) REFERENCES receipt_line (tenant_id, id),
  CONSTRAINT supplier_return_line_order_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES purchase_order_line (tenant_id, id),
  CONSTRAINT supplier_return_line_location_fkey
    FOREIGN KEY (tenant_id, location_id) REFERENCES location (tenant_id, id),
  CONSTRAINT supplier_return_line_move_fkey FOREIGN KEY (tenant_id, move_id) REFERENCES stock_move (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX supplier_return_line_receipt_idx ON supplier_return_line (tenant_id, receipt_line_id);
CREATE INDEX supplier_return_line_order_line_idx ON supplier_return_line (tenant_id, order_line_id);
SELECT bulkhead.protect(
  'supplier_return_line', updatable => '{open_qty,open_minor,billed_minor,stock_minor,move_id}', deletable => false);
CREATE TRIGGER supplier_return_line_final BEFORE UPDATE OR DELETE ON supplier_return_line
  FOR EACH ROW WHEN (OLD.move_id IS NOT NULL) EXECUTE FUNCTION refuse_change('supplier_return_line_final');

CREATE TABLE supplier_return_history (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  return_id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  event text NOT NULL CONSTRAINT supplier_return_history_event CHECK (event ~ '^[a-zA-Z_.]{1,60}$'),
  from_state text,
  to_state text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT supplier_return_history_return_fkey
    FOREIGN KEY (tenant_id, return_id) REFERENCES supplier_return (tenant_id, id)
);
CREATE INDEX supplier_return_history_return_idx ON supplier_return_history (tenant_id, return_id);
SELECT bulkhead.protect('supplier_return_history', updatable => '{}', deletable => false);
CREATE TRIGGER supplier_return_history_append_only BEFORE UPDATE OR DELETE ON supplier_return_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change('supplier_return_history_append_only');
