import BulkheadCore
import BulkheadData

/// The statements of ship notices.
enum NoticeStatements {
  static let duplicate = Statement("SELECT 1 FROM asn WHERE supplier_id = $1 AND number = $2")

  static let insert = Statement(
    """
    INSERT INTO asn (id, supplier_id, number, message_id, state, shipped_on, expected_on, carrier, tracking_number,
      bill_of_lading, created_at)
    VALUES ($1, $2, $3, $4, 'announced', $5, $6, $7, $8, $9, $10)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO asn_line (asn_id, id, line_no, order_line_id, sscc, lot, entered_qty, entered_uom, qty, over_order)
    SELECT $1::uuid, n.id, n.line_no, n.order_line_id, n.sscc, n.lot, n.entered, n.uom, n.qty, n.beyond
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::text[], $7::numeric[], $8::text[], $9::numeric[],
                  $10::numeric[]) AS n (id, line_no, order_line_id, sscc, lot, entered, uom, qty, beyond)
    """)

  static let lock = Statement("SELECT number, state FROM asn WHERE id = $1 FOR UPDATE")

  static let counted = Statement(
    """
    SELECT line.id, line.order_line_id, l.order_id, line.entered_uom, line.lot, line.entered_qty, line.qty,
           line.received
      FROM asn_line AS line JOIN purchase_order_line AS l ON l.id = line.order_line_id
     WHERE line.asn_id = $1
    """)

  /// Ties lines of a notice to the lines of the receipt `$1`, in their order.
  static let insertReceipts = Statement(
    """
    INSERT INTO asn_receipt (id, asn_line_id, receipt_id, qty)
    SELECT n.id, n.asn_line_id, line.receipt_id, line.qty
      FROM unnest($2::uuid[], $3::uuid[], $4::int[]) AS n (id, asn_line_id, line_no)
      JOIN receipt_line AS line ON line.receipt_id = $1 AND line.line_no = n.line_no
    """)

  static let addUp = Statement(
    """
    UPDATE asn_line AS line SET received = came.qty
      FROM (SELECT r.asn_line_id, sum(r.qty) AS qty FROM asn_receipt AS r
              JOIN asn_line AS l ON l.id = r.asn_line_id
             WHERE l.asn_id = $1 GROUP BY r.asn_line_id) AS came
     WHERE line.id = came.asn_line_id
    """)

  static let advance = Statement(
    """
    UPDATE asn SET version = asn.version + 1,
           state = CASE WHEN EXISTS (SELECT 1 FROM asn_line AS line WHERE line.asn_id = $1 AND line.received < line.qty)
             THEN 'receiving' ELSE 'received' END
     WHERE asn.id = $1
    """)

  static let setState = Statement("UPDATE asn SET state = $2, version = version + 1 WHERE id = $1")
}

/// Reads ship notices.
enum NoticeReader {
  /// Header, lines and receipts: three queries for one round trip.
  static func queries(_ id: EntityID) -> [Query] {
    [Query(header, .id(id)), Query(lines, .id(id)), Query(receipts, .id(id))]
  }

  /// The notice in the answer of `queries`, or `nil`.
  static func notice(_ rows: [Rows]) throws(Refusal) -> JSON? {
    guard rows.count == 3, let row = rows[0].first, case .object(let members) = try summary(row) else { return nil }
    var lines: [JSON] = []
    for line in rows[1] { lines.append(try Self.line(line)) }
    var receipts: [JSON] = []
    for receipt in rows[2] { receipts.append(.id(try receipt.id(0))) }
    return .object(members + [.init("lines", .array(lines)), .init("receipts", .array(receipts))])
  }

  static func summary(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "supplierId": .id(try row.id(1)), "supplier": .string(try row.text(2)),
      "number": .string(try row.text(3)), "state": .string(try row.text(4)), "shippedOn": row.jsonText(5),
      "expectedOn": row.jsonText(6), "carrier": row.jsonText(7), "trackingNumber": row.jsonText(8),
      "billOfLading": row.jsonText(9), "message": row.idOrNil(10).map { .id($0) } ?? .null,
      "createdAt": .instant(try row.instant(11)), "version": .int(try row.int(12)),
    ]
  }

  private static func line(_ row: Row) throws(Refusal) -> JSON {
    let (advised, received) = (try row.quantity(8), try row.quantity(10))
    let short = received < advised ? try advised.subtracting(received) : .zero
    let over = received > advised ? try received.subtracting(advised) : .zero
    return [
      "id": .id(try row.id(0)), "line": .int(try row.int(1)), "orderLineId": .id(try row.id(2)),
      "order": .string(try row.text(3)), "sku": .string(try row.text(4)), "sscc": row.jsonText(5),
      "lot": row.jsonText(11), "quantity": try row.quantity(6).json, "unit": .string(try row.text(7)),
      "advised": advised.json, "beyondOrder": try row.quantity(9).json, "received": received.json,
      "short": short.json, "over": over.json,
    ]
  }

  private static let header = Statement(
    """
    SELECT a.id, a.supplier_id, supplier.code, a.number, a.state, a.shipped_on, a.expected_on, a.carrier,
           a.tracking_number, a.bill_of_lading, a.message_id, a.created_at, a.version
      FROM asn AS a JOIN party AS supplier ON supplier.id = a.supplier_id
     WHERE a.id = $1
    """)

  private static let lines = Statement(
    """
    SELECT line.id, line.line_no, line.order_line_id, o.number, p.sku, line.sscc, line.entered_qty, line.entered_uom,
           line.qty, line.over_order, line.received, line.lot
      FROM asn_line AS line
      JOIN purchase_order_line AS l ON l.id = line.order_line_id
      JOIN purchase_order AS o ON o.id = l.order_id
      JOIN product AS p ON p.id = l.product_id
     WHERE line.asn_id = $1 ORDER BY line.line_no
    """)

  private static let receipts = Statement(
    """
    SELECT DISTINCT r.receipt_id
      FROM asn_line AS line JOIN asn_receipt AS r ON r.asn_line_id = line.id
     WHERE line.asn_id = $1 ORDER BY r.receipt_id
    """)

  /// Newest first. `$2` state, `$3` supplier, each NULL for any.
  static let list = Statement(
    """
    SELECT a.id, a.supplier_id, supplier.code, a.number, a.state, a.shipped_on, a.expected_on, a.carrier,
           a.tracking_number, a.bill_of_lading, a.message_id, a.created_at, a.version
      FROM asn AS a JOIN party AS supplier ON supplier.id = a.supplier_id
     WHERE a.id < $1 AND ($2::text IS NULL OR a.state = $2) AND ($3::uuid IS NULL OR a.supplier_id = $3)
     ORDER BY a.id DESC LIMIT $4
    """)
}
