import BulkheadCore
import BulkheadData

/// Takes goods that leave the dock for their supplier off the lists of those who put them away.
///
/// Only what still waits at the dock can leave from there: what was put away already lies elsewhere, and the same lot
/// at the dock is another receipt's.
struct PutawayRecall {
  let services: Services
  /// The number of the return.
  let number: String

  private struct Goods: Hashable {
    let receipt: EntityID
    let product: EntityID
    let lot: EntityID
    let place: EntityID
  }

  private struct Plan {
    var cancelled: [EntityID] = []
    var replaced: [PutawayWithdrawal.Replacement] = []
    /// How many tasks each receipt gets anew.
    var receipts: [EntityID: Int] = [:]
  }

  /// Locks the open tasks of the receipts that `supplierReturn` names, and answers what ends and replaces them; nothing
  /// where goods leave from elsewhere. Refuses with `supplierReturn.putAway`.
  func queries(_ supplierReturn: EntityID, in tx: Transaction) async throws -> [Query] {
    let rows = try await tx.run(
      Query(PutawayStatements.lockTasksOfReturn, .id(supplierReturn)),
      Query(PutawayStatements.goodsOfReturn, .id(supplierReturn)))
    var tasks: [Goods: [PutawayWithdrawal.Task]] = [:]
    for row in rows[0] {
      let task = PutawayWithdrawal.Task(
        id: try row.id(4), rest: try row.quantity(5), isClaimed: try row.text(6) == PutawayTaskState.claimed.rawValue)
      tasks[try Self.goods(row), default: []].append(task)
    }
    var plan = Plan()
    for row in rows[1] {
      let goods = try Self.goods(row)
      let (leaving, waiting) = (try row.quantity(4), try row.quantity(5))
      guard leaving <= waiting else {
        throw Refusal(
          .supplierReturnPutAway,
          "Of these goods \(max(waiting, .zero)) are still where they came in: say where the others were put.",
          at: "/lines/\(try row.int(6) - 1)")
      }
      let withdrawal = try PutawayWithdrawal(
        staying: try waiting.subtracting(leaving), tasks: tasks[goods] ?? [])
      plan.cancelled += withdrawal.cancelled
      plan.replaced += withdrawal.replaced
      if !withdrawal.replaced.isEmpty { plan.receipts[goods.receipt, default: 0] += withdrawal.replaced.count }
    }
    return try queries(plan, tx)
  }

  private static func goods(_ row: Row) throws(Refusal) -> Goods {
    Goods(receipt: try row.id(0), product: try row.id(1), lot: try row.id(2), place: try row.id(3))
  }

  private func queries(_ plan: Plan, _ tx: Transaction) throws -> [Query] {
    guard !plan.cancelled.isEmpty else { return [] }
    let now = SQLValue.instant(services.ambient.now)
    let reason = "\(number) takes it back to its supplier"
    var queries = [Query(PutawayStatements.cancelAll, .ids(plan.cancelled), .text(reason), now)]
    for task in plan.cancelled {
      queries += [
        try services.outbox.query(
          topic: "putaway.cancelled", key: task.description, payload: ["putawayTask": .id(task)], context: tx.context),
        try services.audit.query(
          "putaway.cancelled", subject: "putaway_task:\(task)", detail: ["reason": .string(reason)],
          context: tx.context),
      ]
    }
    guard !plan.replaced.isEmpty else { return queries }
    queries.append(
      Query(
        PutawayStatements.insertRests, now, .ids(plan.replaced.map { _ in services.ambient.makeID() }),
        .ids(plan.replaced.map(\.task)), .quantities(plan.replaced.map(\.quantity))))
    for (receipt, count) in plan.receipts.sorted(by: { $0.key < $1.key }) {
      queries += [
        try services.outbox.query(
          topic: "putaway.planned", key: receipt.description, payload: ["receipt": .id(receipt), "tasks": .int(count)],
          context: tx.context),
        try services.audit.query(
          "putaway.planned", subject: "receipt:\(receipt)",
          detail: ["supplierReturn": .string(number), "tasks": .int(count)], context: tx.context),
      ]
    }
    return queries
  }
}
