import BulkheadCore

/// The statements that write purchase orders.
enum PurchaseStatements {
  /// `$11` is how many days the slowest line takes, for when no day is asked for.
  static let insertOrder = Statement(
    """
    INSERT INTO purchase_order (id, legal_entity_id, number, supplier_id, warehouse_id, currency, status, expected_on,
      total_minor, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'draft', CASE WHEN $7::date IS NOT NULL THEN $7::date ELSE $8::date + $11::int END,
      $9, $10, $12)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO purchase_order_line (order_id, id, line_no, product_id, entered_qty, entered_uom, ordered, receivable,
      unit_price, price_source, supplier_price_id, contract_line_id, suggestion_id, amount_minor)
    SELECT $1::uuid, l.id, l.line_no, l.product_id, l.entered_qty, l.entered_uom, l.ordered, l.receivable,
           l.unit_price, l.price_source, l.supplier_price_id, l.contract_line_id, l.suggestion_id, l.amount_minor
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::numeric[], $6::text[], $7::numeric[], $8::numeric[],
                  $9::numeric[], $10::text[], $11::uuid[], $12::uuid[], $13::uuid[], $14::bigint[])
           AS l (id, line_no, product_id, entered_qty, entered_uom, ordered, receivable, unit_price, price_source,
                 supplier_price_id, contract_line_id, suggestion_id, amount_minor)
    """)

  /// Contract lines are changed in the order of their ids by whoever changes several.
  static let lockContractLines = Statement(
    """
    SELECT id FROM supplier_contract_line WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
    """)

  /// The same for those that an order has called off.
  static let lockReleased = Statement(
    """
    SELECT line.id FROM supplier_contract_line AS line
     WHERE line.id IN (SELECT l.contract_line_id FROM purchase_order_line AS l WHERE l.order_id = $1)
     ORDER BY line.id FOR UPDATE OF line
    """)

  /// Calls off what contract lines gave.
  static let release = Statement(
    """
    UPDATE supplier_contract_line AS line SET released_qty = line.released_qty + n.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS n (id, qty)
     WHERE line.id = n.id
    """)

  static let insertHistory = Statement(
    """
    INSERT INTO purchase_order_history (id, order_id, at, actor, event, from_status, to_status, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)

  static let lock = Statement(
    """
    SELECT id, legal_entity_id, number, supplier_id, warehouse_id, currency, status, version FROM purchase_order
     WHERE id = $1 FOR UPDATE
    """)

  static let hasReceipts = Statement("SELECT 1 FROM receipt WHERE order_id = $1 LIMIT 1")

  static let setStatus = Statement("UPDATE purchase_order SET status = $2, version = version + 1 WHERE id = $1")

  static let touch = Statement("UPDATE purchase_order SET version = version + 1 WHERE id = $1")

  /// What is still to come is expected at the warehouse's storage. `$2` is where suppliers' goods come from.
  static let plan = Statement(
    """
    INSERT INTO planned_move (id, product_id, qty, from_location_id, to_location_id, planned_on, origin_type, origin_id,
      created_at)
    SELECT n.id, l.product_id, l.open, $2::uuid, warehouse.storage_id, o.expected_on, 'purchase_order_line', l.id,
           $5::timestamptz
      FROM unnest($3::uuid[], $4::uuid[]) AS n (line_id, id)
      JOIN purchase_order_line AS l ON l.id = n.line_id
      JOIN purchase_order AS o ON o.id = l.order_id
      JOIN location AS warehouse ON warehouse.id = o.warehouse_id
     WHERE l.order_id = $1 AND l.open > 0
    """)

  static let lineIDs = Statement("SELECT id FROM purchase_order_line WHERE order_id = $1 ORDER BY line_no")

  /// What will not come is not expected any more.
  static let unplan = Statement(
    """
    UPDATE planned_move SET state = 'cancelled', version = version + 1
     WHERE state IN ('draft', 'assigned') AND origin_type = 'purchase_order_line'
       AND origin_id IN (SELECT l.id FROM purchase_order_line AS l WHERE l.order_id = $1)
    """)

  /// Gives back to the contracts what will not come; before the lines forget it.
  static let unrelease = Statement(
    """
    UPDATE supplier_contract_line AS line SET released_qty = line.released_qty - n.qty
      FROM (SELECT l.contract_line_id AS id, sum(l.open) AS qty FROM purchase_order_line AS l
             WHERE l.order_id = $1 AND l.contract_line_id IS NOT NULL GROUP BY l.contract_line_id) AS n
     WHERE line.id = n.id
    """)

  static let cancelLines = Statement(
    "UPDATE purchase_order_line SET cancelled = cancelled + open WHERE order_id = $1 AND open > 0")

  static let supplierPlace = Statement(
    "SELECT id FROM location WHERE type = 'supplier' AND is_active ORDER BY id LIMIT 1")
}
