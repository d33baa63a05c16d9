-- Jobs wait, run and end without their own row being written: at sixty thousand jobs a second its three versions, with an
-- entry in every index each, were most of what a job cost. control.job holds what the job is; where it stands is told by
--   control.job_ready   it waits: one narrow row, deleted when it is claimed;
--   control.job_claim   it was claimed: one row for all jobs that one claim took;
--   its own state       it waits for its time (delayed), or will not be tried again (dead).

-- The queue's virtual time: the greatest tag that was claimed. A sequence, because it is written with every claim
-- and must leave no dead versions behind.
CREATE SEQUENCE control.job_turn MINVALUE 0 START 0;
-- To set it, and no other: nobody else has the right to any sequence.
GRANT SELECT, UPDATE ON SEQUENCE control.job_turn TO bulkhead_control;
GRANT EXECUTE ON FUNCTION pg_catalog.setval(regclass, bigint) TO bulkhead_control;

CREATE TABLE control.job_ready (
  -- When it is its turn (self-clocked fair queueing): one job of a tenant comes 1,000,000 / weight after the one before.
  tag       bigint  NOT NULL,
  tenant_id uuid    NOT NULL,
  id        uuid    NOT NULL,
  -- Runs so far.
  attempt   integer NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- An expression, so that only claims can use it: whoever asks for one tenant's jobs in order of their tags would walk it
-- through everybody's, because the planner sees one average tenant.
CREATE INDEX job_ready_tag_idx ON control.job_ready ((tag + 0));
CREATE INDEX job_ready_tenant_idx ON control.job_ready (tenant_id, tag);

CREATE TABLE control.job_claim (
  id       uuid        PRIMARY KEY,
  worker   uuid        NOT NULL,
  -- The lease of all its jobs that have not ended; NULL when all have.
  until    timestamptz,
  ended_at timestamptz,
  -- The jobs, by position.
  tenants  uuid[]      NOT NULL,
  ids      uuid[]      NOT NULL,
  attempts integer[]   NOT NULL,
  -- Positions of those that have not ended, and of those that had their effect.
  open     integer[]   NOT NULL,
  done     integer[]   NOT NULL DEFAULT '{}',
  CONSTRAINT job_claim_open_check CHECK ((until IS NOT NULL) = (open <> '{}')),
  CONSTRAINT job_claim_ended_check CHECK ((until IS NULL) = (ended_at IS NOT NULL))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
-- Ids do not get smaller by compressing them.
ALTER TABLE control.job_claim ALTER COLUMN ids SET STORAGE EXTERNAL;
CREATE INDEX job_claim_until_idx ON control.job_claim (until) WHERE until IS NOT NULL;
CREATE INDEX job_claim_ended_idx ON control.job_claim (ended_at) WHERE ended_at IS NOT NULL;

-- Tenants with jobs that the others' turns have passed, because so many of theirs were under way. Claims look for those
-- jobs by tenant.
CREATE TABLE control.job_behind (tenant_id uuid PRIMARY KEY);

DROP INDEX control.job_waiting_idx, control.job_running_idx, control.job_done_idx;
UPDATE control.job SET state = 'dead', last_error_code = 'job.leaseLost', finished_at = now(), locked_by = NULL,
  locked_until = NULL
WHERE state = 'running' AND attempt >= attempts_max;
ALTER TABLE control.job
  DROP CONSTRAINT job_state_check, DROP CONSTRAINT job_lease_check, DROP CONSTRAINT job_finished_check,
  DROP COLUMN locked_by, DROP COLUMN locked_until,
  ALTER COLUMN state SET DEFAULT 'queued';

-- Workers of before must have been stopped. What ran is claimed again, unless it was its last try; what was done is
-- kept for as long as the queue remembers it.
INSERT INTO control.job_ready (tag, tenant_id, id, attempt)
SELECT 1000000 * row_number() OVER (PARTITION BY tenant_id ORDER BY run_at, id), tenant_id, id, attempt
FROM control.job WHERE state IN ('waiting', 'running');
INSERT INTO control.job_claim (id, worker, ended_at, tenants, ids, attempts, open, done)
SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000000', finished_at,
  array_agg(tenant_id ORDER BY place), array_agg(id ORDER BY place),
  array_agg(attempt ORDER BY place), '{}', array_agg(place ORDER BY place)
FROM (
  SELECT *, row_number() OVER (PARTITION BY finished_at ORDER BY tenant_id, id)::integer AS place
  FROM control.job WHERE state = 'done' ORDER BY finished_at, tenant_id, id) AS ended
GROUP BY finished_at;

UPDATE control.job SET state = 'queued' WHERE state IN ('waiting', 'running', 'done');
ALTER TABLE control.job
  DROP COLUMN finished_at,
  ADD CONSTRAINT job_state_check CHECK (state IN ('queued', 'delayed', 'dead'));
CREATE INDEX job_dead_idx ON control.job (tenant_id) WHERE state = 'dead';

-- For people who look: every job with where it stands. It goes through all claims, so ask it for few jobs.
CREATE VIEW control.job_status AS
SELECT j.tenant_id, j.id, j.topic, j.key, j.created_at, j.run_at, j.attempts_max,
  CASE WHEN j.state <> 'queued' THEN j.state WHEN r.id IS NOT NULL THEN 'waiting' WHEN c.is_open THEN 'running'
    WHEN c.is_done THEN 'done' ELSE 'lost' END AS state,
  CASE WHEN j.state <> 'queued' THEN j.attempt ELSE coalesce(r.attempt, c.attempt) END AS attempt,
  CASE WHEN j.state = 'queued' AND r.id IS NULL AND c.is_done THEN NULL ELSE j.last_error_code END AS last_error_code
FROM control.job AS j
LEFT JOIN control.job_ready AS r ON r.tenant_id = j.tenant_id AND r.id = j.id
LEFT JOIN LATERAL (
  SELECT claim.attempts[p::integer] AS attempt, p::integer = ANY (claim.open) AS is_open, p::integer = ANY (claim.done) AS is_done
  FROM control.job_claim AS claim CROSS JOIN LATERAL unnest(claim.ids) WITH ORDINALITY AS place (id, p)
  WHERE place.id = j.id AND claim.tenants[p::integer] = j.tenant_id
  ORDER BY 1 DESC, is_open DESC, is_done DESC LIMIT 1) AS c ON true;
