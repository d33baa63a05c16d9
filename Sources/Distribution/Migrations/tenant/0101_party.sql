-- Customers, suppliers and carriers, and the list a customer buys from when no rule is closer.

CREATE TABLE price_list (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT price_list_code_length CHECK (length(code) BETWEEN 1 AND 40),
  name text NOT NULL CONSTRAINT price_list_name_length CHECK (length(name) BETWEEN 1 AND 200),
  currency char(3) NOT NULL CONSTRAINT price_list_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  parent_id uuid,
  -- The list itself and then its parents, nearest first: where a list has no price its parent's holds.
  lineage uuid[] NOT NULL
    CONSTRAINT price_list_lineage_form CHECK (lineage[1] = id AND array_length(lineage, 1) <= 8),
  -- The one for customers of this currency who have none of their own.
  is_default boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT price_list_code_key UNIQUE (tenant_id, code),
  CONSTRAINT price_list_id_currency_key UNIQUE (tenant_id, id, currency),
  CONSTRAINT price_list_parent_fkey
    FOREIGN KEY (tenant_id, parent_id, currency) REFERENCES price_list (tenant_id, id, currency)
);
CREATE UNIQUE INDEX price_list_one_default ON price_list (tenant_id, currency) WHERE is_default;
SELECT bulkhead.protect('price_list', updatable => '{name,is_default}', deletable => false);

CREATE TABLE party (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT party_code_length CHECK (length(code) BETWEEN 1 AND 40),
  kind text NOT NULL CONSTRAINT party_kind CHECK (kind IN ('customer', 'supplier', 'carrier', 'both')),
  legal_name text NOT NULL CONSTRAINT party_name_length CHECK (length(legal_name) BETWEEN 1 AND 200),
  gln text CONSTRAINT party_gln_form CHECK (gln ~ '^[0-9]{13}$'),
  tax_id text CONSTRAINT party_tax_id_length CHECK (length(tax_id) <= 40),
  currency char(3) NOT NULL CONSTRAINT party_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  customer_group_id uuid,
  price_list_id uuid,
  -- A party on hold may order; its orders wait.
  hold_code text CONSTRAINT party_hold_code CHECK (hold_code IN ('credit', 'manual')),
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT party_code_key UNIQUE (tenant_id, code),
  CONSTRAINT party_id_currency_key UNIQUE (tenant_id, id, currency),
  CONSTRAINT party_customer_group_fkey
    FOREIGN KEY (tenant_id, customer_group_id) REFERENCES customer_group (tenant_id, id),
  CONSTRAINT party_price_list_fkey
    FOREIGN KEY (tenant_id, price_list_id, currency) REFERENCES price_list (tenant_id, id, currency)
);
CREATE UNIQUE INDEX party_gln_key ON party (tenant_id, gln) WHERE gln IS NOT NULL;
SELECT bulkhead.protect(
  'party', updatable => '{legal_name,gln,tax_id,customer_group_id,price_list_id,hold_code,is_active,version}',
  deletable => false);

CREATE TABLE party_address (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  party_id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT party_address_kind CHECK (kind IN ('ship_to', 'bill_to', 'remit_to')),
  name text NOT NULL CONSTRAINT party_address_name_length CHECK (length(name) BETWEEN 1 AND 200),
  street text NOT NULL CONSTRAINT party_address_street_length CHECK (length(street) <= 400),
  city text NOT NULL CONSTRAINT party_address_city_length CHECK (length(city) <= 100),
  region text CONSTRAINT party_address_region_length CHECK (length(region) <= 100),
  postal_code text CONSTRAINT party_address_postal_length CHECK (length(postal_code) <= 20),
  country char(2) NOT NULL CONSTRAINT party_address_country_form CHECK (country ~ '^[A-Z]{2}$'),
  gln text CONSTRAINT party_address_gln_form CHECK (gln ~ '^[0-9]{13}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT party_address_party_fkey FOREIGN KEY (tenant_id, party_id) REFERENCES party (tenant_id, id)
);
CREATE INDEX party_address_party_idx ON party_address (tenant_id, party_id);
SELECT bulkhead.protect('party_address', updatable => '{}', deletable => true);

-- What a customer owes and has been promised, in minor units of its currency. The row is locked while an order is
-- checked against the limit, so two orders at once cannot both fit into the same room.
CREATE TABLE credit_account (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  customer_id uuid NOT NULL,
  currency char(3) NOT NULL,
  -- NULL: no limit.
  limit_minor bigint CONSTRAINT credit_account_limit CHECK (limit_minor >= 0),
  open_receivable_minor bigint NOT NULL DEFAULT 0,
  unbilled_minor bigint NOT NULL DEFAULT 0 CONSTRAINT credit_account_unbilled CHECK (unbilled_minor >= 0),
  open_orders_minor bigint NOT NULL DEFAULT 0 CONSTRAINT credit_account_open_orders CHECK (open_orders_minor >= 0),
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, customer_id),
  CONSTRAINT credit_account_customer_fkey
    FOREIGN KEY (tenant_id, customer_id, currency) REFERENCES party (tenant_id, id, currency)
) WITH (fillfactor = 50);
SELECT bulkhead.protect(
  'credit_account',
  updatable => '{limit_minor,open_receivable_minor,unbilled_minor,open_orders_minor,version}', deletable => false);
