import BulkheadCore
import BulkheadData

/// Returns as answers show them.
enum ReturnReader {
  /// Four queries for one round trip.
  static func queries(_ id: EntityID) -> [Query] {
    [Query(header, .id(id)), Query(lines, .id(id)), Query(items, .id(id)), Query(credits, .id(id))]
  }

  /// The return in the answer of `queries`, or `nil`.
  static func found(_ rows: [Rows]) throws(Refusal) -> (json: JSON, version: Int64)? {
    guard rows.count == 4, let row = rows[0].first, case .object(let members) = try summary(row) else { return nil }
    let currency = try row.currency(15)
    var items: [EntityID: [JSON]] = [:]
    for item in rows[2] { items[try item.id(0), default: []].append(try Self.item(item, currency)) }
    var lines: [JSON] = []
    for line in rows[1] { lines.append(try Self.line(line, items[try line.id(0)] ?? [], currency)) }
    var credits: [JSON] = []
    for credit in rows[3] {
      credits.append([
        "id": .id(try credit.id(0)), "number": credit.jsonText(1),
        "total": .string(try credit.money(2, currency).text),
      ])
    }
    let json = JSON.object(members + [.init("creditNotes", .array(credits)), .init("lines", .array(lines))])
    return (json, try row.int(14))
  }

  private static func line(_ row: Row, _ items: [JSON], _ currency: Currency) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "line": .int(try row.int(1)), "shipmentId": .id(try row.id(2)),
      "shipment": .string(try row.text(3)), "shipmentLineId": .id(try row.id(4)), "orderLineId": .id(try row.id(5)),
      "productId": .id(try row.id(6)), "sku": .string(try row.text(7)), "baseUnit": .string(try row.text(8)),
      "requested": try row.quantity(9).json, "authorised": try row.quantity(10).json,
      "received": try row.quantity(11).json, "credited": try row.quantity(12).json,
      "value": .string(try row.money(13, currency).text), "items": .array(items),
    ]
  }

  private static func item(_ row: Row, _ currency: Currency) throws(Refusal) -> JSON {
    [
      "disposition": .string(try row.text(1)), "lot": row.jsonText(2), "location": .string(try row.text(3)),
      "quantity": try row.quantity(4).json, "value": .string(try row.money(5, currency).text),
    ]
  }

  static func summary(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "number": .string(try row.text(1)), "orderId": .id(try row.id(2)),
      "order": .string(try row.text(3)), "customerId": .id(try row.id(4)), "customer": .string(try row.text(5)),
      "warehouse": .string(try row.text(6)), "state": .string(try row.text(7)), "outcome": .string(try row.text(8)),
      "reason": .string(try row.text(9)), "replacementOrderId": row.jsonText(10),
      "createdAt": .instant(try row.instant(11)),
      "receivedAt": row.instantOrNil(12).map { .instant($0) } ?? .null,
      "completedAt": row.instantOrNil(13).map { .instant($0) } ?? .null, "version": .int(try row.int(14)),
    ]
  }

  static let header = Statement(
    """
    SELECT r.id, r.number, r.order_id, o.number, r.customer_id, customer.code, warehouse.code, r.state, r.outcome,
           r.reason, r.replacement_order_id, r.created_at, r.received_at, r.completed_at, r.version, e.currency
      FROM customer_return AS r
      JOIN sales_order AS o ON o.id = r.order_id
      JOIN party AS customer ON customer.id = r.customer_id
      JOIN location AS warehouse ON warehouse.id = r.warehouse_id
      JOIN legal_entity AS e ON e.id = r.legal_entity_id
     WHERE r.id = $1
    """)

  /// `$2` state, `$3` order, each NULL for any; newest first.
  static let list = Statement(
    """
    SELECT r.id, r.number, r.order_id, o.number, r.customer_id, customer.code, warehouse.code, r.state, r.outcome,
           r.reason, r.replacement_order_id, r.created_at, r.received_at, r.completed_at, r.version
      FROM customer_return AS r
      JOIN sales_order AS o ON o.id = r.order_id
      JOIN party AS customer ON customer.id = r.customer_id
      JOIN location AS warehouse ON warehouse.id = r.warehouse_id
     WHERE r.id < $1 AND ($2::text IS NULL OR r.state = $2) AND ($3::uuid IS NULL OR r.order_id = $3)
     ORDER BY r.id DESC LIMIT $4
    """)

  static let lines = Statement(
    """
    SELECT l.id, l.line_no, s.id, s.number, l.shipment_line_id, l.order_line_id, l.product_id, p.sku, p.base_uom,
           l.requested, l.authorised, l.received, l.credited, l.value_minor
      FROM customer_return_line AS l
      JOIN shipment_line AS line ON line.id = l.shipment_line_id
      JOIN shipment AS s ON s.id = line.shipment_id
      JOIN product AS p ON p.id = l.product_id
     WHERE l.return_id = $1 ORDER BY l.line_no
    """)

  static let items = Statement(
    """
    SELECT i.line_id, i.disposition, lot.code, place.code, i.qty, i.value_minor
      FROM customer_return_item AS i
      JOIN stock_move AS move ON move.id = i.move_id
      JOIN location AS place ON place.id = move.to_location_id
      LEFT JOIN lot AS lot ON lot.id = i.lot_id
     WHERE i.return_id = $1 ORDER BY i.item_no
    """)

  static let credits = Statement(
    """
    SELECT note.id, note.number, note.total_minor
      FROM customer_return_credit AS c JOIN invoice AS note ON note.id = c.invoice_id
     WHERE c.return_id = $1 ORDER BY note.id
    """)

  static let history = Statement(
    """
    SELECT h.id, h.at, h.actor, h.event, h.from_state, h.to_state, h.detail
      FROM customer_return_history AS h WHERE h.return_id = $1 ORDER BY h.id
    """)

  static let exists = Statement("SELECT 1 FROM customer_return WHERE id = $1")
}
