-- What a supplier answered to a purchase order (855), line by line. The order itself says what was asked for.
CREATE TABLE purchase_ack (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  message_id uuid NOT NULL,
  verdict text NOT NULL CONSTRAINT purchase_ack_verdict CHECK (verdict IN ('accepted', 'changed', 'held', 'rejected')),
  supplier_number text CONSTRAINT purchase_ack_supplier_number CHECK (length(supplier_number) BETWEEN 1 AND 40),
  answered_on date NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT purchase_ack_message_key UNIQUE (tenant_id, message_id),
  CONSTRAINT purchase_ack_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES purchase_order (tenant_id, id),
  CONSTRAINT purchase_ack_message_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES edi_message (tenant_id, id)
);
CREATE INDEX purchase_ack_order_idx ON purchase_ack (tenant_id, order_id);
SELECT bulkhead.protect('purchase_ack', updatable => '{}', deletable => false);
CREATE TRIGGER purchase_ack_append_only BEFORE UPDATE OR DELETE ON purchase_ack
  FOR EACH ROW EXECUTE FUNCTION refuse_change('purchase_ack_append_only');

-- One row for each thing said of a line: a part may be confirmed and the rest be backordered.
CREATE TABLE purchase_ack_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  ack_id uuid NOT NULL,
  entry_no integer NOT NULL CONSTRAINT purchase_ack_line_entry_no CHECK (entry_no > 0),
  order_line_id uuid NOT NULL,
  outcome text NOT NULL CONSTRAINT purchase_ack_line_outcome
    CHECK (outcome IN ('accepted', 'quantity_changed', 'price_changed', 'changed', 'backordered', 'held', 'rejected')),
  -- In the unit that was ordered in, as the price is.
  qty numeric(18,6) NOT NULL CONSTRAINT purchase_ack_line_qty CHECK (qty >= 0),
  unit_price numeric(20,8) CONSTRAINT purchase_ack_line_price CHECK (unit_price >= 0),
  promised_on date,
  note text CONSTRAINT purchase_ack_line_note CHECK (length(note) BETWEEN 1 AND 200),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT purchase_ack_line_entry_key UNIQUE (tenant_id, ack_id, entry_no),
  CONSTRAINT purchase_ack_line_ack_fkey FOREIGN KEY (tenant_id, ack_id) REFERENCES purchase_ack (tenant_id, id),
  CONSTRAINT purchase_ack_line_order_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES purchase_order_line (tenant_id, id)
);
CREATE INDEX purchase_ack_line_order_line_idx ON purchase_ack_line (tenant_id, order_line_id);
SELECT bulkhead.protect('purchase_ack_line', updatable => '{}', deletable => false);
CREATE TRIGGER purchase_ack_line_append_only BEFORE UPDATE OR DELETE ON purchase_ack_line
  FOR EACH ROW EXECUTE FUNCTION refuse_change('purchase_ack_append_only');
