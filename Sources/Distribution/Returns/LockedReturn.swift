import BulkheadCore
import BulkheadData

/// A return, its order and its lines, held until the transaction ends: the order first, as everything that touches
/// orders does.
struct LockedReturn: Sendable {
  struct Line: Sendable {
    let id: EntityID
    let number: Int
    let shipmentLineID: EntityID
    let orderLineID: EntityID
    let orderLine: Int
    let productID: EntityID
    let baseUnit: String
    let tracking: Tracking
    let requested: Quantity
    let authorised: Quantity
    let received: Quantity
    /// What one base unit was sold at.
    let unitPrice: UnitPrice
    let shippedAt: Instant
  }

  let id: EntityID
  let number: String
  let phase: ReturnPhase
  let outcome: ReturnOutcome
  let version: Int64
  let orderID: EntityID
  let orderNumber: String
  let orderStatus: OrderStatus
  let customerID: EntityID
  let warehouseID: EntityID
  let warehouseCode: String
  let entity: LegalEntity
  let lines: [Line]

  /// Refuses with `resource.notFound`, or `version.mismatch` when the caller has read another version.
  static func take(_ id: EntityID, version: Int64? = nil, in tx: Transaction) async throws -> LockedReturn {
    guard let place = try await tx.run(ReturnStatements.orderOf, .id(id)).first else { throw Refusal.notFound }
    let rows = try await tx.run(
      Query(LockedShipment.lockOrder, .id(try place.id(0))), Query(ReturnStatements.lock, .id(id)),
      Query(ReturnStatements.lines, .id(id)))
    guard let row = rows[1].first else { throw Refusal.notFound }
    let held = try LockedReturn(row, rows[2])
    guard version == nil || version == held.version else {
      throw Refusal(.versionMismatch, "It has changed since; its version is \(held.version).")
    }
    return held
  }

  private init(_ row: Row, _ lines: Rows) throws(Refusal) {
    id = try row.id(0)
    number = try row.text(1)
    phase = try row.known(2)
    outcome = try row.known(3)
    version = try row.int(4)
    orderID = try row.id(5)
    orderNumber = try row.text(6)
    orderStatus = try row.known(7)
    customerID = try row.id(8)
    warehouseID = try row.id(9)
    warehouseCode = try row.text(10)
    entity = LegalEntity(
      id: try row.id(11), currency: try row.currency(12), fiscalYearStartMonth: Int(try row.int(13)))
    var found: [Line] = []
    for line in lines { found.append(try Line(line)) }
    self.lines = found
  }

  /// Refuses with `return.wrongState` unless it is in one of `phases`.
  func require(_ phases: Set<ReturnPhase>, to act: String) throws(Refusal) {
    guard phases.contains(phase) else {
      throw Refusal(.returnWrongState, "A return that is \(phase.rawValue) cannot be \(act).")
    }
  }
}

extension LockedReturn.Line {
  fileprivate init(_ row: Row) throws(Refusal) {
    id = try row.id(0)
    number = Int(try row.int(1))
    shipmentLineID = try row.id(2)
    orderLineID = try row.id(3)
    orderLine = Int(try row.int(4))
    productID = try row.id(5)
    baseUnit = try row.text(6)
    tracking = try row.known(7)
    requested = try row.quantity(8)
    authorised = try row.quantity(9)
    received = try row.quantity(10)
    unitPrice = try row.price(11)
    shippedAt = try row.instant(12)
  }
}
