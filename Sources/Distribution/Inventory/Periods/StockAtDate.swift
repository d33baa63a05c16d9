import BulkheadCore
import BulkheadData
import BulkheadServer

/// What lay where at the end of a day: what the last period closed by then wrote down, and the moves since.
public enum StockAtDate {
  /// `$1` the moment, `$2` what was closed by then: its id and end, or nothing.
  public static let closedBy = Statement(
    """
    SELECT id, ends_at FROM stock_period
     WHERE state = 'closed' AND ends_at <= $1 ORDER BY ends_at DESC LIMIT 1
    """)

  /// One page: after `$1`, of warehouse `$2` or NULL for all, before moment `$5`, from what period `$3` wrote down at
  /// its end `$4`, NULL and `-infinity` for none; at most `$6` rows. Each balance looks up its own few moves: a page
  /// costs the same however many there are elsewhere. Nothing is computed of `$4`: below row security the planner takes
  /// a COALESCE for leaky and would not look for it in the index.
  public static let page = Statement(
    """
    SELECT q.id, q.product_id, p.sku, p.base_uom, q.location_id, place.code, lot.code, lot.expiry_on, held.on_hand
      FROM stock_quant AS q
      JOIN location AS place ON place.id = q.location_id
      JOIN product AS p ON p.id = q.product_id
      LEFT JOIN lot AS lot ON lot.id = q.lot_key
      JOIN LATERAL (
        SELECT coalesce(sum(part.qty), 0) AS on_hand
          FROM (SELECT b.on_hand AS qty FROM stock_period_balance AS b
                 WHERE b.period_id = $3 AND b.quant_id = q.id
                UNION ALL
                SELECT CASE WHEN m.to_location_id = q.location_id THEN m.qty ELSE -m.qty END
                  FROM stock_move AS m
                 WHERE m.product_id = q.product_id AND m.effective_at >= $4
                   AND m.effective_at < $5 AND m.lot_key = q.lot_key AND m.package_key = q.package_key
                   AND m.owner_key = q.owner_key
                   AND (m.to_location_id = q.location_id OR m.from_location_id = q.location_id)) AS part
        ) AS held ON held.on_hand <> 0
     WHERE q.id > $1 AND q.location_type = 'storage' AND ($2::uuid IS NULL OR place.warehouse_id = $2)
     ORDER BY q.id
     LIMIT $6
    """)

  /// `$3` and `$4` of a page, from what `closedBy` found.
  public static func start(_ closed: Row?) -> [SQLValue] {
    [.optional(closed?.idOrNil(0)), closed?.instantOrNil(1).map { .instant($0) } ?? .text("-infinity")]
  }

  static func item(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "productId": .id(try row.id(1)), "sku": .string(try row.text(2)),
      "baseUnit": .string(try row.text(3)), "locationId": .id(try row.id(4)), "location": .string(try row.text(5)),
      "lot": row.jsonText(6), "expiryOn": row.jsonText(7), "onHand": try row.quantity(8).json,
    ]
  }
}
