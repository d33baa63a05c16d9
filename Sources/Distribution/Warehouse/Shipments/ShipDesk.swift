import BulkheadCore
import BulkheadData

/// Lets shipments leave, and takes them back into stock when they are given up.
///
/// Locks are taken in the order that holds everywhere: order, shipment, the customer's credit, products' cost rows,
/// balances.
public struct ShipDesk: Sendable {
  struct Carriage: Sendable {
    let carrier: String
    let service: String?
    let trackingNumber: String?
  }

  let services: Services

  public init(_ services: Services) { self.services = services }

  /// Posts a packed shipment out: reservations are consumed, goods leave the output place at what they cost, the order
  /// and the customer's account move on.
  ///
  /// Refuses with `resource.notFound`, `shipment.notPacked`, `shipment.wrongState`, `setup.missing`, and the codes of
  /// `StockPosting.post`.
  func ship(_ shipment: EntityID, _ carriage: Carriage, in tx: Transaction) async throws {
    let now = services.ambient.now
    let locked = try await LockedShipment.lock(shipment, in: tx)
    if locked.phase == .assigned || locked.phase == .picked {
      throw Refusal(.shipmentNotPacked, "This shipment is not packed.")
    }
    try locked.require([.packed], to: "shipped")
    let read = try await tx.run(
      CreditPosition.lock(locked.customerID), Query(ShipmentStatements.picked, .id(shipment)),
      Query(ShipmentStatements.customerPlace), Query(ShipmentStatements.orderLines, .id(locked.orderID)))
    let goods = try PickedGoods.read(read[1])
    guard let place = read[2].first?.idOrNil(0) else {
      throw Refusal(.setupMissing, "There is no location of type customer: create one.")
    }
    let departure = try Departure(goods, orderLines: read[3], exposure: locked.exposure)
    try await post(goods, to: place, .leaves, for: locked, settlesAs: "consumed", now, tx)
    for query in try departed(locked, departure, goods, carriage, now, tx.context) { try tx.enqueue(query) }
  }

  /// Gives a shipment up: open tasks end, packages are void, and what was picked goes back to its bins, where it stays
  /// reserved for the order. Refuses with `resource.notFound`, `shipment.wrongState`.
  func cancel(_ shipment: EntityID, reason: String?, in tx: Transaction) async throws {
    let now = services.ambient.now
    let locked = try await LockedShipment.lock(shipment, in: tx)
    try locked.require([.draft, .waiting, .assigned, .picked, .packed], to: "cancelled")
    let goods = try PickedGoods.read(try await tx.run(ShipmentStatements.picked, .id(shipment)))
    if !goods.isEmpty {
      try await post(goods, to: nil, .stays, for: locked, settlesAs: "released", now, tx)
    }
    try tx.enqueue(Query(ShipmentStatements.cancelTasks, .id(shipment), .instant(now)))
    try tx.enqueue(Query(ShipmentStatements.voidPackages, .id(shipment)))
    try tx.enqueue(Query(ShipmentStatements.setPhase, .id(shipment), "cancelled"))
    try tx.enqueue(Query(ShipmentStatements.restoreOrders, .ids([locked.orderID])))
    let records = ShipmentRecords(services: services, context: tx.context, now: now)
    let detail: [JSON.Member] = reason.map { [.init("reason", .string($0))] } ?? []
    for query in try records.queries("shipment.cancelled", locked, to: .cancelled, detail: detail) {
      try tx.enqueue(query)
    }
  }

  /// Posts what lies in the output place: to `place`, or back to the bins it came from, where it is reserved again.
  private func post(
    _ goods: [PickedGoods], to place: EntityID?, _ worth: StockMovement.Worth, for shipment: LockedShipment,
    settlesAs state: String, _ now: Instant, _ tx: Transaction
  ) async throws {
    let products = Set(goods.map(\.productID))
    let isIssue = if case .leaves = worth { true } else { false }
    let rows = try await tx.run(
      StockBooks.queries(shipment.entity, products: products, issued: isIssue ? products : []) + [
        Query(
          ShipmentStatements.lockQuants, .ids(products.sorted()),
          .ids(Set(goods.map(\.outputID) + (place == nil ? goods.map(\.binID) : [])).sorted()))
      ])
    let (costs, layers) = try StockBooks.read(rows[...])
    let posting = StockPosting(
      entity: shipment.entity, originType: "shipment", originID: shipment.id, effectiveAt: now,
      memo: shipment.number, counterpart: .costOfGoodsSold,
      movements: goods.map { $0.movement(to: place ?? $0.binID, worth) })
    let plan = try StockPostingPlan(posting, costs: costs, layers: layers, services.ambient)
    var queries = [
      Query(ShipmentStatements.settleReservations, .id(shipment.id), .text(state), .instant(now))
    ]
    queries += try StockPostingWriter(services: services, context: tx.context, posting: posting, plan: plan).queries()
    if place == nil {
      queries.append(
        Query(
          ShipmentStatements.reserveAt, "active", .instant(now), .ids(goods.map { _ in services.ambient.makeID() }),
          .ids(goods.map(\.orderLineID)), .ids(goods.map(\.productID)), .ids(goods.map(\.binID)),
          .ids(goods.map(\.lotKey)), .quantities(goods.map(\.quantity))))
    }
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
  }

  private func departed(
    _ shipment: LockedShipment, _ departure: Departure, _ goods: [PickedGoods], _ carriage: Carriage, _ now: Instant,
    _ context: TenantContext
  ) throws -> [Query] {
    let lines = departure.lines
    let records = ShipmentRecords(services: services, context: context, now: now)
    return [
      Query(
        ShipmentStatements.shipLines, .ids(lines.map(\.lineID)), .quantities(lines.map(\.quantity)),
        .ints(lines.map(\.amount))),
      Query(
        ShipmentStatements.shipOrderLines, .ids(lines.map(\.orderLineID)), .quantities(lines.map(\.quantity))),
      Query(
        ShipmentStatements.ship, .id(shipment.id), .text(carriage.carrier), .optional(carriage.service),
        .optional(carriage.trackingNumber), .instant(now), .int(departure.amount)),
      Query(
        ShipmentStatements.shipOrder, .id(shipment.orderID), .text(departure.orderStatus.rawValue),
        .text(departure.shipmentState.rawValue), .int(departure.released)),
      Query(ShipmentStatements.bill, .id(shipment.customerID), .int(departure.released), .int(departure.amount)),
      records.orderHistory(
        [shipment.orderID], event: "order.shipped", from: [shipment.orderStatus], to: [departure.orderStatus]),
    ]
      + (try records.queries(
        "shipment.shipped", shipment, to: .shipped,
        detail: [
          .init("carrier", .string(carriage.carrier)), .init("trackingNumber", .optional(carriage.trackingNumber)),
          .init("amount", Money(minor: departure.amount, shipment.currency).json),
        ]))
  }
}

/// What a shipment's leaving does to its order. Pure.
struct Departure: Sendable {
  struct Line: Sendable {
    let lineID: EntityID
    let orderLineID: EntityID
    let quantity: Quantity
    let amount: Int64
  }

  let lines: [Line]
  /// What the customer is to pay for it, and what is promised no longer; the same but for the last of an order.
  let amount: Int64
  let released: Int64
  let orderStatus: OrderStatus
  let shipmentState: ShipmentState

  init(_ goods: [PickedGoods], orderLines: Rows, exposure: Int64) throws(Refusal) {
    var rows: [EntityID: Row] = [:]
    var left = Quantity.zero
    for row in orderLines {
      rows[try row.id(0)] = row
      left = try left.adding(try row.quantity(4)).adding(try row.quantity(5))
    }
    let orderLineOf = Dictionary(goods.map { ($0.lineID, $0.orderLineID) }, uniquingKeysWith: { first, _ in first })
    var lines: [Line] = []
    var total: Int64 = 0
    for (lineID, quantity) in try goods.sums(\.lineID) {
      guard let orderLineID = orderLineOf[lineID], let row = rows[orderLineID] else { continue }
      let amount = try ShipmentAmount.part(
        of: try row.int(3), billable: try row.quantity(1), before: try row.quantity(2), quantity: quantity)
      let (sum, overflow) = total.addingReportingOverflow(amount)
      guard !overflow else { throw Money.overflow }
      total = sum
      left = try left.subtracting(quantity)
      lines.append(Line(lineID: lineID, orderLineID: orderLineID, quantity: quantity, amount: amount))
    }
    self.lines = lines
    amount = total
    orderStatus = left.isZero ? .completed : .inFulfilment
    shipmentState = left.isZero ? .sent : .partiallyShipped
    released = left.isZero ? exposure : min(total, exposure)
  }
}
