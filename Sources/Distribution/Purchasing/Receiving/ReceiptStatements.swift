import BulkheadCore

/// The statements that write receipts.
enum ReceiptStatements {
  static let insert = Statement(
    """
    INSERT INTO receipt (id, legal_entity_id, number, order_id, delivery_note, received_on, received_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO receipt_line (receipt_id, id, line_no, order_line_id, move_id, qty, value_minor, condition, advised_qty)
    SELECT $1::uuid, l.id, l.line_no, l.order_line_id, l.move_id, l.qty, l.value_minor, l.condition, l.advised
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::numeric[], $7::bigint[], $8::text[], $9::numeric[])
           AS l (id, line_no, order_line_id, move_id, qty, value_minor, condition, advised)
    """)

  static let receiveLines = Statement(
    """
    UPDATE purchase_order_line AS l SET received = l.received + n.qty, received_minor = l.received_minor + n.minor
      FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS n (id, qty, minor)
     WHERE l.id = n.id
    """)

  /// What is still open stays planned; with the last of it the plan is done. Runs after `receiveLines`.
  static let fulfil = Statement(
    """
    UPDATE planned_move AS m
       SET qty = CASE WHEN l.open > 0 THEN l.open ELSE m.qty END,
           state = CASE WHEN l.open > 0 THEN m.state ELSE 'done' END,
           move_id = CASE WHEN l.open > 0 THEN m.move_id ELSE n.move_id END, version = m.version + 1
      FROM unnest($1::uuid[], $2::uuid[]) AS n (id, move_id)
      JOIN purchase_order_line AS l ON l.id = n.id
     WHERE m.origin_id = n.id AND m.origin_type = 'purchase_order_line' AND m.state IN ('draft', 'assigned')
    """)

  static let header = Statement(
    """
    SELECT r.id, r.number, r.order_id, o.number, r.delivery_note, r.received_on, r.created_at, o.currency
      FROM receipt AS r JOIN purchase_order AS o ON o.id = r.order_id
     WHERE r.id = $1
    """)

  /// `$2` order, NULL for any.
  static let list = Statement(
    """
    SELECT r.id, r.number, r.order_id, o.number, r.delivery_note, r.received_on, r.created_at, o.currency
      FROM receipt AS r JOIN purchase_order AS o ON o.id = r.order_id
     WHERE r.id > $1 AND ($2::uuid IS NULL OR r.order_id = $2)
     ORDER BY r.id LIMIT $3
    """)

  static let lines = Statement(
    """
    SELECT line.id, line.line_no, line.order_line_id, p.sku, place.code, lot.code, line.condition, line.qty,
           line.advised_qty, line.short_qty, line.over_qty, line.invoiced, move.unit_cost, line.value_minor,
           line.returned_open + line.returned_billed
      FROM receipt_line AS line
      JOIN stock_move AS move ON move.id = line.move_id
      JOIN product AS p ON p.id = move.product_id
      JOIN location AS place ON place.id = move.to_location_id
      LEFT JOIN lot AS lot ON lot.id = move.lot_key
     WHERE line.receipt_id = $1 ORDER BY line.line_no
    """)

  static func queries(_ receipt: EntityID) -> [Query] { [Query(header, .id(receipt)), Query(lines, .id(receipt))] }
}
