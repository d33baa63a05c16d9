import BulkheadCore

/// The statements of refunds.
enum RefundStatements {
  static let lines = Statement(
    """
    SELECT l.id, l.line_no, l.product_id, l.entered_uom, l.qty, l.returned, l.unit_price, l.net_minor, p.base_uom
      FROM pos_order_line AS l JOIN product AS p ON p.id = l.product_id
     WHERE l.order_id = $1 ORDER BY l.line_no
    """)

  static let taxes = Statement(
    """
    SELECT t.line_id, t.tax_code, t.jurisdiction, t.percent, t.tax_minor
      FROM pos_order_line AS l JOIN pos_line_tax AS t ON t.line_id = l.id
     WHERE l.order_id = $1 ORDER BY l.line_no, t.id
    """)

  static let payments = Statement(
    """
    SELECT p.method, sum(p.amount_minor)::bigint FROM pos_payment AS p
     WHERE p.order_id = $1 OR p.order_id IN (SELECT r.id FROM pos_order AS r WHERE r.original_id = $1)
     GROUP BY p.method ORDER BY p.method
    """)

  static let products = Statement("SELECT DISTINCT g.product_id FROM pos_goods AS g WHERE g.order_id = $1")

  /// After the products' cost rows: whoever settles a shortage holds those first too.
  static let goods = Statement(
    """
    SELECT g.id, g.line_id, g.product_id, p.base_uom, g.lot_key, g.due_qty, g.qty, g.state, g.cost_minor,
           g.shortage_id, s.open_qty, s.cancelled_qty, s.settled_minor, g.returned_qty, g.returned_minor
      FROM pos_goods AS g
      JOIN product AS p ON p.id = g.product_id
      LEFT JOIN stock_shortage AS s ON s.id = g.shortage_id
     WHERE g.order_id = $1 AND g.state <> 'dropped'
     ORDER BY g.id
    """)

  static let returnLines = Statement(
    """
    UPDATE pos_order_line AS l SET returned = l.returned + n.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS n (id, qty)
     WHERE l.id = n.id
    """)

  static let returnGoods = Statement(
    """
    UPDATE pos_goods AS g SET qty = g.qty - n.unposted, returned_qty = g.returned_qty + n.valued,
           returned_minor = g.returned_minor + n.value
      FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::bigint[]) AS n (id, unposted, valued, value)
     WHERE g.id = n.id
    """)

  static let cancelShortages = Statement(
    """
    UPDATE stock_shortage AS s SET open_qty = s.open_qty - n.qty, cancelled_qty = s.cancelled_qty + n.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS n (id, qty)
     WHERE s.id = n.id
    """)

  static func sold(_ rows: Rows, _ taxRows: Rows) throws(Refusal) -> [RefundPlan.Sold] {
    var taxes: [EntityID: [RefundPlan.Tax]] = [:]
    for row in taxRows {
      taxes[try row.id(0), default: []].append(
        RefundPlan.Tax(
          code: try row.text(1), jurisdiction: try row.text(2), percent: try row.price(3), minor: try row.int(4)))
    }
    var sold: [RefundPlan.Sold] = []
    for row in rows {
      let id = try row.id(0)
      sold.append(
        RefundPlan.Sold(
          id: id, line: Int(try row.int(1)), productID: try row.id(2), unit: try row.text(8),
          quantity: try row.quantity(4), returned: try row.quantity(5), unitPrice: try row.price(6),
          net: try row.int(7), taxes: taxes[id] ?? []))
    }
    return sold
  }

  static func goods(_ rows: Rows) throws(Refusal) -> [RefundPlan.Goods] {
    var goods: [RefundPlan.Goods] = []
    for row in rows {
      let isShort = !row.isNull(9)
      goods.append(
        RefundPlan.Goods(
          id: try row.id(0), soldLineID: try row.id(1), productID: try row.id(2), unit: try row.text(3),
          lotKey: try row.id(4), due: try row.quantity(5), quantity: try row.quantity(6),
          isPosted: try row.text(7) == "posted", cost: try row.int(8) + (isShort ? try row.int(12) : 0),
          shortageID: row.idOrNil(9), open: isShort ? try row.quantity(10) : .zero,
          cancelled: isShort ? try row.quantity(11) : .zero, returned: try row.quantity(13),
          returnedMinor: try row.int(14)))
    }
    return goods
  }
}
