import BulkheadCore

/// The statements of suppliers' invoices.
enum SupplierInvoiceStatements {
  static let duplicate = Statement(
    """
    SELECT 1 FROM supplier_invoice
     WHERE supplier_id = $1 AND supplier_number = $2 AND invoice_year = extract(year FROM $3::date)::integer
       AND state <> 'cancelled'
    """)

  static let insert = Statement(
    """
    INSERT INTO supplier_invoice (id, legal_entity_id, number, supplier_id, supplier_number, invoiced_on, due_on,
      currency, state, match_state, net_minor, tax_minor, posted_on, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO supplier_invoice_line (invoice_id, id, line_no, order_line_id, entered_qty, entered_uom, qty,
      unit_price, amount_minor, result, price_difference_percent)
    SELECT $1::uuid, l.id, l.line_no, l.order_line_id, l.entered_qty, l.entered_uom, l.qty, l.unit_price, l.amount,
           l.result, l.difference
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::numeric[], $6::text[], $7::numeric[], $8::numeric[],
                  $9::bigint[], $10::text[], $11::numeric[])
           AS l (id, line_no, order_line_id, entered_qty, entered_uom, qty, unit_price, amount, result, difference)
    """)

  static let updateLines = Statement(
    """
    UPDATE supplier_invoice_line AS line SET result = n.result, price_difference_percent = n.difference
      FROM unnest($1::uuid[], $2::text[], $3::numeric[]) AS n (id, result, difference)
     WHERE line.id = n.id
    """)

  /// `$4` day of posting and `$5` who approved, NULL when there is none.
  static let setState = Statement(
    """
    UPDATE supplier_invoice SET state = $2, match_state = $3, posted_on = $4, approved_by = $5, version = version + 1
     WHERE id = $1
    """)

  static let lock = Statement(
    """
    SELECT i.id, i.legal_entity_id, i.number, i.supplier_id, i.currency, i.state, i.match_state, i.net_minor,
           i.tax_minor, i.due_on, entity.fiscal_year_start_month
      FROM supplier_invoice AS i JOIN legal_entity AS entity ON entity.id = i.legal_entity_id
     WHERE i.id = $1 FOR UPDATE OF i
    """)

  static let lineFacts = Statement(
    """
    SELECT id, order_line_id, entered_qty, entered_uom, qty, unit_price, amount_minor
      FROM supplier_invoice_line WHERE invoice_id = $1 ORDER BY line_no
    """)

  /// What is not billed yet of the receipts of order lines and has not gone back, oldest first.
  static let openReceipts = Statement(
    """
    SELECT line.id, line.order_line_id, line.move_id, line.qty - line.invoiced - line.returned_open,
           line.value_minor - line.cleared_minor - line.returned_open_minor
      FROM receipt_line AS line
     WHERE line.order_line_id = ANY ($1::uuid[]) AND line.invoiced + line.returned_open < line.qty
     ORDER BY line.id
    """)

  static let insertMatches = Statement(
    """
    INSERT INTO supplier_invoice_match
      (id, invoice_line_id, receipt_line_id, qty, cleared_minor, stock_minor, variance_minor)
    SELECT m.id, m.line_id, m.receipt_id, m.qty, m.cleared, m.stock, m.variance
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[], $5::bigint[], $6::bigint[], $7::bigint[])
           AS m (id, line_id, receipt_id, qty, cleared, stock, variance)
    """)

  static let billReceipts = Statement(
    """
    UPDATE receipt_line AS line SET invoiced = line.invoiced + n.qty, cleared_minor = line.cleared_minor + n.cleared
      FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS n (id, qty, cleared)
     WHERE line.id = n.id
    """)

  static let billLines = Statement(
    """
    UPDATE purchase_order_line AS line
       SET invoiced = line.invoiced + n.qty, cleared_minor = line.cleared_minor + n.cleared
      FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS n (id, qty, cleared)
     WHERE line.id = n.id
    """)

  static let header = Statement(
    """
    SELECT i.id, i.number, i.supplier_id, supplier.code, i.supplier_number, i.invoiced_on, i.due_on, i.currency,
           i.state, i.match_state, i.net_minor, i.tax_minor, i.posted_on, i.approved_by, i.created_at, i.version
      FROM supplier_invoice AS i JOIN party AS supplier ON supplier.id = i.supplier_id
     WHERE i.id = $1
    """)

  /// Newest first. `$2` state, `$3` supplier, each NULL for any.
  static let list = Statement(
    """
    SELECT i.id, i.number, i.supplier_id, supplier.code, i.supplier_number, i.invoiced_on, i.due_on, i.currency,
           i.state, i.match_state, i.net_minor, i.tax_minor, i.posted_on, i.approved_by, i.created_at, i.version
      FROM supplier_invoice AS i JOIN party AS supplier ON supplier.id = i.supplier_id
     WHERE i.id < $1 AND ($2::text IS NULL OR i.state = $2) AND ($3::uuid IS NULL OR i.supplier_id = $3)
     ORDER BY i.id DESC LIMIT $4
    """)

  static let lines = Statement(
    """
    SELECT line.id, line.line_no, line.order_line_id, o.number, p.sku, line.entered_qty, line.entered_uom, line.qty,
           line.unit_price, ordered.unit_price, line.amount_minor, line.result, line.price_difference_percent,
           coalesce(settled.cleared, 0), coalesce(settled.stock, 0), coalesce(settled.variance, 0)
      FROM supplier_invoice_line AS line
      JOIN purchase_order_line AS ordered ON ordered.id = line.order_line_id
      JOIN purchase_order AS o ON o.id = ordered.order_id
      JOIN product AS p ON p.id = ordered.product_id
      LEFT JOIN LATERAL (
        SELECT sum(m.cleared_minor)::bigint AS cleared, sum(m.stock_minor)::bigint AS stock,
               sum(m.variance_minor)::bigint AS variance
          FROM supplier_invoice_match AS m WHERE m.invoice_line_id = line.id) AS settled ON true
     WHERE line.invoice_id = $1 ORDER BY line.line_no
    """)

  static func queries(_ invoice: EntityID) -> [Query] { [Query(header, .id(invoice)), Query(lines, .id(invoice))] }
}
