-- What a node of the org tree allows the tenants below it. A tenant's limits are the tightest of its own, its plan's
-- (policy_template) and those of every node above it; so a limit written anywhere can only tighten.
CREATE TABLE control.policy (
  node_id    uuid        PRIMARY KEY REFERENCES control.org_node (id),
  limits     jsonb       NOT NULL CHECK (jsonb_typeof(limits) = 'object'),
  -- Its share among its siblings while they want more than there is; no bound, so not inherited.
  weight     integer     NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 100),
  version    bigint      NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  updated_by text        NOT NULL
);

-- The plan that says nothing: the bounds of the process hold.
UPDATE control.policy_template SET limits = '{}' WHERE name = 'standard';
ALTER TABLE control.policy_template ADD CHECK (jsonb_typeof(limits) = 'object');
