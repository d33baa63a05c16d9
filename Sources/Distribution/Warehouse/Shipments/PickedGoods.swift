import BulkheadCore

/// So much of one product and lot that was picked for one line of a shipment and lies in the output place.
struct PickedGoods: Sendable {
  let lineID: EntityID
  let orderLineID: EntityID
  let orderLine: Int
  let productID: EntityID
  let baseUnit: String
  let lotKey: EntityID
  let binID: EntityID
  let outputID: EntityID
  let quantity: Quantity

  /// Rows of `ShipmentStatements.picked`.
  static func read(_ rows: Rows) throws(Refusal) -> [PickedGoods] {
    var goods: [PickedGoods] = []
    for row in rows {
      goods.append(
        PickedGoods(
          lineID: try row.id(0), orderLineID: try row.id(1), orderLine: Int(try row.int(2)),
          productID: try row.id(3), baseUnit: try row.text(4), lotKey: try row.id(5), binID: try row.id(6),
          outputID: try row.id(7), quantity: try row.quantity(8)))
    }
    return goods
  }

  func movement(to place: EntityID, _ worth: StockMovement.Worth) -> StockMovement {
    StockMovement(
      productID: productID, lotKey: lotKey, quantity: quantity, entered: quantity, unit: baseUnit, from: outputID,
      to: place, worth: worth, originLine: orderLine, pointer: "")
  }
}

extension Sequence<PickedGoods> {
  /// What was picked for each line.
  func sums(_ key: (PickedGoods) -> EntityID) throws(Refusal) -> [(id: EntityID, quantity: Quantity)] {
    var sums: [EntityID: Quantity] = [:]
    for goods in self { sums[key(goods)] = try (sums[key(goods)] ?? .zero).adding(goods.quantity) }
    return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
