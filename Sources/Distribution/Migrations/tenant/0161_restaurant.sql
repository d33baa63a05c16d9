-- What a restaurant adds to a till: menu items made of ingredients, and tickets for the kitchen.

CREATE TABLE recipe (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  -- How many base units of the product its components make.
  yield_qty numeric(18,6) NOT NULL CONSTRAINT recipe_yield CHECK (yield_qty > 0),
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT recipe_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id)
);
-- A recipe is not changed: another takes its place, and what was sold stays what it was made of.
CREATE UNIQUE INDEX recipe_one_active ON recipe (tenant_id, product_id) WHERE is_active;
SELECT bulkhead.protect('recipe', updatable => '{is_active,version}', deletable => false);

CREATE TABLE recipe_component (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  recipe_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT recipe_component_line_no CHECK (line_no > 0),
  product_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT recipe_component_qty CHECK (qty > 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT recipe_component_product_key UNIQUE (tenant_id, recipe_id, product_id),
  CONSTRAINT recipe_component_recipe_fkey FOREIGN KEY (tenant_id, recipe_id) REFERENCES recipe (tenant_id, id),
  CONSTRAINT recipe_component_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id)
);
SELECT bulkhead.protect('recipe_component', updatable => '{}', deletable => false);

-- sent -> preparing -> ready -> served; what is not served yet is cancelled with its order.
CREATE TABLE kitchen_ticket (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  station text NOT NULL CONSTRAINT kitchen_ticket_station_length CHECK (length(station) BETWEEN 1 AND 40),
  note text CONSTRAINT kitchen_ticket_note_length CHECK (length(note) BETWEEN 1 AND 200),
  state text NOT NULL DEFAULT 'sent'
    CONSTRAINT kitchen_ticket_state CHECK (state IN ('sent', 'preparing', 'ready', 'served', 'cancelled')),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT kitchen_ticket_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES pos_order (tenant_id, id)
);
CREATE INDEX kitchen_ticket_order_idx ON kitchen_ticket (tenant_id, order_id);
SELECT bulkhead.protect('kitchen_ticket', updatable => '{state,changed_at,version}', deletable => false);
CREATE TRIGGER kitchen_ticket_final BEFORE UPDATE ON kitchen_ticket
  FOR EACH ROW WHEN (OLD.state IN ('served', 'cancelled')) EXECUTE FUNCTION refuse_change('kitchen_ticket_final');

CREATE TABLE kitchen_ticket_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  order_line_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT kitchen_ticket_line_qty CHECK (qty > 0),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT kitchen_ticket_line_key UNIQUE (tenant_id, ticket_id, order_line_id),
  CONSTRAINT kitchen_ticket_line_ticket_fkey
    FOREIGN KEY (tenant_id, ticket_id) REFERENCES kitchen_ticket (tenant_id, id),
  CONSTRAINT kitchen_ticket_line_order_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES pos_order_line (tenant_id, id)
);
SELECT bulkhead.protect('kitchen_ticket_line', updatable => '{}', deletable => false);
