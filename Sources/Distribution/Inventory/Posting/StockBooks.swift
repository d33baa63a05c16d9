import BulkheadCore
import BulkheadData

/// Costs and layers of the products that a posting touches, read under the lock that puts postings in order.
enum StockBooks {
  /// What to send, before any balance is touched: products are locked in the order of their ids, so two postings
  /// cannot deadlock. `issued` are those that something is drawn from.
  static func queries(_ entity: LegalEntity, products: Set<EntityID>, issued: Set<EntityID>) -> [Query] {
    let all = SQLValue.ids(products.sorted())
    return [
      Query(StockStatements.openCosts, .id(entity.id), all, .text(entity.currency.code)),
      Query(StockStatements.lockCosts, .id(entity.id), all),
      Query(StockStatements.openLayers, .id(entity.id), all, .ids(issued.sorted())),
    ]
  }

  /// How many results `queries` has.
  static let count = 3

  /// The answers of `queries`, in its order.
  static func read(
    _ rows: ArraySlice<Rows>
  ) throws(Refusal) -> (costs: [EntityID: StockPostingPlan.Cost], layers: [OpenLayer]) {
    var costs: [EntityID: StockPostingPlan.Cost] = [:]
    var layers: [OpenLayer] = []
    for row in rows[rows.startIndex + 1] {
      costs[try row.id(0)] = StockPostingPlan.Cost(
        quantity: try row.quantity(1), value: try row.int(2), sequence: try row.int(3),
        isAveraged: try row.text(4) == "average")
    }
    for row in rows[rows.startIndex + 2] {
      layers.append(
        OpenLayer(
          id: try row.id(0), productID: try row.id(1), lotKey: try row.id(2), quantity: try row.quantity(3),
          value: try row.int(4)))
    }
    return (costs, layers)
  }
}

extension StockPosting {
  /// Posts the movements: moves, balances, layers and the entry in the ledger, in two round trips. Answers what was
  /// posted, with its value.
  ///
  /// Refuses with `cost.missing`, `stock.insufficient`, `money.overflow`, `period.closed`. Whoever also locks quants
  /// (reservations) does so before, in their global order.
  func post(_ services: Services, in tx: Transaction) async throws -> StockPostingPlan {
    let issued = movements.filter { if case .leaves = $0.worth { true } else { false } }
    let rows = try await tx.run(
      StockBooks.queries(
        entity, products: Set(movements.map(\.productID)), issued: Set(issued.map(\.productID))))
    let (costs, layers) = try StockBooks.read(rows[...])
    let plan = try StockPostingPlan(self, costs: costs, layers: layers, services.ambient)
    let queries = try StockPostingWriter(
      services: services, context: tx.context, posting: self, plan: plan
    ).queries()
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
    return plan
  }
}
