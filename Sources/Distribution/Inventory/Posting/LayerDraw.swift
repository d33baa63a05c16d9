import BulkheadCore

/// What is left of one valuation layer.
struct OpenLayer: Sendable, Hashable {
  let id: EntityID
  let productID: EntityID
  let lotKey: EntityID
  var quantity: Quantity
  /// Minor units.
  var value: Int64
}

/// Takes quantity and value out of layers, first in first out. Pure.
enum LayerDraw {
  struct Draw: Hashable, Sendable {
    let layerID: EntityID
    let quantity: Quantity
    let value: Int64
  }

  /// Draws `quantity` from `layers`, which are in posting order and of one product and lot, and updates them.
  ///
  /// A part of a layer leaves with its share of the layer's value, rounded half up to the minor unit; what empties a
  /// layer takes all the value that is left, so no cent ever stays behind with nothing under it. `nil` when the layers
  /// hold less than `quantity`; they are then unchanged.
  static func take(_ quantity: Quantity, from layers: inout [OpenLayer]) throws(Refusal) -> [Draw]? {
    var rest = quantity
    var changed = layers
    var draws: [Draw] = []
    for index in changed.indices where rest.isPositive && changed[index].quantity.isPositive {
      let layer = changed[index]
      let taken = min(rest, layer.quantity)
      let value = try share(of: layer, taken)
      draws.append(Draw(layerID: layer.id, quantity: taken, value: value))
      changed[index].quantity = try layer.quantity.subtracting(taken)
      changed[index].value = layer.value - value
      rest = try rest.subtracting(taken)
    }
    guard rest.isZero else { return nil }
    layers = changed
    return draws
  }

  private static func share(of layer: OpenLayer, _ taken: Quantity) throws(Refusal) -> Int64 {
    guard taken < layer.quantity else { return layer.value }
    guard
      let share = Rounding.product(
        Int128(layer.value), Int128(taken.millionths), over: Int128(layer.quantity.millionths)),
      let value = Int64(exactly: share)
    else { throw Money.overflow }
    return min(value, layer.value)
  }
}
