import BulkheadCore
import BulkheadData

/// Changes of the value of goods that came in earlier, found by the moves that brought them: landed cost, another price
/// on the invoice. History is not rewritten: what has gone meanwhile keeps the value at which it went.
struct StockRevaluation: Sendable {
  struct Change: Sendable, Hashable {
    /// The inbound move.
    let moveID: EntityID
    /// Minor units, up or down.
    let amount: Int64
  }

  /// Where the parts of one change went.
  struct Split: Sendable, Hashable {
    /// Added to what still lies in stock.
    let stock: Int64
    /// The share of what has left since: for whoever books it as an expense.
    let gone: Int64
  }

  let entity: LegalEntity
  let originType: String
  let originID: EntityID
  let changes: [Change]
  /// Whether what went back to suppliers has no share: it was settled at the cost of its receipt as it left, so another
  /// price of what stayed is not its own. Freight is: it was paid for what went back as well.
  let sparesReturned: Bool

  /// Locks the costs of the products in the order of their ids, as every posting does, and answers what became of each
  /// change with the queries that write it. The ledger entry is the caller's.
  func post(_ ambient: Ambient, in tx: Transaction) async throws -> (splits: [Split], queries: [Query]) {
    let moves = SQLValue.ids(Set(changes.map(\.moveID)).sorted())
    let rows = try await tx.run(
      Query(RevaluationStatements.lockCosts, .id(entity.id), moves),
      Query(RevaluationStatements.layers, .id(entity.id), moves))
    var costs: [EntityID: Int64] = [:]
    var averaged: Set<EntityID> = []
    for row in rows[0] {
      costs[try row.id(0)] = try row.int(1)
      if try row.text(2) == "average" { averaged.insert(try row.id(0)) }
    }
    var layers: [EntityID: RevaluationPlan.Layer] = [:]
    for row in rows[1] {
      layers[try row.id(1)] = RevaluationPlan.Layer(
        id: try row.id(0), productID: try row.id(2), quantityIn: try row.quantity(3), remaining: try row.quantity(4),
        value: try row.int(5), returned: sparesReturned ? try row.quantity(6) : .zero)
    }
    let plan = try RevaluationPlan(changes, layers: layers, costs: costs, averaged: averaged)
    return (plan.splits, queries(plan, ambient))
  }

  private func queries(_ plan: RevaluationPlan, _ ambient: Ambient) -> [Query] {
    let changed = plan.revalued.filter { $0.value != 0 }.sorted { $0.key < $1.key }
    guard !changed.isEmpty else { return [] }
    let ids = Set(changed.map(\.key))
    let layers = plan.layers.values.filter { ids.contains($0.id) }.sorted { $0.id < $1.id }
    let products = Set(layers.map(\.productID))
    let costs = plan.costs.filter { products.contains($0.key) }.sorted { $0.key < $1.key }
    return [
      Query(
        RevaluationStatements.insert, .text(originType), .id(originID), .ids(changed.map { _ in ambient.makeID() }),
        .ids(changed.map(\.key)), .ints(changed.map(\.value))),
      Query(
        StockStatements.updateLayers, .ids(layers.map(\.id)), .quantities(layers.map(\.remaining)),
        .ints(layers.map(\.value))),
      Query(
        RevaluationStatements.updateCosts, .id(entity.id), .ids(costs.map(\.key)), .ints(costs.map(\.value))),
    ]
  }
}

/// Divides changes of value between what lies in stock and what has gone. Pure.
struct RevaluationPlan: Sendable {
  struct Layer: Sendable {
    let id: EntityID
    let productID: EntityID
    let quantityIn: Quantity
    let remaining: Quantity
    /// Minor units.
    var value: Int64
    /// What of it has gone without a share in what changes.
    var returned = Quantity.zero
  }

  private(set) var splits: [StockRevaluation.Split] = []
  /// What each layer gains or loses in all.
  private(set) var revalued: [EntityID: Int64] = [:]
  /// By the moves that made them.
  private(set) var layers: [EntityID: Layer]
  /// What each product's stock is worth.
  private(set) var costs: [EntityID: Int64]

  /// What has gone takes its share by quantity, rounded half up to the minor unit. Stock is never worth less than
  /// nothing: what a reduction cannot take from it is taken from what has gone.
  init(
    _ changes: [StockRevaluation.Change], layers: [EntityID: Layer], costs: [EntityID: Int64],
    averaged: Set<EntityID> = []
  ) throws(Refusal) {
    self.layers = layers
    self.costs = costs
    for change in changes {
      guard var layer = self.layers[change.moveID] else {
        throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a move has no valuation layer")
      }
      let stock = max(change.amount - (try Self.gone(change.amount, layer)), -layer.value)
      let (value, overflow) = layer.value.addingReportingOverflow(stock)
      let (worth, tooMuch) = (self.costs[layer.productID] ?? 0)
        .addingReportingOverflow(stock)
      guard !overflow, !tooMuch else { throw Money.overflow }
      layer.value = value
      self.layers[change.moveID] = layer
      self.costs[layer.productID] = worth
      revalued[layer.id, default: 0] += stock
      splits.append(StockRevaluation.Split(stock: stock, gone: change.amount - stock))
    }
    for product in averaged.sorted() { try level(product) }
  }

  /// The share of what has gone; all of it when nothing is there that could have one.
  private static func gone(_ amount: Int64, _ layer: Layer) throws(Refusal) -> Int64 {
    let sharing = try layer.quantityIn.subtracting(layer.returned)
    guard sharing.isPositive else { return amount }
    let left = try sharing.subtracting(layer.remaining)
    guard
      let share = Rounding.product(Int128(amount), Int128(left.millionths), over: Int128(sharing.millionths)),
      let gone = Int64(exactly: share)
    else { throw Money.overflow }
    return gone
  }

  private mutating func level(_ product: EntityID) throws(Refusal) {
    let own = layers.filter { $0.value.productID == product }
    let open = own.values.map {
      OpenLayer(id: $0.id, productID: product, lotKey: .zero, quantity: $0.remaining, value: $0.value)
    }
    let changes = try MovingAverage.level(open, worth: costs[product] ?? 0)
    for (move, layer) in own {
      guard let change = changes[layer.id] else { continue }
      layers[move]?.value += change
      revalued[layer.id, default: 0] += change
    }
  }
}

/// The statements of revaluations.
enum RevaluationStatements {
  static let lockCosts = Statement(
    """
    SELECT cost.product_id, cost.value_minor, p.valuation
      FROM product_cost AS cost JOIN product AS p ON p.id = cost.product_id
     WHERE cost.legal_entity_id = $1
       AND cost.product_id IN (SELECT move.product_id FROM stock_move AS move WHERE move.id = ANY ($2::uuid[]))
     ORDER BY cost.product_id FOR UPDATE OF cost
    """)

  /// The layers of moves `$2`, and all that is open of the averaged products among theirs; last, what of each went back
  /// to suppliers.
  static let layers = Statement(
    """
    SELECT layer.id, layer.move_id, layer.product_id, layer.qty_in, layer.qty_remaining, layer.value_remaining_minor,
           coalesce(back.qty, 0)
      FROM (SELECT id, move_id, product_id, qty_in, qty_remaining, value_remaining_minor FROM valuation_layer
             WHERE move_id = ANY ($2::uuid[])
            UNION
            SELECT id, move_id, product_id, qty_in, qty_remaining, value_remaining_minor FROM valuation_layer
             WHERE legal_entity_id = $1 AND qty_remaining > 0
               AND product_id = ANY (ARRAY(
                 SELECT p.id FROM stock_move AS move JOIN product AS p ON p.id = move.product_id
                  WHERE move.id = ANY ($2::uuid[]) AND p.valuation = 'average'))) AS layer
      LEFT JOIN LATERAL (
        SELECT sum(drawn.qty) AS qty
          FROM layer_consumption AS drawn JOIN stock_move AS move ON move.id = drawn.move_id
         WHERE drawn.layer_id = layer.id AND move.origin_type = 'supplier_return') AS back ON true
    """)

  static let insert = Statement(
    """
    INSERT INTO layer_revaluation (origin_type, origin_id, id, layer_id, value_minor)
    SELECT $1, $2::uuid, r.id, r.layer_id, r.value
      FROM unnest($3::uuid[], $4::uuid[], $5::bigint[]) AS r (id, layer_id, value)
    """)

  static let updateCosts = Statement(
    """
    UPDATE product_cost AS c SET value_minor = n.value
      FROM unnest($2::uuid[], $3::bigint[]) AS n (product_id, value)
     WHERE c.legal_entity_id = $1 AND c.product_id = n.product_id
    """)
}
