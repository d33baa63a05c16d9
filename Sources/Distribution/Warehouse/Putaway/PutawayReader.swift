import BulkheadCore
import BulkheadData

/// Put-away tasks and rules as answers show them, and the writing of rules.
enum PutawayReader {
  static let one = Statement(
    """
    SELECT t.id, t.receipt_id, r.number, t.product_id, p.sku, lot.code, source.code, target.code, t.rule_id, t.qty,
           t.moved, t.state, t.worker, t.device, t.cancel_reason, t.version
      FROM putaway_task AS t
      JOIN receipt AS r ON r.id = t.receipt_id
      JOIN product AS p ON p.id = t.product_id
      JOIN location AS source ON source.id = t.from_location_id
      JOIN location AS target ON target.id = t.to_location_id
      LEFT JOIN lot AS lot ON lot.id = t.lot_key
     WHERE t.id = $1
    """)

  /// `$2` receipt, `$3` state, each NULL for any.
  static let list = Statement(
    """
    SELECT t.id, t.receipt_id, r.number, t.product_id, p.sku, lot.code, source.code, target.code, t.rule_id, t.qty,
           t.moved, t.state, t.worker, t.device, t.cancel_reason, t.version
      FROM putaway_task AS t
      JOIN receipt AS r ON r.id = t.receipt_id
      JOIN product AS p ON p.id = t.product_id
      JOIN location AS source ON source.id = t.from_location_id
      JOIN location AS target ON target.id = t.to_location_id
      LEFT JOIN lot AS lot ON lot.id = t.lot_key
     WHERE t.id > $1 AND ($2::uuid IS NULL OR t.receipt_id = $2) AND ($3::text IS NULL OR t.state = $3)
     ORDER BY t.id LIMIT $4
    """)

  static func task(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "receiptId": .id(try row.id(1)), "receipt": .string(try row.text(2)),
      "productId": .id(try row.id(3)), "sku": .string(try row.text(4)), "lot": row.jsonText(5),
      "from": .string(try row.text(6)), "to": .string(try row.text(7)), "ruleId": row.jsonText(8),
      "quantity": try row.quantity(9).json, "moved": try row.quantity(10).json, "state": .string(try row.text(11)),
      "worker": row.jsonText(12), "device": row.jsonText(13), "cancelReason": row.jsonText(14),
      "version": .int(try row.int(15)),
    ]
  }

  static let insertRule = Statement(
    """
    INSERT INTO putaway_rule (id, warehouse_id, product_id, category_id, sequence, location_id, zone, capacity,
      created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """)

  /// `$4` whether the capacity changes, to `$5`; `$3` and `$6` NULL for what stays.
  static let updateRule = Statement(
    """
    UPDATE putaway_rule
       SET sequence = coalesce($3, sequence), capacity = CASE WHEN $4 THEN $5::numeric ELSE capacity END,
           is_active = coalesce($6::boolean, is_active), version = version + 1
     WHERE id = $1 AND version = $2
    """)

  static let ruleExists = Statement("SELECT 1 FROM putaway_rule WHERE id = $1")

  static let rule = Statement(
    """
    SELECT id, warehouse_id, product_id, category_id, sequence, location_id, zone, capacity, is_active, version
      FROM putaway_rule WHERE id = $1
    """)

  /// `$2` product, NULL for any.
  static let rules = Statement(
    """
    SELECT id, warehouse_id, product_id, category_id, sequence, location_id, zone, capacity, is_active, version
      FROM putaway_rule WHERE id > $1 AND ($2::uuid IS NULL OR product_id = $2) ORDER BY id LIMIT $3
    """)

  static func rule(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "warehouseId": .id(try row.id(1)), "productId": row.jsonText(2),
      "categoryId": row.jsonText(3), "sequence": .int(try row.int(4)), "locationId": row.jsonText(5),
      "zone": row.jsonText(6), "capacity": row.isNull(7) ? .null : try row.quantity(7).json,
      "isActive": .bool(try row.bool(8)), "version": .int(try row.int(9)),
    ]
  }
}
