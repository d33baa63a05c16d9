-- Stock that is promised: which quant is held for which demand. active -> picked -> consumed, or released, or expired.
CREATE TABLE stock_reservation (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  quant_id uuid NOT NULL,
  -- What it is held for. Orders today; transfers and tills have columns of their own when they come.
  order_line_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT stock_reservation_qty_positive CHECK (qty > 0),
  state text NOT NULL DEFAULT 'active'
    CONSTRAINT stock_reservation_state CHECK (state IN ('active', 'picked', 'consumed', 'released', 'expired')),
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT stock_reservation_quant_fkey FOREIGN KEY (tenant_id, quant_id) REFERENCES stock_quant (tenant_id, id),
  CONSTRAINT stock_reservation_line_fkey
    FOREIGN KEY (tenant_id, order_line_id) REFERENCES sales_order_line (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX stock_reservation_line_idx ON stock_reservation (tenant_id, order_line_id);
CREATE INDEX stock_reservation_quant_idx ON stock_reservation (tenant_id, quant_id);
SELECT bulkhead.protect('stock_reservation', updatable => '{state,changed_at}', deletable => false);

CREATE TRIGGER stock_reservation_final BEFORE UPDATE ON stock_reservation
  FOR EACH ROW WHEN (OLD.state IN ('consumed', 'released', 'expired'))
  EXECUTE FUNCTION refuse_change('stock_reservation_final');

-- I2: reserved is the sum of what is held, because this is the only writer of `reserved`. Whoever inserts or changes
-- reservations has locked their quants before, in the global order (product, location, lot, package, owner).
CREATE FUNCTION stock_reservation_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
  UPDATE stock_quant AS quant SET reserved = quant.reserved + change.qty
    FROM (SELECT tenant_id, quant_id, sum(qty) AS qty FROM added WHERE state IN ('active', 'picked')
           GROUP BY tenant_id, quant_id) AS change
   WHERE quant.tenant_id = change.tenant_id AND quant.id = change.quant_id;
  RETURN NULL;
END $$;
CREATE TRIGGER stock_reservation_hold AFTER INSERT ON stock_reservation
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION stock_reservation_hold();

CREATE FUNCTION stock_reservation_rehold() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
BEGIN
  UPDATE stock_quant AS quant SET reserved = quant.reserved + change.qty
    FROM (SELECT tenant_id, quant_id, sum(qty) AS qty
            FROM (SELECT tenant_id, quant_id, qty FROM late WHERE state IN ('active', 'picked')
                  UNION ALL
                  SELECT tenant_id, quant_id, -qty FROM early WHERE state IN ('active', 'picked')) AS part
           GROUP BY tenant_id, quant_id) AS change
   WHERE quant.tenant_id = change.tenant_id AND quant.id = change.quant_id AND change.qty <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER stock_reservation_rehold AFTER UPDATE ON stock_reservation
  REFERENCING NEW TABLE AS late OLD TABLE AS early
  FOR EACH STATEMENT EXECUTE FUNCTION stock_reservation_rehold();
