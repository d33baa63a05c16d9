-- Reference data of one tenant: what quantities are counted in, what products and customers are grouped by, who books.

-- Every rule that refuses a change raises through this function: the trigger's argument is the rule's name.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'BH001', CONSTRAINT = TG_ARGV[0];
END $$;

-- Units of measure by code (UN/ECE Recommendation 20 or X12 355): EA, CA, PL, KGM.
CREATE TABLE uom (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT uom_code_form CHECK (code ~ '^[A-Z0-9]{1,8}$'),
  name text NOT NULL CONSTRAINT uom_name_length CHECK (length(name) BETWEEN 1 AND 100),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT uom_code_key UNIQUE (tenant_id, code)
);
SELECT bulkhead.protect('uom', updatable => '{name}', deletable => false);

-- `lineage` is the category itself and then its parents, nearest first: a price rule of a category reaches its
-- children through it. A parent never changes, so there are no cycles and lineages never go stale.
CREATE TABLE product_category (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT product_category_code_length CHECK (length(code) BETWEEN 1 AND 40),
  name text NOT NULL CONSTRAINT product_category_name_length CHECK (length(name) BETWEEN 1 AND 200),
  parent_id uuid,
  lineage uuid[] NOT NULL
    CONSTRAINT product_category_lineage_form CHECK (lineage[1] = id AND array_length(lineage, 1) <= 16),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT product_category_code_key UNIQUE (tenant_id, code),
  CONSTRAINT product_category_parent_fkey
    FOREIGN KEY (tenant_id, parent_id) REFERENCES product_category (tenant_id, id)
);
SELECT bulkhead.protect('product_category', updatable => '{name}', deletable => false);

CREATE TABLE customer_group (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT customer_group_code_length CHECK (length(code) BETWEEN 1 AND 40),
  name text NOT NULL CONSTRAINT customer_group_name_length CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT customer_group_code_key UNIQUE (tenant_id, code)
);
SELECT bulkhead.protect('customer_group', updatable => '{name}', deletable => false);

-- Who buys, sells and keeps books inside the tenant.
CREATE TABLE legal_entity (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT legal_entity_code_length CHECK (length(code) BETWEEN 1 AND 40),
  name text NOT NULL CONSTRAINT legal_entity_name_length CHECK (length(name) BETWEEN 1 AND 200),
  currency char(3) NOT NULL CONSTRAINT legal_entity_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  tax_id text,
  gln text CONSTRAINT legal_entity_gln_form CHECK (gln ~ '^[0-9]{13}$'),
  fiscal_year_start_month integer NOT NULL DEFAULT 1
    CONSTRAINT legal_entity_month CHECK (fiscal_year_start_month BETWEEN 1 AND 12),
  -- The one that documents belong to when they name none.
  is_default boolean NOT NULL DEFAULT false,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT legal_entity_code_key UNIQUE (tenant_id, code)
);
CREATE UNIQUE INDEX legal_entity_one_default ON legal_entity (tenant_id) WHERE is_default;
SELECT bulkhead.protect('legal_entity', updatable => '{name,tax_id,gln,is_default,version}', deletable => false);

-- Document numbers, per legal entity, document type and fiscal year. A counter of the whole installation would tell
-- each tenant how much the others sell.
CREATE TABLE number_series (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  legal_entity_id uuid NOT NULL,
  doc_type text NOT NULL CONSTRAINT number_series_doc_type CHECK (doc_type ~ '^[a-z_]{1,40}$'),
  fiscal_year integer NOT NULL CONSTRAINT number_series_year CHECK (fiscal_year BETWEEN 1900 AND 9999),
  next_value bigint NOT NULL CONSTRAINT number_series_next CHECK (next_value > 0),
  PRIMARY KEY (tenant_id, legal_entity_id, doc_type, fiscal_year),
  CONSTRAINT number_series_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id)
) WITH (fillfactor = 50);
SELECT bulkhead.protect('number_series', updatable => '{next_value}', deletable => false);
