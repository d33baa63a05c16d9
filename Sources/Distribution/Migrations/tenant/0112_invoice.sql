-- Customer invoices and credit notes: draft, then posted with a number and never changed again but for what is open,
-- then paid. What was wrong is credited.

CREATE TABLE invoice (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT invoice_kind CHECK (kind IN ('invoice', 'credit_note')),
  status text NOT NULL DEFAULT 'draft'
    CONSTRAINT invoice_status CHECK (status IN ('draft', 'posted', 'paid', 'cancelled')),
  -- Without gaps in each legal entity, kind and fiscal year, as the law wants it.
  number text CONSTRAINT invoice_number_length CHECK (length(number) BETWEEN 1 AND 40),
  fiscal_year integer,
  sequence bigint CONSTRAINT invoice_sequence CHECK (sequence > 0),
  customer_id uuid NOT NULL,
  currency char(3) NOT NULL,
  order_id uuid,
  -- The invoice that a credit note takes back.
  original_id uuid,
  -- Also the day whose tax rates hold.
  invoice_on date NOT NULL,
  due_on date NOT NULL,
  ship_to_country char(2),
  ship_to_region text,
  exemption text,
  tax_rounding text NOT NULL CONSTRAINT invoice_tax_rounding CHECK (tax_rounding IN ('line', 'document')),
  net_minor bigint NOT NULL CONSTRAINT invoice_net CHECK (net_minor >= 0),
  tax_minor bigint NOT NULL CONSTRAINT invoice_tax CHECK (tax_minor >= 0),
  total_minor bigint NOT NULL,
  -- What is not settled yet; nothing before the invoice is posted.
  open_minor bigint NOT NULL DEFAULT 0,
  memo text CONSTRAINT invoice_memo_length CHECK (length(memo) <= 200),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  posted_by text,
  posted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT invoice_customer_key UNIQUE (tenant_id, customer_id, id),
  CONSTRAINT invoice_sequence_key UNIQUE (tenant_id, legal_entity_id, kind, fiscal_year, sequence),
  CONSTRAINT invoice_number_key UNIQUE (tenant_id, legal_entity_id, number),
  CONSTRAINT invoice_adds_up CHECK (total_minor = net_minor + tax_minor),
  CONSTRAINT invoice_due CHECK (due_on >= invoice_on),
  CONSTRAINT invoice_credits_something CHECK ((kind = 'credit_note') = (original_id IS NOT NULL)),
  CONSTRAINT invoice_numbered CHECK (
    (status IN ('posted', 'paid')) = (number IS NOT NULL) AND num_nulls(number, fiscal_year, sequence, posted_by,
      posted_at) IN (0, 5)),
  CONSTRAINT invoice_open_range CHECK (open_minor BETWEEN 0 AND total_minor),
  CONSTRAINT invoice_open_is_posted CHECK ((open_minor > 0) = (status = 'posted')),
  CONSTRAINT invoice_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT invoice_customer_fkey
    FOREIGN KEY (tenant_id, customer_id, currency) REFERENCES party (tenant_id, id, currency),
  CONSTRAINT invoice_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id),
  CONSTRAINT invoice_original_fkey
    FOREIGN KEY (tenant_id, customer_id, original_id) REFERENCES invoice (tenant_id, customer_id, id)
) WITH (fillfactor = 85);
CREATE INDEX invoice_list_customer_idx ON invoice (tenant_id, customer_id, id);
CREATE INDEX invoice_order_idx ON invoice (tenant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX invoice_original_idx ON invoice (tenant_id, original_id) WHERE original_id IS NOT NULL;
CREATE INDEX invoice_due_idx ON invoice (tenant_id, legal_entity_id, due_on) WHERE status = 'posted';
SELECT bulkhead.protect(
  'invoice', updatable => '{status,number,fiscal_year,sequence,open_minor,posted_by,posted_at,version}',
  deletable => false);

-- A posted invoice keeps its number; only what is open goes on. A cancelled draft stays cancelled.
CREATE TRIGGER invoice_final BEFORE UPDATE ON invoice
  FOR EACH ROW WHEN (
    OLD.status = 'cancelled' OR (OLD.number IS NOT NULL AND (
      NEW.number IS DISTINCT FROM OLD.number OR NEW.fiscal_year IS DISTINCT FROM OLD.fiscal_year
      OR NEW.sequence IS DISTINCT FROM OLD.sequence OR NEW.posted_by IS DISTINCT FROM OLD.posted_by
      OR NEW.posted_at IS DISTINCT FROM OLD.posted_at OR NEW.status IN ('draft', 'cancelled'))))
  EXECUTE FUNCTION refuse_change('invoice_final');
CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice
  FOR EACH ROW EXECUTE FUNCTION refuse_change('invoice_final');

CREATE TABLE invoice_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT invoice_line_no CHECK (line_no > 0),
  order_line_id uuid,
  -- The line of the original that a line of a credit note takes back.
  original_line_id uuid,
  product_id uuid,
  description text NOT NULL CONSTRAINT invoice_line_description_length CHECK (length(description) BETWEEN 1 AND 200),
  qty numeric(18,6) NOT NULL CONSTRAINT invoice_line_qty_positive CHECK (qty > 0),
  uom text CONSTRAINT invoice_line_uom_form CHECK (uom ~ '^[A-Z0-9]{1,8}$'),
  unit_price numeric(20,8) NOT NULL CONSTRAINT invoice_line_price CHECK (unit_price >= 0),
  tax_category text CONSTRAINT invoice_line_category_length CHECK (length(tax_category) <= 40),
  tax_rule_id uuid,
  net_minor bigint NOT NULL CONSTRAINT invoice_line_net CHECK (net_minor >= 0),
  tax_minor bigint NOT NULL CONSTRAINT invoice_line_tax CHECK (tax_minor >= 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT invoice_line_no_key UNIQUE (tenant_id, invoice_id, line_no),
  CONSTRAINT invoice_line_invoice_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, id),
  CONSTRAINT invoice_line_order_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES sales_order_line (tenant_id, id),
  CONSTRAINT invoice_line_original_fkey
    FOREIGN KEY (tenant_id, original_line_id) REFERENCES invoice_line (tenant_id, id),
  CONSTRAINT invoice_line_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id)
);
CREATE INDEX invoice_line_order_line_idx ON invoice_line (tenant_id, order_line_id) WHERE order_line_id IS NOT NULL;
CREATE INDEX invoice_line_original_idx ON invoice_line (tenant_id, original_line_id)
  WHERE original_line_id IS NOT NULL;
SELECT bulkhead.protect('invoice_line', updatable => '{}', deletable => false);
CREATE TRIGGER invoice_line_append_only BEFORE UPDATE OR DELETE ON invoice_line
  FOR EACH ROW EXECUTE FUNCTION refuse_change('invoice_line_append_only');

-- How the tax of a line came about: one row for each jurisdiction that takes a part.
CREATE TABLE invoice_line_tax (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  line_id uuid NOT NULL,
  tax_code text NOT NULL CONSTRAINT invoice_line_tax_code_length CHECK (length(tax_code) BETWEEN 1 AND 40),
  jurisdiction text NOT NULL
    CONSTRAINT invoice_line_tax_jurisdiction_length CHECK (length(jurisdiction) BETWEEN 1 AND 60),
  percent numeric(9,6) NOT NULL CONSTRAINT invoice_line_tax_percent CHECK (percent BETWEEN 0 AND 100),
  base_minor bigint NOT NULL CONSTRAINT invoice_line_tax_base CHECK (base_minor >= 0),
  tax_minor bigint NOT NULL CONSTRAINT invoice_line_tax_tax CHECK (tax_minor >= 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT invoice_line_tax_key UNIQUE (tenant_id, line_id, tax_code, jurisdiction),
  CONSTRAINT invoice_line_tax_line_fkey FOREIGN KEY (tenant_id, line_id) REFERENCES invoice_line (tenant_id, id)
);
SELECT bulkhead.protect('invoice_line_tax', updatable => '{}', deletable => false);
CREATE TRIGGER invoice_line_tax_append_only BEFORE UPDATE OR DELETE ON invoice_line_tax
  FOR EACH ROW EXECUTE FUNCTION refuse_change('invoice_line_append_only');

-- A line comes while its invoice is a draft. The invoice is held, so that it is not posted in the same moment.
CREATE FUNCTION invoice_line_admit() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
DECLARE
  is_draft boolean;
BEGIN
  SELECT invoice.status = 'draft' INTO is_draft
    FROM invoice WHERE invoice.tenant_id = NEW.tenant_id AND invoice.id = NEW.invoice_id
     FOR SHARE;
  IF is_draft IS FALSE THEN
    RAISE EXCEPTION 'invoice is posted' USING ERRCODE = 'BH001', CONSTRAINT = 'invoice_final';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoice_line_admit BEFORE INSERT ON invoice_line
  FOR EACH ROW EXECUTE FUNCTION invoice_line_admit();

CREATE FUNCTION invoice_line_tax_admit() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
DECLARE
  is_draft boolean;
BEGIN
  SELECT invoice.status = 'draft' INTO is_draft
    FROM invoice_line AS line
    JOIN invoice ON invoice.tenant_id = line.tenant_id AND invoice.id = line.invoice_id
   WHERE line.tenant_id = NEW.tenant_id AND line.id = NEW.line_id
     FOR SHARE OF invoice;
  IF is_draft IS FALSE THEN
    RAISE EXCEPTION 'invoice is posted' USING ERRCODE = 'BH001', CONSTRAINT = 'invoice_final';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoice_line_tax_admit BEFORE INSERT ON invoice_line_tax
  FOR EACH ROW EXECUTE FUNCTION invoice_line_tax_admit();

-- What is posted is what its lines and their taxes say.
CREATE FUNCTION invoice_posted_sums() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
DECLARE
  net bigint;
  tax bigint;
  parts bigint;
BEGIN
  SELECT coalesce(sum(line.net_minor), -1), coalesce(sum(line.tax_minor), -1) INTO net, tax
    FROM invoice_line AS line WHERE line.tenant_id = NEW.tenant_id AND line.invoice_id = NEW.id;
  SELECT coalesce(sum(part.tax_minor), 0) INTO parts
    FROM invoice_line AS line
    JOIN invoice_line_tax AS part ON part.tenant_id = line.tenant_id AND part.line_id = line.id
   WHERE line.tenant_id = NEW.tenant_id AND line.invoice_id = NEW.id;
  IF net <> NEW.net_minor OR tax <> NEW.tax_minor OR parts <> tax THEN
    RAISE EXCEPTION 'invoice does not add up' USING ERRCODE = 'BH001', CONSTRAINT = 'invoice_lines_add_up';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoice_posted_sums BEFORE UPDATE ON invoice
  FOR EACH ROW WHEN (OLD.number IS NULL AND NEW.number IS NOT NULL) EXECUTE FUNCTION invoice_posted_sums();

-- Nobody posts to a control account by hand: it would no longer be what its documents say.
CREATE FUNCTION ledger_line_control() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added
      JOIN ledger_entry AS entry ON entry.tenant_id = added.tenant_id AND entry.id = added.entry_id
      JOIN account ON account.tenant_id = added.tenant_id AND account.id = added.account_id
     WHERE entry.book = 'general' AND account.control IS NOT NULL)
  THEN
    RAISE EXCEPTION 'control account' USING ERRCODE = 'BH001', CONSTRAINT = 'ledger_line_control';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_line_control AFTER INSERT ON ledger_line
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_line_control();
