import BulkheadCore
import BulkheadData

/// Reads invoices and credit notes.
enum InvoiceReader {
  /// Header, lines and taxes of one invoice: three queries for one round trip.
  static func queries(_ id: EntityID) -> [Query] {
    [Query(header, .id(id)), Query(lines, .id(id)), Query(parts, .id(id))]
  }

  /// The answer of `queries`; `nil` when there is no such invoice.
  static func invoice(_ rows: [Rows]) throws(Refusal) -> Invoice? {
    guard rows.count == 3, let row = rows[0].first else { return nil }
    var parts: [EntityID: [TaxPart]] = [:]
    for part in rows[2] {
      let rate = TaxRate(code: try part.text(1), jurisdiction: try part.text(2), percent: try part.price(3))
      parts[try part.id(0), default: []].append(TaxPart(rate: rate, base: try part.int(4), tax: try part.int(5)))
    }
    var lines: [Invoice.Line] = []
    for line in rows[1] {
      let id = try line.id(0)
      lines.append(
        Invoice.Line(
          id: id, number: Int(try line.int(1)), orderLineID: line.idOrNil(2), originalLineID: line.idOrNil(3),
          productID: line.idOrNil(4), sku: line.textOrNil(5), description: try line.text(6),
          quantity: try line.quantity(7), unit: line.textOrNil(8), unitPrice: try line.price(9),
          taxCategory: line.textOrNil(10), taxRuleID: line.idOrNil(11), net: try line.int(12),
          parts: parts[id] ?? []))
    }
    return try invoice(row, lines)
  }

  /// The header in `row` with `lines`; none for lists.
  static func invoice(_ row: Row, _ lines: [Invoice.Line] = []) throws(Refusal) -> Invoice {
    Invoice(
      id: try row.id(0), legalEntityID: try row.id(1), kind: try row.known(2), status: try row.known(3),
      number: row.textOrNil(4), customerID: try row.id(5), customerCode: try row.text(6),
      currency: try row.currency(7), orderID: row.idOrNil(8), originalID: row.idOrNil(9),
      invoiceOn: try CivilDate(try row.text(10)), dueOn: try CivilDate(try row.text(11)),
      shipToCountry: row.textOrNil(12), shipToRegion: row.textOrNil(13), exemption: row.textOrNil(14),
      rounding: try row.known(15), net: try row.int(16), tax: try row.int(17), total: try row.int(18),
      open: try row.int(19), memo: row.textOrNil(20), createdAt: try row.instant(21), postedAt: row.instantOrNil(22),
      version: try row.int(23), lines: lines)
  }

  private static let header = Statement(
    """
    SELECT i.id, i.legal_entity_id, i.kind, i.status, i.number, i.customer_id, c.code, i.currency, i.order_id,
           i.original_id, i.invoice_on, i.due_on, i.ship_to_country, i.ship_to_region, i.exemption, i.tax_rounding,
           i.net_minor, i.tax_minor, i.total_minor, i.open_minor, i.memo, i.created_at, i.posted_at, i.version
      FROM invoice AS i JOIN party AS c ON c.id = i.customer_id
     WHERE i.id = $1
    """)

  private static let lines = Statement(
    """
    SELECT l.id, l.line_no, l.order_line_id, l.original_line_id, l.product_id, p.sku, l.description, l.qty, l.uom,
           l.unit_price, l.tax_category, l.tax_rule_id, l.net_minor
      FROM invoice_line AS l LEFT JOIN product AS p ON p.id = l.product_id
     WHERE l.invoice_id = $1 ORDER BY l.line_no
    """)

  private static let parts = Statement(
    """
    SELECT t.line_id, t.tax_code, t.jurisdiction, t.percent, t.base_minor, t.tax_minor
      FROM invoice_line AS l JOIN invoice_line_tax AS t ON t.line_id = l.id
     WHERE l.invoice_id = $1 ORDER BY t.tax_code, t.jurisdiction
    """)

  /// Newest first. `$2` customer, `$3` order, `$4` kind, `$5` status, `$6` number; NULL for any.
  static let list = Statement(
    """
    SELECT i.id, i.legal_entity_id, i.kind, i.status, i.number, i.customer_id, c.code, i.currency, i.order_id,
           i.original_id, i.invoice_on, i.due_on, i.ship_to_country, i.ship_to_region, i.exemption, i.tax_rounding,
           i.net_minor, i.tax_minor, i.total_minor, i.open_minor, i.memo, i.created_at, i.posted_at, i.version
      FROM invoice AS i JOIN party AS c ON c.id = i.customer_id
     WHERE i.id < $1 AND ($2::uuid IS NULL OR i.customer_id = $2) AND ($3::uuid IS NULL OR i.order_id = $3)
       AND ($4::text IS NULL OR i.kind = $4) AND ($5::text IS NULL OR i.status = $5)
       AND ($6::text IS NULL OR i.number = $6)
     ORDER BY i.id DESC LIMIT $7
    """)
}
