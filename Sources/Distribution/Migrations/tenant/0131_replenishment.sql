-- When to order again, and what was proposed. A proposal becomes an order only through a person.

CREATE TABLE reorder_policy (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  warehouse_id uuid NOT NULL,
  -- order_up_to: below the reorder point, order up to the target. min_max: at or below it.
  method text NOT NULL CONSTRAINT reorder_policy_method CHECK (method IN ('order_up_to', 'min_max')),
  reorder_point numeric(18,6) NOT NULL CONSTRAINT reorder_policy_point CHECK (reorder_point >= 0),
  target numeric(18,6) NOT NULL CONSTRAINT reorder_policy_target_positive CHECK (target > 0),
  -- NULL: whoever sells the needed quantity cheapest.
  supplier_id uuid,
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT reorder_policy_place_key UNIQUE (tenant_id, product_id, warehouse_id),
  CONSTRAINT reorder_policy_target CHECK (target >= reorder_point),
  CONSTRAINT reorder_policy_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT reorder_policy_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id),
  CONSTRAINT reorder_policy_supplier_fkey FOREIGN KEY (tenant_id, supplier_id) REFERENCES party (tenant_id, id)
);
CREATE INDEX reorder_policy_warehouse_idx ON reorder_policy (tenant_id, warehouse_id);
SELECT bulkhead.protect(
  'reorder_policy', updatable => '{method,reorder_point,target,supplier_id,is_active,version}', deletable => false);

CREATE TABLE replenishment_suggestion (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  policy_id uuid NOT NULL,
  product_id uuid NOT NULL,
  warehouse_id uuid NOT NULL,
  -- NULL: nobody is known to sell it.
  supplier_id uuid,
  qty numeric(18,6) NOT NULL CONSTRAINT replenishment_suggestion_qty CHECK (qty > 0),
  state text NOT NULL DEFAULT 'proposed' CONSTRAINT replenishment_suggestion_state
    CHECK (state IN ('proposed', 'accepted', 'ordered', 'rejected', 'expired')),
  -- Everything that the quantity was computed from.
  inputs jsonb NOT NULL,
  reason text CONSTRAINT replenishment_suggestion_reason CHECK (length(reason) BETWEEN 1 AND 200),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT replenishment_suggestion_policy_fkey
    FOREIGN KEY (tenant_id, policy_id) REFERENCES reorder_policy (tenant_id, id),
  CONSTRAINT replenishment_suggestion_product_fkey
    FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT replenishment_suggestion_warehouse_fkey
    FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id),
  CONSTRAINT replenishment_suggestion_supplier_fkey
    FOREIGN KEY (tenant_id, supplier_id) REFERENCES party (tenant_id, id)
);
-- Two runs at once cannot both propose, nor one twice.
CREATE UNIQUE INDEX replenishment_suggestion_one_open
  ON replenishment_suggestion (tenant_id, product_id, warehouse_id) WHERE state IN ('proposed', 'accepted');
CREATE INDEX replenishment_suggestion_policy_idx ON replenishment_suggestion (tenant_id, policy_id);
SELECT bulkhead.protect(
  'replenishment_suggestion', updatable => '{qty,state,reason,version,changed_at}', deletable => false);
CREATE TRIGGER replenishment_suggestion_final BEFORE UPDATE ON replenishment_suggestion
  FOR EACH ROW WHEN (OLD.state IN ('ordered', 'rejected', 'expired'))
  EXECUTE FUNCTION refuse_change('replenishment_suggestion_final');
