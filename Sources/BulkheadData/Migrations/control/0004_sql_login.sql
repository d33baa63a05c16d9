-- PostgreSQL logins that tenants use themselves. The role is made and removed with the row; its password is kept nowhere.
CREATE TABLE control.sql_login (
  tenant_id uuid NOT NULL REFERENCES control.tenant (id),
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  role_name name NOT NULL CONSTRAINT sql_login_role_key UNIQUE,
  writes boolean NOT NULL,
  connections_max integer NOT NULL CHECK (connections_max BETWEEN 1 AND 100),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT sql_login_name_key UNIQUE (tenant_id, name)
);
