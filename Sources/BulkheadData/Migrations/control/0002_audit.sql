-- The platform's own audit chain: acts that belong to no tenant, such as the creation of one. The same chain as in
-- tenant/0002_audit.sql, where its reasons stand, without a tenant.
CREATE TABLE control.audit_entry (
  seq         bigint      NOT NULL PRIMARY KEY,
  occurred_at timestamptz NOT NULL,
  actor       text        NOT NULL,
  act         text        NOT NULL,
  subject     text        NOT NULL,
  detail      json        NOT NULL,
  credential  uuid,
  prev_hash   bytea       NOT NULL,
  hash        bytea       NOT NULL,
  CONSTRAINT audit_entry_seq_check CHECK (seq > 0),
  CONSTRAINT audit_entry_actor_check CHECK (octet_length(actor) BETWEEN 1 AND 200),
  CONSTRAINT audit_entry_act_check CHECK (octet_length(act) BETWEEN 1 AND 100),
  CONSTRAINT audit_entry_subject_check CHECK (octet_length(subject) BETWEEN 1 AND 500),
  CONSTRAINT audit_entry_detail_check CHECK (octet_length(detail::text) <= 8192),
  CONSTRAINT audit_entry_prev_hash_check CHECK (octet_length(prev_hash) = 32),
  CONSTRAINT audit_entry_hash_check CHECK (octet_length(hash) = 32)
);

-- Exactly one row.
CREATE TABLE control.audit_head (
  singleton boolean NOT NULL DEFAULT true PRIMARY KEY CONSTRAINT audit_head_singleton_check CHECK (singleton),
  seq  bigint  NOT NULL CONSTRAINT audit_head_seq_check CHECK (seq >= 0),
  hash bytea   NOT NULL CONSTRAINT audit_head_hash_check CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 50);

INSERT INTO control.audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- SECURITY DEFINER, because the entry's writer may not write the head. An empty tenant in the encoding keeps this chain
-- apart from every tenant's.
CREATE FUNCTION control.audit_entry_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head    control.audit_head;
  field   bytea;
  encoded bytea := '';
BEGIN
  SELECT * INTO STRICT head FROM control.audit_head FOR UPDATE;
  NEW.seq := head.seq + 1;
  NEW.prev_hash := head.hash;
  FOREACH field IN ARRAY ARRAY[
    convert_to('bulkhead.audit.v1', 'UTF8'),
    ''::bytea,
    int8send(NEW.seq),
    int8send((extract(epoch FROM NEW.occurred_at) * 1000000)::bigint),
    convert_to(NEW.actor, 'UTF8'),
    convert_to(NEW.act, 'UTF8'),
    convert_to(NEW.subject, 'UTF8'),
    convert_to(NEW.detail::text, 'UTF8'),
    coalesce(uuid_send(NEW.credential), ''::bytea),
    NEW.prev_hash
  ] LOOP
    encoded := encoded || int4send(octet_length(field)) || field;
  END LOOP;
  NEW.hash := sha256(encoded);
  UPDATE control.audit_head SET seq = NEW.seq, hash = NEW.hash;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION control.audit_entry_chain() FROM PUBLIC;

CREATE TRIGGER audit_entry_chain BEFORE INSERT ON control.audit_entry
FOR EACH ROW EXECUTE FUNCTION control.audit_entry_chain();

CREATE FUNCTION control.audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'BH001', CONSTRAINT = 'audit_append_only';
END $$;
REVOKE ALL ON FUNCTION control.audit_refuse() FROM PUBLIC;

CREATE TRIGGER audit_entry_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON control.audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION control.audit_refuse();

CREATE TRIGGER audit_head_refuse BEFORE INSERT OR DELETE OR TRUNCATE ON control.audit_head
FOR EACH STATEMENT EXECUTE FUNCTION control.audit_refuse();

-- The head moves only from inside audit_entry_chain.
CREATE TRIGGER audit_head_write BEFORE UPDATE ON control.audit_head
FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION control.audit_refuse();

-- Instead of what every table of this schema is granted: entries can be read and added, the head only read.
REVOKE ALL ON control.audit_entry, control.audit_head FROM bulkhead_control;
GRANT SELECT, INSERT (occurred_at, actor, act, subject, detail, credential) ON control.audit_entry TO bulkhead_control;
GRANT SELECT ON control.audit_head TO bulkhead_control;
