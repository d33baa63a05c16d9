import BulkheadCore
import BulkheadData

/// Turns a posting's plan into rows: one statement per table, however many moves, and the entry in the ledger.
struct StockPostingWriter {
  let services: Services
  let context: TenantContext
  let posting: StockPosting
  let plan: StockPostingPlan

  func queries() throws(Refusal) -> [Query] {
    guard !plan.moves.isEmpty else { return [] }
    var queries = [moves, costs]
    if !plan.newLayers.isEmpty { queries.append(newLayers) }
    if !plan.consumptions.isEmpty || !plan.revalued.isEmpty { queries.append(changedLayers) }
    if !plan.consumptions.isEmpty { queries.append(consumptions) }
    if !plan.revalued.isEmpty { queries.append(revaluations) }
    return queries + (try LedgerEntry.queries([entry], posting.entity, context, services.ambient))
  }

  /// What came in and what went out stand as lines of their own: a sum of both would hide a correction both ways.
  private var entry: LedgerEntry {
    var entry = LedgerEntry(
      id: services.ambient.makeID(), book: .inventory, effectiveOn: CivilDate(posting.effectiveAt),
      originType: posting.originType, originID: posting.originID, memo: posting.memo)
    entry.debit(.inventory, plan.arrived)
    entry.credit(posting.counterpart, plan.arrived)
    entry.debit(posting.counterpart, plan.left)
    entry.credit(.inventory, plan.left)
    return entry
  }

  private var moves: Query {
    let moves = plan.moves
    return Query(
      StockStatements.insertMoves, .id(posting.entity.id), .instant(posting.effectiveAt), .text(posting.originType),
      .id(posting.originID), .text(posting.entity.currency.code), .ids(moves.map(\.id)),
      .ids(moves.map(\.movement.productID)), .ids(moves.map(\.movement.lotKey)), .ids(moves.map(\.movement.packageKey)),
      .quantities(moves.map(\.movement.quantity)), .quantities(moves.map(\.movement.entered)),
      .texts(moves.map(\.movement.unit)), .ids(moves.map(\.movement.from)), .ids(moves.map(\.movement.to)),
      .ints(moves.map(\.sequence)), .ints(moves.map { Int64($0.movement.originLine) }),
      .texts(moves.map { $0.unitCost?.description }), .texts(moves.map { $0.value.map(String.init) }))
  }

  private var costs: Query {
    let products = plan.costs.sorted { $0.key < $1.key }
    return Query(
      StockStatements.updateCosts, .id(posting.entity.id), .ids(products.map(\.key)),
      .quantities(products.map(\.value.quantity)), .ints(products.map(\.value.value)),
      .ints(products.map(\.value.sequence)))
  }

  private var newLayers: Query {
    let remaining = plan.remaining
    let layers = plan.newLayers
    let left = layers.map { remaining[$0.layer.id] ?? $0.layer }
    return Query(
      StockStatements.insertLayers, .id(posting.entity.id), .text(posting.entity.currency.code),
      .ids(layers.map(\.layer.id)), .ids(layers.map(\.layer.productID)), .ids(layers.map(\.layer.lotKey)),
      .ids(layers.map(\.moveID)), .ints(layers.map(\.sequence)), .quantities(layers.map(\.layer.quantity)),
      .ints(layers.map(\.layer.value)), .quantities(left.map(\.quantity)), .ints(left.map(\.value)))
  }

  /// Layers that were there before and were drawn from or revalued.
  private var changedLayers: Query {
    let made = Set(plan.newLayers.map(\.layer.id))
    let remaining = plan.remaining
    let drawn = Set(plan.consumptions.map(\.draw.layerID)).union(plan.revalued.keys).subtracting(made).sorted()
      .compactMap { remaining[$0] }
    return Query(
      StockStatements.updateLayers, .ids(drawn.map(\.id)), .quantities(drawn.map(\.quantity)),
      .ints(drawn.map(\.value)))
  }

  private var revaluations: Query {
    let changes = plan.revalued.filter { $0.value != 0 }.sorted { $0.key < $1.key }
    return Query(
      RevaluationStatements.insert, .text(posting.originType), .id(posting.originID),
      .ids(changes.map { _ in services.ambient.makeID() }), .ids(changes.map(\.key)), .ints(changes.map(\.value)))
  }

  private var consumptions: Query {
    Query(
      StockStatements.insertConsumptions, .ids(plan.consumptions.map { _ in services.ambient.makeID() }),
      .ids(plan.consumptions.map(\.moveID)), .ids(plan.consumptions.map(\.draw.layerID)),
      .quantities(plan.consumptions.map(\.draw.quantity)), .ints(plan.consumptions.map(\.draw.value)))
  }
}
