-- What it cost to bring goods here, divided among what came. Drafted, then posted for good; undone by a negative.
CREATE TABLE landed_cost (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  number text NOT NULL CONSTRAINT landed_cost_number_length CHECK (length(number) BETWEEN 1 AND 40),
  kind text NOT NULL CONSTRAINT landed_cost_kind CHECK (kind IN ('freight', 'duty', 'insurance', 'handling', 'other')),
  allocation text NOT NULL CONSTRAINT landed_cost_allocation
    CHECK (allocation IN ('value', 'quantity', 'weight', 'volume', 'equal')),
  -- Negative: the reversal of another.
  amount_minor bigint NOT NULL CONSTRAINT landed_cost_amount CHECK (amount_minor <> 0),
  currency char(3) NOT NULL CONSTRAINT landed_cost_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  carrier_id uuid,
  state text NOT NULL CONSTRAINT landed_cost_state CHECK (state IN ('draft', 'posted', 'cancelled')),
  reversal_of uuid,
  effective_on date,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT landed_cost_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT landed_cost_reversal_key UNIQUE (tenant_id, reversal_of),
  CONSTRAINT landed_cost_negative_reverses CHECK ((amount_minor < 0) = (reversal_of IS NOT NULL)),
  CONSTRAINT landed_cost_posted_has_a_day CHECK ((state = 'posted') = (effective_on IS NOT NULL)),
  CONSTRAINT landed_cost_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT landed_cost_carrier_fkey FOREIGN KEY (tenant_id, carrier_id) REFERENCES party (tenant_id, id),
  CONSTRAINT landed_cost_reversal_fkey FOREIGN KEY (tenant_id, reversal_of) REFERENCES landed_cost (tenant_id, id)
);
SELECT bulkhead.protect('landed_cost', updatable => '{state,effective_on,version}', deletable => false);
CREATE TRIGGER landed_cost_final BEFORE UPDATE ON landed_cost
  FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_change('landed_cost_final');

CREATE TABLE landed_cost_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  cost_id uuid NOT NULL,
  receipt_line_id uuid NOT NULL,
  -- What the share was measured by, and the share.
  basis numeric(24,6) NOT NULL CONSTRAINT landed_cost_line_basis CHECK (basis >= 0),
  amount_minor bigint NOT NULL,
  -- Of the share, what lay in stock when it was posted, and what had gone; NULL before.
  stock_minor bigint,
  gone_minor bigint,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT landed_cost_line_once_key UNIQUE (tenant_id, cost_id, receipt_line_id),
  CONSTRAINT landed_cost_line_adds_up CHECK (
    (stock_minor IS NULL) = (gone_minor IS NULL) AND coalesce(stock_minor + gone_minor, amount_minor) = amount_minor),
  CONSTRAINT landed_cost_line_cost_fkey FOREIGN KEY (tenant_id, cost_id) REFERENCES landed_cost (tenant_id, id),
  CONSTRAINT landed_cost_line_receipt_line_fkey
    FOREIGN KEY (tenant_id, receipt_line_id) REFERENCES receipt_line (tenant_id, id)
);
CREATE INDEX landed_cost_line_receipt_idx ON landed_cost_line (tenant_id, receipt_line_id);
SELECT bulkhead.protect('landed_cost_line', updatable => '{stock_minor,gone_minor}', deletable => false);
CREATE TRIGGER landed_cost_line_final BEFORE UPDATE ON landed_cost_line
  FOR EACH ROW WHEN (OLD.stock_minor IS NOT NULL) EXECUTE FUNCTION refuse_change('landed_cost_line_final');
