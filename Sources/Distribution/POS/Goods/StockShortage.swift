import BulkheadCore
import BulkheadData

/// Values goods that left before they were there, when layers have come in that they can be drawn from.
struct StockShortage: Sendable {
  struct Open: Sendable, Hashable {
    let id: EntityID
    let productID: EntityID
    let lotKey: EntityID
    let moveID: EntityID
    let quantity: Quantity
  }

  struct Settlement: Sendable, Hashable {
    let shortage: Open
    let quantity: Quantity
    let value: Int64
    let draws: [LayerDraw.Draw]
  }

  /// The oldest shortage first, out of its own lot's oldest layers; `layers` are left with what remains. Pure. Refuses
  /// with `money.overflow`.
  static func settle(_ open: [Open], from layers: inout [OpenLayer]) throws(Refusal) -> [Settlement] {
    var settlements: [Settlement] = []
    for shortage in open {
      var own = layers.filter { $0.productID == shortage.productID && $0.lotKey == shortage.lotKey }
      var there = Quantity.zero
      for layer in own { there = try there.adding(layer.quantity) }
      let quantity = min(there, shortage.quantity)
      guard quantity.isPositive, let draws = try LayerDraw.take(quantity, from: &own), !draws.isEmpty else { continue }
      var value: Int64 = 0
      for draw in draws {
        let (sum, overflow) = value.addingReportingOverflow(draw.value)
        guard !overflow else { throw Money.overflow }
        value = sum
      }
      let changed = Dictionary(own.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      layers = layers.map { changed[$0.id] ?? $0 }
      settlements.append(Settlement(shortage: shortage, quantity: quantity, value: value, draws: draws))
    }
    return settlements
  }

  let services: Services

  /// Settles what can be settled of `products`, with the cost in the books of today. Idempotent. Refuses with
  /// `period.closed`.
  func settle(_ products: [EntityID], in tx: Transaction) async throws {
    let entities = try await tx.run(ShortageStatements.entities, .ids(products.sorted()))
    for row in entities {
      let entity = LegalEntity(
        id: try row.id(0), currency: try row.currency(1), fiscalYearStartMonth: Int(try row.int(2)))
      try await settle(entity, row.ids(3), in: tx)
    }
  }

  private func settle(_ entity: LegalEntity, _ products: [EntityID], in tx: Transaction) async throws {
    let set = Set(products)
    let rows = try await tx.run(
      StockBooks.queries(entity, products: set, issued: set) + [
        Query(ShortageStatements.open, .id(entity.id), .ids(set.sorted()))
      ])
    let (costs, layers) = try StockBooks.read(rows[...])
    var open: [Open] = []
    for row in rows[StockBooks.count] {
      open.append(
        Open(
          id: try row.id(0), productID: try row.id(1), lotKey: try row.id(2), moveID: try row.id(3),
          quantity: try row.quantity(4)))
    }
    var left = layers
    let settlements = try Self.settle(open, from: &left)
    guard !settlements.isEmpty else { return }
    for query in try writes(settlements, entity, costs, left, tx.context) { try tx.enqueue(query) }
    try tx.enqueue(
      services.audit.query(
        "stock.shortageSettled", subject: "legal_entity:\(entity.id)",
        detail: [
          "shortages": .array(settlements.map { .id($0.shortage.id) }),
          "value": Money(minor: settlements.reduce(0) { $0 + $1.value }, entity.currency).json,
        ], context: tx.context))
  }

  private func writes(
    _ settlements: [Settlement], _ entity: LegalEntity, _ costs: [EntityID: StockPostingPlan.Cost],
    _ layers: [OpenLayer], _ context: TenantContext
  ) throws(Refusal) -> [Query] {
    let ambient = services.ambient
    var changed = costs.filter { cost in settlements.contains { $0.shortage.productID == cost.key } }
    var entry = LedgerEntry(
      id: ambient.makeID(), book: .inventory, effectiveOn: CivilDate(ambient.now), originType: "stock_shortage",
      originID: settlements[0].shortage.id, memo: "Goods sold before they were received")
    for settlement in settlements {
      let product = settlement.shortage.productID
      if var cost = changed[product] {
        cost.quantity = try cost.quantity.subtracting(settlement.quantity)
        cost.value -= settlement.value
        changed[product] = cost
      }
      entry.debit(.costOfGoodsSold, settlement.value)
      entry.credit(.inventory, settlement.value)
    }
    let drawn = Set(settlements.flatMap(\.draws).map(\.layerID))
    let touched = layers.filter { drawn.contains($0.id) }.sorted { $0.id < $1.id }
    let products = changed.sorted { $0.key < $1.key }
    let draws = settlements.flatMap { settlement in settlement.draws.map { (settlement.shortage.moveID, $0) } }
    return [
      Query(
        StockStatements.updateCosts, .id(entity.id), .ids(products.map(\.key)),
        .quantities(products.map(\.value.quantity)), .ints(products.map(\.value.value)),
        .ints(products.map(\.value.sequence))),
      Query(
        StockStatements.updateLayers, .ids(touched.map(\.id)), .quantities(touched.map(\.quantity)),
        .ints(touched.map(\.value))),
      Query(
        StockStatements.insertConsumptions, .ids(draws.map { _ in ambient.makeID() }), .ids(draws.map(\.0)),
        .ids(draws.map(\.1.layerID)), .quantities(draws.map(\.1.quantity)), .ints(draws.map(\.1.value))),
      Query(
        ShortageStatements.settled, .ids(settlements.map(\.shortage.id)), .quantities(settlements.map(\.quantity)),
        .ints(settlements.map(\.value))),
    ] + (try LedgerEntry.queries([entry], entity, context, ambient))
  }
}

/// The statements of shortages and of what till orders take out of stock.
enum ShortageStatements {
  static let insert = Statement(
    """
    INSERT INTO stock_shortage (legal_entity_id, created_at, id, product_id, lot_key, move_id, qty, open_qty)
    SELECT $1::uuid, $2::timestamptz, s.id, s.product_id, s.lot_key, s.move_id, s.qty, s.qty
      FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::numeric[])
           AS s (id, product_id, lot_key, move_id, qty)
    """)

  static let postGoods = Statement(
    """
    UPDATE pos_goods AS g SET state = 'posted', posted_by_id = $1::uuid, cost_minor = n.cost,
           shortage_id = n.shortage_id
      FROM unnest($2::uuid[], $3::bigint[], $4::uuid[]) AS n (id, cost, shortage_id)
     WHERE g.id = n.id
    """)

  /// Legal entities that owe any of products `$1` a value, with those products.
  static let entities = Statement(
    """
    SELECT entity.id, entity.currency, entity.fiscal_year_start_month, array_agg(DISTINCT s.product_id)
      FROM stock_shortage AS s JOIN legal_entity AS entity ON entity.id = s.legal_entity_id
     WHERE s.open_qty > 0 AND s.product_id = ANY ($1::uuid[])
     GROUP BY entity.id, entity.currency, entity.fiscal_year_start_month
     ORDER BY entity.id
    """)

  static let open = Statement(
    """
    SELECT id, product_id, lot_key, move_id, open_qty FROM stock_shortage
     WHERE legal_entity_id = $1 AND product_id = ANY ($2::uuid[]) AND open_qty > 0
     ORDER BY id LIMIT 1000 FOR UPDATE
    """)

  static let settled = Statement(
    """
    UPDATE stock_shortage AS s SET open_qty = s.open_qty - n.qty, settled_minor = s.settled_minor + n.value
      FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS n (id, qty, value)
     WHERE s.id = n.id
    """)
}
