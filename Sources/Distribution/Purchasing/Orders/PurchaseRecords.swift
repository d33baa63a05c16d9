import BulkheadCore
import BulkheadData

/// What is told about every change of a purchase order: its history, an event for the workers, an audit entry.
struct PurchaseRecords {
  let services: Services
  let context: TenantContext
  let now: Instant

  /// `event` such as `purchase.confirmed`.
  func queries(
    _ event: String, order: EntityID, number: String, from: PurchaseStatus?, to: PurchaseStatus,
    detail more: [JSON.Member] = []
  ) throws -> [Query] {
    let detail = JSON.object(
      [.init("number", .string(number)), .init("status", .string(to.rawValue))] + more)
    return [
      Query(
        PurchaseStatements.insertHistory, .id(services.ambient.makeID()), .id(order), .instant(now),
        .text(context.actor.description), .text(event), .optional(from?.rawValue), .text(to.rawValue), .json(detail)),
      try services.outbox.query(
        topic: event, key: order.description,
        payload: ["purchaseOrder": .id(order), "number": .string(number), "status": .string(to.rawValue)],
        context: context),
      try services.audit.query(event, subject: "purchase_order:\(order)", detail: detail, context: context),
    ]
  }
}
