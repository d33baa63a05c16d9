import BulkheadCore

/// What a posting does to stock and to its value. Pure: costs and layers have been read and locked.
struct StockPostingPlan: Sendable {
  struct Move: Sendable {
    let id: EntityID
    let movement: StockMovement
    let sequence: Int64
    /// `nil` for what stays ours.
    let unitCost: UnitPrice?
    /// Minor units, never negative; `nil` for what stays ours.
    let value: Int64?
  }

  /// The totals of one product.
  struct Cost: Sendable {
    var quantity: Quantity
    var value: Int64
    var sequence: Int64
    /// Valued at the moving average: every receipt makes all that is there cost the same.
    var isAveraged = false
  }

  struct Consumption: Sendable {
    let moveID: EntityID
    let draw: LayerDraw.Draw
  }

  /// A layer made by an inbound move of this posting.
  struct NewLayer: Sendable {
    let layer: OpenLayer
    let moveID: EntityID
    let sequence: Int64
  }

  private(set) var moves: [Move] = []
  private(set) var newLayers: [NewLayer] = []
  private(set) var consumptions: [Consumption] = []
  private(set) var costs: [EntityID: Cost]
  /// What layers of averaged products gained or lost without a move, by layer.
  private(set) var revalued: [EntityID: Int64] = [:]
  /// Minor units that came in and went out.
  private(set) var arrived: Int64 = 0
  private(set) var left: Int64 = 0
  private var layers: [LayerKey: [OpenLayer]]
  private let currency: Currency

  private struct LayerKey: Hashable {
    let productID: EntityID
    let lotKey: EntityID
  }

  /// Moves are posted in their order. What goes out takes from the layers of its own lot, oldest first. Refuses with
  /// `cost.missing`, `stock.insufficient` or `money.overflow`.
  init(
    _ posting: StockPosting, costs: [EntityID: Cost], layers: [OpenLayer], _ ambient: Ambient
  ) throws(Refusal) {
    self.costs = costs
    self.layers = Dictionary(grouping: layers) { LayerKey(productID: $0.productID, lotKey: $0.lotKey) }
    currency = posting.entity.currency
    for movement in posting.movements {
      let key = LayerKey(productID: movement.productID, lotKey: movement.lotKey)
      do throws(Refusal) {
        switch movement.worth {
        case .arrives(let unitCost): try receive(movement, key, try worth(movement, unitCost), ambient)
        case .arrivesWorth(let value):
          let unitCost = try UnitPrice(of: Money(minor: value, currency), per: movement.quantity)
          try receive(movement, key, (unitCost, value), ambient)
        case .leaves: try issue(movement, key, ambient)
        case .stays: try stay(movement, ambient)
        }
      } catch { throw Refusal(error.code, error.detail, at: movement.pointer) }
    }
  }

  /// What is left of every layer that was read or made.
  var remaining: [EntityID: OpenLayer] {
    Dictionary(layers.values.joined().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func cost(_ productID: EntityID) -> Cost { costs[productID] ?? Cost(quantity: .zero, value: 0, sequence: 0) }

  private func worth(
    _ movement: StockMovement, _ given: UnitPrice?
  ) throws(Refusal) -> (unitCost: UnitPrice, value: Int64) {
    let cost = cost(movement.productID)
    if let given { return (given, try given.amount(of: movement.quantity, in: currency).minor) }
    guard cost.quantity.isPositive else {
      throw Refusal(.costMissing, "There is no stock to take the average cost of: give unitCost.")
    }
    let average = try UnitPrice(of: Money(minor: cost.value, currency), per: cost.quantity)
    return (average, try average.amount(of: movement.quantity, in: currency).minor)
  }

  private mutating func receive(
    _ movement: StockMovement, _ key: LayerKey, _ worth: (unitCost: UnitPrice, value: Int64), _ ambient: Ambient
  ) throws(Refusal) {
    let posted = try cost(movement.productID).posting(movement.quantity, worth.value)
    costs[movement.productID] = posted
    let move = Move(
      id: ambient.makeID(), movement: movement, sequence: posted.sequence, unitCost: worth.unitCost, value: worth.value)
    moves.append(move)
    let layer = OpenLayer(
      id: ambient.makeID(), productID: key.productID, lotKey: key.lotKey, quantity: movement.quantity,
      value: worth.value)
    newLayers.append(NewLayer(layer: layer, moveID: move.id, sequence: posted.sequence))
    layers[key, default: []].append(layer)
    arrived = try Self.sum(arrived, worth.value)
    if posted.isAveraged { try level(movement.productID, posted.value) }
  }

  /// Spreads what the stock of an averaged product is worth over its layers, whatever their lot.
  private mutating func level(_ product: EntityID, _ value: Int64) throws(Refusal) {
    let own = layers.filter { $0.key.productID == product }
    let changes = try MovingAverage.level(own.values.flatMap { $0 }, worth: value)
    for (key, before) in own {
      layers[key] = before.map { layer in
        var layer = layer
        layer.value += changes[layer.id] ?? 0
        return layer
      }
    }
    // Both are parts of the value of all the stock, whose sum has been checked.
    for (id, change) in changes { revalued[id, default: 0] += change }
  }

  private mutating func issue(
    _ movement: StockMovement, _ key: LayerKey, _ ambient: Ambient
  ) throws(Refusal) {
    guard let cost = costs[key.productID],
      let draws = try LayerDraw.take(movement.quantity, from: &layers[key, default: []])
    else { throw Refusal(.stockInsufficient, "There is not enough stock for this.") }
    var value: Int64 = 0
    for draw in draws { value = try Self.sum(value, draw.value) }
    let posted = try cost.posting(movement.quantity.negated, -value)
    costs[key.productID] = posted
    let move = Move(
      id: ambient.makeID(), movement: movement, sequence: posted.sequence,
      unitCost: try UnitPrice(of: Money(minor: value, currency), per: movement.quantity), value: value)
    moves.append(move)
    consumptions += draws.map { Consumption(moveID: move.id, draw: $0) }
    left = try Self.sum(left, value)
  }

  private mutating func stay(_ movement: StockMovement, _ ambient: Ambient) throws(Refusal) {
    let posted = try cost(movement.productID).posting(.zero, 0)
    costs[movement.productID] = posted
    moves.append(
      Move(id: ambient.makeID(), movement: movement, sequence: posted.sequence, unitCost: nil, value: nil))
  }

  private static func sum(_ left: Int64, _ right: Int64) throws(Refusal) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    guard !overflow else { throw Money.overflow }
    return sum
  }
}

extension StockPostingPlan.Cost {
  /// After one more move.
  fileprivate func posting(_ change: Quantity, _ worth: Int64) throws(Refusal) -> StockPostingPlan.Cost {
    let (sum, overflow) = value.addingReportingOverflow(worth)
    guard !overflow else { throw Money.overflow }
    return StockPostingPlan.Cost(
      quantity: try quantity.adding(change), value: sum, sequence: sequence + 1, isAveraged: isAveraged)
  }
}
