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
    let (costs, layers) = try StockBooks.read(held[2...])
    let number = try NumberSeries.stockAdjustment.number(held[2 + StockBooks.count], draft.entity, on: today)
    let id = services.ambient.makeID()
    let posting = try posting(draft, id: id, number: number, lots: try lots(draft, held[1]), now)
    let plan = try StockPostingPlan(posting, costs: costs, layers: layers, services.ambient)
    let header = Query(
      StockStatements.insertAdjustment, .id(id), .id(draft.entity.id), .text(number), .text(request.kind.rawValue),
      .text(request.reason), .instant(now), .text(tx.context.actor.description))
    let queries = try StockPostingWriter(services: services, context: tx.context, posting: posting, plan: plan)
      .queries()
    let posted = try posted(draft, plan, id: id, number: number, now)
    // Sent here and not with the commit, so that a balance that would go below zero is refused by its own name.
    _ = try await ConstraintRefusals.translating { try await tx.run([header] + queries) }
    try record(posted, tx)
    return posted
  }

  /// Lots, costs, layers and number, in the order in which `post` reads the answers.
  private func locks(_ draft: AdjustmentDraft, _ today: CivilDate) -> [Query] {
    var seen: Set<String> = []
    let named = draft.lines.compactMap { line in line.request.lot.map { (line, $0) } }
      .filter { seen.insert("\($0.0.product.id) \($0.1)").inserted }
      .sorted { ($0.0.product.id, $0.1) < ($1.0.product.id, $1.1) }
    let products = Set(draft.lines.map(\.product.id))
    let issued = Set(draft.lines.filter { !$0.quantity.isPositive }.map(\.product.id))
    let entity = draft.entity
    return [
      Query(
        StockStatements.insertLots, .ids(named.map { _ in services.ambient.makeID() }),
        .ids(named.map(\.0.product.id)), .texts(named.map(\.1)),
        .texts(named.map { $0.0.request.expiry?.description })),
      Query(StockStatements.findLots, .ids(named.map(\.0.product.id)), .texts(named.map(\.1))),
    ] + StockBooks.queries(entity, products: products, issued: issued) + [
      NumberSeries.stockAdjustment.query(entity, on: today)
    ]
  }

  private func posting(
    _ draft: AdjustmentDraft, id: EntityID, number: String, lots: [EntityID], _ now: Instant
  ) throws(Refusal) -> StockPosting {
    let movements = draft.lines.enumerated().map { index, line in
      let isInbound = line.quantity.isPositive
      return StockMovement(
        productID: line.product.id, lotKey: lots.indices.contains(index) ? lots[index] : .zero,
        quantity: isInbound ? line.quantity : line.quantity.negated, entered: line.entered, unit: line.product.unit,
        from: isInbound ? line.counterpart : line.locationID, to: isInbound ? line.locationID : line.counterpart,
        worth: isInbound ? .arrives(at: line.request.unitCost) : .leaves, originLine: index + 1,
        pointer: "/lines/\(index)")
    }
    return StockPosting(
      entity: draft.entity, originType: "stock_adjustment", originID: id, effectiveAt: now,
      memo: number, counterpart: draft.request.kind.counterpart, movements: movements)
  }

  private func posted(
    _ draft: AdjustmentDraft, _ plan: StockPostingPlan, id: EntityID, number: String, _ now: Instant
  ) throws(Refusal) -> PostedAdjustment {
    let currency = draft.entity.currency
    let free = try UnitPrice(scaled: 0)
    var lines: [PostedAdjustment.Line] = []
    for (line, move) in zip(draft.lines, plan.moves) {
      let value = move.value ?? 0
      lines.append(
        PostedAdjustment.Line(
          moveID: move.id, productID: line.product.id, sku: line.product.sku, location: line.locationCode,
          lot: line.request.lot, quantity: line.quantity, unitCost: move.unitCost ?? free,
          value: Money(minor: line.quantity.isPositive ? value : -value, currency)))
    }
    return PostedAdjustment(
      id: id, number: number, kind: draft.request.kind, reason: draft.request.reason, effectiveAt: now, lines: lines,
      value: try Money(minor: plan.arrived, currency).adding(Money(minor: -plan.left, currency)))
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
