import BulkheadCore
import BulkheadData

/// The statements that work on pick tasks.
enum PickStatements {
  /// What has to be known to lock in the right order.
  static let head = Statement(
    """
    SELECT t.shipment_id, s.order_id, t.product_id, t.from_location_id, t.to_location_id, s.legal_entity_id,
           entity.currency, entity.fiscal_year_start_month
      FROM pick_task AS t
      JOIN shipment AS s ON s.id = t.shipment_id
      JOIN legal_entity AS entity ON entity.id = s.legal_entity_id
     WHERE t.id = $1
    """)

  /// `$2` is the barcode as scanned, `$3` the same as a 14-digit GTIN.
  static let lockTask = Statement(
    """
    SELECT t.id, t.wave_id, t.shipment_id, t.shipment_line_id, line.order_line_id, t.reservation_id, t.product_id,
           p.removal, p.base_uom, t.lot_key, lot.code, t.from_location_id, place.code, t.to_location_id, t.qty,
           t.picked, t.state, t.worker, t.device,
           $2::text IS NULL OR p.sku = $2 OR EXISTS (
             SELECT 1 FROM product_identifier AS i
              WHERE i.product_id = t.product_id AND i.scheme = 'gtin' AND i.value = $3)
      FROM pick_task AS t
      JOIN shipment_line AS line ON line.id = t.shipment_line_id
      JOIN product AS p ON p.id = t.product_id
      JOIN location AS place ON place.id = t.from_location_id
      LEFT JOIN lot AS lot ON lot.id = t.lot_key
     WHERE t.id = $1 FOR UPDATE OF t
    """)

  static let taken = Statement("SELECT kind, task_id, qty FROM pick_scan WHERE device = $1 AND seq = $2")

  /// How many other tasks of the shipment are out, what it has picked, and whether lines of its order are open.
  static let progress = Statement(
    """
    SELECT (SELECT count(*) FROM pick_task AS t
             WHERE t.shipment_id = s.id AND t.id <> $2 AND t.state IN ('open', 'claimed')),
           (SELECT coalesce(sum(line.picked), 0) FROM shipment_line AS line WHERE line.shipment_id = s.id),
           EXISTS (SELECT 1 FROM sales_order_line AS l WHERE l.order_id = s.order_id AND l.open > 0)
      FROM shipment AS s WHERE s.id = $1
    """)

  static let held = Statement(
    """
    SELECT t.id FROM pick_task AS t
     WHERE t.state = 'claimed' AND t.device = $1 AND t.worker = $2 ORDER BY t.id LIMIT 1
    """)

  /// The next walk. Two workers who ask at once pass each other's rows, so nobody waits and nobody gets the same.
  static let next = Statement(
    """
    SELECT t.id FROM pick_task AS t JOIN wave AS w ON w.id = t.wave_id
     WHERE t.state = 'open' AND ($1::uuid IS NULL OR t.wave_id = $1) AND w.warehouse_id = $2
     ORDER BY t.pick_sequence, t.from_location_id, t.id LIMIT 1
       FOR UPDATE OF t SKIP LOCKED
    """)

  static let claim = Statement(
    """
    UPDATE pick_task SET state = 'claimed', device = $2, worker = $3, changed_at = $4, version = version + 1
     WHERE id = $1
    """)

  static let putBack = Statement(
    """
    UPDATE pick_task SET state = 'open', device = NULL, worker = NULL, changed_at = $2, version = version + 1
     WHERE id = $1
    """)

  static let warehouseOfWave = Statement("SELECT warehouse_id FROM wave WHERE id = $1")

  static let endReservation = Statement(
    "UPDATE stock_reservation SET state = 'released', changed_at = $2 WHERE id = $1 AND state = 'active'")

  /// What a task that was scanned in part still draws on, where the first reservation was.
  static let keepRest = Statement(
    """
    INSERT INTO stock_reservation (id, quant_id, order_line_id, qty, created_at, changed_at)
    SELECT $2::uuid, r.quant_id, r.order_line_id, $3::numeric, $4::timestamptz, $4::timestamptz
      FROM stock_reservation AS r WHERE r.id = $1
    """)

  static let advance = Statement(
    """
    UPDATE pick_task SET picked = picked + $2::numeric, state = $3, reservation_id = $4, changed_at = $5,
           version = version + 1
     WHERE id = $1
    """)

  static let addPicked = Statement("UPDATE shipment_line SET picked = picked + $2::numeric WHERE id = $1")

  static let insertScan = Statement(
    """
    INSERT INTO pick_scan (id, device, seq, kind, task_id, qty, reservation_id, at, actor)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """)

  /// The balance that a task found too little at, and what else of the product is free in its warehouse: not where a
  /// count is under way, because nobody knows what lies there.
  static let otherStock = Statement(
    """
    SELECT q.id, q.product_id, place.code, place.pick_sequence, lot.code, lot.expiry_on, q.in_date,
           q.on_hand - q.reserved, q.location_id, q.lot_key
      FROM stock_quant AS q
      JOIN location AS place ON place.id = q.location_id
      LEFT JOIN lot AS lot ON lot.id = q.lot_key
     WHERE q.product_id = $1 AND q.owner_key = '00000000-0000-0000-0000-000000000000'
       AND (q.id = $3 OR (
         q.on_hand > q.reserved AND place.warehouse_id = $2 AND place.is_pickable AND NOT place.is_quarantine
         AND place.is_active AND NOT EXISTS (
           SELECT 1 FROM count_task AS c
            WHERE c.quant_id = q.id AND c.cause = 'short_pick' AND c.state IN ('requested', 'counting', 'counted'))))
     ORDER BY q.product_id, q.location_id, q.lot_key, q.package_key, q.owner_key
       FOR UPDATE OF q
    """)

  static let quantOfReservation = Statement(
    """
    SELECT r.quant_id, o.warehouse_id
      FROM stock_reservation AS r
      JOIN sales_order_line AS l ON l.id = r.order_line_id
      JOIN sales_order AS o ON o.id = l.order_id
     WHERE r.id = $1
    """)

  static let closeShort = Statement(
    """
    UPDATE pick_task SET state = 'short', short_reason = $2, changed_at = $3, version = version + 1 WHERE id = $1
    """)

  /// What was not found and is nowhere else waits for stock again.
  static let backorder = Statement(
    """
    UPDATE sales_order_line SET reserved = reserved - $2::numeric, open = open + $2::numeric,
           backordered = backordered + $2::numeric
     WHERE id = $1
    """)

  /// The same of an order that waits for nothing; `$3` is what the line is worth without it.
  static let cancelRest = Statement(
    """
    UPDATE sales_order_line SET reserved = reserved - $2::numeric, cancelled = cancelled + $2::numeric,
           amount_minor = $3
     WHERE id = $1
    """)

  /// `$3` the shipment state, NULL for as it is; `$4` and `$5` what total and promise are less by.
  static let cancelOfOrder = Statement(
    """
    UPDATE sales_order SET status = $2, shipment_state = coalesce($3, shipment_state),
           total_minor = total_minor - $4::bigint, exposure_minor = exposure_minor - $5::bigint, version = version + 1
     WHERE id = $1
    """)

  static let shrinkLine = Statement("UPDATE shipment_line SET qty = qty - $2::numeric WHERE id = $1")
}

extension LockedTask {
  /// A row of `PickStatements.lockTask`.
  init(_ rows: Rows) throws(Refusal) {
    guard let row = rows.first else { throw Refusal.notFound }
    id = try row.id(0)
    waveID = try row.id(1)
    shipmentID = try row.id(2)
    lineID = try row.id(3)
    orderLineID = try row.id(4)
    reservationID = try row.id(5)
    productID = try row.id(6)
    removal = try row.known(7)
    baseUnit = try row.text(8)
    lotKey = try row.id(9)
    lotCode = row.textOrNil(10)
    fromID = try row.id(11)
    fromCode = try row.text(12)
    toID = try row.id(13)
    quantity = try row.quantity(14)
    picked = try row.quantity(15)
    state = try row.known(16)
    worker = row.textOrNil(17)
    device = row.textOrNil(18)
    barcodeFits = try row.bool(19)
  }
}

extension TakenScan {
  /// A row of `PickStatements.taken`; `nil` when the number is free.
  static func read(_ rows: Rows) throws(Refusal) -> TakenScan? {
    guard let row = rows.first else { return nil }
    return TakenScan(
      kind: try row.known(0), taskID: try row.id(1), quantity: try row.quantity(2))
  }
}
