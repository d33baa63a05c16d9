import BulkheadCore
import BulkheadData

/// A task with everything that a scan may change, locked in the order that holds everywhere: order, shipment, task,
/// the product's cost row, balances.
struct PickHold: Sendable {
  let task: LockedTask
  let shipment: LockedShipment
  let taken: TakenScan?
  let openOthers: Int
  let pickedBefore: Quantity
  let orderHasOpenLines: Bool
  let costs: [EntityID: StockPostingPlan.Cost]

  /// Refuses with `resource.notFound`. Without `movesGoods` neither cost row nor balances are locked: whoever locks
  /// balances of other bins too must lock them all in one statement.
  init(
    _ task: EntityID, device: String, sequence: Int64, barcode: String? = nil, movesGoods: Bool, in tx: Transaction
  ) async throws {
    guard let head = try await tx.run(PickStatements.head, .id(task)).first else { throw Refusal.notFound }
    let entity = LegalEntity(
      id: try head.id(5), currency: try head.currency(6), fiscalYearStartMonth: Int(try head.int(7)))
    let shipmentID = try head.id(0)
    let product = try head.id(2)
    let gtin = barcode.flatMap { try? GTIN.normalize($0) }
    let rows = try await tx.run(
      LockedShipment.queries(shipmentID, order: try head.id(1)) + [
        Query(PickStatements.lockTask, .id(task), .optional(barcode), .optional(gtin)),
        Query(PickStatements.taken, .text(device), .int(sequence)),
        Query(PickStatements.progress, .id(shipmentID), .id(task)),
      ]
        + (movesGoods
          ? StockBooks.queries(entity, products: [product], issued: []) + [
            Query(ShipmentStatements.lockQuants, .ids([product]), .ids([try head.id(3), try head.id(4)]))
          ] : []))
    shipment = try LockedShipment(rows[...])
    self.task = try LockedTask(rows[2])
    taken = try TakenScan.read(rows[3])
    guard let progress = rows[4].first else { throw Refusal.notFound }
    openOthers = Int(try progress.int(0))
    pickedBefore = try progress.quantity(1)
    orderHasOpenLines = try progress.bool(2)
    costs = movesGoods ? try StockBooks.read(rows[5...]).costs : [:]
  }

  /// Where the shipment stands when `open` more tasks are out and `picked` more was found.
  func phase(open: Int, picked: Quantity, opensLines: Bool) throws(Refusal) -> ShipmentPhase {
    .afterPicking(
      openTasks: openOthers + open, picked: try pickedBefore.adding(picked), shipPolicy: shipment.shipPolicy,
      orderHasOpenLines: orderHasOpenLines || opensLines)
  }
}
