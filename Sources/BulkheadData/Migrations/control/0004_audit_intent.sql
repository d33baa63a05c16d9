-- Acts on a tenant's users and credentials happen in this database, their audit entries stand in the tenant's own. The
-- two cannot commit together. So the act's own statement leaves a row here, and whoever comes by makes the entry of it,
-- once, and takes the row away.
CREATE TABLE control.audit_intent (
  tenant_id   uuid        NOT NULL REFERENCES control.tenant (id),
  id          uuid        NOT NULL,
  occurred_at timestamptz NOT NULL,
  actor       text        NOT NULL,
  act         text        NOT NULL,
  subject     text        NOT NULL,
  detail      json        NOT NULL,
  credential  uuid,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_intent_age_idx ON control.audit_intent (occurred_at);

-- A key that was taken out of use at once. Its id is a text, as in control.signing_key.
ALTER TABLE control.revocation
  ADD COLUMN kid text,
  DROP CONSTRAINT revocation_kind_check,
  DROP CONSTRAINT revocation_check,
  ADD CONSTRAINT revocation_kind_check CHECK (kind IN ('credential', 'subject', 'tenant', 'key')),
  ADD CONSTRAINT revocation_subject_check CHECK ((subject_id IS NULL) = (kind IN ('tenant', 'key'))),
  ADD CONSTRAINT revocation_kid_check CHECK ((kid IS NOT NULL) = (kind = 'key'));
