import BulkheadCore
import BulkheadData

/// A return to a supplier, its order and its lines, held until the transaction ends: the order first, as whoever
/// receives or bills does.
struct LockedSupplierReturn: Sendable {
  struct Line: Sendable {
    let id: EntityID
    let number: Int
    let receiptLine: EntityID
    let orderLine: EntityID
    let locationID: EntityID
    let quantity: Quantity
    let productID: EntityID
    let lotKey: EntityID
    let baseUnit: String
    /// What of the receipt's line can still go back.
    let unbilled: SupplierReturnSplit.Part
    let billed: SupplierReturnSplit.Part
    /// What of this line has gone back after it was billed, in minor units.
    let toBeCredited: Int64
    /// The day on which it came.
    let receivedOn: CivilDate
  }

  let id: EntityID
  let number: String
  let state: SupplierReturnState
  let isExpectedAgain: Bool
  let order: LockedPurchase
  let entity: LegalEntity
  let lines: [Line]

  /// Refuses with `resource.notFound`, or `version.mismatch` when the caller has read another version.
  static func take(_ id: EntityID, version: Int64?, in tx: Transaction) async throws -> LockedSupplierReturn {
    guard let place = try await tx.run(SupplierReturnStatements.orderOf, .id(id)).first else { throw Refusal.notFound }
    let rows = try await tx.run(
      Query(PurchaseStatements.lock, .id(try place.id(0))), Query(SupplierReturnStatements.lock, .id(id)),
      Query(SupplierReturnStatements.lines, .id(id)))
    guard let row = rows[1].first else { throw Refusal.notFound }
    let current = try row.int(4)
    guard version == nil || version == current else {
      throw Refusal(.versionMismatch, "It has changed since; its version is \(current).")
    }
    return try LockedSupplierReturn(row, try LockedPurchase(rows[0]), rows[2])
  }

  private init(_ row: Row, _ order: LockedPurchase, _ lines: Rows) throws(Refusal) {
    id = try row.id(0)
    number = try row.text(1)
    state = try row.known(2)
    isExpectedAgain = try row.bool(3)
    self.order = order
    entity = LegalEntity(
      id: order.entityID, currency: order.currency, fiscalYearStartMonth: Int(try row.int(5)))
    var found: [Line] = []
    for line in lines { found.append(try Line(line)) }
    self.lines = found
  }

  /// Refuses with `supplierReturn.wrongState` unless it is in one of `states`.
  func require(_ states: Set<SupplierReturnState>, to act: String) throws(Refusal) {
    guard states.contains(state) else {
      throw Refusal(.supplierReturnWrongState, "A return that is \(state.rawValue) cannot be \(act).")
    }
  }
}

extension LockedSupplierReturn.Line {
  fileprivate init(_ row: Row) throws(Refusal) {
    id = try row.id(0)
    number = Int(try row.int(1))
    receiptLine = try row.id(2)
    orderLine = try row.id(3)
    locationID = try row.id(4)
    quantity = try row.quantity(5)
    productID = try row.id(6)
    lotKey = try row.id(7)
    baseUnit = try row.text(8)
    unbilled = SupplierReturnSplit.Part(quantity: try row.quantity(9), value: try row.int(10))
    billed = SupplierReturnSplit.Part(quantity: try row.quantity(11), value: try row.int(12))
    toBeCredited = try row.int(13)
    receivedOn = try CivilDate(try row.text(14))
  }
}
