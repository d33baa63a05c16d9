import BulkheadCore

/// The statements of goods that go back to suppliers.
enum SupplierReturnStatements {
  static let orders = Statement(
    """
    SELECT line.id, r.order_id FROM receipt_line AS line JOIN receipt AS r ON r.id = line.receipt_id
     WHERE line.id = ANY ($1::uuid[])
    """)

  /// Where lines of receipts were put, and what of them is neither back nor on its way back.
  static let candidates = Statement(
    """
    SELECT line.id, line.order_line_id, move.to_location_id,
           line.qty - line.returned_open - line.returned_billed - coalesce(waiting.qty, 0)
      FROM receipt_line AS line
      JOIN stock_move AS move ON move.id = line.move_id
      LEFT JOIN LATERAL (
        SELECT sum(other.qty) AS qty
          FROM supplier_return_line AS other JOIN supplier_return AS back ON back.id = other.return_id
         WHERE other.receipt_line_id = line.id AND back.state IN ('requested', 'accepted')) AS waiting ON true
     WHERE line.id = ANY ($1::uuid[])
    """)

  static let locations = Statement(
    "SELECT code, id, type FROM location WHERE code = ANY ($1::text[]) AND is_active")

  static let insert = Statement(
    """
    INSERT INTO supplier_return (id, legal_entity_id, number, order_id, supplier_id, kind, is_expected_again, state,
      reason, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO supplier_return_line (return_id, id, line_no, receipt_line_id, order_line_id, location_id, qty)
    SELECT $1::uuid, l.id, l.line_no, l.receipt_line_id, l.order_line_id, l.location_id, l.qty
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::uuid[], $7::numeric[])
           AS l (id, line_no, receipt_line_id, order_line_id, location_id, qty)
    """)

  static let orderOf = Statement("SELECT order_id FROM supplier_return WHERE id = $1")

  static let lock = Statement(
    """
    SELECT back.id, back.number, back.state, back.is_expected_again, back.version, entity.fiscal_year_start_month
      FROM supplier_return AS back JOIN legal_entity AS entity ON entity.id = back.legal_entity_id
     WHERE back.id = $1 FOR UPDATE OF back
    """)

  /// The lines of a return with what of their receipts can go back, in their order.
  static let lines = Statement(
    """
    SELECT l.id, l.line_no, l.receipt_line_id, l.order_line_id, l.location_id, l.qty, move.product_id, move.lot_key,
           p.base_uom, line.qty - line.invoiced - line.returned_open,
           line.value_minor - line.cleared_minor - line.returned_open_minor, line.invoiced - line.returned_billed,
           line.cleared_minor - line.returned_billed_minor, coalesce(l.billed_minor, 0), r.received_on
      FROM supplier_return_line AS l
      JOIN receipt_line AS line ON line.id = l.receipt_line_id
      JOIN receipt AS r ON r.id = line.receipt_id
      JOIN stock_move AS move ON move.id = line.move_id
      JOIN product AS p ON p.id = move.product_id
     WHERE l.return_id = $1 ORDER BY l.line_no
    """)

  static let setState = Statement("UPDATE supplier_return SET state = $2, version = version + 1 WHERE id = $1")

  static let accept = Statement(
    """
    UPDATE supplier_return SET state = 'accepted', supplier_reference = $2, version = version + 1 WHERE id = $1
    """)

  static let ship = Statement(
    "UPDATE supplier_return SET state = $2, shipped_on = $3, version = version + 1 WHERE id = $1")

  static let credit = Statement(
    """
    UPDATE supplier_return
       SET state = 'completed', credit_number = $2, credit_net_minor = $3, credit_tax_minor = $4, version = version + 1
     WHERE id = $1
    """)

  static let shipLines = Statement(
    """
    UPDATE supplier_return_line AS l
       SET open_qty = n.open_qty, open_minor = n.open_minor, billed_minor = n.billed_minor,
           stock_minor = n.stock_minor, move_id = n.move_id
      FROM unnest($1::uuid[], $2::numeric[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[])
           AS n (id, open_qty, open_minor, billed_minor, stock_minor, move_id)
     WHERE l.id = n.id
    """)

  static let returnReceipts = Statement(
    """
    UPDATE receipt_line AS line
       SET returned_open = line.returned_open + n.open_qty,
           returned_open_minor = line.returned_open_minor + n.open_minor,
           returned_billed = line.returned_billed + n.billed_qty,
           returned_billed_minor = line.returned_billed_minor + n.billed_minor
      FROM unnest($1::uuid[], $2::numeric[], $3::bigint[], $4::numeric[], $5::bigint[])
           AS n (id, open_qty, open_minor, billed_qty, billed_minor)
     WHERE line.id = n.id
    """)

  static let returnLines = Statement(
    """
    UPDATE purchase_order_line AS l
       SET returned = l.returned + n.qty, returned_open = l.returned_open + n.open_qty,
           returned_minor = l.returned_minor + n.minor, reopened = l.reopened + n.reopened
      FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::bigint[], $5::numeric[])
           AS n (id, qty, open_qty, minor, reopened)
     WHERE l.id = n.id
    """)

  static let creditLines = Statement(
    """
    UPDATE purchase_order_line AS l SET credited_minor = l.credited_minor + n.minor
      FROM unnest($1::uuid[], $2::bigint[]) AS n (id, minor)
     WHERE l.id = n.id
    """)

  /// What is open of lines again is expected with what was expected of them.
  static let replan = Statement(
    """
    UPDATE planned_move AS m SET qty = l.open, version = m.version + 1
      FROM purchase_order_line AS l
     WHERE l.id = ANY ($1::uuid[]) AND l.open > 0 AND m.origin_id = l.id AND m.origin_type = 'purchase_order_line'
       AND m.state IN ('draft', 'assigned')
    """)

  /// The same where nothing was expected any more. `$3` is where suppliers' goods come from.
  static let plan = Statement(
    """
    INSERT INTO planned_move (id, product_id, qty, from_location_id, to_location_id, planned_on, origin_type, origin_id,
      created_at)
    SELECT n.id, l.product_id, l.open, $3::uuid, warehouse.storage_id, o.expected_on, 'purchase_order_line', l.id,
           $4::timestamptz
      FROM unnest($1::uuid[], $2::uuid[]) AS n (line_id, id)
      JOIN purchase_order_line AS l ON l.id = n.line_id
      JOIN purchase_order AS o ON o.id = l.order_id
      JOIN location AS warehouse ON warehouse.id = o.warehouse_id
     WHERE l.open > 0
       AND NOT EXISTS (SELECT 1 FROM planned_move AS m
                        WHERE m.origin_id = l.id AND m.origin_type = 'purchase_order_line'
                          AND m.state IN ('draft', 'assigned'))
    """)

  static let insertHistory = Statement(
    """
    INSERT INTO supplier_return_history (id, return_id, at, actor, event, from_state, to_state, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)
}
