-- What a customer is billed by: when it pays, and which taxes are charged.

CREATE TABLE payment_term (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT payment_term_code_length CHECK (length(code) BETWEEN 1 AND 40),
  name text NOT NULL CONSTRAINT payment_term_name_length CHECK (length(name) BETWEEN 1 AND 200),
  -- From the date of the invoice to the day on which it is due.
  days integer NOT NULL CONSTRAINT payment_term_days CHECK (days BETWEEN 0 AND 365),
  -- The one for customers who have none of their own.
  is_default boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT payment_term_code_key UNIQUE (tenant_id, code)
);
CREATE UNIQUE INDEX payment_term_one_default ON payment_term (tenant_id) WHERE is_default;
SELECT bulkhead.protect('payment_term', updatable => '{name,is_default}', deletable => false);

CREATE TABLE customer_billing (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  customer_id uuid NOT NULL,
  payment_term_id uuid,
  -- Why the customer is not taxed as others are (RESALE, EXPORT): what tax rules ask for. Holds up to and including
  -- the last day of the certificate.
  exemption text CONSTRAINT customer_billing_exemption_form CHECK (exemption ~ '^[A-Z0-9_]{1,20}$'),
  exemption_certificate text
    CONSTRAINT customer_billing_certificate_length CHECK (length(exemption_certificate) BETWEEN 1 AND 60),
  exemption_valid_to date,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, customer_id),
  CONSTRAINT customer_billing_certified CHECK (exemption IS NULL OR exemption_certificate IS NOT NULL),
  CONSTRAINT customer_billing_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES party (tenant_id, id),
  CONSTRAINT customer_billing_term_fkey
    FOREIGN KEY (tenant_id, payment_term_id) REFERENCES payment_term (tenant_id, id)
);
SELECT bulkhead.protect(
  'customer_billing',
  updatable => '{payment_term_id,exemption,exemption_certificate,exemption_valid_to,version}', deletable => false);

-- Whether tax is rounded on each line or on the document; on the document where nothing is said.
CREATE TABLE tax_setting (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  legal_entity_id uuid NOT NULL,
  rounding text NOT NULL CONSTRAINT tax_setting_rounding CHECK (rounding IN ('line', 'document')),
  PRIMARY KEY (tenant_id, legal_entity_id),
  CONSTRAINT tax_setting_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id)
);
SELECT bulkhead.protect('tax_setting', updatable => '{rounding}', deletable => false);

-- A way of being taxed: several jurisdictions may each have their rate in it.
CREATE TABLE tax_code (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT tax_code_code_length CHECK (length(code) BETWEEN 1 AND 40),
  name text NOT NULL CONSTRAINT tax_code_name_length CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT tax_code_code_key UNIQUE (tenant_id, code)
);
SELECT bulkhead.protect('tax_code', updatable => '{name}', deletable => false);

CREATE TABLE tax_rate (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  tax_code_id uuid NOT NULL,
  jurisdiction text NOT NULL CONSTRAINT tax_rate_jurisdiction_length CHECK (length(jurisdiction) BETWEEN 1 AND 60),
  percent numeric(9,6) NOT NULL CONSTRAINT tax_rate_percent CHECK (percent BETWEEN 0 AND 100),
  valid_from date NOT NULL,
  -- The last day; NULL: until a later rate of the jurisdiction ends it.
  valid_to date,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT tax_rate_from_key UNIQUE (tenant_id, tax_code_id, jurisdiction, valid_from),
  CONSTRAINT tax_rate_dates CHECK (valid_to >= valid_from),
  CONSTRAINT tax_rate_code_fkey FOREIGN KEY (tenant_id, tax_code_id) REFERENCES tax_code (tenant_id, id)
);
SELECT bulkhead.protect('tax_rate', updatable => '{valid_to}', deletable => false);

-- Which code a line is taxed by: the most specific rule that fits. NULL fits everything; no code means no tax.
CREATE TABLE tax_rule (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  tax_category text CONSTRAINT tax_rule_category_length CHECK (length(tax_category) BETWEEN 1 AND 40),
  country char(2) CONSTRAINT tax_rule_country_form CHECK (country ~ '^[A-Z]{2}$'),
  region text CONSTRAINT tax_rule_region_length CHECK (length(region) BETWEEN 1 AND 100),
  exemption text CONSTRAINT tax_rule_exemption_form CHECK (exemption ~ '^[A-Z0-9_]{1,20}$'),
  tax_code_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT tax_rule_region_has_country CHECK (region IS NULL OR country IS NOT NULL),
  -- Two rules of the same words would leave the choice to chance.
  CONSTRAINT tax_rule_key
    UNIQUE NULLS NOT DISTINCT (tenant_id, legal_entity_id, tax_category, country, region, exemption),
  CONSTRAINT tax_rule_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT tax_rule_code_fkey FOREIGN KEY (tenant_id, tax_code_id) REFERENCES tax_code (tenant_id, id)
);
SELECT bulkhead.protect('tax_rule', updatable => '{}', deletable => true);
