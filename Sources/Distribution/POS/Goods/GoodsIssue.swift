import BulkheadCore
import BulkheadData

/// Posts goods out of a till's place, which never says no: what layers do not cover moves without a value, and the
/// shortage that is left is valued when goods have come in.
struct GoodsIssue: Sendable {
  struct Goods: Sendable, Hashable {
    /// The row of `pos_goods`.
    let id: EntityID
    let productID: EntityID
    let unit: String
    let lotKey: EntityID
    let quantity: Quantity
    let line: Int
  }

  /// How much of one row leaves at a value, and how much without.
  struct Split: Sendable, Hashable {
    let covered: Quantity
    let short: Quantity
  }

  let entity: LegalEntity
  let originType: String
  let originID: EntityID
  let memo: String
  let from: EntityID
  let to: EntityID
  let goods: [Goods]

  /// What must be read and locked first, before any balance.
  var locks: [Query] {
    let products = Set(goods.map(\.productID))
    return StockBooks.queries(entity, products: products, issued: products)
  }

  /// Divides what layers have left among the rows, in their order. Pure.
  static func split(_ goods: [Goods], _ layers: [OpenLayer]) throws(Refusal) -> [Split] {
    struct Key: Hashable {
      let product: EntityID
      let lot: EntityID
    }
    var left: [Key: Quantity] = [:]
    for layer in layers {
      let key = Key(product: layer.productID, lot: layer.lotKey)
      left[key] = try (left[key] ?? .zero).adding(layer.quantity)
    }
    var splits: [Split] = []
    for row in goods {
      let key = Key(product: row.productID, lot: row.lotKey)
      let covered = min(left[key] ?? .zero, row.quantity)
      left[key] = try (left[key] ?? .zero).subtracting(covered)
      splits.append(Split(covered: covered, short: try row.quantity.subtracting(covered)))
    }
    return splits
  }

  /// The writes, from the answers of `locks`. Refuses with `money.overflow`.
  func queries(
    _ rows: ArraySlice<Rows>, _ services: Services, _ context: TenantContext
  ) throws(Refusal) -> [Query] {
    guard !goods.isEmpty else { return [] }
    let now = services.ambient.now
    let (costs, layers) = try StockBooks.read(rows)
    let splits = try Self.split(goods, layers)
    var movements: [StockMovement] = []
    for (row, split) in zip(goods, splits) {
      if split.covered.isPositive { movements.append(movement(row, split.covered, .leaves)) }
      if split.short.isPositive { movements.append(movement(row, split.short, .stays)) }
    }
    let posting = StockPosting(
      entity: entity, originType: originType, originID: originID, effectiveAt: now, memo: memo,
      counterpart: .costOfGoodsSold, movements: movements)
    let plan = try StockPostingPlan(posting, costs: costs, layers: layers, services.ambient)
    let stock = try StockPostingWriter(services: services, context: context, posting: posting, plan: plan).queries()
    return stock + records(plan, splits, services.ambient, now)
  }

  private func movement(_ row: Goods, _ quantity: Quantity, _ worth: StockMovement.Worth) -> StockMovement {
    StockMovement(
      productID: row.productID, lotKey: row.lotKey, quantity: quantity, entered: quantity, unit: row.unit, from: from,
      to: to, worth: worth, originLine: row.line + 1, pointer: "/lines/\(row.line)")
  }

  /// Shortages, and the rows with what they cost.
  private func records(
    _ plan: StockPostingPlan, _ splits: [Split], _ ambient: Ambient, _ now: Instant
  ) -> [Query] {
    var moves = plan.moves[...]
    var shortages: [(id: EntityID, row: Goods, quantity: Quantity, move: EntityID)] = []
    var costs: [Int64] = []
    var shortageIDs: [EntityID?] = []
    for (row, split) in zip(goods, splits) {
      costs.append(split.covered.isPositive ? moves.popFirst()?.value ?? 0 : 0)
      if split.short.isPositive, let move = moves.popFirst() {
        let id = ambient.makeID()
        shortages.append((id, row, split.short, move.id))
        shortageIDs.append(id)
      } else {
        shortageIDs.append(nil)
      }
    }
    var queries: [Query] = []
    if !shortages.isEmpty {
      queries.append(
        Query(
          ShortageStatements.insert, .id(entity.id), .instant(now), .ids(shortages.map(\.id)),
          .ids(shortages.map(\.row.productID)), .ids(shortages.map(\.row.lotKey)), .ids(shortages.map(\.move)),
          .quantities(shortages.map(\.quantity))))
    }
    queries.append(
      Query(
        ShortageStatements.postGoods, .id(originID), .ids(goods.map(\.id)), .ints(costs), .ids(shortageIDs)))
    return queries
  }
}
