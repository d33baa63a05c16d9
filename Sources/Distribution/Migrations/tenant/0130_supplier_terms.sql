-- What suppliers ask for what they sell, what was agreed with them, and how far what they do may differ from it.

-- Prices, quantities and steps are of the product's base unit. A price is never changed, so that old orders stay
-- explainable; it ends.
CREATE TABLE supplier_price (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  supplier_id uuid NOT NULL,
  product_id uuid NOT NULL,
  currency char(3) NOT NULL,
  min_qty numeric(18,6) NOT NULL DEFAULT 0 CONSTRAINT supplier_price_min_qty CHECK (min_qty >= 0),
  unit_price numeric(20,8) NOT NULL CONSTRAINT supplier_price_amount CHECK (unit_price >= 0),
  valid_from date NOT NULL,
  valid_to date,
  lead_time_days integer NOT NULL DEFAULT 0
    CONSTRAINT supplier_price_lead_time CHECK (lead_time_days BETWEEN 0 AND 3650),
  -- The least that the supplier sells at once, and the step in which more is sold.
  moq numeric(18,6) NOT NULL DEFAULT 0 CONSTRAINT supplier_price_moq CHECK (moq >= 0),
  pack_multiple numeric(18,6) NOT NULL DEFAULT 1 CONSTRAINT supplier_price_pack CHECK (pack_multiple > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT supplier_price_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
  CONSTRAINT supplier_price_supplier_fkey
    FOREIGN KEY (tenant_id, supplier_id, currency) REFERENCES party (tenant_id, id, currency),
  CONSTRAINT supplier_price_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id)
);
CREATE INDEX supplier_price_product_idx ON supplier_price (tenant_id, product_id, supplier_id);
CREATE INDEX supplier_price_supplier_idx ON supplier_price (tenant_id, supplier_id, id);
SELECT bulkhead.protect('supplier_price', updatable => '{valid_to}', deletable => false);

-- A blanket agreement: so much of these products at these prices, called off by purchase orders.
CREATE TABLE supplier_contract (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  supplier_id uuid NOT NULL,
  code text NOT NULL CONSTRAINT supplier_contract_code_length CHECK (length(code) BETWEEN 1 AND 40),
  currency char(3) NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  state text NOT NULL DEFAULT 'draft'
    CONSTRAINT supplier_contract_state CHECK (state IN ('draft', 'running', 'closed', 'cancelled')),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT supplier_contract_code_key UNIQUE (tenant_id, code),
  CONSTRAINT supplier_contract_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
  CONSTRAINT supplier_contract_supplier_fkey
    FOREIGN KEY (tenant_id, supplier_id, currency) REFERENCES party (tenant_id, id, currency)
);
CREATE INDEX supplier_contract_supplier_idx ON supplier_contract (tenant_id, supplier_id, id);
SELECT bulkhead.protect('supplier_contract', updatable => '{state,version}', deletable => false);
CREATE TRIGGER supplier_contract_final BEFORE UPDATE ON supplier_contract
  FOR EACH ROW WHEN (OLD.state = 'cancelled') EXECUTE FUNCTION refuse_change('supplier_contract_final');

CREATE TABLE supplier_contract_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  contract_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT supplier_contract_line_no CHECK (line_no > 0),
  product_id uuid NOT NULL,
  committed_qty numeric(18,6) NOT NULL CONSTRAINT supplier_contract_line_committed CHECK (committed_qty > 0),
  -- What purchase orders have called off; what they did not get comes back.
  released_qty numeric(18,6) NOT NULL DEFAULT 0,
  min_release numeric(18,6) NOT NULL DEFAULT 0
    CONSTRAINT supplier_contract_line_min_release CHECK (min_release BETWEEN 0 AND committed_qty),
  unit_price numeric(20,8) NOT NULL CONSTRAINT supplier_contract_line_price CHECK (unit_price >= 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT supplier_contract_line_no_key UNIQUE (tenant_id, contract_id, line_no),
  CONSTRAINT supplier_contract_line_product_key UNIQUE (tenant_id, contract_id, product_id),
  CONSTRAINT supplier_contract_line_released CHECK (released_qty BETWEEN 0 AND committed_qty),
  CONSTRAINT supplier_contract_line_contract_fkey
    FOREIGN KEY (tenant_id, contract_id) REFERENCES supplier_contract (tenant_id, id),
  CONSTRAINT supplier_contract_line_product_fkey
    FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id)
);
CREATE INDEX supplier_contract_line_product_idx ON supplier_contract_line (tenant_id, product_id);
SELECT bulkhead.protect('supplier_contract_line', updatable => '{released_qty}', deletable => false);

-- How far deliveries and invoices may differ from what was ordered. Without a row: nothing over, 2 % of the price.
CREATE TABLE purchasing_setting (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  legal_entity_id uuid NOT NULL,
  over_receipt_percent numeric(20,8) NOT NULL
    CONSTRAINT purchasing_setting_over_receipt CHECK (over_receipt_percent BETWEEN 0 AND 100),
  price_tolerance_percent numeric(20,8) NOT NULL
    CONSTRAINT purchasing_setting_price CHECK (price_tolerance_percent BETWEEN 0 AND 100),
  -- The most that the price of a whole line may differ by, in minor units; NULL: only the percentage counts.
  price_tolerance_minor bigint CONSTRAINT purchasing_setting_price_minor CHECK (price_tolerance_minor >= 0),
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, legal_entity_id),
  CONSTRAINT purchasing_setting_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id)
);
SELECT bulkhead.protect(
  'purchasing_setting',
  updatable => '{over_receipt_percent,price_tolerance_percent,price_tolerance_minor,version}', deletable => false);
