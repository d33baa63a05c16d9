import BulkheadCore
import BulkheadData

/// What becomes of goods that a task did not find. Pure: stock has been read and locked.
struct ShortPlan: Sendable {
  /// A balance that the rest could be fetched from instead.
  struct Place: Sendable {
    let stock: FreeStock
    let locationID: EntityID
    let lotKey: EntityID
  }

  struct Replacement: Sendable {
    let reservationID: EntityID
    let taskID: EntityID
    let place: Place
    let quantity: Quantity
  }

  let replacements: [Replacement]
  /// What is nowhere else and waits for stock again, or is cancelled.
  let missing: Quantity

  /// `doubtful` is the balance that had too little: nothing more is promised from it before it is counted.
  init(
    _ task: LockedTask, places: [Place], doubtful: EntityID, on day: CivilDate, _ ambient: Ambient
  ) throws(Refusal) {
    let rest = try task.rest
    let others = places.filter { $0.stock.quantID != doubtful && $0.locationID != task.toID }
    let allocation = try Allocation(
      [Allocation.Demand(line: 0, productID: task.productID, removal: task.removal, quantity: rest)],
      from: others.map(\.stock), on: day)
    var found: [Replacement] = []
    var missing = rest
    for take in allocation.takes {
      guard let place = others.first(where: { $0.stock.quantID == take.quantID }) else { continue }
      found.append(
        Replacement(
          reservationID: ambient.makeID(), taskID: ambient.makeID(), place: place, quantity: take.quantity))
      missing = try missing.subtracting(take.quantity)
    }
    replacements = found
    self.missing = missing
  }

  /// Rows of `PickStatements.otherStock`.
  static func read(_ rows: Rows) throws(Refusal) -> [Place] {
    let stock = try FreeStock.read(rows)
    var places: [Place] = []
    for (row, stock) in zip(rows, stock) {
      places.append(Place(stock: stock, locationID: try row.id(8), lotKey: try row.id(9)))
    }
    return places
  }
}

extension PickDesk {
  /// Ends a task that found too little. The rest is fetched elsewhere when there is any, else it waits for stock, or is
  /// cancelled where the order has it so; the bin is to be counted, and nothing is promised from it meanwhile. A
  /// message that was taken before changes nothing.
  ///
  /// Refuses with `resource.notFound`, `scan.reused`, `pickTask.wrongState`, `pickTask.heldByOther`.
  public func short(
    _ task: EntityID, device: String, sequence: Int64, reason: String, in tx: Transaction
  ) async throws {
    let now = services.ambient.now
    let hold = try await PickHold(task, device: device, sequence: sequence, movesGoods: false, in: tx)
    if try LockedTask.isRepeated(hold.taken, kind: .short, task: task, quantity: nil) { return }
    try hold.task.require(worker: tx.context.actor.description, device: device)
    let cancels = hold.shipment.shipPolicy == .cancelBackorder
    // The customer's credit is locked before any balance.
    let facts = try await tx.run(
      [Query(PickStatements.quantOfReservation, .id(hold.task.reservationID))]
        + (cancels
          ? [
            CreditPosition.lock(hold.shipment.customerID),
            Query(ShipmentStatements.orderLines, .id(hold.shipment.orderID)),
          ] : []))
    guard let head = facts[0].first else { throw Refusal.notFound }
    let doubtful = try head.id(0)
    let rows = try await tx.run(
      PickStatements.otherStock, .id(hold.task.productID), .id(try head.id(1)), .id(doubtful))
    let plan = try ShortPlan(
      hold.task, places: try ShortPlan.read(rows), doubtful: doubtful, on: CivilDate(now), services.ambient)
    var queries = replace(plan, hold, now)
    if plan.missing.isPositive {
      if cancels, let lines = facts.last {
        let cancellation = try BackorderCancellation(
          plan.missing, of: hold.task.orderLineID, lines: lines, exposure: hold.shipment.exposure,
          status: hold.shipment.orderStatus, hold.shipment.currency)
        queries += try cancel(plan.missing, cancellation, hold, reason, now, tx.context)
      } else {
        queries += [
          Query(PickStatements.backorder, .id(hold.task.orderLineID), .quantity(plan.missing)),
          Query(OrderStatements.touchOrder, .id(hold.shipment.orderID)),
        ]
      }
      queries.append(Query(PickStatements.shrinkLine, .id(hold.task.lineID), .quantity(plan.missing)))
    }
    queries += [
      Query(PickStatements.closeShort, .id(task), .text(reason), .instant(now)),
      Query(
        PickStatements.insertScan, .id(services.ambient.makeID()), .text(device), .int(sequence), "short",
        .id(task), .quantity(try hold.task.rest), .null, .instant(now), .text(tx.context.actor.description)),
      Query(CountStatements.doubt, .id(doubtful), .id(task)),
      Query(
        CountStatements.requestOnce, .id(services.ambient.makeID()), .id(doubtful), .id(task), .text(reason),
        .text(tx.context.actor.description), .instant(now)),
    ]
    let phase = try hold.phase(
      open: plan.replacements.count, picked: .zero, opensLines: plan.missing.isPositive && !cancels)
    queries += try advance(hold.shipment, to: phase, now, tx.context) + told(plan, hold, reason, tx.context)
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
  }

  private func replace(_ plan: ShortPlan, _ hold: PickHold, _ now: Instant) -> [Query] {
    let task = hold.task
    let found = plan.replacements
    var queries = [Query(PickStatements.endReservation, .id(task.reservationID), .instant(now))]
    if !found.isEmpty {
      queries += [
        Query(
          OrderStatements.insertReservations, .ids(found.map(\.reservationID)), .ids(found.map(\.place.stock.quantID)),
          .ids(found.map { _ in task.orderLineID }), .quantities(found.map(\.quantity)), .instant(now)),
        Query(
          WaveStatements.insertTasks, .instant(now), .id(task.waveID), .ids(found.map(\.taskID)),
          .ids(found.map { _ in task.shipmentID }), .ids(found.map { _ in task.lineID }),
          .ids(found.map(\.reservationID)), .ids(found.map { _ in task.productID }),
          .ids(found.map(\.place.lotKey)), .ids(found.map(\.place.locationID)), .ids(found.map { _ in task.toID }),
          .ints(found.map(\.place.stock.pickSequence)), .quantities(found.map(\.quantity))),
      ]
    }
    return queries
  }

  private func told(
    _ plan: ShortPlan, _ hold: PickHold, _ reason: String, _ context: TenantContext
  ) throws -> [Query] {
    let cancels = hold.shipment.shipPolicy == .cancelBackorder
    let (backordered, cancelled) = cancels ? (Quantity.zero, plan.missing) : (plan.missing, .zero)
    let detail: JSON = [
      "shipment": .string(hold.shipment.number), "reason": .string(reason),
      "short": try hold.task.rest.json, "backordered": backordered.json, "cancelled": cancelled.json,
    ]
    return [
      try services.outbox.query(
        topic: "pick.short", key: hold.task.id.description,
        payload: [
          "task": .id(hold.task.id), "shipment": .id(hold.shipment.id), "backordered": backordered.json,
          "cancelled": cancelled.json,
        ], context: context),
      try services.audit.query("pick.short", subject: "pick_task:\(hold.task.id)", detail: detail, context: context),
    ]
  }
}
