import BulkheadCore

/// The statements of till orders: one for each table, however many lines.
enum POSStatements {
  static let byClient = Statement("SELECT id, content FROM pos_order WHERE client_uuid = $1")

  /// Rules that may set the price of products or categories `$2` in lists `$1`.
  static let taxCategories = Statement(
    "SELECT p.id, p.tax_category FROM product AS p WHERE p.id = ANY ($1::uuid[])")

  static let recipes = Statement(
    """
    SELECT r.product_id, r.yield_qty, c.product_id, c.qty, p.base_uom, p.tracking, p.removal
      FROM recipe AS r
      JOIN recipe_component AS c ON c.recipe_id = r.id
      JOIN product AS p ON p.id = c.product_id
     WHERE r.product_id = ANY ($1::uuid[]) AND r.is_active
     ORDER BY r.product_id, c.line_no
    """)

  /// What lies in place `$1` of the tracked products among `$2` and of what their recipes are made of.
  static let lots = Statement(
    """
    SELECT q.product_id, q.lot_key, q.on_hand, lot.expiry_on, q.in_date
      FROM stock_quant AS q JOIN lot ON lot.id = q.lot_key
     WHERE q.location_id = $1 AND q.on_hand > 0
       AND q.product_id = ANY (ARRAY(
         SELECT p.id FROM unnest($2::uuid[]) AS p (id)
         UNION
         SELECT c.product_id FROM recipe AS r JOIN recipe_component AS c ON c.recipe_id = r.id
          WHERE r.is_active AND r.product_id = ANY ($2::uuid[])))
     ORDER BY q.product_id, q.in_date, q.lot_key LIMIT 5000
    """)

  static let newestLots = Statement(
    """
    SELECT p.id, newest.id
      FROM unnest($1::uuid[]) AS p (id)
      JOIN LATERAL (SELECT lot.id FROM lot WHERE lot.product_id = p.id ORDER BY lot.id DESC LIMIT 1) AS newest ON true
    """)

  static let insertOrder = Statement(
    """
    INSERT INTO pos_order (id, client_uuid, content, number, kind, original_id, session_id, legal_entity_id, status,
      currency, net_minor, tax_minor, total_minor, difference_minor, is_offline, table_label, reason, sold_at, paid_at,
      created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO pos_order_line (order_id, id, line_no, product_id, entered_qty, entered_uom, qty, unit_price,
      list_price, price_reason, net_minor, tax_minor, sold_line_id)
    SELECT $1::uuid, l.id, l.line_no, l.product_id, l.entered_qty, l.entered_uom, l.qty, l.unit_price, l.list_price,
           l.price_reason, l.net, l.tax, l.sold_line_id
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::numeric[], $6::text[], $7::numeric[], $8::numeric[],
                  $9::numeric[], $10::text[], $11::bigint[], $12::bigint[], $13::uuid[])
           AS l (id, line_no, product_id, entered_qty, entered_uom, qty, unit_price, list_price, price_reason, net, tax,
                 sold_line_id)
    """)

  static let insertTaxes = Statement(
    """
    INSERT INTO pos_line_tax (id, line_id, tax_code, jurisdiction, percent, tax_minor)
    SELECT t.id, t.line_id, t.tax_code, t.jurisdiction, t.percent, t.tax
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::numeric[], $6::bigint[])
           AS t (id, line_id, tax_code, jurisdiction, percent, tax)
    """)

  static let insertPayments = Statement(
    """
    INSERT INTO pos_payment (order_id, session_id, paid_at, id, method, amount_minor, tendered_minor, reference)
    SELECT $1::uuid, $2::uuid, $3::timestamptz, p.id, p.method, p.amount, p.tendered, p.reference
      FROM unnest($4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
           AS p (id, method, amount, tendered, reference)
    """)

  static let insertGoods = Statement(
    """
    INSERT INTO pos_goods (order_id, created_at, id, line_id, product_id, lot_key, due_qty, qty, state)
    SELECT $1::uuid, $2::timestamptz, g.id, g.line_id, g.product_id, g.lot_key, g.qty, g.qty, 'waiting'
      FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::numeric[])
           AS g (id, line_id, product_id, lot_key, qty)
    """)

  static let lockOrder = Statement(
    """
    SELECT o.status, o.kind, o.total_minor, o.net_minor, o.tax_minor, o.session_id, o.number, o.version
      FROM pos_order AS o WHERE o.id = $1 FOR UPDATE
    """)

  static let sessionOf = Statement("SELECT session_id FROM pos_order WHERE id = $1")

  static let pay = Statement(
    "UPDATE pos_order SET status = 'paid', paid_at = $2, version = version + 1 WHERE id = $1")

  static let setStatus = Statement(
    "UPDATE pos_order SET status = $2, reason = coalesce($3, reason), version = version + 1 WHERE id = $1")

  static let dropGoods = Statement("UPDATE pos_goods SET state = 'dropped', qty = 0 WHERE order_id = $1")

  static let cancelTickets = Statement(
    """
    UPDATE kitchen_ticket SET state = 'cancelled', changed_at = $2, version = version + 1
     WHERE order_id = $1 AND state IN ('sent', 'preparing', 'ready')
    """)

  /// Goods of an order that are not posted yet.
  static let waitingGoods = Statement(
    """
    SELECT g.id, g.product_id, p.base_uom, g.lot_key, g.qty, l.line_no
      FROM pos_goods AS g JOIN product AS p ON p.id = g.product_id JOIN pos_order_line AS l ON l.id = g.line_id
     WHERE g.order_id = $1 AND g.state = 'waiting' AND g.qty > 0
     ORDER BY l.line_no, g.id
    """)

  /// The same of all paid orders of a session.
  static let waitingGoodsOfSession = Statement(
    """
    SELECT g.id, g.product_id, p.base_uom, g.lot_key, g.qty, l.line_no
      FROM pos_order AS o
      JOIN pos_goods AS g ON g.order_id = o.id
      JOIN product AS p ON p.id = g.product_id
      JOIN pos_order_line AS l ON l.id = g.line_id
     WHERE o.session_id = $1 AND o.paid_at IS NOT NULL AND g.state = 'waiting' AND g.qty > 0
     ORDER BY o.id, l.line_no, g.id
    """)

  static func goods(_ rows: Rows) throws(Refusal) -> [GoodsIssue.Goods] {
    var goods: [GoodsIssue.Goods] = []
    for row in rows {
      goods.append(
        GoodsIssue.Goods(
          id: try row.id(0), productID: try row.id(1), unit: try row.text(2), lotKey: try row.id(3),
          quantity: try row.quantity(4), line: Int(try row.int(5)) - 1))
    }
    return goods
  }
}
