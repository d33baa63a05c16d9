import BulkheadCore

/// The statements of counts.
enum CountStatements {
  /// A count that is under way when a pick finds too little becomes one of a doubtful balance.
  static let doubt = Statement(
    """
    UPDATE count_task SET cause = 'short_pick', pick_task_id = $2, version = version + 1
     WHERE quant_id = $1 AND cause = 'cycle' AND state IN ('requested', 'counting', 'counted')
    """)

  /// After a short pick, when no count is under way. The balance is locked, so none can come between.
  static let requestOnce = Statement(
    """
    INSERT INTO count_task (id, quant_id, cause, pick_task_id, note, requested_by, created_at, changed_at)
    SELECT $1::uuid, q.id, 'short_pick', $3::uuid, $4, $5, $6::timestamptz, $6::timestamptz
      FROM stock_quant AS q
     WHERE q.id = $2 AND NOT EXISTS (
       SELECT 1 FROM count_task AS c WHERE c.quant_id = $2 AND c.state IN ('requested', 'counting', 'counted'))
    """)

  static let request = Statement(
    """
    INSERT INTO count_task (id, quant_id, cause, note, requested_by, created_at, changed_at)
    VALUES ($1, $2, 'cycle', $3, $4, $5, $5)
    """)

  static let quant = Statement("SELECT location_type FROM stock_quant WHERE id = $1")

  static let head = Statement(
    """
    SELECT q.product_id, q.location_id, q.id, q.lot_key, w.lost_found_id, p.base_uom, q.package_key, q.owner_key
      FROM count_task AS c
      JOIN stock_quant AS q ON q.id = c.quant_id
      JOIN product AS p ON p.id = q.product_id
      JOIN location AS place ON place.id = q.location_id
      LEFT JOIN location AS w ON w.id = place.warehouse_id
     WHERE c.id = $1
    """)

  static let lock = Statement("SELECT state, expected, counted FROM count_task WHERE id = $1 FOR UPDATE")

  static let lockQuant = Statement("SELECT on_hand FROM stock_quant WHERE id = $1 FOR UPDATE")

  static let setState = Statement(
    "UPDATE count_task SET state = $2, changed_at = $3, version = version + 1 WHERE id = $1")

  static let counted = Statement(
    """
    UPDATE count_task SET state = 'counted', expected = $2, counted = $3, counted_by = $4, changed_at = $5,
           version = version + 1
     WHERE id = $1
    """)

  static let approved = Statement(
    """
    UPDATE count_task SET state = 'approved', approved_by = $2, changed_at = $3, version = version + 1 WHERE id = $1
    """)

  static let one = Statement(
    """
    SELECT c.id, c.quant_id, p.sku, place.code, lot.code, c.cause, c.pick_task_id, c.state, c.expected, c.counted,
           c.counted - c.expected, c.note, c.created_at, c.version
      FROM count_task AS c
      JOIN stock_quant AS q ON q.id = c.quant_id
      JOIN product AS p ON p.id = q.product_id
      JOIN location AS place ON place.id = q.location_id
      LEFT JOIN lot AS lot ON lot.id = q.lot_id
     WHERE c.id = $1
    """)

  /// `$2` state, NULL for any.
  static let list = Statement(
    """
    SELECT c.id, c.quant_id, p.sku, place.code, lot.code, c.cause, c.pick_task_id, c.state, c.expected, c.counted,
           c.counted - c.expected, c.note, c.created_at, c.version
      FROM count_task AS c
      JOIN stock_quant AS q ON q.id = c.quant_id
      JOIN product AS p ON p.id = q.product_id
      JOIN location AS place ON place.id = q.location_id
      LEFT JOIN lot AS lot ON lot.id = q.lot_id
     WHERE c.id > $1 AND ($2::text IS NULL OR c.state = $2)
     ORDER BY c.id LIMIT $3
    """)

  static func task(_ row: Row) throws(Refusal) -> JSON {
    func quantity(_ column: Int) throws(Refusal) -> JSON { row.isNull(column) ? .null : try row.quantity(column).json }
    return [
      "id": .id(try row.id(0)), "quantId": .id(try row.id(1)), "sku": .string(try row.text(2)),
      "location": .string(try row.text(3)), "lot": row.jsonText(4), "cause": .string(try row.text(5)),
      "pickTaskId": row.jsonText(6), "state": .string(try row.text(7)), "expected": try quantity(8),
      "counted": try quantity(9), "variance": try quantity(10), "note": .string(try row.text(11)),
      "createdAt": .instant(try row.instant(12)), "version": .int(try row.int(13)),
    ]
  }
}
