import BulkheadCore

/// Moving average: what is there costs the same, whichever receipt it came with. Pure.
enum MovingAverage {
  /// How much each open layer of one product gains or loses so that all are worth the same by quantity and together
  /// exactly `worth` minor units. Layers that stay as they are are left out. Refuses with `money.overflow`.
  static func level(_ layers: [OpenLayer], worth: Int64) throws(Refusal) -> [EntityID: Int64] {
    let open = layers.filter { $0.quantity.isPositive }.sorted { $0.id < $1.id }
    guard !open.isEmpty else { return [:] }
    guard let shares = LargestRemainder.divide(worth, by: open.map { Int128($0.quantity.millionths) }) else {
      throw Money.overflow
    }
    var changes: [EntityID: Int64] = [:]
    for (layer, share) in zip(open, shares) where share != layer.value { changes[layer.id] = share - layer.value }
    return changes
  }
}
