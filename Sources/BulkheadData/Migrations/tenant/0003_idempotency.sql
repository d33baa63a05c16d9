-- Answers to writes that carried an Idempotency-Key, stored by the write's own transaction. A row without a status is
-- never seen by others: the transaction that made it either stores the answer before it commits, or rolls back.
CREATE TABLE idempotency_key (
  tenant_id    uuid        NOT NULL DEFAULT bulkhead.tenant(),
  actor        text        NOT NULL,
  key          text        NOT NULL,
  fingerprint  bytea       NOT NULL,
  status       integer,
  body         bytea,
  content_type text,
  etag         bigint,
  location     text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, actor, key),
  CONSTRAINT idempotency_key_key_check CHECK (octet_length(key) BETWEEN 1 AND 255),
  CONSTRAINT idempotency_key_fingerprint_check CHECK (octet_length(fingerprint) = 32),
  CONSTRAINT idempotency_key_status_check CHECK (status BETWEEN 200 AND 299),
  CONSTRAINT idempotency_key_answer_check CHECK ((status IS NULL) = (body IS NULL))
);
-- Old keys are removed by age.
CREATE INDEX idempotency_key_created_idx ON idempotency_key (tenant_id, created_at);
SELECT bulkhead.protect('idempotency_key', updatable => '{status,body,content_type,etag,location}', deletable => true);
