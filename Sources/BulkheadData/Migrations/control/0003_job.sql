-- The queue. A job is an outbox event on its way to its handler: it keeps the event's id, so that however often the
-- relay sends an event there is one job, and the event's sealed envelope, so that nobody here can read its payload.
CREATE TABLE control.job (
  tenant_id       uuid        NOT NULL,
  id              uuid        NOT NULL,
  topic           text        NOT NULL,
  key             text        NOT NULL,
  envelope        bytea       NOT NULL,
  -- waiting: may be claimed now. delayed: becomes waiting at run_at. running: leased to locked_by until locked_until.
  -- done: had its effect. dead: will not be tried again.
  state           text        NOT NULL DEFAULT 'waiting',
  run_at          timestamptz NOT NULL,
  -- Claims so far. It also fences: an ending that names an older attempt is not accepted.
  attempt         integer     NOT NULL DEFAULT 0,
  attempts_max    integer     NOT NULL,
  locked_by       uuid,
  locked_until    timestamptz,
  -- A stable code. Texts of errors could hold a tenant's data and are not kept here.
  last_error_code text,
  created_at      timestamptz NOT NULL,
  finished_at     timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT job_state_check CHECK (state IN ('waiting', 'delayed', 'running', 'done', 'dead')),
  CONSTRAINT job_lease_check CHECK (
    (state = 'running') = (locked_by IS NOT NULL) AND (locked_by IS NULL) = (locked_until IS NULL)),
  CONSTRAINT job_finished_check CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL)),
  CONSTRAINT job_attempt_check CHECK (attempt >= 0 AND attempts_max > 0),
  CONSTRAINT job_error_check CHECK (octet_length(last_error_code) <= 100)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Claims walk from tenant to tenant and take each one's oldest. There is deliberately no index led by id or run_at over
-- waiting jobs: the planner, which sees one average tenant, would walk that one instead.
CREATE INDEX job_waiting_idx ON control.job (tenant_id, run_at, id) WHERE state = 'waiting';
-- How much of a tenant is under way. Leases are not in it, so that a heartbeat touches no index.
CREATE INDEX job_running_idx ON control.job (tenant_id) WHERE state = 'running';
CREATE INDEX job_delayed_idx ON control.job (run_at) WHERE state = 'delayed';
CREATE INDEX job_done_idx ON control.job (finished_at) WHERE state = 'done';
CREATE INDEX job_dead_idx ON control.job (tenant_id, finished_at) WHERE state = 'dead';
