import BulkheadCore
import BulkheadData

/// Returns to suppliers as answers show them.
enum SupplierReturnReader {
  static func queries(_ id: EntityID) -> [Query] { [Query(header, .id(id)), Query(lines, .id(id))] }

  /// The return in the answer of `queries` with its version, or `nil`.
  static func found(_ rows: ArraySlice<Rows>) throws(Refusal) -> (json: JSON, version: Int64)? {
    guard rows.count == 2, let row = rows[rows.startIndex].first, case .object(let members) = try summary(row) else {
      return nil
    }
    let currency = try row.currency(8)
    func amount(_ line: Row, _ column: Int) throws(Refusal) -> JSON {
      line.isNull(column) ? .null : .string(try line.money(column, currency).text)
    }
    var lines: [JSON] = []
    for line in rows[rows.startIndex + 1] {
      lines.append([
        "id": .id(try line.id(0)), "line": .int(try line.int(1)), "receiptLineId": .id(try line.id(2)),
        "receipt": .string(try line.text(3)), "orderLineId": .id(try line.id(4)), "sku": .string(try line.text(5)),
        "lot": line.jsonText(6), "location": .string(try line.text(7)), "quantity": try line.quantity(8).json,
        "unbilled": line.isNull(9) ? .null : try line.quantity(9).json, "unbilledValue": try amount(line, 10),
        "billedValue": try amount(line, 11), "stockValue": try amount(line, 12),
      ])
    }
    return (.object(members + [.init("lines", .array(lines))]), try row.int(16))
  }

  static func summary(_ row: Row) throws(Refusal) -> JSON {
    let currency = try row.currency(8)
    func money(_ column: Int) throws(Refusal) -> JSON {
      row.isNull(column) ? .null : try row.money(column, currency).json
    }
    return [
      "id": .id(try row.id(0)), "number": .string(try row.text(1)), "orderId": .id(try row.id(2)),
      "order": .string(try row.text(3)), "supplierId": .id(try row.id(4)), "supplier": .string(try row.text(5)),
      "kind": .string(try row.text(6)), "state": .string(try row.text(7)), "reason": .string(try row.text(9)),
      "expectedAgain": .bool(try row.bool(10)), "supplierReference": row.jsonText(11), "shippedOn": row.jsonText(12),
      "creditNumber": row.jsonText(13), "creditNet": try money(14), "creditTax": try money(15),
      "version": .int(try row.int(16)),
    ]
  }

  private static let header = Statement(
    """
    SELECT back.id, back.number, back.order_id, o.number, back.supplier_id, supplier.code, back.kind, back.state,
           o.currency, back.reason, back.is_expected_again, back.supplier_reference, back.shipped_on,
           back.credit_number, back.credit_net_minor, back.credit_tax_minor, back.version
      FROM supplier_return AS back
      JOIN purchase_order AS o ON o.id = back.order_id
      JOIN party AS supplier ON supplier.id = back.supplier_id
     WHERE back.id = $1
    """)

  /// Newest first. `$2` state, `$3` supplier, each NULL for any.
  static let list = Statement(
    """
    SELECT back.id, back.number, back.order_id, o.number, back.supplier_id, supplier.code, back.kind, back.state,
           o.currency, back.reason, back.is_expected_again, back.supplier_reference, back.shipped_on,
           back.credit_number, back.credit_net_minor, back.credit_tax_minor, back.version
      FROM supplier_return AS back
      JOIN purchase_order AS o ON o.id = back.order_id
      JOIN party AS supplier ON supplier.id = back.supplier_id
     WHERE back.id < $1 AND ($2::text IS NULL OR back.state = $2) AND ($3::uuid IS NULL OR back.supplier_id = $3)
     ORDER BY back.id DESC LIMIT $4
    """)

  private static let lines = Statement(
    """
    SELECT l.id, l.line_no, l.receipt_line_id, r.number, l.order_line_id, p.sku, lot.code, place.code, l.qty,
           l.open_qty, l.open_minor, l.billed_minor, l.stock_minor
      FROM supplier_return_line AS l
      JOIN receipt_line AS line ON line.id = l.receipt_line_id
      JOIN receipt AS r ON r.id = line.receipt_id
      JOIN stock_move AS move ON move.id = line.move_id
      JOIN product AS p ON p.id = move.product_id
      JOIN location AS place ON place.id = l.location_id
      LEFT JOIN lot AS lot ON lot.id = move.lot_key
     WHERE l.return_id = $1 ORDER BY l.line_no
    """)

  static let exists = Statement("SELECT 1 FROM supplier_return WHERE id = $1")

  static let history = Statement(
    """
    SELECT h.id, h.at, h.actor, h.event, h.from_state, h.to_state, h.detail
      FROM supplier_return_history AS h WHERE h.return_id = $1 ORDER BY h.id
    """)
}
