import BulkheadCore
import BulkheadData

/// What can still be promised of one product: `on hand - reserved + incoming by then - outgoing by then`.
///
/// Counts stock of our own in active, pickable, unquarantined places that has not expired on the day asked for and is
/// not doubtful: a balance that a pick found too little at counts again when it has been counted.
/// Incoming and outgoing are planned moves across the border of those places; what an assigned move takes is
/// reserved already and is not counted twice.
public struct Availability: Sendable {
  public let productID: EntityID
  public let sku: String
  public let baseUnit: String
  public let onHand: Quantity
  public let reserved: Quantity
  public let incoming: Quantity
  public let outgoing: Quantity
  public let availableToPromise: Quantity

  /// One round trip. `warehouse` limits it to one warehouse; `nil` result: no such product.
  static func read(
    _ product: EntityID, warehouse: EntityID?, by day: CivilDate, in tenant: Tenant
  ) async throws -> Availability? {
    let rows = try await tenant.read(Query(statement, .id(product), .optional(warehouse), .date(day)))
    return try rows.first?.first.map { row in try Availability(row) }
  }

  static let statement = Statement(
    """
    SELECT p.id, p.sku, p.base_uom, coalesce(held.on_hand, 0), coalesce(held.reserved, 0),
           coalesce(planned.incoming, 0), coalesce(planned.outgoing, 0),
           coalesce(held.on_hand, 0) - coalesce(held.reserved, 0) + coalesce(planned.incoming, 0)
             - coalesce(planned.outgoing, 0)
      FROM product AS p
      LEFT JOIN LATERAL (
        SELECT sum(q.on_hand) AS on_hand, sum(q.reserved) AS reserved
          FROM stock_quant AS q
          JOIN location AS place ON place.id = q.location_id
          LEFT JOIN lot AS lot ON lot.id = q.lot_key
         WHERE q.product_id = p.id AND q.owner_key = '00000000-0000-0000-0000-000000000000'
           AND place.is_pickable AND NOT place.is_quarantine AND place.is_active
           AND ($2::uuid IS NULL OR place.warehouse_id = $2)
           AND (lot.expiry_on IS NULL OR lot.expiry_on >= $3::date)
           AND NOT EXISTS (SELECT 1 FROM count_task AS c
                            WHERE c.quant_id = q.id AND c.cause = 'short_pick'
                              AND c.state IN ('requested', 'counting', 'counted'))) AS held ON true
      LEFT JOIN LATERAL (
        SELECT sum(CASE WHEN target.type = 'storage' AND (source.type <> 'storage'
                             OR source.warehouse_id <> target.warehouse_id)
                         AND ($2::uuid IS NULL OR target.warehouse_id = $2) THEN m.qty ELSE 0 END) AS incoming,
               sum(CASE WHEN source.type = 'storage' AND (target.type <> 'storage'
                             OR source.warehouse_id <> target.warehouse_id)
                         AND ($2::uuid IS NULL OR source.warehouse_id = $2) AND m.state = 'draft'
                        THEN m.qty ELSE 0 END) AS outgoing
          FROM planned_move AS m
          JOIN location AS source ON source.id = m.from_location_id
          JOIN location AS target ON target.id = m.to_location_id
         WHERE m.product_id = p.id AND m.state IN ('draft', 'assigned') AND m.planned_on <= $3::date) AS planned
        ON true
     WHERE p.id = $1
    """)

  private init(_ row: Row) throws(Refusal) {
    productID = try row.id(0)
    sku = try row.text(1)
    baseUnit = try row.text(2)
    onHand = try row.quantity(3)
    reserved = try row.quantity(4)
    incoming = try row.quantity(5)
    outgoing = try row.quantity(6)
    availableToPromise = try row.quantity(7)
  }
}
