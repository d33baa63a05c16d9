-- Counting one balance: requested -> counting -> counted -> approved, or cancelled before that. `expected` is what the
-- books said in the moment of the count; the difference is posted when it is approved. A balance that a pick found too
-- little at is promised to nobody until then.
CREATE TABLE count_task (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  quant_id uuid NOT NULL,
  cause text NOT NULL CONSTRAINT count_task_cause CHECK (cause IN ('short_pick', 'cycle')),
  -- The task that found too little.
  pick_task_id uuid,
  state text NOT NULL DEFAULT 'requested'
    CONSTRAINT count_task_state CHECK (state IN ('requested', 'counting', 'counted', 'approved', 'cancelled')),
  expected numeric(18,6),
  counted numeric(18,6) CONSTRAINT count_task_counted CHECK (counted >= 0),
  note text NOT NULL DEFAULT '' CONSTRAINT count_task_note_length CHECK (length(note) <= 200),
  requested_by text NOT NULL,
  counted_by text,
  approved_by text,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT count_task_result CHECK (
    (state IN ('counted', 'approved')) = (counted IS NOT NULL) AND (counted IS NULL) = (expected IS NULL)),
  CONSTRAINT count_task_quant_fkey FOREIGN KEY (tenant_id, quant_id) REFERENCES stock_quant (tenant_id, id),
  CONSTRAINT count_task_pick_task_fkey FOREIGN KEY (tenant_id, pick_task_id) REFERENCES pick_task (tenant_id, id)
);
-- One count of a balance at a time.
CREATE UNIQUE INDEX count_task_one_open ON count_task (tenant_id, quant_id)
  WHERE state IN ('requested', 'counting', 'counted');
SELECT bulkhead.protect(
  'count_task', updatable => '{cause,pick_task_id,state,expected,counted,note,counted_by,approved_by,changed_at,version}',
  deletable => false);
CREATE TRIGGER count_task_final BEFORE UPDATE ON count_task
  FOR EACH ROW WHEN (OLD.state IN ('approved', 'cancelled')) EXECUTE FUNCTION refuse_change('count_task_final');
