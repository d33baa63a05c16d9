import BulkheadCore
import BulkheadData

/// One quant that orders may be given from, as it stood when it was locked.
struct FreeStock: Sendable {
  let quantID: EntityID
  let productID: EntityID
  let locationCode: String
  let pickSequence: Int64
  let lotCode: String?
  let expiry: CivilDate?
  let inDate: Instant
  let free: Quantity
  var warehouseID = EntityID.zero

  /// Locks the promisable quants of `products` in `warehouse` until the transaction ends.
  ///
  /// Every statement of this module that locks quants does so in the order (product, location, lot, package, owner):
  /// two transactions that need the same quants wait for each other but never in a circle. A quant that was used up
  /// while this statement waited for its lock is left out, because PostgreSQL checks the condition again on the
  /// newest version of the row (read committed). What comes free meanwhile is seen by the next order. A balance that a
  /// pick found too little at is promised to nobody before it is counted.
  static func lock(_ products: Set<EntityID>, in warehouse: EntityID) -> Query { lock(products, in: [warehouse]) }

  /// The same for several warehouses at once, in the one order.
  static func lock(_ products: Set<EntityID>, in warehouses: Set<EntityID>) -> Query {
    Query(statement, .ids(products.sorted()), .ids(warehouses.sorted()))
  }

  static let statement = Statement(
    """
    SELECT q.id, q.product_id, place.code, place.pick_sequence, lot.code, lot.expiry_on, q.in_date,
           q.on_hand - q.reserved, place.warehouse_id
      FROM stock_quant AS q
      JOIN location AS place ON place.id = q.location_id
      LEFT JOIN lot AS lot ON lot.id = q.lot_key
     WHERE q.product_id = ANY ($1::uuid[]) AND q.on_hand > q.reserved
       AND q.owner_key = '00000000-0000-0000-0000-000000000000'
       AND place.warehouse_id = ANY ($2::uuid[]) AND place.is_pickable AND NOT place.is_quarantine AND place.is_active
       AND NOT EXISTS (SELECT 1 FROM count_task AS c
                        WHERE c.quant_id = q.id AND c.cause = 'short_pick'
                          AND c.state IN ('requested', 'counting', 'counted'))
     ORDER BY q.product_id, q.location_id, q.lot_key, q.package_key, q.owner_key
       FOR UPDATE OF q
    """)

  static func read(_ rows: Rows) throws(Refusal) -> [FreeStock] {
    var stock: [FreeStock] = []
    stock.reserveCapacity(rows.count)
    for row in rows {
      stock.append(
        FreeStock(
          quantID: try row.id(0), productID: try row.id(1), locationCode: try row.text(2),
          pickSequence: try row.int(3), lotCode: row.textOrNil(4), expiry: try row.dateOrNil(5),
          inDate: try row.instant(6), free: try row.quantity(7), warehouseID: try row.id(8)))
    }
    return stock
  }

  /// With `taken` of it promised.
  func less(_ taken: Quantity) throws(Refusal) -> FreeStock {
    FreeStock(
      quantID: quantID, productID: productID, locationCode: locationCode, pickSequence: pickSequence,
      lotCode: lotCode, expiry: expiry, inDate: inDate, free: try free.subtracting(taken), warehouseID: warehouseID)
  }
}
