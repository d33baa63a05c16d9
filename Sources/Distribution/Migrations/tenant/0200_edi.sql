-- Electronic data interchange: whom the tenant trades documents with, under which addresses, and every interchange that
-- came or went, byte for byte.

-- The addresses at which the tenant is reached. They are allotted by the platform, whose registry keeps each of them
-- with one tenant only; here they bound what an agreement may call "ours".
CREATE TABLE edi_address (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  qualifier text NOT NULL CONSTRAINT edi_address_qualifier_form CHECK (qualifier ~ '^[A-Z0-9]{2}$'),
  address text NOT NULL CONSTRAINT edi_address_form CHECK (address ~ '^[ -~]{1,15}$' AND address = btrim(address)),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT edi_address_key UNIQUE (tenant_id, qualifier, address)
);
SELECT bulkhead.protect('edi_address', updatable => '{}', deletable => false);

CREATE TABLE trading_partner (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  party_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'active'
    CONSTRAINT trading_partner_state CHECK (state IN ('active', 'suspended')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT trading_partner_party_key UNIQUE (tenant_id, party_id),
  CONSTRAINT trading_partner_party_fkey FOREIGN KEY (tenant_id, party_id) REFERENCES party (tenant_id, id)
);
SELECT bulkhead.protect('trading_partner', updatable => '{state}', deletable => false);

-- One pair of addresses and what is agreed about it. An envelope belongs to the agreement that has exactly its
-- receiver, sender and usage; there is no second best.
CREATE TABLE edi_agreement (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  partner_id uuid NOT NULL,
  our_qualifier text NOT NULL,
  our_id text NOT NULL,
  their_qualifier text NOT NULL
    CONSTRAINT edi_agreement_their_qualifier_form CHECK (their_qualifier ~ '^[A-Z0-9]{2}$'),
  their_id text NOT NULL
    CONSTRAINT edi_agreement_their_id_form CHECK (their_id ~ '^[ -~]{1,15}$' AND their_id = btrim(their_id)),
  version text NOT NULL CONSTRAINT edi_agreement_version CHECK (version IN ('004010')),
  -- ISA15: test or production.
  usage text NOT NULL CONSTRAINT edi_agreement_usage CHECK (usage IN ('T', 'P')),
  state text NOT NULL DEFAULT 'active' CONSTRAINT edi_agreement_state CHECK (state IN ('active', 'suspended')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT edi_agreement_envelope_key UNIQUE (tenant_id, our_qualifier, our_id, their_qualifier, their_id, usage),
  CONSTRAINT edi_agreement_our_address_fkey
    FOREIGN KEY (tenant_id, our_qualifier, our_id) REFERENCES edi_address (tenant_id, qualifier, address),
  CONSTRAINT edi_agreement_partner_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES trading_partner (tenant_id, id)
);
SELECT bulkhead.protect('edi_agreement', updatable => '{state}', deletable => false);

-- Where interchanges of a partner come in, and where those for it are delivered.
CREATE TABLE edi_channel (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  partner_id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT edi_channel_kind CHECK (kind IN ('http')),
  name text NOT NULL CONSTRAINT edi_channel_name_length CHECK (length(name) BETWEEN 1 AND 100),
  -- Without one, what is written for the partner waits to be fetched.
  delivery_url text CONSTRAINT edi_channel_url_form
    CHECK (delivery_url ~ '^https?://[^\s@]+$' AND length(delivery_url) <= 500),
  -- Names a secret in the tenant's vault; never the secret.
  secret_ref text CONSTRAINT edi_channel_secret_ref_form CHECK (secret_ref ~ '^[a-zA-Z0-9._/-]{1,200}$'),
  state text NOT NULL DEFAULT 'active' CONSTRAINT edi_channel_state CHECK (state IN ('active', 'suspended')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT edi_channel_name_key UNIQUE (tenant_id, name),
  CONSTRAINT edi_channel_partner_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES trading_partner (tenant_id, id)
);
SELECT bulkhead.protect('edi_channel', updatable => '{delivery_url,secret_ref,state}', deletable => false);

-- The last numbers used towards a partner (ISA13, GS06, ST02). Taken inside the transaction that writes the document,
-- so a number is used when the document exists and not otherwise.
CREATE TABLE edi_control_number (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  agreement_id uuid NOT NULL,
  interchange_no bigint NOT NULL DEFAULT 0
    CONSTRAINT edi_control_number_interchange CHECK (interchange_no BETWEEN 0 AND 999999999),
  group_no bigint NOT NULL DEFAULT 0 CONSTRAINT edi_control_number_group CHECK (group_no BETWEEN 0 AND 999999999),
  set_no bigint NOT NULL DEFAULT 0 CONSTRAINT edi_control_number_set CHECK (set_no BETWEEN 0 AND 999999999),
  PRIMARY KEY (tenant_id, agreement_id),
  CONSTRAINT edi_control_number_agreement_fkey
    FOREIGN KEY (tenant_id, agreement_id) REFERENCES edi_agreement (tenant_id, id)
) WITH (fillfactor = 50);
SELECT bulkhead.protect('edi_control_number', updatable => '{interchange_no,group_no,set_no}', deletable => false);

-- in:  quarantined | rejected | accepted | partly_accepted
-- out: waiting (to be fetched) | pending (to be delivered) -> sent | undeliverable
CREATE TABLE edi_interchange (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  channel_id uuid NOT NULL,
  -- NULL in quarantine: the envelope is of no agreement of this channel.
  agreement_id uuid,
  direction text NOT NULL CONSTRAINT edi_interchange_direction CHECK (direction IN ('in', 'out')),
  control_no text NOT NULL CONSTRAINT edi_interchange_control_form CHECK (control_no ~ '^[ -~]{9}$'),
  -- The control number again, where the interchange uses it up. A repetition and an interchange whose envelope was
  -- refused do not: the sender may put it right and send it again under its number.
  control_claim text CONSTRAINT edi_interchange_claim_is_control CHECK (control_claim = control_no),
  raw bytea NOT NULL CONSTRAINT edi_interchange_raw_length CHECK (octet_length(raw) BETWEEN 1 AND 4194304),
  sha256 bytea NOT NULL GENERATED ALWAYS AS (sha256(raw)) STORED,
  state text NOT NULL CONSTRAINT edi_interchange_state
    CHECK (state IN ('quarantined', 'rejected', 'accepted', 'partly_accepted', 'waiting', 'pending', 'sent',
                     'undeliverable')),
  -- Why it is in quarantine, was rejected or could not be delivered.
  reason text CONSTRAINT edi_interchange_reason_form CHECK (reason ~ '^[a-zA-Z.]{1,60}$'),
  -- What the sender was told; told again, to the letter, when the same bytes come again: json, not jsonb, keeps it so.
  answer json,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT edi_interchange_control_key UNIQUE (tenant_id, agreement_id, direction, control_claim),
  CONSTRAINT edi_interchange_agreed CHECK ((state = 'quarantined') = (agreement_id IS NULL)),
  CONSTRAINT edi_interchange_channel_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES edi_channel (tenant_id, id),
  CONSTRAINT edi_interchange_agreement_fkey
    FOREIGN KEY (tenant_id, agreement_id) REFERENCES edi_agreement (tenant_id, id)
);
CREATE INDEX edi_interchange_repeat_idx ON edi_interchange (tenant_id, agreement_id, direction, control_no);
CREATE INDEX edi_interchange_quarantine_idx ON edi_interchange (tenant_id, channel_id, control_no)
  WHERE state = 'quarantined';
CREATE INDEX edi_interchange_list_idx ON edi_interchange (tenant_id, direction, id);
SELECT bulkhead.protect('edi_interchange', updatable => '{state,reason,sent_at}', deletable => false);

-- in:  received -> processed | refused (answered with a rejection), or rejected (its syntax)
-- out: written; ack_state tells what the partner said of it.
CREATE TABLE edi_message (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  interchange_id uuid NOT NULL,
  -- Of the interchange, again: what a partner acknowledges is found by agreement, group and set.
  agreement_id uuid NOT NULL,
  direction text NOT NULL CONSTRAINT edi_message_direction CHECK (direction IN ('in', 'out')),
  type text NOT NULL CONSTRAINT edi_message_type_form CHECK (type ~ '^[A-Za-z0-9]{1,10}$'),
  group_control text NOT NULL CONSTRAINT edi_message_group_control_length CHECK (length(group_control) <= 20),
  control_no text NOT NULL CONSTRAINT edi_message_control_length CHECK (length(control_no) <= 20),
  state text NOT NULL CONSTRAINT edi_message_state
    CHECK (state IN ('received', 'processed', 'refused', 'rejected', 'written')),
  ack_state text NOT NULL DEFAULT 'none' CONSTRAINT edi_message_ack_state
    CHECK (ack_state IN ('none', 'awaited', 'accepted', 'accepted_with_errors', 'rejected')),
  -- What the document calls itself: the order's number.
  business_ref text CONSTRAINT edi_message_ref_length CHECK (length(business_ref) BETWEEN 1 AND 80),
  -- The document that this one answers.
  answers_id uuid,
  order_id uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT edi_message_interchange_fkey
    FOREIGN KEY (tenant_id, interchange_id) REFERENCES edi_interchange (tenant_id, id),
  CONSTRAINT edi_message_agreement_fkey
    FOREIGN KEY (tenant_id, agreement_id) REFERENCES edi_agreement (tenant_id, id),
  CONSTRAINT edi_message_answers_fkey FOREIGN KEY (tenant_id, answers_id) REFERENCES edi_message (tenant_id, id),
  CONSTRAINT edi_message_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES sales_order (tenant_id, id)
);
-- An order is answered once.
CREATE UNIQUE INDEX edi_message_answer_key ON edi_message (tenant_id, answers_id, type) WHERE answers_id IS NOT NULL;
CREATE INDEX edi_message_interchange_idx ON edi_message (tenant_id, interchange_id);
CREATE INDEX edi_message_awaited_idx ON edi_message (tenant_id, agreement_id, group_control)
  WHERE ack_state = 'awaited';
CREATE INDEX edi_message_order_idx ON edi_message (tenant_id, order_id) WHERE order_id IS NOT NULL;
SELECT bulkhead.protect('edi_message', updatable => '{state,ack_state,order_id}', deletable => false);

-- What was wrong with a document, and where.
CREATE TABLE edi_error (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  interchange_id uuid NOT NULL,
  message_id uuid,
  -- Syntax: interchange, group, set, segment or element. Business: what the order desk refused.
  level text NOT NULL CONSTRAINT edi_error_level
    CHECK (level IN ('interchange', 'group', 'set', 'segment', 'element', 'business')),
  code text NOT NULL CONSTRAINT edi_error_code_length CHECK (length(code) BETWEEN 1 AND 80),
  place text NOT NULL CONSTRAINT edi_error_place_length CHECK (length(place) <= 80),
  note text NOT NULL CONSTRAINT edi_error_note_length CHECK (length(note) <= 500),
  is_fatal boolean NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT edi_error_interchange_fkey
    FOREIGN KEY (tenant_id, interchange_id) REFERENCES edi_interchange (tenant_id, id),
  CONSTRAINT edi_error_message_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES edi_message (tenant_id, id)
);
CREATE INDEX edi_error_interchange_idx ON edi_error (tenant_id, interchange_id);
SELECT bulkhead.protect('edi_error', updatable => '{}', deletable => false);
