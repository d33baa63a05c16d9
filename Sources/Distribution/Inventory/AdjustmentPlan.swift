import BulkheadCore

/// What an adjustment does to stock and to its value. Pure: costs and layers have been read and locked.
struct AdjustmentPlan: Sendable {
  struct Move: Sendable {
    let id: EntityID
    let line: Int
    let lotKey: EntityID
    let sequence: Int64
    let unitCost: UnitPrice
    let value: Int64
    let isInbound: Bool
  }

  /// The totals of one product.
  struct Cost: Sendable {
    var quantity: Quantity
    var value: Int64
    var sequence: Int64
  }

  struct Consumption: Sendable {
    let moveID: EntityID
    let draw: LayerDraw.Draw
  }

  /// A layer made by an inbound move of this adjustment.
  struct NewLayer: Sendable {
    let layer: OpenLayer
    let moveID: EntityID
    let sequence: Int64
  }

  private(set) var moves: [Move] = []
  private(set) var newLayers: [NewLayer] = []
  private(set) var consumptions: [Consumption] = []
  private(set) var costs: [EntityID: Cost]
  private var layers: [LayerKey: [OpenLayer]]

  private struct LayerKey: Hashable {
    let productID: EntityID
    let lotKey: EntityID
  }

  /// Lines are posted in their order. What goes out takes from the layers of its own lot, oldest first. Refuses with
  /// `cost.missing`, `stock.insufficient` or `money.overflow`.
  init(
    _ draft: AdjustmentDraft, lots: [EntityID], costs: [EntityID: Cost], layers: [OpenLayer], _ ambient: Ambient
  ) throws(Refusal) {
    self.costs = costs
    self.layers = Dictionary(grouping: layers) { LayerKey(productID: $0.productID, lotKey: $0.lotKey) }
    for (index, line) in draft.lines.enumerated() {
      let key = LayerKey(productID: line.product.id, lotKey: lots.indices.contains(index) ? lots[index] : .zero)
      do throws(Refusal) {
        if line.quantity.isPositive {
          try receive(index, line, key, draft.entity.currency, ambient)
        } else {
          try issue(index, line, key, draft.entity.currency, ambient)
        }
      } catch { throw Refusal(error.code, error.detail, at: "/lines/\(index)") }
    }
  }

  /// What is left of every layer that was read or made.
  var remaining: [EntityID: OpenLayer] {
    Dictionary(layers.values.joined().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private mutating func receive(
    _ index: Int, _ line: AdjustmentDraft.Line, _ key: LayerKey, _ currency: Currency, _ ambient: Ambient
  ) throws(Refusal) {
    let cost = costs[key.productID] ?? Cost(quantity: .zero, value: 0, sequence: 0)
    let unitCost: UnitPrice
    if let given = line.request.unitCost {
      unitCost = given
    } else if cost.quantity.isPositive {
      unitCost = try UnitPrice(of: Money(minor: cost.value, currency), per: cost.quantity)
    } else {
      throw Refusal(.costMissing, "There is no stock to take the average cost of: give unitCost.")
    }
    let value = try unitCost.amount(of: line.quantity, in: currency).minor
    let posted = try cost.posting(line.quantity, value)
    costs[key.productID] = posted
    let moveID = ambient.makeID()
    moves.append(
      Move(
        id: moveID, line: index, lotKey: key.lotKey, sequence: posted.sequence, unitCost: unitCost, value: value,
        isInbound: true))
    let layer = OpenLayer(
      id: ambient.makeID(), productID: key.productID, lotKey: key.lotKey, quantity: line.quantity, value: value)
    newLayers.append(NewLayer(layer: layer, moveID: moveID, sequence: posted.sequence))
    layers[key, default: []].append(layer)
  }

  private mutating func issue(
    _ index: Int, _ line: AdjustmentDraft.Line, _ key: LayerKey, _ currency: Currency, _ ambient: Ambient
  ) throws(Refusal) {
    let quantity = line.quantity.negated
    guard let cost = costs[key.productID], let draws = try LayerDraw.take(quantity, from: &layers[key, default: []])
    else { throw Refusal(.stockInsufficient, "There is not enough stock for this.") }
    var value = Money(minor: 0, currency)
    for draw in draws { value = try value.adding(Money(minor: draw.value, currency)) }
    let posted = try cost.posting(line.quantity, -value.minor)
    costs[key.productID] = posted
    let moveID = ambient.makeID()
    moves.append(
      Move(
        id: moveID, line: index, lotKey: key.lotKey, sequence: posted.sequence,
        unitCost: try UnitPrice(of: value, per: quantity), value: value.minor, isInbound: false))
    consumptions += draws.map { Consumption(moveID: moveID, draw: $0) }
  }
}

extension AdjustmentPlan.Cost {
  /// After one more move.
  fileprivate func posting(_ change: Quantity, _ worth: Int64) throws(Refusal) -> AdjustmentPlan.Cost {
    let (sum, overflow) = value.addingReportingOverflow(worth)
    guard !overflow else { throw Money.overflow }
    return AdjustmentPlan.Cost(quantity: try quantity.adding(change), value: sum, sequence: sequence + 1)
  }
}
