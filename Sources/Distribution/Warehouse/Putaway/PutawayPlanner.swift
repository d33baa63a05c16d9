import BulkheadCore
import BulkheadData

/// Proposes where received goods go. Goods that were received straight to a shelf are there already.
struct PutawayPlanner {
  let services: Services

  /// Goods as they were received.
  struct Received: Sendable {
    let goods: PutawayPlan.Goods
    let locationID: EntityID
  }

  /// What writes the tasks of a receipt; nothing when none of it was received to an input place. The receipt's row must
  /// be written before. Refuses with `quantity.overflow`.
  func queries(
    _ received: [Received], receipt: EntityID, number: String, entity: LegalEntity, in tx: Transaction
  ) async throws -> [Query] {
    let inputs = try await tx.run(
      PutawayStatements.inputs, .ids(Set(received.map(\.locationID)).sorted()))
    var queries: [Query] = []
    for row in inputs {
      let input = try row.id(0)
      let here = received.filter { $0.locationID == input }.map(\.goods)
      let storage = PutawayPlan.Place(
        id: try row.id(2), zone: nil, sequence: try row.int(3), capacity: nil, mix: .any, load: .zero, products: [],
        lots: [])
      queries += try await tasks(
        here, from: input, warehouse: try row.id(1), storage, receipt: receipt, number: number, entity, tx)
    }
    return queries
  }

  private func tasks(
    _ goods: [PutawayPlan.Goods], from input: EntityID, warehouse: EntityID, _ storage: PutawayPlan.Place,
    receipt: EntityID, number: String, _ entity: LegalEntity, _ tx: Transaction
  ) async throws -> [Query] {
    let rows = try await tx.run(
      Query(PutawayStatements.lockRules, .id(warehouse)),
      Query(PutawayStatements.rules, .id(warehouse), .ids(Set(goods.map(\.productID)).sorted())),
      Query(PutawayStatements.places, .id(warehouse)))
    let plan = try PutawayPlan(
      goods, rules: try Self.rules(rows[1]), places: try Self.places(rows[2]), storage: storage)
    let proposals = plan.proposals
    let now = services.ambient.now
    let detail: JSON = ["receipt": .string(number), "tasks": .int(proposals.count)]
    return [
      Query(
        PutawayStatements.insertTasks, .id(entity.id), .id(warehouse), .id(receipt), .instant(now),
        .ids(proposals.map { _ in services.ambient.makeID() }), .ids(proposals.map { goods[$0.index].productID }),
        .ids(proposals.map { goods[$0.index].lotKey }), .ids(proposals.map { _ in input }),
        .ids(proposals.map(\.placeID)), .ids(proposals.map(\.ruleID)), .ints(proposals.map(\.sequence)),
        .quantities(proposals.map(\.quantity))),
      try services.outbox.query(
        topic: "putaway.planned", key: receipt.description,
        payload: ["receipt": .id(receipt), "tasks": .int(proposals.count)], context: tx.context),
      try services.audit.query("putaway.planned", subject: "receipt:\(receipt)", detail: detail, context: tx.context),
    ]
  }

  private static func rules(_ rows: Rows) throws(Refusal) -> [EntityID: [PutawayPlan.Rule]] {
    var rules: [EntityID: [PutawayPlan.Rule]] = [:]
    for row in rows {
      let target: PutawayPlan.Rule.Target =
        if let place = row.idOrNil(2) { .place(place) } else { .zone(try row.text(3)) }
      rules[try row.id(0), default: []].append(
        PutawayPlan.Rule(
          id: try row.id(1), target: target, capacity: row.isNull(4) ? nil : try row.quantity(4)))
    }
    return rules
  }

  private static func places(_ rows: Rows) throws(Refusal) -> [PutawayPlan.Place] {
    var places: [PutawayPlan.Place] = []
    for row in rows {
      places.append(
        PutawayPlan.Place(
          id: try row.id(0), zone: row.textOrNil(1), sequence: try row.int(2),
          capacity: row.isNull(3) ? nil : try row.quantity(3), mix: try row.known(4), load: try row.quantity(5),
          products: Set(row.ids(6)), lots: Set(row.ids(7))))
    }
    return places
  }
}
