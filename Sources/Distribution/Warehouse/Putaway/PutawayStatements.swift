import BulkheadCore

/// The statements of putting away.
enum PutawayStatements {
  /// Warehouses whose input place is one of `$1`, with that place and their storage.
  static let inputs = Statement(
    """
    SELECT w.input_id, w.id, w.storage_id, storage.pick_sequence
      FROM location AS w JOIN location AS storage ON storage.id = w.storage_id
     WHERE w.type = 'warehouse' AND w.input_id = ANY ($1::uuid[])
    """)

  /// Whoever proposes places of a warehouse does so one after the other, so that none is promised twice.
  static let lockRules = Statement(
    "SELECT id FROM putaway_rule WHERE warehouse_id = $1 AND is_active ORDER BY id FOR UPDATE")

  /// The rules for products `$2`, in the order in which they count.
  static let rules = Statement(
    """
    SELECT p.id, r.id, r.location_id, r.zone, r.capacity
      FROM product AS p
      LEFT JOIN product_category AS c ON c.id = p.category_id
      JOIN putaway_rule AS r ON r.warehouse_id = $1 AND r.is_active
     WHERE p.id = ANY ($2::uuid[])
       AND (r.product_id = p.id OR r.category_id = ANY (c.lineage) OR num_nonnulls(r.product_id, r.category_id) = 0)
     ORDER BY p.id, CASE WHEN r.product_id IS NOT NULL THEN 0
                         WHEN r.category_id IS NOT NULL THEN array_position(c.lineage, r.category_id) ELSE 1000 END,
              r.sequence, r.id
    """)

  /// The places that rules of warehouse `$1` name, with what lies there and is on its way.
  static let places = Statement(
    """
    SELECT l.id, l.zone, l.pick_sequence, l.capacity_qty, l.mix_rule, coalesce(held.qty, 0), held.products, held.lots
      FROM location AS l
      LEFT JOIN LATERAL (
        SELECT sum(part.qty) AS qty, array_agg(part.product_id) AS products, array_agg(part.lot_key) AS lots
          FROM (SELECT q.on_hand AS qty, q.product_id, q.lot_key FROM stock_quant AS q
                 WHERE q.location_id = l.id AND q.on_hand > 0
                UNION ALL
                SELECT t.qty - t.moved, t.product_id, t.lot_key FROM putaway_task AS t
                 WHERE t.to_location_id = l.id AND t.state IN ('open', 'claimed')) AS part) AS held ON true
     WHERE l.warehouse_id = $1 AND l.type = 'storage' AND l.is_active AND NOT l.is_quarantine
       AND NOT EXISTS (SELECT FROM location AS w WHERE w.id = $1 AND w.input_id = l.id)
       AND (l.id IN (SELECT r.location_id FROM putaway_rule AS r WHERE r.warehouse_id = $1 AND r.is_active)
         OR l.zone IN (SELECT r.zone FROM putaway_rule AS r WHERE r.warehouse_id = $1 AND r.is_active))
     ORDER BY l.pick_sequence, l.code
    """)

  static let insertTasks = Statement(
    """
    INSERT INTO putaway_task (legal_entity_id, warehouse_id, receipt_id, created_at, changed_at, id, product_id,
      lot_key, from_location_id, to_location_id, rule_id, pick_sequence, qty)
    SELECT $1::uuid, $2::uuid, $3::uuid, $4::timestamptz, $4::timestamptz, t.id, t.product_id, t.lot_key, t.from_id,
           t.to_id, t.rule_id, t.sequence, t.qty
      FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::int[], $12::numeric[])
           AS t (id, product_id, lot_key, from_id, to_id, rule_id, sequence, qty)
    """)

  static let held = Statement(
    """
    SELECT t.id FROM putaway_task AS t
     WHERE t.state = 'claimed' AND t.device = $1 AND t.worker = $2 ORDER BY t.id LIMIT 1
    """)

  /// The next walk. Two workers who ask at once pass each other's rows, so nobody waits and nobody gets the same.
  static let next = Statement(
    """
    SELECT t.id FROM putaway_task AS t
     WHERE t.state = 'open' AND t.warehouse_id = $1
     ORDER BY t.pick_sequence, t.to_location_id, t.id LIMIT 1
       FOR UPDATE OF t SKIP LOCKED
    """)

  static let claim = Statement(
    """
    UPDATE putaway_task SET state = 'claimed', device = $2, worker = $3, changed_at = $4, version = version + 1
     WHERE id = $1
    """)

  static let putBack = Statement(
    """
    UPDATE putaway_task SET state = 'open', device = NULL, worker = NULL, changed_at = $2, version = version + 1
     WHERE id = $1
    """)

  static let cancel = Statement(
    """
    UPDATE putaway_task SET state = 'cancelled', cancel_reason = $2, changed_at = $3, version = version + 1
     WHERE id = $1
    """)

  static let cancelAll = Statement(
    """
    UPDATE putaway_task SET state = 'cancelled', cancel_reason = $2, changed_at = $3, version = version + 1
     WHERE id = ANY ($1::uuid[])
    """)

  /// Tasks `$2` to the places of the tasks `$3`, over `$4` each.
  static let insertRests = Statement(
    """
    INSERT INTO putaway_task (id, legal_entity_id, warehouse_id, receipt_id, product_id, lot_key, from_location_id,
      to_location_id, rule_id, pick_sequence, qty, created_at, changed_at)
    SELECT n.id, t.legal_entity_id, t.warehouse_id, t.receipt_id, t.product_id, t.lot_key, t.from_location_id,
           t.to_location_id, t.rule_id, t.pick_sequence, n.qty, $1::timestamptz, $1::timestamptz
      FROM unnest($2::uuid[], $3::uuid[], $4::numeric[]) AS n (id, task_id, qty)
      JOIN putaway_task AS t ON t.id = n.task_id
    """)

  /// What is to be put away of the receipts that a return names, in the order of the walk.
  static let lockTasksOfReturn = Statement(
    """
    SELECT t.receipt_id, t.product_id, t.lot_key, t.from_location_id, t.id, t.qty - t.moved, t.state
      FROM putaway_task AS t
     WHERE t.state IN ('open', 'claimed')
       AND t.receipt_id IN (SELECT line.receipt_id
                              FROM supplier_return_line AS l JOIN receipt_line AS line ON line.id = l.receipt_line_id
                             WHERE l.return_id = $1)
     ORDER BY t.pick_sequence, t.to_location_id, t.id FOR UPDATE OF t
    """)

  /// What leaves with a return from where it was received to and put-away tasks were made, and how much of its receipt
  /// still waits there: what came, less what was put away and what has gone back from there before.
  static let goodsOfReturn = Statement(
    """
    SELECT goods.receipt_id, goods.product_id, goods.lot_key, goods.place_id, goods.qty,
           came.qty - put.qty - coalesce(gone.qty, 0), goods.line_no
      FROM (SELECT line.receipt_id, move.product_id, move.lot_key, l.location_id AS place_id, sum(l.qty) AS qty,
                   min(l.line_no) AS line_no
              FROM supplier_return_line AS l
              JOIN receipt_line AS line ON line.id = l.receipt_line_id
              JOIN stock_move AS move ON move.id = line.move_id
             WHERE l.return_id = $1 AND line.condition = 'good' AND move.to_location_id = l.location_id
             GROUP BY line.receipt_id, move.product_id, move.lot_key, l.location_id) AS goods
      JOIN LATERAL (
        SELECT sum(t.moved) AS qty FROM putaway_task AS t
         WHERE t.receipt_id = goods.receipt_id AND t.product_id = goods.product_id AND t.lot_key = goods.lot_key
           AND t.from_location_id = goods.place_id) AS put ON put.qty IS NOT NULL
      JOIN LATERAL (
        SELECT sum(line.qty) AS qty
          FROM receipt_line AS line JOIN stock_move AS move ON move.id = line.move_id
         WHERE line.receipt_id = goods.receipt_id AND line.condition = 'good'
           AND move.product_id = goods.product_id AND move.lot_key = goods.lot_key
           AND move.to_location_id = goods.place_id) AS came ON true
      LEFT JOIN LATERAL (
        SELECT sum(l.qty) AS qty
          FROM receipt_line AS line
          JOIN stock_move AS move ON move.id = line.move_id
          JOIN supplier_return_line AS l ON l.receipt_line_id = line.id
         WHERE line.receipt_id = goods.receipt_id AND line.condition = 'good'
           AND move.product_id = goods.product_id AND move.lot_key = goods.lot_key
           AND move.to_location_id = goods.place_id AND l.location_id = goods.place_id
           AND l.move_id IS NOT NULL) AS gone ON true
     ORDER BY goods.line_no
    """)

  static let advance = Statement(
    """
    UPDATE putaway_task SET moved = moved + $2::numeric, state = $3, changed_at = $4, version = version + 1
     WHERE id = $1
    """)

  static let insertScan = Statement(
    """
    INSERT INTO putaway_scan (id, device, seq, task_id, location_id, reason, qty, move_id, at, actor)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """)

  static let taken = Statement(
    """
    SELECT scan.task_id, scan.qty, place.code
      FROM putaway_scan AS scan JOIN location AS place ON place.id = scan.location_id
     WHERE scan.device = $1 AND scan.seq = $2
    """)

  /// Fifth: whether it is where its warehouse takes goods in.
  static let place = Statement(
    """
    SELECT l.id, l.code, l.type, l.warehouse_id, coalesce(w.input_id = l.id, false)
      FROM location AS l LEFT JOIN location AS w ON w.id = l.warehouse_id
     WHERE l.code = $1 AND l.is_active
    """)

  /// `$2` is the barcode as scanned, `$3` the same as a 14-digit GTIN.
  static let lockTask = Statement(
    """
    SELECT t.id, t.legal_entity_id, entity.currency, entity.fiscal_year_start_month, t.warehouse_id, t.product_id,
           p.base_uom, t.lot_key, lot.code, t.from_location_id, t.to_location_id, t.qty, t.moved, t.state, t.worker,
           t.device,
           $2::text IS NULL OR p.sku = $2 OR EXISTS (
             SELECT 1 FROM product_identifier AS i
              WHERE i.product_id = t.product_id AND i.scheme = 'gtin' AND i.value = $3)
      FROM putaway_task AS t
      JOIN legal_entity AS entity ON entity.id = t.legal_entity_id
      JOIN product AS p ON p.id = t.product_id
      LEFT JOIN lot AS lot ON lot.id = t.lot_key
     WHERE t.id = $1 FOR UPDATE OF t
    """)
}
