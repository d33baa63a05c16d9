import BulkheadCore
import BulkheadData

/// What is told about every change of a return to a supplier: its history, an event for the workers, an audit entry.
struct SupplierReturnRecords {
  let services: Services
  let context: TenantContext
  let now: Instant

  /// `event` is also the topic and the act: `supplierReturn.shipped`.
  func queries(
    _ event: String, id: EntityID, number: String, from: SupplierReturnState?, to state: SupplierReturnState,
    detail more: [JSON.Member] = []
  ) throws -> [Query] {
    let detail = JSON.object([.init("number", .string(number)), .init("state", .string(state.rawValue))] + more)
    return [
      Query(
        SupplierReturnStatements.insertHistory, .id(services.ambient.makeID()), .id(id), .instant(now),
        .text(context.actor.description), .text(event), .optional(from?.rawValue), .text(state.rawValue),
        .json(detail)),
      try services.outbox.query(
        topic: event, key: id.description,
        payload: ["supplierReturn": .id(id), "number": .string(number), "state": .string(state.rawValue)],
        context: context),
      try services.audit.query(event, subject: "supplier_return:\(id)", detail: detail, context: context),
    ]
  }

  func queries(
    _ event: String, _ held: LockedSupplierReturn, to state: SupplierReturnState, detail: [JSON.Member] = []
  ) throws -> [Query] {
    try queries(event, id: held.id, number: held.number, from: held.state, to: state, detail: detail)
  }
}
