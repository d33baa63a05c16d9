-- Files that are taken in row by row: what was uploaded, how far it is, and which rows were refused.
--
-- uploading -> checking -> checked -> running -> done; cancelled from each of the first four, failed where the file
-- itself cannot be read or what every row needs is missing. Checking and running go through the file in steps, each one
-- transaction: the rows of a step, what they led to and the place where the next step begins stand or fall together.
CREATE TABLE import_job (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT import_job_kind CHECK (kind IN ('products', 'stock', 'prices', 'orders')),
  file_name text NOT NULL CONSTRAINT import_job_file_name_length CHECK (length(file_name) BETWEEN 1 AND 200),
  -- Which column is which field: [{"field", "column", "value"}].
  mapping jsonb NOT NULL,
  -- Found in the first row when nobody said.
  delimiter text CONSTRAINT import_job_delimiter CHECK (delimiter IN ('comma', 'semicolon', 'tab', 'pipe')),
  -- The first row of the file, once it was read.
  header jsonb,
  state text NOT NULL DEFAULT 'uploading'
    CONSTRAINT import_job_state
    CHECK (state IN ('uploading', 'checking', 'checked', 'running', 'done', 'failed', 'cancelled')),
  size bigint CONSTRAINT import_job_size CHECK (size > 0),
  sha256 bytea CONSTRAINT import_job_sha256_length CHECK (octet_length(sha256) = 32),
  -- Where the next step begins; `turn` tells a job that another has taken over.
  next_byte bigint NOT NULL DEFAULT 0,
  next_line bigint NOT NULL DEFAULT 1,
  turn bigint NOT NULL DEFAULT 0,
  checked_rows bigint NOT NULL DEFAULT 0,
  checked_refused bigint NOT NULL DEFAULT 0,
  run_rows bigint NOT NULL DEFAULT 0,
  run_refused bigint NOT NULL DEFAULT 0,
  -- Products, rules, stock lines or orders made.
  made bigint NOT NULL DEFAULT 0,
  failure_code text CONSTRAINT import_job_failure_code_form CHECK (failure_code ~ '^[a-zA-Z.]{1,80}$'),
  failure_reason text CONSTRAINT import_job_failure_reason_length CHECK (length(failure_reason) <= 500),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT import_job_whole
    CHECK (state IN ('uploading', 'cancelled') OR (sha256 IS NOT NULL AND size IS NOT NULL)),
  CONSTRAINT import_job_failure CHECK ((state = 'failed') = (failure_code IS NOT NULL)),
  CONSTRAINT import_job_counts CHECK (
    checked_refused BETWEEN 0 AND checked_rows AND run_refused BETWEEN 0 AND run_rows AND run_rows <= checked_rows
    AND made >= 0 AND made <= run_rows - run_refused)
);
CREATE INDEX import_job_file_idx ON import_job (tenant_id, kind, sha256);
CREATE INDEX import_job_open_idx ON import_job (tenant_id, id)
  WHERE state IN ('uploading', 'checking', 'checked', 'running');
SELECT bulkhead.protect(
  'import_job',
  updatable => '{delimiter,header,state,size,sha256,next_byte,next_line,turn,checked_rows,checked_refused,run_rows,
    run_refused,made,failure_code,failure_reason,changed_at,version}',
  deletable => false);
CREATE TRIGGER import_job_final BEFORE UPDATE ON import_job
  FOR EACH ROW WHEN (OLD.state IN ('done', 'failed', 'cancelled')) EXECUTE FUNCTION refuse_change('import_job_final');

-- The file in the pieces it came in; gone when the import has ended.
CREATE TABLE import_part (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  import_id uuid NOT NULL,
  number integer NOT NULL CONSTRAINT import_part_number CHECK (number BETWEEN 1 AND 64),
  content bytea NOT NULL CONSTRAINT import_part_length CHECK (octet_length(content) BETWEEN 1 AND 1048576),
  size integer NOT NULL GENERATED ALWAYS AS (octet_length(content)) STORED,
  sha256 bytea NOT NULL GENERATED ALWAYS AS (sha256(content)) STORED,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, import_id, number),
  CONSTRAINT import_part_import_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES import_job (tenant_id, id)
);
-- Not compressed, so that a piece of it can be read without the rest.
ALTER TABLE import_part ALTER COLUMN content SET STORAGE EXTERNAL;
SELECT bulkhead.protect('import_part', updatable => '{}', deletable => true);

-- What a row has claimed for itself within its file, such as an order number; gone with the parts.
CREATE TABLE import_claim (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  import_id uuid NOT NULL,
  key text NOT NULL CONSTRAINT import_claim_key_length CHECK (octet_length(key) BETWEEN 1 AND 1000),
  line bigint NOT NULL,
  PRIMARY KEY (tenant_id, import_id, key),
  CONSTRAINT import_claim_import_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES import_job (tenant_id, id)
);
SELECT bulkhead.protect('import_claim', updatable => '{}', deletable => true);

-- Rows that were not taken, in both passes, as they stood in the file.
CREATE TABLE import_refusal (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  import_id uuid NOT NULL,
  pass text NOT NULL CONSTRAINT import_refusal_pass CHECK (pass IN ('check', 'run')),
  line bigint NOT NULL,
  column_name text CONSTRAINT import_refusal_column_length CHECK (octet_length(column_name) <= 4096),
  code text NOT NULL CONSTRAINT import_refusal_code_form CHECK (code ~ '^[a-zA-Z.]{1,80}$'),
  reason text NOT NULL CONSTRAINT import_refusal_reason_length CHECK (length(reason) <= 500),
  -- The row as it stood in the file, as far as it fits.
  fields jsonb NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT import_refusal_line_key UNIQUE (tenant_id, import_id, pass, line),
  CONSTRAINT import_refusal_import_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES import_job (tenant_id, id)
);
SELECT bulkhead.protect('import_refusal', updatable => '{}', deletable => false);
CREATE TRIGGER import_refusal_append_only BEFORE UPDATE OR DELETE ON import_refusal
  FOR EACH ROW EXECUTE FUNCTION refuse_change('import_refusal_append_only');
