-- What an operator's repair wrote: derived figures that did not say what their documents say. History, never changed.
CREATE TABLE figure_repair (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  -- The invariant that did not hold.
  check_name text NOT NULL CONSTRAINT figure_repair_check_form CHECK (check_name ~ '^[A-Z][0-9]{1,3}[a-z]?$'),
  table_name text NOT NULL CONSTRAINT figure_repair_table_form CHECK (table_name ~ '^[a-z_0-9]{1,63}$'),
  column_name text NOT NULL CONSTRAINT figure_repair_column_form CHECK (column_name ~ '^[a-z_0-9]{1,63}$'),
  row_id uuid NOT NULL,
  subject text NOT NULL,
  was numeric NOT NULL,
  became numeric NOT NULL CONSTRAINT figure_repair_changes CHECK (became <> was),
  -- What it was computed from.
  proof text NOT NULL,
  repaired_by text NOT NULL,
  repaired_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX figure_repair_row_idx ON figure_repair (tenant_id, row_id);
SELECT bulkhead.protect('figure_repair', updatable => '{}', deletable => false);
CREATE TRIGGER figure_repair_append_only BEFORE UPDATE OR DELETE ON figure_repair
  FOR EACH ROW EXECUTE FUNCTION refuse_change('figure_repair_append_only');

-- Balances are posted and never set, also by a repair: it can only ask for what the moves and the reservations say, and
-- the sums are made here. Whoever asks holds the balances' rows.
CREATE FUNCTION figure_repair_quants() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
  said record;
BEGIN
  -- What is empty first: a serial number may be in stock once at any moment.
  FOR said IN
    SELECT quant.tenant_id, quant.id,
           coalesce((SELECT sum(came.qty) FROM stock_move AS came
                      WHERE came.tenant_id = quant.tenant_id AND came.product_id = quant.product_id
                        AND came.to_location_id = quant.location_id AND came.lot_key = quant.lot_key
                        AND came.package_key = quant.package_key AND came.owner_key = quant.owner_key), 0)
             - coalesce((SELECT sum(gone.qty) FROM stock_move AS gone
                          WHERE gone.tenant_id = quant.tenant_id AND gone.product_id = quant.product_id
                            AND gone.from_location_id = quant.location_id AND gone.lot_key = quant.lot_key
                            AND gone.package_key = quant.package_key AND gone.owner_key = quant.owner_key), 0)
             AS on_hand,
           coalesce((SELECT sum(held.qty) FROM stock_reservation AS held
                      WHERE held.tenant_id = quant.tenant_id AND held.quant_id = quant.id
                        AND held.state IN ('active', 'picked')), 0) AS reserved
      FROM stock_quant AS quant
     WHERE (quant.tenant_id, quant.id) IN (
       SELECT added.tenant_id, added.row_id FROM added WHERE added.table_name = 'stock_quant')
     ORDER BY 3, 2
  LOOP
    UPDATE stock_quant AS quant SET on_hand = said.on_hand, reserved = said.reserved
     WHERE quant.tenant_id = said.tenant_id AND quant.id = said.id;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER figure_repair_quants AFTER INSERT ON figure_repair
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION figure_repair_quants();
