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
    var detail: [JSON.Member] = [
      .init("number", .string(order.number)), .init("status", .string(order.status.rawValue)),
    ]
    if let hold = order.holdCode { detail.append(.init("holdCode", .string(hold.rawValue))) }
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

  /// What an event says of an order: enough to find it. An order of a thousand lines is larger than an event may be.
  private static func event(_ order: PlacedOrder) -> JSON {
    ["order": .id(order.id), "number": .string(order.number), "status": .string(order.status.rawValue)]
  }
}
