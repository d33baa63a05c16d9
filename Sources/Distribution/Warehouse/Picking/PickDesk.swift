import BulkheadCore
import BulkheadData

/// Gives tasks to workers and takes what their devices tell.
public struct PickDesk: Sendable {
  let services: Services

  public init(_ services: Services) { self.services = services }

  /// The task that `device` holds already, or the next one in the order of the bins, which is then held. `nil`: nothing
  /// is left to pick. Refuses with `reference.unknown`, `setup.missing`.
  public func claim(
    device: String, wave: EntityID? = nil, warehouse: String? = nil, in tx: Transaction
  ) async throws -> EntityID? {
    let worker = tx.context.actor.description
    let place: EntityID
    if let wave {
      guard let row = try await tx.run(PickStatements.warehouseOfWave, .id(wave)).first else {
        throw Refusal(.referenceUnknown, "There is no such wave.", at: "/waveId")
      }
      place = try row.id(0)
    } else {
      place = try Warehouse(try await tx.run([Warehouse.query(warehouse)])[0], asked: warehouse).id
    }
    let rows = try await tx.run(
      Query(PickStatements.held, .text(device), .text(worker)),
      Query(PickStatements.next, .optional(wave), .id(place)))
    if let held = rows[0].first { return try held.id(0) }
    guard let next = try rows[1].first?.id(0) else { return nil }
    try tx.enqueue(
      Query(PickStatements.claim, .id(next), .text(device), .text(worker), .instant(services.ambient.now)))
    return next
  }

  /// Takes a task out of a worker's hands. Refuses with `resource.notFound`, `pickTask.wrongState`.
  public func putBack(_ task: EntityID, in tx: Transaction) async throws {
    let locked = try LockedTask(try await tx.run(PickStatements.lockTask, .id(task), .null, .null))
    guard locked.state == .claimed else {
      throw Refusal(.pickTaskWrongState, "A task that is \(locked.state.rawValue) is in nobody's hands.")
    }
    try tx.enqueue(Query(PickStatements.putBack, .id(task), .instant(services.ambient.now)))
    try tx.enqueue(
      services.audit.query(
        "pick.putBack", subject: "pick_task:\(task)", detail: ["worker": .optional(locked.worker)],
        context: tx.context))
  }

  /// Confirms goods of a task: they move to the output place and stay held for their order. A message that was taken
  /// before changes nothing.
  ///
  /// Refuses with `resource.notFound`, `scan.reused`, and the codes of `LockedTask.confirm`.
  public func confirm(_ task: EntityID, _ scan: PickScan, in tx: Transaction) async throws {
    let hold = try await PickHold(
      task, device: scan.device, sequence: scan.sequence, barcode: scan.barcode, movesGoods: true, in: tx)
    if try LockedTask.isRepeated(hold.taken, kind: .pick, task: task, quantity: scan.quantity) { return }
    try hold.task.confirm(scan, by: tx.context.actor.description)
    let queries = try move(scan, hold, tx.context)
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
  }

  /// The reservation at the bin ends, the goods move, and what was moved is held where it now lies.
  private func move(_ scan: PickScan, _ hold: PickHold, _ context: TenantContext) throws -> [Query] {
    let now = services.ambient.now
    let task = hold.task
    let rest = try task.rest.subtracting(scan.quantity)
    let held = services.ambient.makeID()
    let restID = services.ambient.makeID()
    let posting = StockPosting(
      entity: hold.shipment.entity, originType: "shipment", originID: hold.shipment.id, effectiveAt: now,
      memo: hold.shipment.number, counterpart: .inventoryAdjustment,
      movements: [
        StockMovement(
          productID: task.productID, lotKey: task.lotKey, quantity: scan.quantity, entered: scan.quantity,
          unit: task.baseUnit, from: task.fromID, to: task.toID, worth: .stays, originLine: 0, pointer: "/quantity")
      ])
    let plan = try StockPostingPlan(posting, costs: hold.costs, layers: [], services.ambient)
    var queries = [Query(PickStatements.endReservation, .id(task.reservationID), .instant(now))]
    queries += try StockPostingWriter(services: services, context: context, posting: posting, plan: plan).queries()
    queries.append(
      Query(
        ShipmentStatements.reserveAt, "picked", .instant(now), .ids([held]), .ids([task.orderLineID]),
        .ids([task.productID]), .ids([task.toID]), .ids([task.lotKey]), .quantities([scan.quantity])))
    if rest.isPositive {
      queries.append(
        Query(PickStatements.keepRest, .id(task.reservationID), .id(restID), .quantity(rest), .instant(now)))
    }
    queries += [
      Query(
        PickStatements.advance, .id(task.id), .quantity(scan.quantity), .text(rest.isPositive ? "claimed" : "done"),
        .id(rest.isPositive ? restID : task.reservationID), .instant(now)),
      Query(PickStatements.addPicked, .id(task.lineID), .quantity(scan.quantity)),
      Query(
        PickStatements.insertScan, .id(services.ambient.makeID()), .text(scan.device), .int(scan.sequence), "pick",
        .id(task.id), .quantity(scan.quantity), .id(held), .instant(now), .text(context.actor.description)),
    ]
    let phase = try hold.phase(open: rest.isPositive ? 1 : 0, picked: scan.quantity, opensLines: false)
    return queries + (try advance(hold.shipment, to: phase, now, context))
  }

  /// The shipment's own step, when its last task ended.
  func advance(
    _ shipment: LockedShipment, to phase: ShipmentPhase, _ now: Instant, _ context: TenantContext
  ) throws -> [Query] {
    guard phase != shipment.phase else { return [] }
    var queries = [Query(ShipmentStatements.setPhase, .id(shipment.id), .text(phase.rawValue))]
    if phase == .cancelled { queries.append(Query(ShipmentStatements.restoreOrders, .ids([shipment.orderID]))) }
    return queries
      + (try ShipmentRecords(services: services, context: context, now: now).queries(
        "shipment.\(phase.rawValue)", shipment, to: phase))
  }
}
