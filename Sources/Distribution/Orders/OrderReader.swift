import BulkheadCore
import BulkheadData

/// Reads orders.
enum OrderReader {
  /// Header and lines of one order: two queries for one round trip.
  static func queries(_ order: EntityID) -> [Query] { [Query(header, .id(order)), Query(lines, .id(order))] }

  /// The order in the answer of `queries`, or `nil`.
  static func order(_ rows: [Rows]) throws(Refusal) -> PlacedOrder? {
    guard rows.count == 2, let row = rows[0].first else { return nil }
    let currency = try row.currency(9)
    var lines: [PlacedOrder.Line] = []
    lines.reserveCapacity(rows[1].count)
    for line in rows[1] { lines.append(try PlacedOrder.Line(line, currency)) }
    return PlacedOrder(
      id: try row.id(0), number: try row.text(1), customerID: try row.id(2), customerCode: try row.text(3),
      poNumber: row.textOrNil(4), status: try row.known(5), holdCode: row.isNull(6) ? nil : try row.known(6),
      shipmentState: try row.known(7), invoiceState: try row.text(8), shipPolicy: try row.known(10),
      channel: try row.known(11), warehouse: try row.text(12), requestedOn: try row.dateOrNil(13),
      total: try row.money(14, currency), placedAt: try row.instant(15), version: try row.int(16), lines: lines)
  }

  static let header = Statement(
    """
    SELECT o.id, o.number, o.customer_id, customer.code, o.po_number, o.status, o.hold_code, o.shipment_state,
           o.invoice_state, o.currency, o.ship_policy, o.channel, warehouse.code, o.requested_on, o.total_minor,
           o.placed_at, o.version
      FROM sales_order AS o
      JOIN party AS customer ON customer.id = o.customer_id
      JOIN location AS warehouse ON warehouse.id = o.warehouse_id
     WHERE o.id = $1
    """)

  static let lines = Statement(
    """
    SELECT l.id, l.line_no, l.customer_line, l.product_id, p.sku, p.name, p.base_uom, l.entered_qty, l.entered_uom,
           l.ordered, l.open, l.reserved, l.backordered, l.shipped, l.invoiced, l.returned, l.cancelled, l.unit_price,
           l.list_price, l.price_rule_id, l.price_steps, l.expected_price, l.amount_minor, l.requested_on
      FROM sales_order_line AS l
      JOIN product AS p ON p.id = l.product_id
     WHERE l.order_id = $1
     ORDER BY l.line_no
    """)

  /// Orders, newest first: a statement of its own for what is filtered by, so that each is found by its index.
  /// Filters beyond the first (PO number, customer, status) narrow what that finds.
  static func list(
    status: String?, customer: EntityID?, poNumber: String?
  ) -> (statement: Statement, filters: [SQLValue]) {
    if let poNumber { return (byPO, [.text(poNumber), .optional(customer), .optional(status)]) }
    if let customer { return (byCustomer, [.id(customer), .optional(status)]) }
    if let status { return (byStatus, [.text(status)]) }
    return (all, [])
  }

  private static let all = Statement(
    """
    SELECT o.id, o.number, o.customer_id, customer.code, o.po_number, o.status, o.hold_code, o.shipment_state,
           o.invoice_state, o.currency, o.total_minor, o.placed_at, o.version
      FROM sales_order AS o
      JOIN party AS customer ON customer.id = o.customer_id
     WHERE o.id < $1
     ORDER BY o.id DESC
     LIMIT $2
    """)

  private static let byStatus = Statement(
    """
    SELECT o.id, o.number, o.customer_id, customer.code, o.po_number, o.status, o.hold_code, o.shipment_state,
           o.invoice_state, o.currency, o.total_minor, o.placed_at, o.version
      FROM sales_order AS o
      JOIN party AS customer ON customer.id = o.customer_id
     WHERE o.id < $1 AND o.status = $2
     ORDER BY o.id DESC
     LIMIT $3
    """)

  private static let byCustomer = Statement(
    """
    SELECT o.id, o.number, o.customer_id, customer.code, o.po_number, o.status, o.hold_code, o.shipment_state,
           o.invoice_state, o.currency, o.total_minor, o.placed_at, o.version
      FROM sales_order AS o
      JOIN party AS customer ON customer.id = o.customer_id
     WHERE o.id < $1 AND o.customer_id = $2 AND ($3::text IS NULL OR o.status = $3)
     ORDER BY o.id DESC
     LIMIT $4
    """)

  private static let byPO = Statement(
    """
    SELECT o.id, o.number, o.customer_id, customer.code, o.po_number, o.status, o.hold_code, o.shipment_state,
           o.invoice_state, o.currency, o.total_minor, o.placed_at, o.version
      FROM sales_order AS o
      JOIN party AS customer ON customer.id = o.customer_id
     WHERE o.id < $1 AND o.po_number = $2 AND ($3::uuid IS NULL OR o.customer_id = $3)
       AND ($4::text IS NULL OR o.status = $4)
     ORDER BY o.id DESC
     LIMIT $5
    """)

  /// What is held for an order: line, lot, place, quantity.
  static let reservations = Statement(
    """
    SELECT r.id, l.line_no, p.sku, lot.code, place.code, r.qty, r.state, r.created_at
      FROM sales_order_line AS l
      JOIN stock_reservation AS r ON r.order_line_id = l.id
      JOIN stock_quant AS q ON q.id = r.quant_id
      JOIN product AS p ON p.id = q.product_id
      JOIN location AS place ON place.id = q.location_id
      LEFT JOIN lot AS lot ON lot.id = q.lot_key
     WHERE l.order_id = $1
     ORDER BY l.line_no, r.id
    """)

  static let history = Statement(
    """
    SELECT h.id, h.at, h.actor, h.event, h.from_status, h.to_status, h.detail
      FROM sales_order_history AS h WHERE h.order_id = $1 ORDER BY h.id
    """)

  static let exists = Statement("SELECT 1 FROM sales_order WHERE id = $1")
}

extension PlacedOrder.Line {
  fileprivate init(_ row: Row, _ currency: Currency) throws(Refusal) {
    id = try row.id(0)
    number = Int(try row.int(1))
    customerLine = row.textOrNil(2)
    productID = try row.id(3)
    sku = try row.text(4)
    name = try row.text(5)
    baseUnit = try row.text(6)
    enteredQuantity = try row.quantity(7)
    enteredUnit = try row.text(8)
    ordered = try row.quantity(9)
    open = try row.quantity(10)
    reserved = try row.quantity(11)
    backordered = try row.quantity(12)
    shipped = try row.quantity(13)
    invoiced = try row.quantity(14)
    returned = try row.quantity(15)
    cancelled = try row.quantity(16)
    unitPrice = try row.price(17)
    listPrice = try row.price(18)
    priceRuleID = try row.id(19)
    priceSteps = try (try row.json(20).array ?? []).map { step throws(Refusal) in try PriceDecision.Step(step) }
    expectedPrice = try row.priceOrNil(21)
    enteredUnitPrice = Self.price(unitPrice, ordered: ordered, entered: enteredQuantity)
    amount = try row.money(22, currency)
    requestedOn = try row.dateOrNil(23)
  }
}
