-- The inventory kernel: every balance is the sum of moves, and the database itself keeps it so.
--
-- stock_move   what happened: append-only, corrected by a move back (`reversal_of`)
-- planned_move what is expected to happen: draft, assigned, then done with the move that did it, or cancelled
-- stock_quant  how much of what is where: written by the triggers below and by nothing else

CREATE TABLE stock_quant (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  -- Zero ids instead of NULL, so that the key below is one key.
  lot_key uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  package_key uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  owner_key uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  lot_id uuid GENERATED ALWAYS AS (nullif(lot_key, '00000000-0000-0000-0000-000000000000')) STORED,
  owner_id uuid GENERATED ALWAYS AS (nullif(owner_key, '00000000-0000-0000-0000-000000000000')) STORED,
  on_hand numeric(18,6) NOT NULL DEFAULT 0,
  reserved numeric(18,6) NOT NULL DEFAULT 0 CONSTRAINT stock_quant_reserved CHECK (reserved >= 0),
  -- When the oldest of what lies here came in.
  in_date timestamptz NOT NULL,
  -- Copies that foreign keys keep true, so that the rules below can be written as constraints of this table.
  tracking text NOT NULL,
  location_type text NOT NULL
    CONSTRAINT stock_quant_holds_stock CHECK (location_type NOT IN ('warehouse', 'view')),
  allow_negative boolean NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT stock_quant_key UNIQUE (tenant_id, product_id, location_id, lot_key, package_key, owner_key),
  -- I3: 0 <= reserved <= on hand, unless the place may go below zero.
  CONSTRAINT stock_quant_balance CHECK (allow_negative OR (on_hand >= 0 AND reserved <= on_hand)),
  CONSTRAINT stock_quant_lot_required
    CHECK ((tracking = 'none') = (lot_key = '00000000-0000-0000-0000-000000000000')),
  -- I7, first half: a serial number is there or not.
  CONSTRAINT stock_quant_serial_single
    CHECK (tracking <> 'serial' OR location_type <> 'storage' OR on_hand IN (0, 1)),
  CONSTRAINT stock_quant_product_fkey
    FOREIGN KEY (tenant_id, product_id, tracking) REFERENCES product (tenant_id, id, tracking),
  CONSTRAINT stock_quant_location_fkey FOREIGN KEY (tenant_id, location_id, location_type, allow_negative)
    REFERENCES location (tenant_id, id, type, allow_negative),
  CONSTRAINT stock_quant_lot_fkey
    FOREIGN KEY (tenant_id, product_id, lot_id) REFERENCES lot (tenant_id, product_id, id),
  CONSTRAINT stock_quant_owner_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES party (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX stock_quant_location_idx ON stock_quant (tenant_id, location_id);
-- I7, second half: a serial number is in one place at a time.
CREATE UNIQUE INDEX stock_quant_serial_once ON stock_quant (tenant_id, product_id, lot_key)
  WHERE tracking = 'serial' AND location_type = 'storage' AND on_hand > 0;
SELECT bulkhead.protect('stock_quant', updatable => '{on_hand,reserved,in_date}', deletable => false);

CREATE TABLE stock_move (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_key uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  package_key uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  owner_key uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  lot_id uuid GENERATED ALWAYS AS (nullif(lot_key, '00000000-0000-0000-0000-000000000000')) STORED,
  owner_id uuid GENERATED ALWAYS AS (nullif(owner_key, '00000000-0000-0000-0000-000000000000')) STORED,
  -- In the product's base unit; `entered_qty` of `entered_uom` is what the person wrote.
  qty numeric(18,6) NOT NULL CONSTRAINT stock_move_qty_positive CHECK (qty > 0),
  entered_qty numeric(18,6) NOT NULL CONSTRAINT stock_move_entered_positive CHECK (entered_qty > 0),
  entered_uom text NOT NULL,
  from_location_id uuid NOT NULL,
  to_location_id uuid NOT NULL,
  effective_at timestamptz NOT NULL,
  -- Order of posting of the product's moves: costing follows it, never the effective date.
  posted_seq bigint NOT NULL CONSTRAINT stock_move_posted_seq CHECK (posted_seq > 0),
  origin_type text NOT NULL CONSTRAINT stock_move_origin_type CHECK (origin_type ~ '^[a-z_]{1,40}$'),
  origin_id uuid NOT NULL,
  origin_line integer NOT NULL DEFAULT 0,
  -- What the move added to or took from the value of our stock; NULL when it only moved within.
  unit_cost numeric(20,8) CONSTRAINT stock_move_unit_cost CHECK (unit_cost >= 0),
  value_minor bigint CONSTRAINT stock_move_value CHECK (value_minor >= 0),
  currency char(3) CONSTRAINT stock_move_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  reversal_of uuid,
  posted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT stock_move_seq_key UNIQUE (tenant_id, legal_entity_id, product_id, posted_seq),
  CONSTRAINT stock_move_reversal_key UNIQUE (tenant_id, reversal_of),
  CONSTRAINT stock_move_goes_somewhere CHECK (from_location_id <> to_location_id),
  CONSTRAINT stock_move_value_has_currency CHECK ((value_minor IS NULL) = (currency IS NULL)),
  CONSTRAINT stock_move_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT stock_move_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT stock_move_lot_fkey FOREIGN KEY (tenant_id, product_id, lot_id) REFERENCES lot (tenant_id, product_id, id),
  CONSTRAINT stock_move_owner_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES party (tenant_id, id),
  CONSTRAINT stock_move_uom_fkey FOREIGN KEY (tenant_id, entered_uom) REFERENCES uom (tenant_id, code),
  CONSTRAINT stock_move_from_fkey FOREIGN KEY (tenant_id, from_location_id) REFERENCES location (tenant_id, id),
  CONSTRAINT stock_move_to_fkey FOREIGN KEY (tenant_id, to_location_id) REFERENCES location (tenant_id, id),
  CONSTRAINT stock_move_reversal_fkey FOREIGN KEY (tenant_id, reversal_of) REFERENCES stock_move (tenant_id, id)
);
CREATE INDEX stock_move_origin_idx ON stock_move (tenant_id, origin_id);
CREATE INDEX stock_move_product_idx ON stock_move (tenant_id, product_id, effective_at);
SELECT bulkhead.protect('stock_move', updatable => '{}', deletable => false);

-- Behind the missing grants: not even the owner of the table edits what happened.
CREATE TRIGGER stock_move_append_only BEFORE UPDATE OR DELETE ON stock_move
  FOR EACH ROW EXECUTE FUNCTION refuse_change('stock_move_append_only');

CREATE TABLE planned_move (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_id uuid,
  qty numeric(18,6) NOT NULL CONSTRAINT planned_move_qty_positive CHECK (qty > 0),
  from_location_id uuid NOT NULL,
  to_location_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'draft'
    CONSTRAINT planned_move_state CHECK (state IN ('draft', 'assigned', 'done', 'cancelled')),
  planned_on date NOT NULL,
  origin_type text NOT NULL CONSTRAINT planned_move_origin_type CHECK (origin_type ~ '^[a-z_]{1,40}$'),
  origin_id uuid NOT NULL,
  move_id uuid,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT planned_move_goes_somewhere CHECK (from_location_id <> to_location_id),
  CONSTRAINT planned_move_done_by_move CHECK ((state = 'done') = (move_id IS NOT NULL)),
  CONSTRAINT planned_move_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT planned_move_lot_fkey
    FOREIGN KEY (tenant_id, product_id, lot_id) REFERENCES lot (tenant_id, product_id, id),
  CONSTRAINT planned_move_from_fkey FOREIGN KEY (tenant_id, from_location_id) REFERENCES location (tenant_id, id),
  CONSTRAINT planned_move_to_fkey FOREIGN KEY (tenant_id, to_location_id) REFERENCES location (tenant_id, id),
  CONSTRAINT planned_move_move_fkey FOREIGN KEY (tenant_id, move_id) REFERENCES stock_move (tenant_id, id)
);
CREATE INDEX planned_move_open_idx ON planned_move (tenant_id, product_id, planned_on)
  WHERE state IN ('draft', 'assigned');
SELECT bulkhead.protect('planned_move', updatable => '{qty,state,planned_on,move_id,version}', deletable => false);
CREATE TRIGGER planned_move_final BEFORE UPDATE ON planned_move
  FOR EACH ROW WHEN (OLD.state IN ('done', 'cancelled')) EXECUTE FUNCTION refuse_change('planned_move_final');

-- I1: on hand is what came in less what went out, because this is the only writer of `on_hand`. Quants are made and
-- locked in one global order (product, location, lot, package, owner), so two postings cannot deadlock.
-- A quant is named after the move that opened it, with the last bit turned and the one before it telling which end it
-- is: lists by id stay in the order in which balances came into being.
-- The planner knows nothing of transition tables and keeps a plan made while the tables were small: it is held to the
-- index lookups that are right at every size.
CREATE FUNCTION stock_move_post() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
  WITH opened AS (
    SELECT *, set_bit(uuid_send(id), 120, 1 - get_bit(uuid_send(id), 120)) AS quant_id FROM posted
  )
  INSERT INTO stock_quant
    (id, product_id, location_id, lot_key, package_key, owner_key, in_date, tracking, location_type, allow_negative)
  SELECT side.id::uuid, side.product_id, side.location_id, side.lot_key, side.package_key, side.owner_key,
         side.at, product.tracking, location.type, location.allow_negative
    FROM (SELECT tenant_id, product_id, location_id, lot_key, package_key, owner_key, max(effective_at) AS at,
                 min(encode(id, 'hex')) AS id
            FROM (SELECT tenant_id, product_id, from_location_id AS location_id, lot_key, package_key, owner_key,
                         effective_at, set_bit(quant_id, 121, 0) AS id FROM opened
                  UNION ALL
                  SELECT tenant_id, product_id, to_location_id, lot_key, package_key, owner_key, effective_at,
                         set_bit(quant_id, 121, 1) FROM opened) AS end_point
           GROUP BY tenant_id, product_id, location_id, lot_key, package_key, owner_key) AS side
    JOIN product ON product.tenant_id = side.tenant_id AND product.id = side.product_id
    JOIN location ON location.tenant_id = side.tenant_id AND location.id = side.location_id
   ORDER BY side.product_id, side.location_id, side.lot_key, side.package_key, side.owner_key
  ON CONFLICT (tenant_id, product_id, location_id, lot_key, package_key, owner_key) DO NOTHING;

  PERFORM FROM (SELECT tenant_id, product_id, from_location_id AS location_id, lot_key, package_key, owner_key
                  FROM posted
                UNION
                SELECT tenant_id, product_id, to_location_id, lot_key, package_key, owner_key FROM posted) AS key
    JOIN stock_quant AS quant
      ON quant.tenant_id = key.tenant_id AND quant.product_id = key.product_id
         AND quant.location_id = key.location_id AND quant.lot_key = key.lot_key
         AND quant.package_key = key.package_key AND quant.owner_key = key.owner_key
   ORDER BY quant.product_id, quant.location_id, quant.lot_key, quant.package_key, quant.owner_key
     FOR UPDATE OF quant;

  UPDATE stock_quant AS quant
     SET on_hand = quant.on_hand + change.qty,
         in_date = CASE WHEN quant.on_hand = 0 AND change.qty > 0 THEN change.at ELSE quant.in_date END
    FROM (SELECT tenant_id, product_id, location_id, lot_key, package_key, owner_key, sum(qty) AS qty, min(at) AS at
            FROM (SELECT tenant_id, product_id, from_location_id AS location_id, lot_key, package_key, owner_key,
                         -qty AS qty, effective_at AS at FROM posted
                  UNION ALL
                  SELECT tenant_id, product_id, to_location_id, lot_key, package_key, owner_key, qty, effective_at
                    FROM posted) AS end_point
           GROUP BY tenant_id, product_id, location_id, lot_key, package_key, owner_key
           ORDER BY sum(qty)) AS change
   WHERE quant.tenant_id = change.tenant_id AND quant.product_id = change.product_id
     AND quant.location_id = change.location_id AND quant.lot_key = change.lot_key
     AND quant.package_key = change.package_key AND quant.owner_key = change.owner_key;
  RETURN NULL;
END $$;
CREATE TRIGGER stock_move_post AFTER INSERT ON stock_move
  REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION stock_move_post();

-- Balances are posted, never set: a statement that writes them itself (trigger depth 0) is refused.
CREATE TRIGGER stock_quant_posted BEFORE INSERT OR UPDATE ON stock_quant
  FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change('stock_quant_posted');
