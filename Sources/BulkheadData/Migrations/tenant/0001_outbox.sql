-- The transactional outbox: an event is a row written in the transaction of the change it tells of, so that the two
-- stand or fall together. Payloads are sealed under the tenant's key: the relay, which reads the outboxes of all
-- tenants, carries envelopes that it cannot open.
CREATE TABLE outbox (
  tenant_id     uuid        NOT NULL DEFAULT bulkhead.tenant(),
  id            uuid        NOT NULL,
  topic         text        NOT NULL,
  key           text        NOT NULL,
  envelope      bytea       NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  dispatched_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT outbox_topic_check CHECK (octet_length(topic) BETWEEN 1 AND 100),
  CONSTRAINT outbox_key_check CHECK (octet_length(key) BETWEEN 1 AND 200),
  CONSTRAINT outbox_envelope_check CHECK (octet_length(envelope) BETWEEN 1 AND 131072)
);

-- Only what still waits, so the relay's reading costs the same however long the history is.
CREATE INDEX outbox_pending_idx ON outbox (tenant_id, id) WHERE dispatched_at IS NULL;

SELECT bulkhead.protect('outbox', updatable => '{}', deletable => false);
-- The one reader across tenants, and only here: it may read the rows and set dispatched_at, nothing else.
SELECT bulkhead.allow_relay('outbox');

-- Which consumer has already taken which event. The row is written in the transaction of the consumer's effect: an
-- event that arrives twice, even at the same time, meets this key and has its effect once.
CREATE TABLE consumed_event (
  tenant_id   uuid        NOT NULL DEFAULT bulkhead.tenant(),
  consumer    text        NOT NULL,
  event_id    uuid        NOT NULL,
  consumed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, consumer, event_id),
  CONSTRAINT consumed_event_consumer_check CHECK (octet_length(consumer) BETWEEN 1 AND 100)
);

SELECT bulkhead.protect('consumed_event', updatable => '{}', deletable => false);
