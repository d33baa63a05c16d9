import BulkheadCore

/// Turns an adjustment's plan into rows: one statement per table, however many lines.
struct AdjustmentWriter {
  let services: Services
  let context: TenantContext
  let draft: AdjustmentDraft
  let plan: AdjustmentPlan
  let number: String
  let now: Instant

  func write() throws(Refusal) -> (posted: PostedAdjustment, queries: [Query]) {
    let id = services.ambient.makeID()
    var queries = [
      Query(
        StockStatements.insertAdjustment, .id(id), .id(draft.entity.id), .text(number),
        .text(draft.request.kind.rawValue), .text(draft.request.reason), .instant(now),
        .text(context.actor.description)),
      moves(of: id), costs,
    ]
    if !plan.newLayers.isEmpty { queries.append(newLayers) }
    if !plan.consumptions.isEmpty { queries += [changedLayers, consumptions] }
    return (try posted(id), queries)
  }

  private func moves(of id: EntityID) -> Query {
    let moves = plan.moves.map { (move: $0, line: draft.lines[$0.line]) }
    return Query(
      StockStatements.insertMoves, .id(draft.entity.id), .instant(now), .id(id), .text(draft.entity.currency.code),
      .ids(moves.map(\.move.id)), .ids(moves.map(\.line.product.id)), .ids(moves.map(\.move.lotKey)),
      .quantities(moves.map { $0.move.isInbound ? $0.line.quantity : $0.line.quantity.negated }),
      .quantities(moves.map(\.line.entered)), .texts(moves.map(\.line.product.unit)),
      .ids(moves.map { $0.move.isInbound ? $0.line.counterpart : $0.line.locationID }),
      .ids(moves.map { $0.move.isInbound ? $0.line.locationID : $0.line.counterpart }),
      .ints(moves.map(\.move.sequence)), .ints(moves.map { Int64($0.move.line + 1) }),
      .prices(moves.map(\.move.unitCost)), .ints(moves.map(\.move.value)))
  }

  private var costs: Query {
    let products = plan.costs.sorted { $0.key < $1.key }
    return Query(
      StockStatements.updateCosts, .id(draft.entity.id), .ids(products.map(\.key)),
      .quantities(products.map(\.value.quantity)), .ints(products.map(\.value.value)),
      .ints(products.map(\.value.sequence)))
  }

  private var newLayers: Query {
    let remaining = plan.remaining
    let layers = plan.newLayers
    let left = layers.map { remaining[$0.layer.id] ?? $0.layer }
    return Query(
      StockStatements.insertLayers, .id(draft.entity.id), .text(draft.entity.currency.code),
      .ids(layers.map(\.layer.id)), .ids(layers.map(\.layer.productID)), .ids(layers.map(\.layer.lotKey)),
      .ids(layers.map(\.moveID)), .ints(layers.map(\.sequence)), .quantities(layers.map(\.layer.quantity)),
      .ints(layers.map(\.layer.value)), .quantities(left.map(\.quantity)), .ints(left.map(\.value)))
  }

  /// Layers that were there before and were drawn from.
  private var changedLayers: Query {
    let made = Set(plan.newLayers.map(\.layer.id))
    let remaining = plan.remaining
    let drawn = Set(plan.consumptions.map(\.draw.layerID)).subtracting(made).sorted().compactMap { remaining[$0] }
    return Query(
      StockStatements.updateLayers, .ids(drawn.map(\.id)), .quantities(drawn.map(\.quantity)),
      .ints(drawn.map(\.value)))
  }

  private var consumptions: Query {
    Query(
      StockStatements.insertConsumptions, .ids(plan.consumptions.map { _ in services.ambient.makeID() }),
      .ids(plan.consumptions.map(\.moveID)), .ids(plan.consumptions.map(\.draw.layerID)),
      .quantities(plan.consumptions.map(\.draw.quantity)), .ints(plan.consumptions.map(\.draw.value)))
  }

  private func posted(_ id: EntityID) throws(Refusal) -> PostedAdjustment {
    let currency = draft.entity.currency
    var total = Money(minor: 0, currency)
    var lines: [PostedAdjustment.Line] = []
    for move in plan.moves {
      let line = draft.lines[move.line]
      let value = Money(minor: move.isInbound ? move.value : -move.value, currency)
      total = try total.adding(value)
      lines.append(
        PostedAdjustment.Line(
          moveID: move.id, productID: line.product.id, sku: line.product.sku, location: line.locationCode,
          lot: line.request.lot, quantity: line.quantity, unitCost: move.unitCost, value: value))
    }
    return PostedAdjustment(
      id: id, number: number, kind: draft.request.kind, reason: draft.request.reason, effectiveAt: now, lines: lines,
      value: total)
  }
}
