import BulkheadCore
import BulkheadData

/// What is told about every change of a return: its history, an event for the workers, an entry of the audit trail.
struct ReturnRecords {
  let services: Services
  let context: TenantContext
  let now: Instant

  /// One change of one return. `event` is also the topic and the act: `return.accepted`.
  func queries(
    _ event: String, id: EntityID, number: String, order: EntityID, from: ReturnPhase?, to phase: ReturnPhase,
    detail more: [JSON.Member] = []
  ) throws -> [Query] {
    let detail = JSON.object([.init("number", .string(number)), .init("state", .string(phase.rawValue))] + more)
    return [
      Query(
        Self.insertHistory, .id(services.ambient.makeID()), .id(id), .instant(now), .text(context.actor.description),
        .text(event), .optional(from?.rawValue), .text(phase.rawValue), .json(detail)),
      try services.outbox.query(
        topic: event, key: id.description,
        payload: [
          "return": .id(id), "number": .string(number), "order": .id(order), "state": .string(phase.rawValue),
        ], context: context),
      try services.audit.query(event, subject: "customer_return:\(id)", detail: detail, context: context),
    ]
  }

  func queries(
    _ event: String, _ held: LockedReturn, to phase: ReturnPhase, detail: [JSON.Member] = []
  ) throws -> [Query] {
    try queries(
      event, id: held.id, number: held.number, order: held.orderID, from: held.phase, to: phase, detail: detail)
  }

  static let insertHistory = Statement(
    """
    INSERT INTO customer_return_history (id, return_id, at, actor, event, from_state, to_state, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)
}
