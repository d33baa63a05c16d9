import BulkheadCore
import BulkheadData

/// What happens to an order after it was placed. Locks are taken in the order of `place` (order, credit row, quants).
extension OrderDesk {
  /// Cancels what has not been shipped and frees what was reserved. Refuses with `resource.notFound`,
  /// `version.mismatch` when `version` is given and is not the order's, `order.notCancellable`.
  public func cancel(
    _ order: EntityID, version: Int64? = nil, reason: String? = nil, in tx: Transaction
  ) async throws -> PlacedOrder {
    let now = services.ambient.now
    let header = try LockedOrder(try await tx.run(OrderStatements.lockOrder, .id(order)), version: version)
    guard [.draft, .quoted, .hold, .confirmed].contains(header.status) else {
      throw Refusal(.orderNotCancellable, "An order that is \(header.status.rawValue) cannot be cancelled.")
    }
    _ = try await tx.run(
      CreditPosition.lock(header.customerID), Query(OrderStatements.lockHeldQuants, .id(order)))
    try tx.enqueue(Query(OrderStatements.releaseReservations, .id(order), .instant(now)))
    try tx.enqueue(Query(OrderStatements.cancelLines, .id(order)))
    try tx.enqueue(Query(OrderStatements.cancelOrder, .id(order)))
    if header.exposure > 0 { try tx.enqueue(CreditPosition.promise(-header.exposure, to: header.customerID)) }
    return try await finish(
      order, event: "order.cancelled", act: "order.cancelled", from: header.status, reason: reason, now: now, in: tx)
  }

  /// Confirms an order on hold and reserves for it. The credit check is made again unless `approvesCredit`, which
  /// callers allow only to those who may. Refuses with `resource.notFound`, `version.mismatch`,
  /// `order.notReleasable`, `credit.exceeded`.
  public func release(
    _ order: EntityID, version: Int64? = nil, approvesCredit: Bool, in tx: Transaction
  ) async throws -> PlacedOrder {
    let now = services.ambient.now
    let header = try LockedOrder(try await tx.run(OrderStatements.lockOrder, .id(order)), version: version)
    guard header.status == .hold else {
      throw Refusal(.orderNotReleasable, "An order that is \(header.status.rawValue) is not on hold.")
    }
    let credit = try CreditPosition(try await tx.run(CreditPosition.lock(header.customerID))[0])
    guard let held = try OrderReader.order(try await tx.run(OrderReader.queries(order))) else { throw Refusal.notFound }
    guard approvesCredit || credit.allows(held.total) else {
      throw Refusal(.creditExceeded, "The customer's credit limit leaves no room for this order.")
    }
    try tx.enqueue(Query(OrderStatements.confirmOrder, .id(order), .int(held.total.minor)))
    if held.total.minor > 0 { try tx.enqueue(CreditPosition.promise(held.total.minor, to: header.customerID)) }
    try await allocate(held, in: header.warehouseID, now: now, tx)
    return try await finish(
      order, event: "order.confirmed", act: "order.released", from: .hold, reason: nil, now: now, in: tx)
  }

  /// Reserves what has come in meanwhile for the backorders of a confirmed order. Refuses with `resource.notFound`,
  /// `version.mismatch`, `order.notReleasable`.
  public func reallocate(_ order: EntityID, version: Int64? = nil, in tx: Transaction) async throws -> PlacedOrder {
    let now = services.ambient.now
    let header = try LockedOrder(try await tx.run(OrderStatements.lockOrder, .id(order)), version: version)
    guard header.status == .confirmed || header.status == .inFulfilment else {
      throw Refusal(.orderNotReleasable, "An order that is \(header.status.rawValue) waits for no stock.")
    }
    guard let current = try OrderReader.order(try await tx.run(OrderReader.queries(order))) else {
      throw Refusal.notFound
    }
    try tx.enqueue(Query(OrderStatements.touchOrder, .id(order)))
    try await allocate(current, in: header.warehouseID, now: now, tx)
    return try await finish(
      order, event: "order.allocated", act: "order.allocated", from: header.status, reason: nil, now: now, in: tx)
  }

  /// Divides free stock among the open lines of `order` and leaves the writes to the next round trip.
  private func allocate(_ order: PlacedOrder, in warehouse: EntityID, now: Instant, _ tx: Transaction) async throws {
    let removals = try await removals(of: order, tx)
    let lines = order.lines.enumerated().filter { $0.element.open.isPositive }
    guard !lines.isEmpty else { return }
    let stock = try FreeStock.read(
      try await tx.run(FreeStock.lock(Set(lines.map(\.element.productID)), in: warehouse))[0])
    let demands = lines.map { index, line in
      Allocation.Demand(
        line: index, productID: line.productID, removal: removals[line.productID] ?? .fifo, quantity: line.open)
    }
    let allocation = try Allocation(demands, from: stock, on: CivilDate(now))
    let reserved = try allocation.reservedByLine()
    // Every open line is written, also with nothing: a line of a released order then waits for stock.
    try tx.enqueue(
      Query(
        OrderStatements.allocateLines, .ids(lines.map(\.element.id)),
        .quantities(lines.map { reserved[$0.offset] ?? .zero })))
    if !allocation.takes.isEmpty {
      try tx.enqueue(
        OrderStatements.reserve(allocation.takes, lineIDs: order.lines.map(\.id), services.ambient, at: now))
    }
  }

  private func removals(of order: PlacedOrder, _ tx: Transaction) async throws -> [EntityID: Removal] {
    let rows = try await tx.run(Self.removalStatement, .ids(Array(Set(order.lines.map(\.productID))).sorted()))
    var removals: [EntityID: Removal] = [:]
    for row in rows { removals[try row.id(0)] = try row.known(1) as Removal }
    return removals
  }

  static let removalStatement = Statement("SELECT id, removal FROM product WHERE id = ANY ($1::uuid[])")

  /// Sends the writes, reads the order as it now stands, and leaves its records to the commit.
  private func finish(
    _ order: EntityID, event: String, act: String, from: OrderStatus, reason: String?, now: Instant, in tx: Transaction
  ) async throws -> PlacedOrder {
    guard let changed = try OrderReader.order(try await tx.run(OrderReader.queries(order))) else {
      throw Refusal.notFound
    }
    let records = OrderRecords(services: services, context: tx.context, now: now)
    for query in try records.queries(event: event, act: act, order: changed, from: from, reason: reason) {
      try tx.enqueue(query)
    }
    return changed
  }
}

/// The header of an order whose row is locked.
private struct LockedOrder {
  let status: OrderStatus
  let customerID: EntityID
  let warehouseID: EntityID
  let exposure: Int64

  init(_ rows: Rows, version: Int64?) throws(Refusal) {
    guard let row = rows.first else { throw Refusal.notFound }
    status = try row.known(0)
    customerID = try row.id(1)
    warehouseID = try row.id(2)
    exposure = try row.int(3)
    let current = try row.int(4)
    guard version == nil || version == current else {
      throw Refusal(.versionMismatch, "The order has changed since; its version is \(current).")
    }
  }
}
