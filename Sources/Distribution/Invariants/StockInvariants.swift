import BulkheadCore

extension InvariantCheck {
  /// Balances against what they are balances of.
  static let stockChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "I1", title: "on hand is what came in less what went out",
      statement: Statement(
        """
        SELECT p.sku || ' at ' || place.code || ' lot ' || coalesce(lot.code, '-'), sum(part.moved)::text,
               sum(part.held)::text
          FROM (SELECT product_id, location_id, lot_key, package_key, owner_key, on_hand AS held, 0::numeric AS moved
                  FROM stock_quant
                UNION ALL
                SELECT product_id, to_location_id, lot_key, package_key, owner_key, 0, qty FROM stock_move
                UNION ALL
                SELECT product_id, from_location_id, lot_key, package_key, owner_key, 0, -qty FROM stock_move) AS part
          JOIN product AS p ON p.id = part.product_id
          JOIN location AS place ON place.id = part.location_id
          LEFT JOIN lot AS lot ON lot.id = part.lot_key
         GROUP BY p.sku, place.code, lot.code, part.lot_key, part.package_key, part.owner_key
        HAVING sum(part.moved) <> sum(part.held)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I2", title: "reserved is the sum of active and picked reservations",
      statement: Statement(
        """
        SELECT p.sku || ' at ' || place.code || ' lot ' || coalesce(lot.code, '-'), coalesce(held.qty, 0)::text,
               q.reserved::text
          FROM stock_quant AS q
          JOIN product AS p ON p.id = q.product_id
          JOIN location AS place ON place.id = q.location_id
          LEFT JOIN lot AS lot ON lot.id = q.lot_key
          LEFT JOIN (SELECT quant_id, sum(qty) AS qty FROM stock_reservation WHERE state IN ('active', 'picked')
                      GROUP BY quant_id) AS held ON held.quant_id = q.id
         WHERE q.reserved <> coalesce(held.qty, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I3", title: "reserved lies between zero and on hand, unless the place may go below zero",
      statement: Statement(
        """
        SELECT p.sku || ' at ' || place.code, 'between 0 and ' || q.on_hand::text, q.reserved::text
          FROM stock_quant AS q
          JOIN product AS p ON p.id = q.product_id
          JOIN location AS place ON place.id = q.location_id
         WHERE q.reserved < 0 OR (NOT place.allow_negative AND (q.reserved > q.on_hand OR q.on_hand < 0))
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I4", title: "over all places, also outside, each product adds up to zero",
      statement: Statement(
        """
        SELECT p.sku, '0', sum(q.on_hand)::text
          FROM stock_quant AS q JOIN product AS p ON p.id = q.product_id
         GROUP BY p.sku
        HAVING sum(q.on_hand) <> 0
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I7", title: "a serial number is in stock once or not at all",
      statement: Statement(
        """
        SELECT p.sku || ' serial ' || coalesce(lot.code, '-'), '0 or 1', sum(q.on_hand)::text
          FROM stock_quant AS q
          JOIN product AS p ON p.id = q.product_id
          LEFT JOIN lot AS lot ON lot.id = q.lot_key
         WHERE p.tracking = 'serial' AND q.location_type = 'storage'
         GROUP BY p.sku, lot.code, q.lot_key
        HAVING sum(q.on_hand) NOT IN (0, 1)
         LIMIT 100
        """)),
  ]
}
