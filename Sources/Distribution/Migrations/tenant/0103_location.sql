-- The location tree. Its types are a closed world (Tryton's, proven there): goods come from `supplier`, go to
-- `customer`, get lost in or found at `lost_found`, are made in `production`, are shipped past us through `drop`, and
-- rest in `storage`; `warehouse` and `view` only group.
CREATE TABLE location (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT location_code_length CHECK (length(code) BETWEEN 1 AND 60),
  name text NOT NULL CONSTRAINT location_name_length CHECK (length(name) BETWEEN 1 AND 200),
  type text NOT NULL CONSTRAINT location_type
    CHECK (type IN ('supplier', 'customer', 'lost_found', 'warehouse', 'storage', 'production', 'drop', 'view')),
  -- A parent never changes, so the tree has no cycles.
  parent_id uuid,
  -- The warehouse above; a warehouse names itself.
  warehouse_id uuid,
  zone text, aisle text, rack text, level text, bin text,
  pick_sequence integer NOT NULL DEFAULT 0,
  capacity_qty numeric(18,6) CONSTRAINT location_capacity_qty CHECK (capacity_qty > 0),
  capacity_weight_grams numeric(18,6) CONSTRAINT location_capacity_weight CHECK (capacity_weight_grams > 0),
  capacity_volume_millilitres numeric(18,6) CONSTRAINT location_capacity_volume CHECK (capacity_volume_millilitres > 0),
  mix_rule text NOT NULL DEFAULT 'any'
    CONSTRAINT location_mix_rule CHECK (mix_rule IN ('any', 'single_product', 'single_lot')),
  -- Stock here may be promised to orders.
  is_pickable boolean NOT NULL DEFAULT false,
  is_quarantine boolean NOT NULL DEFAULT false,
  -- What the world outside owes us is negative by nature; a shelf is not, unless a till must never say no.
  allow_negative boolean NOT NULL DEFAULT false,
  is_default boolean NOT NULL DEFAULT false,
  is_active boolean NOT NULL DEFAULT true,
  -- The five places that a warehouse works with.
  input_id uuid, storage_id uuid, output_id uuid, picking_id uuid, lost_found_id uuid,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT location_code_key UNIQUE (tenant_id, code),
  CONSTRAINT location_nature_key UNIQUE (tenant_id, id, type, allow_negative),
  CONSTRAINT location_outside_is_negative
    CHECK (type NOT IN ('supplier', 'customer', 'lost_found', 'production') OR allow_negative),
  CONSTRAINT location_warehouse_names_itself CHECK (type <> 'warehouse' OR warehouse_id = id),
  CONSTRAINT location_warehouse_children CHECK (
    (type = 'warehouse') = (input_id IS NOT NULL AND storage_id IS NOT NULL AND output_id IS NOT NULL
      AND picking_id IS NOT NULL AND lost_found_id IS NOT NULL)),
  CONSTRAINT location_default_is_warehouse CHECK (NOT is_default OR type = 'warehouse'),
  CONSTRAINT location_pickable_is_storage CHECK (NOT is_pickable OR type = 'storage'),
  CONSTRAINT location_parent_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES location (tenant_id, id),
  CONSTRAINT location_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id),
  CONSTRAINT location_input_fkey FOREIGN KEY (tenant_id, input_id) REFERENCES location (tenant_id, id),
  CONSTRAINT location_storage_fkey FOREIGN KEY (tenant_id, storage_id) REFERENCES location (tenant_id, id),
  CONSTRAINT location_output_fkey FOREIGN KEY (tenant_id, output_id) REFERENCES location (tenant_id, id),
  CONSTRAINT location_picking_fkey FOREIGN KEY (tenant_id, picking_id) REFERENCES location (tenant_id, id),
  CONSTRAINT location_lost_found_fkey FOREIGN KEY (tenant_id, lost_found_id) REFERENCES location (tenant_id, id)
);
CREATE UNIQUE INDEX location_one_default ON location (tenant_id) WHERE is_default;
CREATE INDEX location_warehouse_idx ON location (tenant_id, warehouse_id);
SELECT bulkhead.protect(
  'location',
  updatable => '{name,zone,aisle,rack,level,bin,pick_sequence,capacity_qty,capacity_weight_grams,
    capacity_volume_millilitres,mix_rule,is_pickable,is_quarantine,is_default,is_active,version}',
  deletable => false);
