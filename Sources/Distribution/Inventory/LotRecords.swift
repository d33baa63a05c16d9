import BulkheadCore
import BulkheadData

/// Lots and serial numbers.
enum LotRecords {
  static let insert = Statement(
    """
    INSERT INTO lot (id, product_id, code, expiry_on, best_before_on, supplier_lot) VALUES ($1, $2, $3, $4, $5, $6)
    """)

  static let one = Statement(
    """
    SELECT id, product_id, code, expiry_on, best_before_on, supplier_lot, version FROM lot WHERE id = $1
    """)

  static let list = Statement(
    """
    SELECT id, product_id, code, expiry_on, best_before_on, supplier_lot, version FROM lot
     WHERE id > $1 ORDER BY id LIMIT $2
    """)

  /// `$2` product.
  static let byProduct = Statement(
    """
    SELECT id, product_id, code, expiry_on, best_before_on, supplier_lot, version FROM lot
     WHERE id > $1 AND product_id = $2 ORDER BY id LIMIT $3
    """)

  static func lot(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "productId": .id(try row.id(1)), "code": .string(try row.text(2)),
      "expiryOn": row.jsonText(3), "bestBeforeOn": row.jsonText(4), "supplierLot": row.jsonText(5),
      "version": .int(try row.int(6)),
    ]
  }
}
