-- What is sent to a partner unasked, how long its acknowledgment may take, and what a document is about.
ALTER TABLE edi_agreement
  -- 850 for orders placed with the partner.
  ADD COLUMN sends_orders boolean NOT NULL DEFAULT false,
  -- 856 and 810 for orders that did not come as an 850; what came as one is answered anyhow.
  ADD COLUMN sends_ship_notices boolean NOT NULL DEFAULT false,
  ADD COLUMN sends_invoices boolean NOT NULL DEFAULT false,
  ADD COLUMN ack_seconds integer NOT NULL DEFAULT 86400
    CONSTRAINT edi_agreement_ack_seconds CHECK (ack_seconds BETWEEN 1 AND 2592000);
SELECT bulkhead.protect(
  'edi_agreement', updatable => '{state,sends_orders,sends_ship_notices,sends_invoices,ack_seconds}',
  deletable => false);

-- Quarantine ends: released when the envelope was agreed later and the bytes were taken in anew, or discarded.
ALTER TABLE edi_interchange
  DROP CONSTRAINT edi_interchange_state,
  DROP CONSTRAINT edi_interchange_agreed,
  ADD COLUMN settled_at timestamptz,
  ADD COLUMN settled_by text,
  ADD COLUMN settled_why text
    CONSTRAINT edi_interchange_settled_why_length CHECK (length(settled_why) BETWEEN 1 AND 200),
  ADD CONSTRAINT edi_interchange_state
    CHECK (state IN ('quarantined', 'released', 'discarded', 'rejected', 'accepted', 'partly_accepted', 'waiting',
                     'pending', 'sent', 'undeliverable')),
  ADD CONSTRAINT edi_interchange_agreed
    CHECK ((state IN ('quarantined', 'released', 'discarded')) = (agreement_id IS NULL)),
  ADD CONSTRAINT edi_interchange_settled
    CHECK ((state IN ('released', 'discarded')) = (settled_at IS NOT NULL)
           AND (settled_at IS NULL) = (settled_by IS NULL));
SELECT bulkhead.protect(
  'edi_interchange', updatable => '{state,reason,sent_at,settled_at,settled_by,settled_why}', deletable => false);

ALTER TABLE edi_message
  ADD COLUMN shipment_id uuid,
  ADD COLUMN invoice_id uuid,
  ADD COLUMN purchase_order_id uuid,
  ADD COLUMN supplier_invoice_id uuid,
  -- Until when the partner should have acknowledged it, and when that was found missing.
  ADD COLUMN ack_due_at timestamptz,
  ADD COLUMN ack_overdue_at timestamptz,
  ADD CONSTRAINT edi_message_shipment_fkey FOREIGN KEY (tenant_id, shipment_id) REFERENCES shipment (tenant_id, id),
  ADD CONSTRAINT edi_message_invoice_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, id),
  ADD CONSTRAINT edi_message_purchase_order_fkey
    FOREIGN KEY (tenant_id, purchase_order_id) REFERENCES purchase_order (tenant_id, id),
  ADD CONSTRAINT edi_message_supplier_invoice_fkey
    FOREIGN KEY (tenant_id, supplier_invoice_id) REFERENCES supplier_invoice (tenant_id, id);
-- A shipment is announced once, an invoice and an order are sent once.
CREATE UNIQUE INDEX edi_message_shipment_once ON edi_message (tenant_id, shipment_id)
  WHERE direction = 'out' AND shipment_id IS NOT NULL;
CREATE UNIQUE INDEX edi_message_invoice_once ON edi_message (tenant_id, invoice_id)
  WHERE direction = 'out' AND invoice_id IS NOT NULL;
CREATE UNIQUE INDEX edi_message_purchase_once ON edi_message (tenant_id, purchase_order_id)
  WHERE direction = 'out' AND purchase_order_id IS NOT NULL;
CREATE INDEX edi_message_due_idx ON edi_message (tenant_id, ack_due_at) WHERE ack_state = 'awaited';
SELECT bulkhead.protect(
  'edi_message',
  updatable => '{state,ack_state,order_id,purchase_order_id,supplier_invoice_id,ack_overdue_at}', deletable => false);

-- What a person has to see to: documents that were refused, answers that differ, acknowledgments that did not come.
CREATE TABLE edi_exception (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  -- NULL where the document could not even be written.
  message_id uuid,
  code text NOT NULL CONSTRAINT edi_exception_code_form CHECK (code ~ '^[a-zA-Z.]{1,80}$'),
  -- What it is about, in words: an order, an invoice, a line.
  about text NOT NULL CONSTRAINT edi_exception_about_length CHECK (length(about) BETWEEN 1 AND 80),
  note text NOT NULL CONSTRAINT edi_exception_note_length CHECK (length(note) <= 500),
  state text NOT NULL DEFAULT 'open' CONSTRAINT edi_exception_state CHECK (state IN ('open', 'retried', 'resolved')),
  resolution text CONSTRAINT edi_exception_resolution_length CHECK (length(resolution) BETWEEN 1 AND 200),
  resolved_by text,
  resolved_at timestamptz,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT edi_exception_settled CHECK (
    (state = 'open') = (resolved_at IS NULL) AND (state = 'open') = (resolved_by IS NULL)),
  CONSTRAINT edi_exception_message_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES edi_message (tenant_id, id)
);
CREATE INDEX edi_exception_open_idx ON edi_exception (tenant_id, id) WHERE state = 'open';
CREATE INDEX edi_exception_message_idx ON edi_exception (tenant_id, message_id) WHERE message_id IS NOT NULL;
SELECT bulkhead.protect(
  'edi_exception', updatable => '{state,resolution,resolved_by,resolved_at,version}', deletable => false);
CREATE TRIGGER edi_exception_final BEFORE UPDATE ON edi_exception
  FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION refuse_change('edi_exception_final');
