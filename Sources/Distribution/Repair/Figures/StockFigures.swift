import BulkheadCore

extension DerivedFigures {
  /// Balances: what moves and reservations say. The database writes them when the repair is recorded.
  static let quants = DerivedFigures(
    table: "stock_quant",
    columns: [
      Column(name: "on_hand", kind: .quantity, check: "I1"), Column(name: "reserved", kind: .quantity, check: "I2"),
    ],
    locks: [
      Lock(
        rank: .quant,
        statement: Statement(
          """
          SELECT q.id FROM stock_quant AS q WHERE q.id = ANY ($1::uuid[])
           ORDER BY q.product_id, q.location_id, q.lot_key, q.package_key, q.owner_key FOR UPDATE OF q
          """))
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.on_hand, f.on_hand_due, f.reserved, f.reserved_due
        FROM (SELECT q.id, p.sku || ' at ' || place.code || ' lot ' || coalesce(lot.code, '-') AS subject,
                     coalesce(moved.count, 0)::text || ' moves, the latest ' || coalesce(moved.latest, 'none') || '; '
                       || coalesce(held.count, 0)::text || ' reservations' AS proof,
                     q.on_hand, coalesce(moved.qty, 0) AS on_hand_due, q.reserved,
                     coalesce(held.qty, 0) AS reserved_due, q.allow_negative,
                     q.tracking = 'serial' AND q.location_type = 'storage' AS is_single,
                     coalesce(lying.places, 0) AS places
                FROM stock_quant AS q
                JOIN product AS p ON p.id = q.product_id
                JOIN location AS place ON place.id = q.location_id
                LEFT JOIN lot AS lot ON lot.id = q.lot_key
                LEFT JOIN (SELECT part.product_id, part.location_id, part.lot_key, part.package_key, part.owner_key,
                                  sum(part.qty) AS qty, count(*) AS count, max(part.id::text) AS latest
                             FROM (SELECT id, product_id, to_location_id AS location_id, lot_key, package_key,
                                          owner_key, qty FROM stock_move
                                   UNION ALL
                                   SELECT id, product_id, from_location_id, lot_key, package_key, owner_key, -qty
                                     FROM stock_move) AS part
                            GROUP BY part.product_id, part.location_id, part.lot_key, part.package_key,
                                     part.owner_key) AS moved
                  ON moved.product_id = q.product_id AND moved.location_id = q.location_id
                     AND moved.lot_key = q.lot_key AND moved.package_key = q.package_key
                     AND moved.owner_key = q.owner_key
                LEFT JOIN (SELECT quant_id, sum(qty) AS qty, count(*) AS count FROM stock_reservation
                            WHERE state IN ('active', 'picked') GROUP BY quant_id) AS held
                  ON held.quant_id = q.id
                LEFT JOIN (SELECT single.product_id, single.lot_key, count(*) AS places
                             FROM (SELECT part.product_id, part.lot_key, part.location_id, sum(part.qty) AS qty
                                     FROM (SELECT product_id, lot_key, to_location_id AS location_id, qty
                                             FROM stock_move
                                           UNION ALL
                                           SELECT product_id, lot_key, from_location_id, -qty FROM stock_move) AS part
                                     JOIN product AS p ON p.id = part.product_id AND p.tracking = 'serial'
                                     JOIN location AS place
                                       ON place.id = part.location_id AND place.type = 'storage'
                                    GROUP BY part.product_id, part.lot_key, part.location_id) AS single
                            WHERE single.qty > 0 GROUP BY single.product_id, single.lot_key) AS lying
                  ON lying.product_id = q.product_id AND lying.lot_key = q.lot_key) AS f
       WHERE (f.on_hand <> f.on_hand_due OR f.reserved <> f.reserved_due)
         AND (f.allow_negative OR f.reserved_due <= f.on_hand_due)
         AND (NOT f.is_single OR f.on_hand_due = 0 OR (f.on_hand_due = 1 AND f.places <= 1))
       ORDER BY f.id LIMIT 1000
      """),
    apply: nil)

  /// What is left of layers: what they began with, less what was drawn, with what they were revalued by.
  static let layers = DerivedFigures(
    table: "valuation_layer",
    columns: [
      Column(name: "qty_remaining", kind: .quantity, check: "I6b"),
      Column(name: "value_remaining_minor", kind: .minor, check: "I6b"),
    ],
    locks: [
      Lock(
        rank: .cost,
        statement: Statement(
          """
          SELECT c.product_id FROM product_cost AS c
           WHERE c.product_id IN (SELECT layer.product_id FROM valuation_layer AS layer
                                   WHERE layer.id = ANY ($1::uuid[]))
           ORDER BY c.product_id FOR UPDATE OF c
          """))
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.qty, f.qty_due, f.value, f.value_due::bigint
        FROM (SELECT layer.id, p.sku || ' lot ' || coalesce(lot.code, '-') || ' of move ' || layer.move_id::text
                       AS subject,
                     layer.qty_in::text || ' worth ' || layer.value_in_minor::text || ', '
                       || coalesce(drawn.count, 0)::text || ' draws, ' || coalesce(changed.count, 0)::text
                       || ' revaluations' AS proof,
                     layer.qty_in, layer.qty_remaining AS qty, layer.qty_in - coalesce(drawn.qty, 0) AS qty_due,
                     layer.value_remaining_minor AS value,
                     layer.value_in_minor - coalesce(drawn.value_minor, 0) + coalesce(changed.value_minor, 0)
                       AS value_due
                FROM valuation_layer AS layer
                JOIN product AS p ON p.id = layer.product_id
                LEFT JOIN lot AS lot ON lot.id = layer.lot_key
                LEFT JOIN (SELECT layer_id, sum(qty) AS qty, sum(value_minor) AS value_minor, count(*) AS count
                             FROM layer_consumption GROUP BY layer_id) AS drawn ON drawn.layer_id = layer.id
                LEFT JOIN (SELECT layer_id, sum(value_minor) AS value_minor, count(*) AS count
                             FROM layer_revaluation GROUP BY layer_id) AS changed ON changed.layer_id = layer.id) AS f
       WHERE (f.qty <> f.qty_due OR f.value <> f.value_due) AND f.qty_due BETWEEN 0 AND f.qty_in AND f.value_due >= 0
         AND (f.qty_due > 0 OR f.value_due = 0)
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE valuation_layer AS layer SET qty_remaining = n.qty, value_remaining_minor = n.value
        FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS n (id, qty, value)
       WHERE layer.id = n.id
      """))

  /// What left before it was there: what of it was drawn from layers since, and for how much.
  static let shortages = DerivedFigures(
    table: "stock_shortage",
    columns: [
      Column(name: "open_qty", kind: .quantity, check: "T5"), Column(name: "settled_minor", kind: .minor, check: "T5"),
    ],
    locks: [
      Lock(
        rank: .cost,
        statement: Statement(
          """
          SELECT c.product_id FROM product_cost AS c
           WHERE c.product_id IN (SELECT s.product_id FROM stock_shortage AS s WHERE s.id = ANY ($1::uuid[]))
           ORDER BY c.product_id FOR UPDATE OF c
          """))
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.open, f.open_due, f.settled, f.settled_due::bigint
        FROM (SELECT s.id, p.sku || ' short by move ' || s.move_id::text AS subject,
                     coalesce(drawn.count, 0)::text || ' draws from layers' AS proof, s.open_qty AS open,
                     s.qty - s.cancelled_qty - coalesce(drawn.qty, 0) AS open_due, s.settled_minor AS settled,
                     coalesce(drawn.minor, 0) AS settled_due
                FROM stock_shortage AS s
                JOIN product AS p ON p.id = s.product_id
                LEFT JOIN (SELECT move_id, sum(qty) AS qty, sum(value_minor) AS minor, count(*) AS count
                             FROM layer_consumption GROUP BY move_id) AS drawn ON drawn.move_id = s.move_id) AS f
       WHERE (f.open <> f.open_due OR f.settled <> f.settled_due) AND f.open_due >= 0
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE stock_shortage AS s SET open_qty = n.open, settled_minor = n.settled
        FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS n (id, open, settled)
       WHERE s.id = n.id
      """))

  /// A product's totals: the sums of its layers.
  static let productCosts = DerivedFigures(
    table: "product_cost",
    columns: [
      Column(name: "qty", kind: .quantity, check: "I6a"), Column(name: "value_minor", kind: .minor, check: "I6a"),
    ],
    isScoped: true,
    locks: [
      Lock(
        rank: .cost,
        statement: Statement(
          """
          SELECT c.product_id FROM product_cost AS c WHERE c.product_id = ANY ($1::uuid[])
           ORDER BY c.product_id FOR UPDATE OF c
          """))
    ],
    find: Statement(
      """
      SELECT f.product_id, f.legal_entity_id, f.subject, f.proof, f.qty, f.qty_due, f.value, f.value_due::bigint
        FROM (SELECT cost.product_id, cost.legal_entity_id, p.sku || ' in ' || entity.code AS subject,
                     coalesce(sums.count, 0)::text || ' layers' AS proof, cost.qty, coalesce(sums.qty, 0) AS qty_due,
                     cost.value_minor AS value, coalesce(sums.value_minor, 0) AS value_due
                FROM product_cost AS cost
                JOIN product AS p ON p.id = cost.product_id
                JOIN legal_entity AS entity ON entity.id = cost.legal_entity_id
                LEFT JOIN (SELECT product_id, legal_entity_id, sum(qty_remaining) AS qty,
                                  sum(value_remaining_minor) AS value_minor, count(*) AS count
                             FROM valuation_layer GROUP BY product_id, legal_entity_id) AS sums
                  ON sums.product_id = cost.product_id AND sums.legal_entity_id = cost.legal_entity_id) AS f
       WHERE f.qty <> f.qty_due OR f.value <> f.value_due
       ORDER BY f.product_id, f.legal_entity_id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE product_cost AS cost SET qty = n.qty, value_minor = n.value
        FROM unnest($1::uuid[], $2::uuid[], $3::numeric[], $4::bigint[]) AS n (product_id, entity_id, qty, value)
       WHERE cost.product_id = n.product_id AND cost.legal_entity_id = n.entity_id
      """))
}
