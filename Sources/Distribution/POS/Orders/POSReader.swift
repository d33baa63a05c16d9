import BulkheadCore
import BulkheadData

/// Reads till orders.
enum POSReader {
  static func queries(_ id: EntityID) -> [Query] {
    [Query(header, .id(id)), Query(lines, .id(id)), Query(taxes, .id(id)), Query(payments, .id(id))]
  }

  static let count = 4

  /// The answer of `queries`; `nil` when there is no such order.
  static func order(_ rows: [Rows]) throws(Refusal) -> JSON? {
    guard rows.count == count, let row = rows[0].first else { return nil }
    let currency = try row.currency(9)
    var members = try summary(row)
    members.append(.init("lines", .array(try lines(rows[1], rows[2], currency))))
    var payments: [JSON] = []
    for payment in rows[3] {
      let amount = try payment.money(1, currency)
      let tendered = try payment.money(2, currency)
      payments.append([
        "method": .string(try payment.text(0)), "amount": .string(amount.text), "tendered": .string(tendered.text),
        "change": .string(Money(minor: tendered.minor - amount.minor, currency).text),
        "reference": payment.jsonText(3),
      ])
    }
    return .object(members + [.init("payments", .array(payments))])
  }

  static func summary(_ row: Row) throws(Refusal) -> [JSON.Member] {
    let currency = try row.currency(9)
    return [
      .init("id", .id(try row.id(0))), .init("uuid", .string(try row.text(1))),
      .init("number", .string(try row.text(2))), .init("kind", .string(try row.text(3))),
      .init("originalId", row.jsonText(4)), .init("sessionId", .id(try row.id(5))),
      .init("status", .string(try row.text(6))), .init("isOffline", .bool(try row.bool(7))),
      .init("table", row.jsonText(8)), .init("net", .string(try row.money(10, currency).text)),
      .init("tax", .string(try row.money(11, currency).text)), .init("total", try row.money(12, currency).json),
      .init("difference", .string(try row.money(13, currency).text)), .init("reason", row.jsonText(14)),
      .init("soldAt", .instant(try row.instant(15))),
      .init("paidAt", .optional(row.instantOrNil(16).map(\.description))), .init("version", .int(try row.int(17))),
    ]
  }

  private static func lines(_ rows: Rows, _ taxes: Rows, _ currency: Currency) throws(Refusal) -> [JSON] {
    var parts: [EntityID: [JSON]] = [:]
    for tax in taxes {
      parts[try tax.id(0), default: []].append([
        "code": .string(try tax.text(1)), "jurisdiction": .string(try tax.text(2)),
        "percent": .string(try tax.text(3)), "tax": .string(try tax.money(4, currency).text),
      ])
    }
    var lines: [JSON] = []
    for row in rows {
      lines.append([
        "line": .int(try row.int(1)), "productId": .id(try row.id(2)), "sku": .string(try row.text(3)),
        "name": .string(try row.text(4)), "quantity": try row.quantity(5).json, "unit": .string(try row.text(6)),
        "baseQuantity": try row.quantity(7).json, "returned": try row.quantity(8).json,
        "unitPrice": try row.price(9).json, "listPrice": try row.priceOrNil(10)?.json ?? .null,
        "priceReason": row.jsonText(11), "net": .string(try row.money(12, currency).text),
        "tax": .string(try row.money(13, currency).text), "taxes": .array(parts[try row.id(0)] ?? []),
      ])
    }
    return lines
  }

  private static let header = Statement(
    """
    SELECT o.id, o.client_uuid, o.number, o.kind, o.original_id, o.session_id, o.status, o.is_offline, o.table_label,
           o.currency, o.net_minor, o.tax_minor, o.total_minor, o.difference_minor, o.reason, o.sold_at, o.paid_at,
           o.version
      FROM pos_order AS o WHERE o.id = $1
    """)

  private static let lines = Statement(
    """
    SELECT l.id, l.line_no, l.product_id, p.sku, p.name, l.entered_qty, l.entered_uom, l.qty, l.returned, l.unit_price,
           l.list_price, l.price_reason, l.net_minor, l.tax_minor
      FROM pos_order_line AS l JOIN product AS p ON p.id = l.product_id
     WHERE l.order_id = $1 ORDER BY l.line_no
    """)

  private static let taxes = Statement(
    """
    SELECT t.line_id, t.tax_code, t.jurisdiction, t.percent, t.tax_minor
      FROM pos_order_line AS l JOIN pos_line_tax AS t ON t.line_id = l.id
     WHERE l.order_id = $1 ORDER BY l.line_no, t.jurisdiction, t.id
    """)

  private static let payments = Statement(
    """
    SELECT method, amount_minor, tendered_minor, reference FROM pos_payment WHERE order_id = $1 ORDER BY id
    """)

  /// Newest first. `$2` session, `$3` status, each NULL for any.
  static let list = Statement(
    """
    SELECT o.id, o.client_uuid, o.number, o.kind, o.original_id, o.session_id, o.status, o.is_offline, o.table_label,
           o.currency, o.net_minor, o.tax_minor, o.total_minor, o.difference_minor, o.reason, o.sold_at, o.paid_at,
           o.version
      FROM pos_order AS o
     WHERE o.id < $1 AND ($2::uuid IS NULL OR o.session_id = $2) AND ($3::text IS NULL OR o.status = $3)
     ORDER BY o.id DESC LIMIT $4
    """)
}
