-- The control database: who the tenants are and where they live. Tenants' own data is elsewhere.
CREATE SCHEMA control;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA control TO bulkhead_control;
ALTER DEFAULT PRIVILEGES IN SCHEMA control GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bulkhead_control;

-- A PostgreSQL cluster. The connection is without user and password: roles and their passwords are derived.
CREATE TABLE control.cell (
  name text PRIMARY KEY,
  host text NOT NULL,
  port integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- platform > OEM > partner > tenant > legal entity.
CREATE TABLE control.org_node (
  id uuid PRIMARY KEY,
  parent_id uuid REFERENCES control.org_node (id),
  kind text NOT NULL CHECK (kind IN ('platform', 'oem', 'partner', 'tenant', 'legal_entity')),
  slug text NOT NULL CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT org_node_root CHECK ((parent_id IS NULL) = (kind = 'platform')),
  CONSTRAINT org_node_sibling_key UNIQUE (parent_id, slug)
);
CREATE UNIQUE INDEX org_node_one_platform ON control.org_node ((true)) WHERE kind = 'platform';

CREATE TABLE control.policy_template (
  name text PRIMARY KEY,
  limits jsonb NOT NULL
);
INSERT INTO control.policy_template (name, limits) VALUES
  ('standard', '{"leasesMax": 8, "requestsInFlightMax": 64, "statementSecondsMax": 10}');

CREATE TABLE control.tenant (
  id uuid PRIMARY KEY REFERENCES control.org_node (id),
  slug text NOT NULL CONSTRAINT tenant_slug_key UNIQUE,
  tier text NOT NULL CHECK (tier IN ('pooled', 'schema', 'dedicated')),
  cell text NOT NULL REFERENCES control.cell (name),
  database_name name NOT NULL,
  schema_name name NOT NULL,
  role_name name NOT NULL,
  epoch integer NOT NULL DEFAULT 1 CHECK (epoch > 0),
  status text NOT NULL DEFAULT 'provisioning' CHECK (status IN ('provisioning', 'active', 'suspended')),
  policy_template text NOT NULL DEFAULT 'standard' REFERENCES control.policy_template (name),
  created_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1
);

-- Public half as it is, private half sealed under the master key. NULL tenant: keys of the platform's operator.
CREATE TABLE control.signing_key (
  kid text PRIMARY KEY,
  tenant_id uuid REFERENCES control.tenant (id),
  public_key bytea NOT NULL,
  sealed_private_key bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'retiring', 'retired')),
  created_at timestamptz NOT NULL,
  not_after timestamptz
);
-- A rotation adds the new key before the old one retires, so for a moment a tenant has two that are active.
CREATE INDEX signing_key_tenant_idx ON control.signing_key (tenant_id);

CREATE TABLE control.user_account (
  tenant_id uuid NOT NULL REFERENCES control.tenant (id),
  id uuid NOT NULL,
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
  password_hash text NOT NULL,
  roles text[] NOT NULL,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT user_account_email_key UNIQUE (tenant_id, email)
);

CREATE TABLE control.service_token (
  tenant_id uuid NOT NULL REFERENCES control.tenant (id),
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  permissions text[] NOT NULL,
  -- The actor who gave it: when a user is disabled, so are the tokens that the user gave out.
  issued_by text NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);

-- What verifiers must forget, in order of `seq`, so that they can ask for what is new. Writers hold an advisory lock, so
-- numbers become visible in their order. NULL tenant: credentials of the platform's operators.
CREATE TABLE control.revocation (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid,
  kind text NOT NULL CHECK (kind IN ('credential', 'subject', 'tenant')),
  subject_id uuid CHECK ((subject_id IS NULL) = (kind = 'tenant')),
  -- When a revoked credential expires anyway; before when a subject's or a tenant's credentials are refused.
  until timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
GRANT USAGE ON ALL SEQUENCES IN SCHEMA control TO bulkhead_control;

-- Addresses that the outside world uses for a tenant (`x12` `ZZ:ACME`). One address belongs to one tenant of the whole
-- platform; only the operator allots them, so a tenant cannot find out by trying which ones are taken.
CREATE TABLE control.address (
  scheme text NOT NULL CHECK (length(scheme) BETWEEN 1 AND 32),
  address text NOT NULL CHECK (length(address) BETWEEN 1 AND 100),
  tenant_id uuid NOT NULL REFERENCES control.tenant (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scheme, address)
);
CREATE INDEX address_tenant_idx ON control.address (tenant_id);

CREATE TABLE control.migration (
  file_name text PRIMARY KEY,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
