-- The general ledger: double entry that the database itself enforces. An entry is posted whole, in one period that is
-- open, and never changed; what was wrong is reversed by another entry.

CREATE TABLE account (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  code text NOT NULL CONSTRAINT account_code_form CHECK (code ~ '^[0-9A-Za-z.-]{1,20}$'),
  name text NOT NULL CONSTRAINT account_name_length CHECK (length(name) BETWEEN 1 AND 200),
  type text NOT NULL CONSTRAINT account_type CHECK (type IN ('asset', 'liability', 'equity', 'revenue', 'expense')),
  -- Whose book the account sums up: nobody posts to it by hand.
  control text CONSTRAINT account_control CHECK (control IN ('inventory', 'receivable', 'payable')),
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT account_code_key UNIQUE (tenant_id, legal_entity_id, code),
  CONSTRAINT account_entity_key UNIQUE (tenant_id, legal_entity_id, id),
  CONSTRAINT account_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id)
);
SELECT bulkhead.protect('account', updatable => '{name,is_active}', deletable => false);

-- Which account a posting goes to. Documents name the role, the books decide the account.
CREATE TABLE account_role (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  legal_entity_id uuid NOT NULL,
  role text NOT NULL CONSTRAINT account_role_name CHECK (role ~ '^[a-z_]{1,40}$'),
  account_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, legal_entity_id, role),
  CONSTRAINT account_role_account_fkey
    FOREIGN KEY (tenant_id, legal_entity_id, account_id) REFERENCES account (tenant_id, legal_entity_id, id)
);
SELECT bulkhead.protect('account_role', updatable => '{account_id}', deletable => false);

-- One calendar month of one legal entity. A book can be closed by itself before the whole month is; locked is for good.
CREATE TABLE fiscal_period (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  legal_entity_id uuid NOT NULL,
  starts_on date NOT NULL CONSTRAINT fiscal_period_is_a_month CHECK (extract(day FROM starts_on) = 1),
  state text NOT NULL DEFAULT 'open' CONSTRAINT fiscal_period_state CHECK (state IN ('open', 'closed', 'locked')),
  closed_books text[] NOT NULL DEFAULT '{}'
    CONSTRAINT fiscal_period_books CHECK (closed_books <@ '{inventory,receivable,payable,cash,general}'::text[]),
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, legal_entity_id, starts_on),
  CONSTRAINT fiscal_period_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id)
);
SELECT bulkhead.protect('fiscal_period', updatable => '{state,closed_books,version}', deletable => false);
CREATE TRIGGER fiscal_period_final BEFORE UPDATE ON fiscal_period
  FOR EACH ROW WHEN (OLD.state = 'locked') EXECUTE FUNCTION refuse_change('fiscal_period_final');

CREATE TABLE ledger_entry (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  book text NOT NULL
    CONSTRAINT ledger_entry_book CHECK (book IN ('inventory', 'receivable', 'payable', 'cash', 'general')),
  effective_on date NOT NULL,
  period_on date NOT NULL GENERATED ALWAYS AS (date_trunc('month', effective_on::timestamp)::date) STORED,
  origin_type text NOT NULL CONSTRAINT ledger_entry_origin_type CHECK (origin_type ~ '^[a-z_]{1,40}$'),
  origin_id uuid NOT NULL,
  memo text NOT NULL CONSTRAINT ledger_entry_memo_length CHECK (length(memo) <= 200),
  -- The sum of its debits, which is that of its credits, in minor units of the legal entity's currency.
  total_minor bigint NOT NULL CONSTRAINT ledger_entry_total CHECK (total_minor > 0),
  reversal_of uuid,
  posted_by text NOT NULL,
  posted_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT ledger_entry_entity_key UNIQUE (tenant_id, legal_entity_id, id),
  CONSTRAINT ledger_entry_reversal_key UNIQUE (tenant_id, reversal_of),
  CONSTRAINT ledger_entry_reversal_fkey FOREIGN KEY (tenant_id, reversal_of) REFERENCES ledger_entry (tenant_id, id),
  CONSTRAINT ledger_entry_period_fkey FOREIGN KEY (tenant_id, legal_entity_id, period_on)
    REFERENCES fiscal_period (tenant_id, legal_entity_id, starts_on)
);
CREATE INDEX ledger_entry_origin_idx ON ledger_entry (tenant_id, origin_id);
CREATE INDEX ledger_entry_date_idx ON ledger_entry (tenant_id, legal_entity_id, effective_on);
SELECT bulkhead.protect('ledger_entry', updatable => '{}', deletable => false);
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change('ledger_entry_append_only');

CREATE TABLE ledger_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  entry_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT ledger_line_no CHECK (line_no > 0),
  account_id uuid NOT NULL,
  party_id uuid,
  debit_minor bigint NOT NULL CONSTRAINT ledger_line_debit CHECK (debit_minor >= 0),
  credit_minor bigint NOT NULL CONSTRAINT ledger_line_credit CHECK (credit_minor >= 0),
  due_on date,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT ledger_line_no_key UNIQUE (tenant_id, entry_id, line_no),
  CONSTRAINT ledger_line_one_side CHECK ((debit_minor > 0) <> (credit_minor > 0)),
  CONSTRAINT ledger_line_entry_fkey
    FOREIGN KEY (tenant_id, legal_entity_id, entry_id) REFERENCES ledger_entry (tenant_id, legal_entity_id, id),
  CONSTRAINT ledger_line_account_fkey
    FOREIGN KEY (tenant_id, legal_entity_id, account_id) REFERENCES account (tenant_id, legal_entity_id, id),
  CONSTRAINT ledger_line_party_fkey FOREIGN KEY (tenant_id, party_id) REFERENCES party (tenant_id, id)
);
CREATE INDEX ledger_line_account_idx ON ledger_line (tenant_id, account_id) INCLUDE (debit_minor, credit_minor);
CREATE INDEX ledger_line_party_idx ON ledger_line (tenant_id, party_id) WHERE party_id IS NOT NULL;
SELECT bulkhead.protect('ledger_line', updatable => '{}', deletable => false);
CREATE TRIGGER ledger_line_append_only BEFORE UPDATE OR DELETE ON ledger_line
  FOR EACH ROW EXECUTE FUNCTION refuse_change('ledger_line_append_only');

-- The period is held while the entry is posted: who closes it waits for the postings under way, and what comes after is
-- refused.
CREATE FUNCTION ledger_entry_admit() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
DECLARE
  is_open boolean;
BEGIN
  SELECT period.state = 'open' AND NEW.book <> ALL (period.closed_books) INTO is_open
    FROM fiscal_period AS period
   WHERE period.tenant_id = NEW.tenant_id AND period.legal_entity_id = NEW.legal_entity_id
     AND period.starts_on = date_trunc('month', NEW.effective_on::timestamp)::date
     FOR SHARE;
  IF is_open IS FALSE THEN
    RAISE EXCEPTION 'period closed' USING ERRCODE = 'BH001', CONSTRAINT = 'ledger_entry_period_open';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_admit BEFORE INSERT ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_entry_admit();

-- Debits are credits, for each entry by itself: all lines of an entry come in one statement and add up to its total.
CREATE FUNCTION ledger_line_balance() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT tenant_id, entry_id, sum(debit_minor) AS debit, sum(credit_minor) AS credit, count(*) AS lines
                   FROM added GROUP BY tenant_id, entry_id) AS sums
      JOIN ledger_entry AS entry ON entry.tenant_id = sums.tenant_id AND entry.id = sums.entry_id
     WHERE sums.debit <> entry.total_minor OR sums.credit <> entry.total_minor
        OR sums.lines <> (SELECT count(*) FROM ledger_line AS line
                           WHERE line.tenant_id = sums.tenant_id AND line.entry_id = sums.entry_id))
  THEN
    RAISE EXCEPTION 'entry does not balance' USING ERRCODE = 'BH001', CONSTRAINT = 'ledger_entry_balanced';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_line_balance AFTER INSERT ON ledger_line
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_line_balance();

-- An entry without lines would be a total of nothing.
CREATE FUNCTION ledger_entry_complete() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM ledger_line AS line WHERE line.tenant_id = NEW.tenant_id AND line.entry_id = NEW.id)
  THEN
    RAISE EXCEPTION 'entry has no lines' USING ERRCODE = 'BH001', CONSTRAINT = 'ledger_entry_balanced';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_complete AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ledger_entry_complete();

-- A change of the value of what lies in stock that no move made: landed cost, a supplier's other price, an average.
CREATE TABLE layer_revaluation (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  layer_id uuid NOT NULL,
  value_minor bigint NOT NULL CONSTRAINT layer_revaluation_value CHECK (value_minor <> 0),
  origin_type text NOT NULL CONSTRAINT layer_revaluation_origin_type CHECK (origin_type ~ '^[a-z_]{1,40}$'),
  origin_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT layer_revaluation_layer_fkey FOREIGN KEY (tenant_id, layer_id) REFERENCES valuation_layer (tenant_id, id)
);
CREATE INDEX layer_revaluation_layer_idx ON layer_revaluation (tenant_id, layer_id);
CREATE INDEX layer_revaluation_origin_idx ON layer_revaluation (tenant_id, origin_id);
SELECT bulkhead.protect('layer_revaluation', updatable => '{}', deletable => false);
CREATE TRIGGER layer_revaluation_append_only BEFORE UPDATE OR DELETE ON layer_revaluation
  FOR EACH ROW EXECUTE FUNCTION refuse_change('layer_revaluation_append_only');
