import BulkheadCore
import BulkheadData

/// Posts stock by hand and reads what was posted.
public struct StockDesk: Sendable {
  let services: Services

  public init(_ services: Services) { self.services = services }

  /// Posts opening stock, a receipt or a correction: moves, balances, lots, valuation layers, event and audit entry.
  ///
  /// Refuses in this order: the codes of `AdjustmentRequest.check`, the GTIN codes, `setup.missing`,
  /// `reference.unknown`, `product.inactive`, `unit.unknown`, `quantity.overflow`, `location.wrongType`,
  /// `lot.required`, `lot.notTracked`, `serial.notSingle`, `cost.missing`, `stock.insufficient`, `serial.twice`.
  public func post(_ request: AdjustmentRequest, in tx: Transaction) async throws -> PostedAdjustment {
    try request.check()
    let now = services.ambient.now
    let today = CivilDate(now)
    let lookup = try ProductLookup(request.mentions, customer: nil, pointer: "/lines")
    let draft = try AdjustmentDraft(
      request, lookup: lookup, rows: try await tx.run(AdjustmentDraft.queries(request, lookup)))

    let held = try await tx.run(locks(draft, today))
    let plan = try AdjustmentPlan(
      draft, lots: try lots(draft, held[1]), costs: try costs(held[3]), layers: try layers(held[4]), services.ambient)
    let number = try NumberSeries.stockAdjustment.number(held[5], draft.entity, on: today)
    let (posted, queries) = try AdjustmentWriter(
      services: services, context: tx.context, draft: draft, plan: plan, number: number, now: now
    ).write()
    // Sent here and not with the commit, so that a balance that would go below zero is refused by its own name.
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
    try record(posted, tx)
    return posted
  }

  /// Lots, costs, layers and number, in the order in which `post` reads the answers.
  private func locks(_ draft: AdjustmentDraft, _ today: CivilDate) -> [Query] {
    var seen: Set<String> = []
    let named = draft.lines.compactMap { line in line.request.lot.map { (line, $0) } }
      .filter { seen.insert("\($0.0.product.id) \($0.1)").inserted }
      .sorted { ($0.0.product.id, $0.1) < ($1.0.product.id, $1.1) }
    let products = SQLValue.ids(Set(draft.lines.map(\.product.id)).sorted())
    let issued = SQLValue.ids(Set(draft.lines.filter { !$0.quantity.isPositive }.map(\.product.id)).sorted())
    let entity = draft.entity
    return [
      Query(
        StockStatements.insertLots, .ids(named.map { _ in services.ambient.makeID() }),
        .ids(named.map(\.0.product.id)), .texts(named.map(\.1)),
        .texts(named.map { $0.0.request.expiry?.description })),
      Query(StockStatements.findLots, .ids(named.map(\.0.product.id)), .texts(named.map(\.1))),
      Query(StockStatements.openCosts, .id(entity.id), products, .text(entity.currency.code)),
      Query(StockStatements.lockCosts, .id(entity.id), products),
      Query(StockStatements.openLayers, .id(entity.id), issued),
      NumberSeries.stockAdjustment.query(entity, on: today),
    ]
  }

  private func lots(_ draft: AdjustmentDraft, _ rows: Rows) throws(Refusal) -> [EntityID] {
    var found: [String: EntityID] = [:]
    for row in rows { found["\(try row.id(0)) \(try row.text(1))"] = try row.id(2) }
    var lots: [EntityID] = []
    for line in draft.lines {
      guard let code = line.request.lot else {
        lots.append(.zero)
        continue
      }
      guard let lot = found["\(line.product.id) \(code)"] else {
        throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a lot is missing after its insert")
      }
      lots.append(lot)
    }
    return lots
  }

  private func costs(_ rows: Rows) throws(Refusal) -> [EntityID: AdjustmentPlan.Cost] {
    var costs: [EntityID: AdjustmentPlan.Cost] = [:]
    for row in rows {
      costs[try row.id(0)] = AdjustmentPlan.Cost(
        quantity: try row.quantity(1), value: try row.int(2), sequence: try row.int(3))
    }
    return costs
  }

  private func layers(_ rows: Rows) throws(Refusal) -> [OpenLayer] {
    var layers: [OpenLayer] = []
    for row in rows {
      layers.append(
        OpenLayer(
          id: try row.id(0), productID: try row.id(1), lotKey: try row.id(2), quantity: try row.quantity(3),
          value: try row.int(4)))
    }
    return layers
  }

  private func record(_ posted: PostedAdjustment, _ tx: Transaction) throws {
    try tx.enqueue(
      services.outbox.query(
        topic: "stock.adjusted", key: posted.id.description,
        payload: ["adjustment": .id(posted.id), "number": .string(posted.number)], context: tx.context))
    try tx.enqueue(
      services.audit.query(
        "stock.adjusted", subject: "stock_adjustment:\(posted.id)",
        detail: [
          "number": .string(posted.number), "kind": .string(posted.kind.rawValue), "reason": .string(posted.reason),
          "value": posted.value.json,
        ], context: tx.context))
  }
}
