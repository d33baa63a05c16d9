-- What came in against purchase orders: one row for each lot of a line, each with the move that posted it.
CREATE TABLE receipt (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL CONSTRAINT receipt_number_length CHECK (length(number) BETWEEN 1 AND 40),
  order_id uuid NOT NULL,
  delivery_note text CONSTRAINT receipt_delivery_note_length CHECK (length(delivery_note) BETWEEN 1 AND 60),
  received_on date NOT NULL,
  received_by text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT receipt_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT receipt_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES purchase_order (tenant_id, id),
  CONSTRAINT receipt_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id)
);
CREATE INDEX receipt_order_idx ON receipt (tenant_id, order_id);
SELECT bulkhead.protect('receipt', updatable => '{}', deletable => false);
CREATE TRIGGER receipt_append_only BEFORE UPDATE OR DELETE ON receipt
  FOR EACH ROW EXECUTE FUNCTION refuse_change('receipt_append_only');

CREATE TABLE receipt_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  receipt_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT receipt_line_no CHECK (line_no > 0),
  order_line_id uuid NOT NULL,
  move_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT receipt_line_qty CHECK (qty > 0),
  value_minor bigint NOT NULL CONSTRAINT receipt_line_value CHECK (value_minor >= 0),
  condition text NOT NULL CONSTRAINT receipt_line_condition CHECK (condition IN ('good', 'damaged')),
  -- What the delivery note said, and how the count differs from it.
  advised_qty numeric(18,6) CONSTRAINT receipt_line_advised CHECK (advised_qty >= 0),
  short_qty numeric(18,6) NOT NULL GENERATED ALWAYS AS (greatest(coalesce(advised_qty, qty) - qty, 0)) STORED,
  over_qty numeric(18,6) NOT NULL GENERATED ALWAYS AS (greatest(qty - coalesce(advised_qty, qty), 0)) STORED,
  -- What invoices have been matched with.
  invoiced numeric(18,6) NOT NULL DEFAULT 0 CONSTRAINT receipt_line_invoiced CHECK (invoiced BETWEEN 0 AND qty),
  cleared_minor bigint NOT NULL DEFAULT 0
    CONSTRAINT receipt_line_cleared CHECK (cleared_minor BETWEEN 0 AND value_minor),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT receipt_line_no_key UNIQUE (tenant_id, receipt_id, line_no),
  CONSTRAINT receipt_line_move_key UNIQUE (tenant_id, move_id),
  CONSTRAINT receipt_line_receipt_fkey FOREIGN KEY (tenant_id, receipt_id) REFERENCES receipt (tenant_id, id),
  CONSTRAINT receipt_line_order_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES purchase_order_line (tenant_id, id),
  CONSTRAINT receipt_line_move_fkey FOREIGN KEY (tenant_id, move_id) REFERENCES stock_move (tenant_id, id)
);
CREATE INDEX receipt_line_order_line_idx ON receipt_line (tenant_id, order_line_id);
SELECT bulkhead.protect('receipt_line', updatable => '{invoiced,cleared_minor}', deletable => false);
