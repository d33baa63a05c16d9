import BulkheadCore

/// The statements that change shipments, their lines and their orders.
enum ShipmentStatements {
  /// An order that nobody fetches anything for any more can be changed and cancelled again.
  static let restoreOrders = Statement(
    """
    UPDATE sales_order AS o SET status = 'confirmed', version = o.version + 1
     WHERE o.id = ANY ($1::uuid[]) AND o.status = 'in_fulfilment'
       AND NOT EXISTS (SELECT 1 FROM shipment AS s WHERE s.order_id = o.id AND s.state <> 'cancelled')
    """)

  static let setPhase = Statement("UPDATE shipment SET state = $2, version = version + 1 WHERE id = $1")

  static let addPacked = Statement(
    """
    UPDATE shipment_line AS line SET packed = line.packed + l.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS l (id, qty) WHERE line.id = l.id
    """)

  /// What was picked for a shipment: line, lot, bin, output place.
  static let picked = Statement(
    """
    SELECT line.id, line.order_line_id, ol.line_no, line.product_id, p.base_uom, t.lot_key, t.from_location_id,
           t.to_location_id, sum(t.picked)
      FROM pick_task AS t
      JOIN shipment_line AS line ON line.id = t.shipment_line_id
      JOIN sales_order_line AS ol ON ol.id = line.order_line_id
      JOIN product AS p ON p.id = line.product_id
     WHERE t.shipment_id = $1 AND t.picked > 0
     GROUP BY line.id, line.order_line_id, ol.line_no, line.product_id, p.base_uom, t.lot_key, t.from_location_id,
              t.to_location_id
     ORDER BY ol.line_no, t.lot_key, t.from_location_id
    """)

  /// Balances locked in the global order.
  static let lockQuants = Statement(
    """
    SELECT q.id FROM stock_quant AS q
     WHERE q.product_id = ANY ($1::uuid[]) AND q.location_id = ANY ($2::uuid[])
     ORDER BY q.product_id, q.location_id, q.lot_key, q.package_key, q.owner_key
       FOR UPDATE
    """)

  /// Turns what was held in the output place for a shipment into `$2`.
  static let settleReservations = Statement(
    """
    UPDATE stock_reservation SET state = $2, changed_at = $3
     WHERE state = 'picked' AND id IN (
       SELECT scan.reservation_id FROM pick_scan AS scan JOIN pick_task AS t ON t.id = scan.task_id
        WHERE t.shipment_id = $1 AND scan.kind = 'pick')
    """)

  /// Holds goods for order lines at the balances that lie at the places named.
  static let reserveAt = Statement(
    """
    INSERT INTO stock_reservation (id, quant_id, order_line_id, qty, state, created_at, changed_at)
    SELECT r.id, q.id, r.order_line_id, r.qty, $1, $2::timestamptz, $2::timestamptz
      FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::numeric[])
           AS r (id, order_line_id, product_id, location_id, lot_key, qty)
      JOIN stock_quant AS q
        ON q.product_id = r.product_id AND q.location_id = r.location_id AND q.lot_key = r.lot_key
           AND q.package_key = '00000000-0000-0000-0000-000000000000'
           AND q.owner_key = '00000000-0000-0000-0000-000000000000'
    """)

  static let customerPlace = Statement(
    "SELECT id FROM location WHERE type = 'customer' AND is_active ORDER BY id LIMIT 1")

  static let orderLines = Statement(
    """
    SELECT l.id, l.ordered - l.cancelled, l.shipped, l.amount_minor, l.open, l.reserved, l.unit_price
      FROM sales_order_line AS l WHERE l.order_id = $1
    """)

  static let shipLines = Statement(
    """
    UPDATE shipment_line AS line SET shipped = l.qty, amount_minor = l.amount
      FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS l (id, qty, amount) WHERE line.id = l.id
    """)

  static let shipOrderLines = Statement(
    """
    UPDATE sales_order_line AS line SET reserved = line.reserved - l.qty, shipped = line.shipped + l.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS l (id, qty) WHERE line.id = l.id
    """)

  static let ship = Statement(
    """
    UPDATE shipment SET state = 'shipped', carrier = $2, service = $3, tracking_number = $4, shipped_at = $5,
           amount_minor = $6, version = version + 1
     WHERE id = $1
    """)

  static let shipOrder = Statement(
    """
    UPDATE sales_order SET status = $2, shipment_state = $3, exposure_minor = exposure_minor - $4::bigint,
           version = version + 1
     WHERE id = $1
    """)

  /// What was promised becomes what is to be billed.
  static let bill = Statement(
    """
    UPDATE credit_account SET open_orders_minor = open_orders_minor - $2::bigint,
           unbilled_minor = unbilled_minor + $3::bigint, version = version + 1
     WHERE customer_id = $1
    """)

  static let cancelTasks = Statement(
    """
    UPDATE pick_task SET state = 'cancelled', changed_at = $2, version = version + 1
     WHERE shipment_id = $1 AND state IN ('open', 'claimed')
    """)

  static let voidPackages = Statement(
    "UPDATE package SET state = 'void', version = version + 1 WHERE shipment_id = $1 AND state <> 'void'")
}
