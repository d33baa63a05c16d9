import BulkheadCore
import BulkheadData

/// A shipment and its order, both rows locked: the order first, as everything that touches orders does.
struct LockedShipment: Sendable {
  let id: EntityID
  let phase: ShipmentPhase
  let number: String
  let orderID: EntityID
  let orderStatus: OrderStatus
  let shipPolicy: OrderRequest.ShipPolicy
  let orderNumber: String
  let exposure: Int64
  let customerID: EntityID
  let entity: LegalEntity
  /// The order's.
  let currency: Currency

  /// Which order to lock, before anything is locked. `nil`: absent, or another tenant's.
  static func order(of shipment: EntityID, in tx: Transaction) async throws -> EntityID {
    guard let row = try await tx.run(orderStatement, .id(shipment)).first else { throw Refusal.notFound }
    return try row.id(0)
  }

  static let orderStatement = Statement("SELECT order_id FROM shipment WHERE id = $1")

  /// Two statements, in this order, whose answers `init` takes.
  static func queries(_ shipment: EntityID, order: EntityID) -> [Query] {
    [Query(lockOrder, .id(order)), Query(lockShipment, .id(shipment))]
  }

  static let lockOrder = Statement(
    "SELECT status, ship_policy, number, exposure_minor FROM sales_order WHERE id = $1 FOR UPDATE")

  static let lockShipment = Statement(
    """
    SELECT s.id, s.state, s.number, s.order_id, s.customer_id, s.legal_entity_id, entity.currency,
           entity.fiscal_year_start_month, s.currency
      FROM shipment AS s JOIN legal_entity AS entity ON entity.id = s.legal_entity_id
     WHERE s.id = $1 FOR UPDATE OF s
    """)

  init(_ rows: ArraySlice<Rows>) throws(Refusal) {
    guard rows.count >= 2, let order = rows[rows.startIndex].first, let row = rows[rows.startIndex + 1].first else {
      throw Refusal.notFound
    }
    id = try row.id(0)
    phase = try row.known(1)
    number = try row.text(2)
    orderID = try row.id(3)
    customerID = try row.id(4)
    entity = LegalEntity(
      id: try row.id(5), currency: try row.currency(6), fiscalYearStartMonth: Int(try row.int(7)))
    currency = try row.currency(8)
    orderStatus = try order.known(0)
    shipPolicy = try order.known(1)
    orderNumber = try order.text(2)
    exposure = try order.int(3)
  }

  /// Locks the shipment with nothing else.
  static func lock(_ shipment: EntityID, in tx: Transaction) async throws -> LockedShipment {
    let order = try await order(of: shipment, in: tx)
    return try LockedShipment(try await tx.run(queries(shipment, order: order))[...])
  }

  /// Refuses with `shipment.wrongState` unless it is in one of `phases`.
  func require(_ phases: Set<ShipmentPhase>, to act: String) throws(Refusal) {
    guard phases.contains(phase) else {
      throw Refusal(.shipmentWrongState, "A shipment that is \(phase.rawValue) cannot be \(act).")
    }
  }
}
