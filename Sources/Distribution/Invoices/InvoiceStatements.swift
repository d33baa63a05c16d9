import BulkheadCore
import BulkheadData

/// The statements that write invoices.
enum InvoiceStatements {
  /// An order that is to be invoiced, with whose books it goes to; held until the transaction ends.
  static let lockOrder = Statement(
    """
    SELECT o.id, o.customer_id, o.currency, o.number, e.id, e.currency, e.fiscal_year_start_month
      FROM sales_order AS o JOIN legal_entity AS e ON e.id = o.legal_entity_id
     WHERE o.id = $1 FOR UPDATE OF o
    """)

  /// What of an order's lines may still be invoiced. Drafts count: two of them never bill the same goods. What came
  /// back counts once it is settled: until then, and where the customer keeps paying for it, it is billed as shipped.
  static let orderLines = Statement(
    """
    SELECT l.id, l.line_no, l.product_id, p.name, p.base_uom, p.tax_category, l.unit_price, l.shipped, l.invoiced,
           l.returned - coalesce(charged.qty, 0), l.credited, coalesce(drafted.qty, 0), p.sku
      FROM sales_order_line AS l
      JOIN product AS p ON p.id = l.product_id
      LEFT JOIN (SELECT d.order_line_id, sum(d.qty) AS qty
                   FROM invoice AS i JOIN invoice_line AS d ON d.invoice_id = i.id
                  WHERE i.order_id = $1 AND i.kind = 'invoice' AND i.status = 'draft'
                  GROUP BY d.order_line_id) AS drafted ON drafted.order_line_id = l.id
      LEFT JOIN (SELECT back.order_line_id, sum(back.received) AS qty
                   FROM customer_return AS r JOIN customer_return_line AS back ON back.return_id = r.id
                  WHERE r.order_id = $1 AND (r.state = 'received' OR (r.state = 'completed' AND r.outcome = 'none'))
                  GROUP BY back.order_line_id) AS charged ON charged.order_line_id = l.id
     WHERE l.order_id = $1 ORDER BY l.line_no
    """)

  /// Where an invoice belongs; what never changes of it, so it is read before anything is locked.
  static let whereabouts = Statement(
    """
    SELECT i.order_id, i.customer_id, i.original_id, e.id, e.currency, e.fiscal_year_start_month
      FROM invoice AS i JOIN legal_entity AS e ON e.id = i.legal_entity_id
     WHERE i.id = $1
    """)

  static let lockOrders = Statement(
    "SELECT id FROM sales_order WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE")

  /// Invoices are locked in the order of their ids, after orders and the customer's credit row.
  static let lock = Statement("SELECT id FROM invoice WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE")

  /// What of each line of an invoice has been credited, drafts of credit notes included.
  static let creditedLines = Statement(
    """
    SELECT d.original_line_id, sum(d.qty), sum(d.net_minor)::bigint
      FROM invoice AS i JOIN invoice_line AS d ON d.invoice_id = i.id
     WHERE i.original_id = $1 AND i.status <> 'cancelled'
     GROUP BY d.original_line_id
    """)
  static let creditedParts = Statement(
    """
    SELECT d.original_line_id, t.tax_code, t.jurisdiction, sum(t.tax_minor)::bigint
      FROM invoice AS i
      JOIN invoice_line AS d ON d.invoice_id = i.id
      JOIN invoice_line_tax AS t ON t.line_id = d.id
     WHERE i.original_id = $1 AND i.status <> 'cancelled'
     GROUP BY d.original_line_id, t.tax_code, t.jurisdiction
    """)

  static let insert = Statement(
    """
    INSERT INTO invoice (id, legal_entity_id, kind, customer_id, currency, order_id, original_id, invoice_on, due_on,
      ship_to_country, ship_to_region, exemption, tax_rounding, net_minor, tax_minor, total_minor, memo, created_by,
      created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO invoice_line (invoice_id, id, line_no, order_line_id, original_line_id, product_id, description, qty,
      uom, unit_price, tax_category, tax_rule_id, net_minor, tax_minor)
    SELECT $1::uuid, l.id, l.line_no, l.order_line_id, l.original_line_id, l.product_id, l.description, l.qty, l.uom,
           l.unit_price, l.tax_category, l.tax_rule_id, l.net, l.tax
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::numeric[], $9::text[],
                  $10::numeric[], $11::text[], $12::uuid[], $13::bigint[], $14::bigint[])
           AS l (id, line_no, order_line_id, original_line_id, product_id, description, qty, uom, unit_price,
                 tax_category, tax_rule_id, net, tax)
    """)

  static let insertParts = Statement(
    """
    INSERT INTO invoice_line_tax (id, line_id, tax_code, jurisdiction, percent, base_minor, tax_minor)
    SELECT t.id, t.line_id, t.tax_code, t.jurisdiction, t.percent, t.base, t.tax
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::numeric[], $6::bigint[], $7::bigint[])
           AS t (id, line_id, tax_code, jurisdiction, percent, base, tax)
    """)

  static let post = Statement(
    """
    UPDATE invoice SET status = $2, number = $3, fiscal_year = $4, sequence = $5, open_minor = $6, posted_by = $7,
           posted_at = $8, version = version + 1
     WHERE id = $1
    """)

  static let cancel = Statement("UPDATE invoice SET status = 'cancelled', version = version + 1 WHERE id = $1")

  static let billLines = Statement(
    """
    UPDATE sales_order_line AS l SET invoiced = l.invoiced + b.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS b (id, qty)
     WHERE l.id = b.id
    """)

  static let creditLines = Statement(
    """
    UPDATE sales_order_line AS l SET credited = l.credited + b.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS b (id, qty)
     WHERE l.id = b.id
    """)

  /// `$2` more is owed, `$3` less waits to be billed.
  static let owe = Statement(
    """
    UPDATE credit_account SET open_receivable_minor = open_receivable_minor + $2::bigint,
           unbilled_minor = greatest(unbilled_minor - $3::bigint, 0), version = version + 1
     WHERE customer_id = $1
    """)

  /// The invoice state of orders, from their invoices. Paid is an order only when all of it was invoiced.
  static let refreshOrders = Statement(
    """
    UPDATE sales_order AS o
       SET invoice_state = CASE
             WHEN s.posted = 0 AND s.drafts = 0 THEN 'none'
             WHEN s.posted = 0 THEN 'pending'
             WHEN s.open = 0 AND NOT EXISTS (
               SELECT 1 FROM sales_order_line AS l
                WHERE l.order_id = o.id AND l.invoiced < l.ordered - l.cancelled) THEN 'paid'
             WHEN s.open = 0 OR s.open < s.total THEN 'partially_paid'
             ELSE 'awaiting_payment' END,
           version = o.version + 1
      FROM (SELECT i.order_id, sum(CASE WHEN i.status IN ('posted', 'paid') THEN 1 ELSE 0 END) AS posted,
                   sum(CASE WHEN i.status = 'draft' THEN 1 ELSE 0 END) AS drafts, sum(i.open_minor) AS open,
                   sum(CASE WHEN i.status IN ('posted', 'paid') THEN i.total_minor ELSE 0 END) AS total
              FROM invoice AS i WHERE i.kind = 'invoice' AND i.order_id = ANY ($1::uuid[])
             GROUP BY i.order_id) AS s
     WHERE o.id = s.order_id
    """)

  /// The header, the lines and their taxes of a draft: one statement per table.
  static func insert(_ invoice: Invoice, _ context: TenantContext, _ ambient: Ambient) -> [Query] {
    let parts = invoice.lines.flatMap { line in line.parts.map { (line: line.id, part: $0) } }
    let lines = invoice.lines
    return [
      Query(
        insert, .id(invoice.id), .id(invoice.legalEntityID), .text(invoice.kind.rawValue), .id(invoice.customerID),
        .text(invoice.currency.code), .optional(invoice.orderID), .optional(invoice.originalID),
        .date(invoice.invoiceOn), .date(invoice.dueOn), .optional(invoice.shipToCountry),
        .optional(invoice.shipToRegion), .optional(invoice.exemption), .text(invoice.rounding.rawValue),
        .int(invoice.net), .int(invoice.tax), .int(invoice.total), .optional(invoice.memo),
        .text(context.actor.description), .instant(invoice.createdAt)),
      Query(
        insertLines, .id(invoice.id), .ids(lines.map(\.id)), .ints(lines.map { Int64($0.number) }),
        .ids(lines.map(\.orderLineID)), .ids(lines.map(\.originalLineID)), .ids(lines.map(\.productID)),
        .texts(lines.map(\.description)), .quantities(lines.map(\.quantity)), .texts(lines.map(\.unit)),
        .prices(lines.map(\.unitPrice)), .texts(lines.map(\.taxCategory)), .ids(lines.map(\.taxRuleID)),
        .ints(lines.map(\.net)), .ints(lines.map(\.tax))),
      Query(
        insertParts, .ids(parts.map { _ in ambient.makeID() }), .ids(parts.map(\.line)),
        .texts(parts.map(\.part.rate.code)), .texts(parts.map(\.part.rate.jurisdiction)),
        .prices(parts.map(\.part.rate.percent)), .ints(parts.map(\.part.base)), .ints(parts.map(\.part.tax))),
    ]
  }
}
