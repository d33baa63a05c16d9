import BulkheadCore
import BulkheadData

/// Opens and resolves alerts by what stock says, and hears who has seen them.
struct AlertDesk: Sendable {
  static let productsMax = 5000

  let services: Services

  /// Looks at `products` and changes what is no longer right. Idempotent: events may come twice and in any order,
  /// because what counts is what stock says now.
  func evaluate(_ products: [EntityID], in tx: Transaction) async throws {
    guard !products.isEmpty else { return }
    let ids = SQLValue.ids(products.sorted())
    let rows = try await tx.run(
      Query(AlertStatements.stocks, ids), Query(AlertStatements.negatives, ids), Query(AlertStatements.standing, ids))
    var stocks: [AlertPlan.Stock] = []
    for row in rows[0] {
      stocks.append(
        AlertPlan.Stock(
          productID: try row.id(0), warehouseID: try row.id(1),
          rule: ReorderQuantity(
            method: try row.known(2), reorderPoint: try row.quantity(3), target: try row.quantity(4)),
          isActive: try row.bool(5),
          position: ReorderQuantity.Position(
            onHand: try row.quantity(6), onOrder: try row.quantity(7), backordered: try row.quantity(8),
            reserved: try row.quantity(9))))
    }
    var negatives: [AlertPlan.Negative] = []
    for row in rows[1] {
      negatives.append(
        AlertPlan.Negative(productID: try row.id(0), locationID: try row.id(1), onHand: try row.quantity(2)))
    }
    var standing: [AlertPlan.Subject: EntityID] = [:]
    for row in rows[2] {
      standing[
        AlertPlan.Subject(rule: try row.known(1), productID: try row.id(2), locationID: try row.id(3))] = try row.id(0)
    }
    try await write(try AlertPlan(stocks, negatives, standing: standing), tx)
  }

  private func write(_ plan: AlertPlan, _ tx: Transaction) async throws {
    let now = services.ambient.now
    if !plan.resolved.isEmpty {
      try tx.enqueue(Query(AlertStatements.resolve, .ids(plan.resolved), .instant(now)))
      for id in plan.resolved { try tell("alert.resolved", id, [], tx) }
    }
    guard !plan.raised.isEmpty else { return }
    let ids = plan.raised.map { _ in services.ambient.makeID() }
    let opened = try await tx.run(
      AlertStatements.open, .instant(now), .ids(ids), .texts(plan.raised.map(\.subject.rule.rawValue)),
      .ids(plan.raised.map(\.subject.productID)), .ids(plan.raised.map(\.subject.locationID)),
      .texts(plan.raised.map(\.detail.text)))
    for row in opened {
      try tell("alert.opened", try row.id(0), [.init("rule", .string(try row.text(1)))], tx)
    }
  }

  /// Somebody has seen it. Refuses with `resource.notFound`, `alert.wrongState`.
  func acknowledge(_ id: EntityID, note: String?, in tx: Transaction) async throws {
    guard let row = try await tx.run(AlertStatements.lock, .id(id)).first else { throw Refusal.notFound }
    let state = try row.text(0)
    guard state == "open" else {
      throw Refusal(.alertWrongState, "An alert that is \(state) cannot be acknowledged.")
    }
    try tx.enqueue(
      Query(
        AlertStatements.acknowledge, .id(id), .text(tx.context.actor.description), .instant(services.ambient.now),
        .optional(note)))
    try tx.enqueue(
      services.audit.query("alert.acknowledged", subject: "alert:\(id)", detail: [:], context: tx.context))
  }

  private func tell(_ event: String, _ id: EntityID, _ detail: [JSON.Member], _ tx: Transaction) throws {
    let payload = JSON.object([.init("alert", .id(id))] + detail)
    try tx.enqueue(services.outbox.query(topic: event, key: id.description, payload: payload, context: tx.context))
    try tx.enqueue(
      services.audit.query(event, subject: "alert:\(id)", detail: .object(detail), context: tx.context))
  }
}
