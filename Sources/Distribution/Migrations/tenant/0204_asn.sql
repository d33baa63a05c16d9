-- What a supplier says is on its way (856).
-- announced -> receiving (a part was counted) -> received (all of it was), and closed when no more of it is expected.
CREATE TABLE asn (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  supplier_id uuid NOT NULL,
  -- The supplier's own number of the shipment.
  number text NOT NULL CONSTRAINT asn_number_length CHECK (length(number) BETWEEN 1 AND 40),
  -- The document that it came in; NULL when somebody wrote it down.
  message_id uuid,
  state text NOT NULL CONSTRAINT asn_state CHECK (state IN ('announced', 'receiving', 'received', 'closed')),
  shipped_on date,
  expected_on date,
  carrier text CONSTRAINT asn_carrier_length CHECK (length(carrier) BETWEEN 1 AND 80),
  tracking_number text CONSTRAINT asn_tracking_length CHECK (length(tracking_number) BETWEEN 1 AND 80),
  bill_of_lading text CONSTRAINT asn_bill_of_lading_length CHECK (length(bill_of_lading) BETWEEN 1 AND 80),
  created_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT asn_number_key UNIQUE (tenant_id, supplier_id, number),
  CONSTRAINT asn_supplier_fkey FOREIGN KEY (tenant_id, supplier_id) REFERENCES party (tenant_id, id),
  CONSTRAINT asn_message_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES edi_message (tenant_id, id)
);
CREATE INDEX asn_state_idx ON asn (tenant_id, state, id);
SELECT bulkhead.protect('asn', updatable => '{state,version}', deletable => false);
CREATE TRIGGER asn_final BEFORE UPDATE OF state ON asn
  FOR EACH ROW WHEN (OLD.state = 'closed') EXECUTE FUNCTION refuse_change('asn_final');

-- Base units, and what the notice itself said.
CREATE TABLE asn_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  asn_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT asn_line_no CHECK (line_no > 0),
  order_line_id uuid NOT NULL,
  sscc char(18) CONSTRAINT asn_line_sscc_form CHECK (sscc ~ '^[0-9]{18}$'),
  lot text CONSTRAINT asn_line_lot_length CHECK (length(lot) BETWEEN 1 AND 60),
  entered_qty numeric(18,6) NOT NULL CONSTRAINT asn_line_entered CHECK (entered_qty > 0),
  entered_uom text NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT asn_line_qty CHECK (qty > 0),
  -- By how much it is more than the order still waited for when the notice came.
  over_order numeric(18,6) NOT NULL CONSTRAINT asn_line_over_order CHECK (over_order >= 0),
  received numeric(18,6) NOT NULL DEFAULT 0 CONSTRAINT asn_line_received CHECK (received >= 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT asn_line_no_key UNIQUE (tenant_id, asn_id, line_no),
  CONSTRAINT asn_line_asn_fkey FOREIGN KEY (tenant_id, asn_id) REFERENCES asn (tenant_id, id),
  CONSTRAINT asn_line_order_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES purchase_order_line (tenant_id, id),
  CONSTRAINT asn_line_uom_fkey FOREIGN KEY (tenant_id, entered_uom) REFERENCES uom (tenant_id, code)
);
CREATE INDEX asn_line_order_line_idx ON asn_line (tenant_id, order_line_id);
CREATE INDEX asn_line_sscc_idx ON asn_line (tenant_id, sscc) WHERE sscc IS NOT NULL;
SELECT bulkhead.protect('asn_line', updatable => '{received}', deletable => false);

-- Which receipts were counted against it, line by line.
CREATE TABLE asn_receipt (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  asn_line_id uuid NOT NULL,
  receipt_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT asn_receipt_qty CHECK (qty > 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT asn_receipt_line_fkey FOREIGN KEY (tenant_id, asn_line_id) REFERENCES asn_line (tenant_id, id),
  CONSTRAINT asn_receipt_receipt_fkey FOREIGN KEY (tenant_id, receipt_id) REFERENCES receipt (tenant_id, id)
);
CREATE INDEX asn_receipt_line_idx ON asn_receipt (tenant_id, asn_line_id);
CREATE INDEX asn_receipt_receipt_idx ON asn_receipt (tenant_id, receipt_id);
SELECT bulkhead.protect('asn_receipt', updatable => '{}', deletable => false);
CREATE TRIGGER asn_receipt_append_only BEFORE UPDATE OR DELETE ON asn_receipt
  FOR EACH ROW EXECUTE FUNCTION refuse_change('asn_receipt_append_only');
