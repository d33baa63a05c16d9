import BulkheadCore
import BulkheadData

/// What is told about every change of an order: its history, an event for the workers, an entry of the audit trail.
struct OrderRecords {
  let services: Services
  let context: TenantContext
  let now: Instant

  func queries(event: String, act: String, order: PlacedOrder, from: OrderStatus?, reason: String? = nil) throws
    -> [Query]
  {
    var detail = Self.detail(order)
    if let reason { detail.append(.init("reason", .string(reason))) }
    return [
      Query(
        OrderStatements.insertHistory, .id(services.ambient.makeID()), .id(order.id), .instant(now),
        .text(context.actor.description), .text(event), .optional(from?.rawValue), .text(order.status.rawValue),
        .json(.object(detail))),
      try services.outbox.query(topic: event, key: order.id.description, payload: Self.event(order), context: context),
      try services.audit.query(act, subject: "order:\(order.id)", detail: .object(detail), context: context),
    ]
  }

  /// The same for orders that are placed together: each has its history and its event, and the audit trail one entry
  /// that names the first and the last.
  func queries(placed orders: [PlacedOrder]) throws -> [Query] {
    guard let first = orders.first, let last = orders.last else { return [] }
    return [
      Query(
        OrderBatchStatements.insertHistory, .ids(orders.map { _ in services.ambient.makeID() }),
        .ids(orders.map(\.id)), .instant(now), .text(context.actor.description),
        .texts(orders.map { OrderWriter.eventName($0.status) }), .texts(orders.map(\.status.rawValue)),
        .texts(orders.map { JSON.object(Self.detail($0)).text })),
      try services.outbox.query(
        orders.map {
          EventRecord(OrderWriter.eventName($0.status), key: $0.id.description, payload: Self.event($0))
        }, context: context),
      try services.audit.query(
        "orders.placed", subject: "order:\(first.id)",
        detail: [
          "count": .int(orders.count), "first": .string(first.number), "last": .string(last.number),
        ], context: context),
    ]
  }

  private static func detail(_ order: PlacedOrder) -> [JSON.Member] {
    var detail: [JSON.Member] = [
      .init("number", .string(order.number)), .init("status", .string(order.status.rawValue)),
    ]
    if let hold = order.holdCode { detail.append(.init("holdCode", .string(hold.rawValue))) }
    return detail
  }

  /// What an event says of an order: enough to find it. An order of a thousand lines is larger than an event may be.
  private static func event(_ order: PlacedOrder) -> JSON {
    ["order": .id(order.id), "number": .string(order.number), "status": .string(order.status.rawValue)]
  }
}
