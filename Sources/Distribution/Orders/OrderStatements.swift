import BulkheadCore
import BulkheadData

/// The statements that write orders.
enum OrderStatements {
  static let insertOrder = Statement(
    """
    INSERT INTO sales_order (id, legal_entity_id, number, customer_id, warehouse_id, po_number, channel, currency,
      status, hold_code, shipment_state, ship_policy, requested_on, total_minor, exposure_minor, placed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO sales_order_line (order_id, id, line_no, customer_line, product_id, entered_qty, entered_uom, ordered,
      open, backordered, reserved, cancelled, unit_price, list_price, price_rule_id, price_steps, expected_price,
      amount_minor, requested_on)
    SELECT l.order_id, l.id, l.line_no, l.customer_line, l.product_id, l.entered_qty, l.entered_uom, l.ordered, l.open,
           l.backordered, l.reserved, l.cancelled, l.unit_price, l.list_price, l.price_rule_id, l.steps::jsonb,
           l.expected_price, l.amount_minor, l.requested_on
      FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::uuid[], $6::numeric[], $7::text[],
                  $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[],
                  $14::numeric[], $15::uuid[], $16::text[], $17::numeric[], $18::bigint[], $19::date[])
           AS l (order_id, id, line_no, customer_line, product_id, entered_qty, entered_uom, ordered, open,
                 backordered, reserved, cancelled, unit_price, list_price, price_rule_id, steps, expected_price,
                 amount_minor, requested_on)
    """)

  /// The lines of orders that are made.
  static func lines(_ orders: [PlacedOrder]) -> Query {
    let lines = orders.flatMap(\.lines)
    return Query(
      insertLines, .ids(orders.flatMap { order in order.lines.map { _ in order.id } }), .ids(lines.map(\.id)),
      .ints(lines.map { Int64($0.number) }), .texts(lines.map(\.customerLine)), .ids(lines.map(\.productID)),
      .quantities(lines.map(\.enteredQuantity)), .texts(lines.map(\.enteredUnit)), .quantities(lines.map(\.ordered)),
      .quantities(lines.map(\.open)), .quantities(lines.map(\.backordered)), .quantities(lines.map(\.reserved)),
      .quantities(lines.map(\.cancelled)), .prices(lines.map(\.unitPrice)), .prices(lines.map(\.listPrice)),
      .ids(lines.map(\.priceRuleID)), .texts(lines.map { JSON.array($0.priceSteps.map(\.json)).text }),
      .texts(lines.map { $0.expectedPrice?.description }), .ints(lines.map(\.amount.minor)),
      .texts(lines.map { $0.requestedOn?.description }))
  }

  /// Holds stock for lines. The database adds each reservation to its quant's `reserved`, where a CHECK keeps it at or
  /// below what is on hand; the quants are locked already.
  static func reserve(
    _ takes: [Allocation.Take], lineIDs: [EntityID], _ ambient: Ambient, at now: Instant
  ) -> Query {
    let known = takes.filter { lineIDs.indices.contains($0.line) }
    return Query(
      insertReservations, .ids(known.map { _ in ambient.makeID() }), .ids(known.map(\.quantID)),
      .ids(known.map { lineIDs[$0.line] }), .quantities(known.map(\.quantity)), .instant(now))
  }

  static let insertReservations = Statement(
    """
    INSERT INTO stock_reservation (id, quant_id, order_line_id, qty, created_at, changed_at)
    SELECT r.id, r.quant_id, r.order_line_id, r.qty, $5::timestamptz, $5::timestamptz
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[]) AS r (id, quant_id, order_line_id, qty)
    """)

  static let insertHistory = Statement(
    """
    INSERT INTO sales_order_history (id, order_id, at, actor, event, from_status, to_status, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)

  /// Serialised with other orders of the customer by the credit row, which is locked before.
  static let duplicatePO = Statement("SELECT 1 FROM sales_order WHERE customer_id = $1 AND po_number = $2")

  static let lockOrder = Statement(
    "SELECT status, customer_id, warehouse_id, exposure_minor, version FROM sales_order WHERE id = $1 FOR UPDATE")

  /// The quants that an order holds, locked in the global order.
  static let lockHeldQuants = Statement(
    """
    SELECT q.id FROM stock_quant AS q
     WHERE q.id IN (SELECT r.quant_id FROM stock_reservation AS r JOIN sales_order_line AS l ON l.id = r.order_line_id
                     WHERE l.order_id = $1 AND r.state = 'active')
     ORDER BY q.product_id, q.location_id, q.lot_key, q.package_key, q.owner_key
       FOR UPDATE OF q
    """)

  static let releaseReservations = Statement(
    """
    UPDATE stock_reservation SET state = 'released', changed_at = $2
     WHERE state = 'active' AND order_line_id IN (SELECT l.id FROM sales_order_line AS l WHERE l.order_id = $1)
    """)

  static let cancelLines = Statement(
    """
    UPDATE sales_order_line SET cancelled = cancelled + open + reserved, open = 0, backordered = 0, reserved = 0,
           amount_minor = 0
     WHERE order_id = $1
    """)

  static let cancelOrder = Statement(
    """
    UPDATE sales_order SET status = 'cancelled', hold_code = NULL, shipment_state = 'none', total_minor = 0,
           exposure_minor = 0, version = version + 1
     WHERE id = $1
    """)

  static let confirmOrder = Statement(
    """
    UPDATE sales_order SET status = 'confirmed', hold_code = NULL, shipment_state = 'waiting', exposure_minor = $2,
           version = version + 1
     WHERE id = $1
    """)

  static let touchOrder = Statement("UPDATE sales_order SET version = version + 1 WHERE id = $1")

  /// Moves what was allocated from open to reserved; what is still open waits for stock.
  static let allocateLines = Statement(
    """
    UPDATE sales_order_line AS l SET open = l.open - a.qty, reserved = l.reserved + a.qty, backordered = l.open - a.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS a (id, qty)
     WHERE l.id = a.id
    """)
}
