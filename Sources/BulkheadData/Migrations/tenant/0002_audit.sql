-- The audit trail: one append-only hash chain for each tenant.
--
-- Each entry's hash covers all of its fields and the hash of the entry before it. Number and hashes are made by a
-- trigger below, whatever the application sends, so a stolen application role can add entries but not forge, change,
-- reorder or remove one.
CREATE TABLE audit_entry (
  tenant_id   uuid        NOT NULL DEFAULT bulkhead.tenant(),
  seq         bigint      NOT NULL,
  occurred_at timestamptz NOT NULL,
  actor       text        NOT NULL,
  act         text        NOT NULL,
  subject     text        NOT NULL,
  -- json, not jsonb: it keeps the very bytes that were hashed.
  detail      json        NOT NULL,
  credential  uuid,
  prev_hash   bytea       NOT NULL,
  hash        bytea       NOT NULL,
  PRIMARY KEY (tenant_id, seq),
  CONSTRAINT audit_entry_seq_check CHECK (seq > 0),
  CONSTRAINT audit_entry_actor_check CHECK (octet_length(actor) BETWEEN 1 AND 200),
  CONSTRAINT audit_entry_act_check CHECK (octet_length(act) BETWEEN 1 AND 100),
  CONSTRAINT audit_entry_subject_check CHECK (octet_length(subject) BETWEEN 1 AND 500),
  CONSTRAINT audit_entry_detail_check CHECK (octet_length(detail::text) <= 8192),
  CONSTRAINT audit_entry_prev_hash_check CHECK (octet_length(prev_hash) = 32),
  CONSTRAINT audit_entry_hash_check CHECK (octet_length(hash) = 32)
);

-- The end of the chain. It is the lock that keeps the chain from forking, and the proof that its tail is complete.
-- One row that every entry updates: room on the page keeps those updates out of the index.
CREATE TABLE audit_head (
  tenant_id uuid   NOT NULL DEFAULT bulkhead.tenant(),
  seq       bigint NOT NULL,
  hash      bytea  NOT NULL,
  PRIMARY KEY (tenant_id),
  CONSTRAINT audit_head_seq_check CHECK (seq >= 0),
  CONSTRAINT audit_head_hash_check CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 50);

SELECT bulkhead.protect('audit_entry', updatable => '{}', deletable => false);
SELECT bulkhead.protect('audit_head', updatable => '{}', deletable => false);

-- Gives an entry its place in the chain.
--
-- SECURITY DEFINER, the only function of the tenant set that is: the application role may not write audit_head, its
-- entries must. It runs as the owner of the tables, to whom row security applies as well (FORCE), so it reaches the
-- head of the bound tenant and no other; a trigger function cannot be called in any other way than by an INSERT.
--
-- Concurrency: the row lock on the head is held until the transaction ends. Under READ COMMITTED a waiting transaction
-- then reads the head that was committed (each statement of a volatile function has its own snapshot); under stronger
-- isolation it fails with 40001. Hence no two entries ever follow the same one. The price is that transactions of one
-- tenant queue from their audit statement to their commit: send it last, just before the commit. Taking this lock last
-- also means that it can close no cycle, so it causes no deadlock.
--
-- Encoding of an entry, recomputed by the verifier: each field as a 4-byte big-endian length and its bytes, in the
-- order below; numbers as 8 bytes big-endian, time as microseconds since 1970, uuids as 16 bytes, NULL as no bytes.
CREATE FUNCTION audit_entry_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  head    audit_head;
  field   bytea;
  encoded bytea := '';
BEGIN
  SELECT * INTO head FROM audit_head WHERE tenant_id = NEW.tenant_id FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO audit_head (tenant_id, seq, hash) VALUES (NEW.tenant_id, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT (tenant_id) DO NOTHING;
    SELECT * INTO STRICT head FROM audit_head WHERE tenant_id = NEW.tenant_id FOR UPDATE;
  END IF;
  NEW.seq := head.seq + 1;
  NEW.prev_hash := head.hash;
  FOREACH field IN ARRAY ARRAY[
    convert_to('bulkhead.audit.v1', 'UTF8'),
    uuid_send(NEW.tenant_id),
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
  UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE tenant_id = NEW.tenant_id;
  RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION audit_entry_chain() FROM PUBLIC;
-- pg_temp is searched first unless it is named: named last, no temporary table can stand in for audit_head. And the
-- application role is granted only what it may decide: no number, no hash, nothing of the head but reading it. The
-- triggers hold without these grants too.
DO $$
DECLARE
  grantee name;
BEGIN
  SELECT home.grantee INTO STRICT grantee FROM bulkhead.home WHERE schema_name = current_schema();
  EXECUTE format('ALTER FUNCTION audit_entry_chain() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('REVOKE INSERT (seq, prev_hash, hash) ON audit_entry FROM %I', grantee);
  EXECUTE format('REVOKE INSERT ON audit_head FROM %I', grantee);
END $$;

CREATE TRIGGER audit_entry_chain BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_chain();

-- Refuses every change of what is written, to the owner of the tables as well.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'BH001', CONSTRAINT = 'audit_append_only';
END $$;
REVOKE ALL ON FUNCTION audit_refuse() FROM PUBLIC;

CREATE TRIGGER audit_entry_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

CREATE TRIGGER audit_head_refuse BEFORE DELETE OR TRUNCATE ON audit_head
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- The head moves only from inside audit_entry_chain. A statement that anyone sends, the owner included, comes from no
-- trigger at all (depth 0).
CREATE TRIGGER audit_head_write BEFORE INSERT OR UPDATE ON audit_head
FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION audit_refuse();
