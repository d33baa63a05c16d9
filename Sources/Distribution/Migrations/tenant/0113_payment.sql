-- Money that came in and went out, and what it settles.

CREATE TABLE payment (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL CONSTRAINT payment_number_length CHECK (length(number) BETWEEN 1 AND 40),
  direction text NOT NULL CONSTRAINT payment_direction CHECK (direction IN ('received', 'made')),
  -- Whose book it goes to: what customers owe, or what we owe.
  book text NOT NULL CONSTRAINT payment_book CHECK (book IN ('receivable', 'payable')),
  method text NOT NULL CONSTRAINT payment_method CHECK (method IN ('bank', 'card', 'check', 'cash')),
  status text NOT NULL DEFAULT 'posted' CONSTRAINT payment_status CHECK (status IN ('posted', 'bounced')),
  party_id uuid NOT NULL,
  currency char(3) NOT NULL,
  paid_on date NOT NULL,
  bounced_on date,
  reference text CONSTRAINT payment_reference_length CHECK (length(reference) BETWEEN 1 AND 100),
  amount_minor bigint NOT NULL CONSTRAINT payment_amount CHECK (amount_minor > 0),
  -- On account: not allocated to any invoice.
  open_minor bigint NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT payment_party_key UNIQUE (tenant_id, party_id, id),
  CONSTRAINT payment_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT payment_open_range CHECK (open_minor BETWEEN 0 AND amount_minor),
  CONSTRAINT payment_bounced CHECK (
    (status = 'bounced') = (bounced_on IS NOT NULL) AND (status = 'posted' OR open_minor = 0)
    AND bounced_on >= paid_on),
  CONSTRAINT payment_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT payment_party_fkey
    FOREIGN KEY (tenant_id, party_id, currency) REFERENCES party (tenant_id, id, currency)
) WITH (fillfactor = 85);
SELECT bulkhead.protect('payment', updatable => '{status,bounced_on,open_minor,version}', deletable => false);
CREATE TRIGGER payment_final BEFORE UPDATE ON payment
  FOR EACH ROW WHEN (OLD.status = 'bounced') EXECUTE FUNCTION refuse_change('payment_final');
CREATE TRIGGER payment_kept BEFORE DELETE ON payment
  FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_final');

-- What a payment or a credit note settles. Undone by a row of the same amount with the other sign.
CREATE TABLE allocation (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  -- One customer's: the keys below do not let a payment settle another's invoice.
  party_id uuid NOT NULL,
  payment_id uuid,
  credit_note_id uuid,
  -- The invoice; for money that goes back to a customer, the credit note.
  invoice_id uuid NOT NULL,
  amount_minor bigint NOT NULL CONSTRAINT allocation_amount CHECK (amount_minor <> 0),
  -- The later of the two documents' dates.
  allocated_on date NOT NULL,
  reversal_of uuid,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT allocation_reversal_key UNIQUE (tenant_id, reversal_of),
  CONSTRAINT allocation_one_source CHECK (num_nonnulls(payment_id, credit_note_id) = 1),
  CONSTRAINT allocation_sign CHECK ((amount_minor < 0) = (reversal_of IS NOT NULL)),
  CONSTRAINT allocation_two_documents CHECK (credit_note_id <> invoice_id),
  CONSTRAINT allocation_payment_fkey
    FOREIGN KEY (tenant_id, party_id, payment_id) REFERENCES payment (tenant_id, party_id, id),
  CONSTRAINT allocation_credit_note_fkey
    FOREIGN KEY (tenant_id, party_id, credit_note_id) REFERENCES invoice (tenant_id, customer_id, id),
  CONSTRAINT allocation_invoice_fkey
    FOREIGN KEY (tenant_id, party_id, invoice_id) REFERENCES invoice (tenant_id, customer_id, id),
  CONSTRAINT allocation_reversal_fkey FOREIGN KEY (tenant_id, reversal_of) REFERENCES allocation (tenant_id, id)
);
CREATE INDEX allocation_payment_idx ON allocation (tenant_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX allocation_credit_note_idx ON allocation (tenant_id, credit_note_id) WHERE credit_note_id IS NOT NULL;
CREATE INDEX allocation_invoice_idx ON allocation (tenant_id, invoice_id);
SELECT bulkhead.protect('allocation', updatable => '{}', deletable => false);
CREATE TRIGGER allocation_append_only BEFORE UPDATE OR DELETE ON allocation
  FOR EACH ROW EXECUTE FUNCTION refuse_change('allocation_append_only');
