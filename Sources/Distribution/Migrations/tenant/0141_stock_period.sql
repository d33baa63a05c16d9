-- Stock at a date is what was there when the last period before it was closed, and the moves since. A period is a month;
-- closing one closes everything before its end, for all legal entities: places belong to none of them.

-- One row: the lock between whoever posts and whoever closes.
CREATE TABLE stock_calendar (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
    CONSTRAINT stock_calendar_one CHECK (id = '00000000-0000-0000-0000-000000000000'),
  -- Nothing may be posted to before this moment.
  closed_before timestamptz,
  PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 50);
SELECT bulkhead.protect('stock_calendar', updatable => '{closed_before}', deletable => false);

-- A period that was opened again keeps its row; the next close makes another.
CREATE TABLE stock_period (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  starts_on date NOT NULL CONSTRAINT stock_period_is_a_month CHECK (extract(day FROM starts_on) = 1),
  -- The first moment after it.
  ends_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'closed' CONSTRAINT stock_period_state CHECK (state IN ('closed', 'reopened')),
  closed_by text NOT NULL,
  closed_at timestamptz NOT NULL,
  reopened_by text,
  reopened_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT stock_period_reopened
    CHECK ((state = 'reopened') = (reopened_at IS NOT NULL) AND num_nulls(reopened_by, reopened_at) IN (0, 2))
);
CREATE UNIQUE INDEX stock_period_closed_once ON stock_period (tenant_id, ends_at) WHERE state = 'closed';
SELECT bulkhead.protect(
  'stock_period', updatable => '{state,reopened_by,reopened_at,version}', deletable => false);
CREATE TRIGGER stock_period_final BEFORE UPDATE ON stock_period
  FOR EACH ROW WHEN (OLD.state = 'reopened') EXECUTE FUNCTION refuse_change('stock_period_final');

-- What was there at the end of the period; what is not here was nothing.
CREATE TABLE stock_period_balance (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  period_id uuid NOT NULL,
  quant_id uuid NOT NULL,
  location_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_key uuid NOT NULL,
  on_hand numeric(18,6) NOT NULL CONSTRAINT stock_period_balance_something CHECK (on_hand <> 0),
  PRIMARY KEY (tenant_id, period_id, quant_id),
  CONSTRAINT stock_period_balance_period_fkey
    FOREIGN KEY (tenant_id, period_id) REFERENCES stock_period (tenant_id, id),
  CONSTRAINT stock_period_balance_quant_fkey FOREIGN KEY (tenant_id, quant_id) REFERENCES stock_quant (tenant_id, id)
);
SELECT bulkhead.protect('stock_period_balance', updatable => '{}', deletable => false);
CREATE TRIGGER stock_period_balance_append_only BEFORE UPDATE OR DELETE ON stock_period_balance
  FOR EACH ROW EXECUTE FUNCTION refuse_change('stock_period_balance_append_only');

-- Whoever posts holds the calendar until it commits: who closes waits for the postings under way, and what comes after
-- is refused. A row, because a lock on the table would be felt by other tenants; made by the first posting, whose
-- unique key makes a close in the same moment wait.
CREATE FUNCTION stock_move_admit() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
  PERFORM FROM stock_calendar AS calendar
   WHERE calendar.tenant_id IN (SELECT posted.tenant_id FROM posted) FOR SHARE;
  IF NOT FOUND THEN
    INSERT INTO stock_calendar (closed_before) VALUES (NULL) ON CONFLICT (tenant_id, id) DO NOTHING;
    PERFORM FROM stock_calendar AS calendar
     WHERE calendar.tenant_id IN (SELECT posted.tenant_id FROM posted) FOR SHARE;
  END IF;
  IF EXISTS (
    SELECT FROM posted JOIN stock_calendar AS calendar ON calendar.tenant_id = posted.tenant_id
     WHERE posted.effective_at < calendar.closed_before)
  THEN
    RAISE EXCEPTION 'stock period closed' USING ERRCODE = 'BH001', CONSTRAINT = 'stock_move_period_open';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER stock_move_admit AFTER INSERT ON stock_move
  REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION stock_move_admit();
