import BulkheadCore
import BulkheadData

/// Reads stock.
enum StockReader {
  /// Balances of our places: a statement of its own for what is filtered by, so that each is found by its index.
  static func quants(product: EntityID?, location: EntityID?) -> (statement: Statement, filters: [SQLValue]) {
    if let product { return (quantsOfProduct, [.id(product), .optional(location)]) }
    if let location { return (quantsOfLocation, [.id(location)]) }
    return (allQuants, [])
  }

  private static let allQuants = Statement(
    """
    SELECT q.id, q.product_id, p.sku, p.base_uom, q.location_id, place.code, place.type, lot.code, lot.expiry_on,
           q.on_hand, q.reserved, q.in_date
      FROM stock_quant AS q
      JOIN product AS p ON p.id = q.product_id
      JOIN location AS place ON place.id = q.location_id
      LEFT JOIN lot AS lot ON lot.id = q.lot_key
     WHERE q.id > $1 AND q.location_type = 'storage'
     ORDER BY q.id
     LIMIT $2
    """)

  private static let quantsOfLocation = Statement(
    """
    SELECT q.id, q.product_id, p.sku, p.base_uom, q.location_id, place.code, place.type, lot.code, lot.expiry_on,
           q.on_hand, q.reserved, q.in_date
      FROM stock_quant AS q
      JOIN product AS p ON p.id = q.product_id
      JOIN location AS place ON place.id = q.location_id
      LEFT JOIN lot AS lot ON lot.id = q.lot_key
     WHERE q.id > $1 AND q.location_id = $2 AND q.location_type = 'storage'
     ORDER BY q.id
     LIMIT $3
    """)

  private static let quantsOfProduct = Statement(
    """
    SELECT q.id, q.product_id, p.sku, p.base_uom, q.location_id, place.code, place.type, lot.code, lot.expiry_on,
           q.on_hand, q.reserved, q.in_date
      FROM stock_quant AS q
      JOIN product AS p ON p.id = q.product_id
      JOIN location AS place ON place.id = q.location_id
      LEFT JOIN lot AS lot ON lot.id = q.lot_key
     WHERE q.id > $1 AND q.product_id = $2 AND ($3::uuid IS NULL OR q.location_id = $3) AND q.location_type = 'storage'
     ORDER BY q.id
     LIMIT $4
    """)

  static let adjustment = Statement(
    """
    SELECT a.id, a.number, a.kind, a.reason, a.effective_at, e.currency
      FROM stock_adjustment AS a JOIN legal_entity AS e ON e.id = a.legal_entity_id WHERE a.id = $1
    """)

  /// Whether a move came in is told by where it ended.
  static let adjustmentMoves = Statement(
    """
    SELECT m.id, m.product_id, p.sku, coalesce(home.code, away.code), lot.code, m.qty, m.unit_cost, m.value_minor,
           home.id IS NOT NULL
      FROM stock_move AS m
      JOIN product AS p ON p.id = m.product_id
      LEFT JOIN location AS home ON home.id = m.to_location_id AND home.type = 'storage'
      LEFT JOIN location AS away ON away.id = m.from_location_id AND away.type = 'storage'
      LEFT JOIN lot AS lot ON lot.id = m.lot_key
     WHERE m.origin_id = $1 AND m.origin_type = 'stock_adjustment'
     ORDER BY m.origin_line
    """)

  /// One adjustment in one round trip.
  static func adjustment(_ id: EntityID, in tenant: Tenant) async throws -> PostedAdjustment? {
    let rows = try await tenant.read(Query(adjustment, .id(id)), Query(adjustmentMoves, .id(id)))
    guard rows.count == 2, let header = rows[0].first else { return nil }
    let currency = try header.currency(5)
    var total = Money(minor: 0, currency)
    var lines: [PostedAdjustment.Line] = []
    for row in rows[1] {
      let isInbound = try row.bool(8)
      let quantity = try row.quantity(5)
      let minor = try row.int(7)
      let value = Money(minor: isInbound ? minor : -minor, currency)
      total = try total.adding(value)
      lines.append(
        PostedAdjustment.Line(
          moveID: try row.id(0), productID: try row.id(1), sku: try row.text(2), location: try row.text(3),
          lot: row.textOrNil(4), quantity: isInbound ? quantity : quantity.negated, unitCost: try row.price(6),
          value: value))
    }
    return PostedAdjustment(
      id: try header.id(0), number: try header.text(1), kind: try header.known(2), reason: try header.text(3),
      effectiveAt: try header.instant(4), lines: lines, value: total)
  }
}
