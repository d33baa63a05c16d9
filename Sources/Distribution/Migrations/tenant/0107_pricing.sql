-- Prices as rules. A rule belongs to one holder (a contract's customer, a customer, a group or a list) and speaks of
-- one subject (a product, a category or everything); it either sets a price or changes the list price by a percentage.

CREATE TABLE customer_contract (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  customer_id uuid NOT NULL,
  code text NOT NULL CONSTRAINT customer_contract_code_length CHECK (length(code) BETWEEN 1 AND 40),
  currency char(3) NOT NULL CONSTRAINT customer_contract_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  valid_from date NOT NULL,
  valid_to date,
  state text NOT NULL DEFAULT 'running'
    CONSTRAINT customer_contract_state CHECK (state IN ('draft', 'running', 'closed', 'cancelled')),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT customer_contract_code_key UNIQUE (tenant_id, code),
  CONSTRAINT customer_contract_customer_key UNIQUE (tenant_id, id, customer_id, currency),
  CONSTRAINT customer_contract_dates CHECK (valid_to >= valid_from),
  CONSTRAINT customer_contract_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES party (tenant_id, id)
);
SELECT bulkhead.protect('customer_contract', updatable => '{valid_to,state,version}', deletable => false);

CREATE TABLE price_rule (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  source text NOT NULL CONSTRAINT price_rule_source CHECK (source IN ('contract', 'customer', 'group', 'list')),
  price_list_id uuid,
  customer_id uuid,
  customer_group_id uuid,
  contract_id uuid,
  scope text NOT NULL CONSTRAINT price_rule_scope CHECK (scope IN ('product', 'category', 'global')),
  product_id uuid,
  category_id uuid,
  -- What the rules of an order are found by, in one probe of one index.
  holder_id uuid NOT NULL GENERATED ALWAYS AS (coalesce(price_list_id, customer_id, customer_group_id)) STORED,
  subject_id uuid NOT NULL
    GENERATED ALWAYS AS (coalesce(product_id, category_id, '00000000-0000-0000-0000-000000000000')) STORED,
  currency char(3) NOT NULL CONSTRAINT price_rule_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  kind text NOT NULL CONSTRAINT price_rule_kind CHECK (kind IN ('fixed', 'percent')),
  -- fixed: the price of one base unit. percent: the change of the list price, -10 for a tenth off.
  value numeric(20,8) NOT NULL,
  -- Added after the rule, per base unit.
  surcharge numeric(20,8) NOT NULL DEFAULT 0,
  -- The price is rounded half up to a multiple of this, before the surcharge.
  rounding numeric(20,8) CONSTRAINT price_rule_rounding CHECK (rounding > 0),
  -- In base units.
  min_qty numeric(18,6) NOT NULL DEFAULT 0 CONSTRAINT price_rule_min_qty CHECK (min_qty >= 0),
  priority integer NOT NULL DEFAULT 0,
  valid_from date,
  valid_to date,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT price_rule_holder CHECK (CASE source
    WHEN 'contract' THEN contract_id IS NOT NULL AND customer_id IS NOT NULL
    WHEN 'customer' THEN customer_id IS NOT NULL AND contract_id IS NULL
    WHEN 'group' THEN customer_group_id IS NOT NULL AND contract_id IS NULL
    ELSE price_list_id IS NOT NULL AND contract_id IS NULL END
    AND num_nonnulls(price_list_id, customer_id, customer_group_id) = 1),
  CONSTRAINT price_rule_subject CHECK (
    (scope = 'product') = (product_id IS NOT NULL) AND (scope = 'category') = (category_id IS NOT NULL)),
  CONSTRAINT price_rule_value CHECK (CASE kind WHEN 'fixed' THEN value >= 0 ELSE value >= -100 END),
  CONSTRAINT price_rule_list_is_fixed CHECK (source <> 'list' OR kind = 'fixed'),
  CONSTRAINT price_rule_dates CHECK (valid_to >= valid_from),
  CONSTRAINT price_rule_list_fkey
    FOREIGN KEY (tenant_id, price_list_id, currency) REFERENCES price_list (tenant_id, id, currency),
  CONSTRAINT price_rule_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES party (tenant_id, id),
  CONSTRAINT price_rule_group_fkey FOREIGN KEY (tenant_id, customer_group_id) REFERENCES customer_group (tenant_id, id),
  CONSTRAINT price_rule_contract_fkey FOREIGN KEY (tenant_id, contract_id, customer_id, currency)
    REFERENCES customer_contract (tenant_id, id, customer_id, currency),
  CONSTRAINT price_rule_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT price_rule_category_fkey FOREIGN KEY (tenant_id, category_id) REFERENCES product_category (tenant_id, id)
);
CREATE INDEX price_rule_lookup_idx ON price_rule (tenant_id, holder_id, subject_id);
-- A rule that a sales order quotes stays as it was: it can end, not change.
SELECT bulkhead.protect('price_rule', updatable => '{valid_to}', deletable => false);
