import BulkheadCore
import BulkheadData

/// Gives put-away tasks to workers and takes what their devices tell.
struct PutawayDesk: Sendable {
  let services: Services

  /// The task that `device` holds already, or the next one in the order of the bins, which is then held. `nil`: nothing
  /// is left to put away. Refuses with `reference.unknown`, `setup.missing`.
  func claim(device: String, warehouse: String?, in tx: Transaction) async throws -> EntityID? {
    let worker = tx.context.actor.description
    let place = try Warehouse(try await tx.run([Warehouse.query(warehouse)])[0], asked: warehouse)
    let rows = try await tx.run(
      Query(PutawayStatements.held, .text(device), .text(worker)), Query(PutawayStatements.next, .id(place.id)))
    if let held = rows[0].first { return try held.id(0) }
    guard let next = try rows[1].first?.id(0) else { return nil }
    try tx.enqueue(
      Query(PutawayStatements.claim, .id(next), .text(device), .text(worker), .instant(services.ambient.now)))
    return next
  }

  /// Takes a task out of a worker's hands. Refuses with `resource.notFound`, `putawayTask.wrongState`.
  func putBack(_ task: EntityID, in tx: Transaction) async throws {
    let locked = try await lock(task, tx)
    guard locked.state == .claimed else {
      throw Refusal(.putawayTaskWrongState, "A task that is \(locked.state.rawValue) is in nobody's hands.")
    }
    try tx.enqueue(Query(PutawayStatements.putBack, .id(task), .instant(services.ambient.now)))
    try tx.enqueue(
      services.audit.query(
        "putaway.putBack", subject: "putaway_task:\(task)", detail: ["worker": .optional(locked.worker)],
        context: tx.context))
  }

  /// Gives up what is left of a task; the goods stay where they are. Refuses with `resource.notFound`,
  /// `putawayTask.wrongState`.
  func cancel(_ task: EntityID, reason: String, in tx: Transaction) async throws {
    let locked = try await lock(task, tx)
    guard locked.state == .open || locked.state == .claimed else {
      throw Refusal(.putawayTaskWrongState, "The task is \(locked.state.rawValue) already.")
    }
    try tx.enqueue(Query(PutawayStatements.cancel, .id(task), .text(reason), .instant(services.ambient.now)))
    try tell("putaway.cancelled", task, ["reason": .string(reason)], tx)
  }

  /// Confirms goods of a task: they move to the place that was scanned. A message that was taken before changes
  /// nothing.
  ///
  /// Refuses with `resource.notFound`, `scan.reused`, the codes of `LockedPutaway.confirm`, and `stock.insufficient`
  /// when the goods are not in the input place any more.
  func confirm(_ task: EntityID, _ scan: PutawayScan, in tx: Transaction) async throws {
    let gtin = scan.barcode.flatMap { try? GTIN.normalize($0) }
    let rows = try await tx.run(
      Query(PutawayStatements.lockTask, .id(task), .optional(scan.barcode), .optional(gtin)),
      Query(PutawayStatements.taken, .text(scan.device), .int(scan.sequence)),
      Query(PutawayStatements.place, .text(scan.location)))
    let locked = try LockedPutaway(rows[0])
    if let taken = rows[1].first {
      let isSame =
        try taken.id(0) == task && taken.quantity(1) == scan.quantity && taken.text(2) == scan.location
      guard isSame else {
        throw Refusal(.scanReused, "This device has used this number for another scan.", at: "/seq")
      }
      return
    }
    let found = try rows[2].first.map { row throws(Refusal) in
      ScannedPlace(id: try row.id(0), code: try row.text(1), type: try row.text(2), warehouseID: row.idOrNil(3))
    }
    let place = try locked.confirm(scan, at: found, by: tx.context.actor.description)
    try await move(locked, scan, to: place, tx)
  }

  private func move(
    _ task: LockedPutaway, _ scan: PutawayScan, to place: ScannedPlace, _ tx: Transaction
  ) async throws {
    let now = services.ambient.now
    let posting = StockPosting(
      entity: task.entity, originType: "putaway_task", originID: task.id, effectiveAt: now, memo: "Put away",
      counterpart: .inventoryAdjustment,
      movements: [
        StockMovement(
          productID: task.productID, lotKey: task.lotKey, quantity: scan.quantity, entered: scan.quantity,
          unit: task.baseUnit, from: task.fromID, to: place.id, worth: .stays, originLine: 0, pointer: "/quantity")
      ])
    let plan = try await posting.post(services, in: tx)
    guard let moved = plan.moves.first else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a put-away without a move")
    }
    let isDone = try task.rest == scan.quantity
    let queries = [
      Query(
        PutawayStatements.advance, .id(task.id), .quantity(scan.quantity),
        .text((isDone ? PutawayTaskState.done : .claimed).rawValue), .instant(now)),
      Query(
        PutawayStatements.insertScan, .id(services.ambient.makeID()), .text(scan.device), .int(scan.sequence),
        .id(task.id), .id(place.id), .optional(place.id == task.toID ? nil : scan.reason), .quantity(scan.quantity),
        .id(moved.id), .instant(now), .text(tx.context.actor.description)),
    ]
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
    let detail: JSON = [
      "location": .string(place.code), "quantity": scan.quantity.json, "asProposed": .bool(place.id == task.toID),
    ]
    if isDone { return try tell("putaway.done", task.id, detail, tx) }
    try tx.enqueue(
      services.audit.query(
        "putaway.confirmed", subject: "putaway_task:\(task.id)", detail: detail, context: tx.context))
  }

  private func lock(_ task: EntityID, _ tx: Transaction) async throws -> LockedPutaway {
    try LockedPutaway(try await tx.run(PutawayStatements.lockTask, .id(task), .null, .null))
  }

  private func tell(_ event: String, _ task: EntityID, _ detail: JSON, _ tx: Transaction) throws {
    try tx.enqueue(
      services.outbox.query(
        topic: event, key: task.description, payload: ["putawayTask": .id(task)], context: tx.context))
    try tx.enqueue(
      services.audit.query(event, subject: "putaway_task:\(task)", detail: detail, context: tx.context))
  }
}
