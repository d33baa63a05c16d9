import BulkheadCore
import BulkheadData

/// What goods that are nowhere do to an order that waits for nothing (`cancel_backorder`): they are cancelled, as they
/// are when it is placed, and neither promised nor billed. Pure.
struct BackorderCancellation: Sendable {
  /// What the line is worth without them, in minor units.
  let lineAmount: Int64
  /// What the order's total, and what is promised to the customer, are less by.
  let taken: Int64
  let released: Int64
  let status: OrderStatus
  /// `nil`: as it was.
  let shipmentState: ShipmentState?

  /// `lines` are all of the order, by `ShipmentStatements.orderLines`; `missing` is still reserved for `line`.
  init(
    _ missing: Quantity, of line: EntityID, lines: Rows, exposure: Int64, status: OrderStatus, _ currency: Currency
  ) throws(Refusal) {
    var left = Quantity.zero
    var shipped = Quantity.zero
    var amounts: (before: Int64, after: Int64) = (0, 0)
    for row in lines {
      shipped = try shipped.adding(try row.quantity(2))
      left = try left.adding(try row.quantity(4)).adding(try row.quantity(5))
      guard try row.id(0) == line else { continue }
      let before = try row.int(3)
      let kept = try row.quantity(1).subtracting(missing)
      amounts = (before, min(try row.price(6).amount(of: kept, in: currency).minor, before))
    }
    let isDone = try left.subtracting(missing).isZero
    lineAmount = amounts.after
    taken = amounts.before - amounts.after
    released = isDone ? exposure : min(taken, exposure)
    self.status = isDone ? (shipped.isPositive ? .completed : .cancelled) : status
    shipmentState = isDone ? (shipped.isPositive ? .sent : ShipmentState.none) : nil
  }
}

extension PickDesk {
  /// The goods that `hold`'s task did not find anywhere, taken off its order.
  func cancel(
    _ missing: Quantity, _ cancellation: BackorderCancellation, _ hold: PickHold, _ reason: String, _ now: Instant,
    _ context: TenantContext
  ) throws -> [Query] {
    let order = hold.shipment.orderID
    let detail: JSON = [
      "number": .string(hold.shipment.orderNumber), "status": .string(cancellation.status.rawValue),
      "cancelled": missing.json, "reason": .string(reason),
    ]
    let event = cancellation.status == .cancelled ? "order.cancelled" : "order.backorder_cancelled"
    var queries = [
      Query(
        PickStatements.cancelRest, .id(hold.task.orderLineID), .quantity(missing), .int(cancellation.lineAmount)),
      Query(
        PickStatements.cancelOfOrder, .id(order), .text(cancellation.status.rawValue),
        .optional(cancellation.shipmentState?.rawValue), .int(cancellation.taken), .int(cancellation.released)),
      CreditPosition.promise(-cancellation.released, to: hold.shipment.customerID),
      Query(
        OrderStatements.insertHistory, .id(services.ambient.makeID()), .id(order), .instant(now),
        .text(context.actor.description), .text(event), .text(hold.shipment.orderStatus.rawValue),
        .text(cancellation.status.rawValue), .json(detail)),
      try services.audit.query(event, subject: "order:\(order)", detail: detail, context: context),
    ]
    if cancellation.status == .cancelled {
      queries.append(
        try services.outbox.query(
          topic: event, key: order.description,
          payload: [
            "order": .id(order), "number": .string(hold.shipment.orderNumber),
            "status": .string(cancellation.status.rawValue),
          ], context: context))
    }
    return queries
  }
}
