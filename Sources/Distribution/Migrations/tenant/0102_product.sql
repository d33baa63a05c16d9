-- Products, what the world calls them, and how their units convert.

CREATE TABLE product (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  sku text NOT NULL CONSTRAINT product_sku_length CHECK (length(sku) BETWEEN 1 AND 40),
  name text NOT NULL CONSTRAINT product_name_length CHECK (length(name) BETWEEN 1 AND 200),
  -- Every balance, move and reservation of the product is in this unit; it never changes.
  base_uom text NOT NULL,
  tracking text NOT NULL CONSTRAINT product_tracking CHECK (tracking IN ('none', 'lot', 'serial')),
  valuation text NOT NULL CONSTRAINT product_valuation CHECK (valuation IN ('fifo', 'average', 'standard')),
  -- Which stock leaves first: the oldest, or what expires first.
  removal text NOT NULL DEFAULT 'fifo' CONSTRAINT product_removal CHECK (removal IN ('fifo', 'fefo')),
  category_id uuid,
  shelf_life_days integer CONSTRAINT product_shelf_life CHECK (shelf_life_days BETWEEN 1 AND 36500),
  hazard_code text CONSTRAINT product_hazard_code_form CHECK (hazard_code ~ '^UN[0-9]{4}$'),
  weight_grams numeric(18,6) CONSTRAINT product_weight CHECK (weight_grams >= 0),
  volume_millilitres numeric(18,6) CONSTRAINT product_volume CHECK (volume_millilitres >= 0),
  tax_category text CONSTRAINT product_tax_category_length CHECK (length(tax_category) <= 40),
  abc_class text CONSTRAINT product_abc_class CHECK (abc_class IN ('A', 'B', 'C')),
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT product_sku_key UNIQUE (tenant_id, sku),
  CONSTRAINT product_id_base_uom_key UNIQUE (tenant_id, id, base_uom),
  CONSTRAINT product_id_tracking_key UNIQUE (tenant_id, id, tracking),
  CONSTRAINT product_base_uom_fkey FOREIGN KEY (tenant_id, base_uom) REFERENCES uom (tenant_id, code),
  CONSTRAINT product_category_fkey FOREIGN KEY (tenant_id, category_id) REFERENCES product_category (tenant_id, id)
);
SELECT bulkhead.protect(
  'product',
  updatable => '{name,removal,category_id,shelf_life_days,hazard_code,weight_grams,volume_millilitres,tax_category,
    abc_class,is_active,version}',
  deletable => false);

-- A GTIN belongs to a packaging level (each, case, pallet), so an identifier names a product and a unit. GTINs are
-- stored as 14 digits. `party_key` is the party whose own number it is, or the zero id.
CREATE TABLE product_identifier (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  scheme text NOT NULL
    CONSTRAINT product_identifier_scheme CHECK (scheme IN ('gtin', 'upc', 'supplier_sku', 'customer_sku')),
  party_key uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  party_id uuid GENERATED ALWAYS AS (nullif(party_key, '00000000-0000-0000-0000-000000000000')) STORED,
  value text NOT NULL CONSTRAINT product_identifier_value_length CHECK (length(value) BETWEEN 1 AND 80),
  uom text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT product_identifier_value_key UNIQUE (tenant_id, scheme, party_key, value),
  CONSTRAINT product_identifier_gtin_form CHECK (scheme NOT IN ('gtin', 'upc') OR value ~ '^[0-9]{14}$'),
  CONSTRAINT product_identifier_party_named
    CHECK ((scheme IN ('supplier_sku', 'customer_sku')) = (party_key <> '00000000-0000-0000-0000-000000000000')),
  CONSTRAINT product_identifier_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT product_identifier_party_fkey FOREIGN KEY (tenant_id, party_id) REFERENCES party (tenant_id, id),
  CONSTRAINT product_identifier_uom_fkey FOREIGN KEY (tenant_id, uom) REFERENCES uom (tenant_id, code)
);
CREATE INDEX product_identifier_product_idx ON product_identifier (tenant_id, product_id);
SELECT bulkhead.protect('product_identifier', updatable => '{}', deletable => true);

-- One `from_uom` is `numerator / denominator` of `to_uom`, exactly. For one product, where `to_uom` is its base unit,
-- or for all (the zero id).
CREATE TABLE uom_conversion (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  product_key uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  product_id uuid GENERATED ALWAYS AS (nullif(product_key, '00000000-0000-0000-0000-000000000000')) STORED,
  from_uom text NOT NULL,
  to_uom text NOT NULL,
  numerator bigint NOT NULL
    CONSTRAINT uom_conversion_numerator CHECK (numerator BETWEEN 1 AND 1000000000000),
  denominator bigint NOT NULL
    CONSTRAINT uom_conversion_denominator CHECK (denominator BETWEEN 1 AND 1000000000000),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, product_key, from_uom, to_uom),
  CONSTRAINT uom_conversion_not_to_itself CHECK (from_uom <> to_uom),
  CONSTRAINT uom_conversion_base_fkey
    FOREIGN KEY (tenant_id, product_id, to_uom) REFERENCES product (tenant_id, id, base_uom),
  CONSTRAINT uom_conversion_from_fkey FOREIGN KEY (tenant_id, from_uom) REFERENCES uom (tenant_id, code),
  CONSTRAINT uom_conversion_to_fkey FOREIGN KEY (tenant_id, to_uom) REFERENCES uom (tenant_id, code)
);
SELECT bulkhead.protect('uom_conversion', updatable => '{}', deletable => false);
