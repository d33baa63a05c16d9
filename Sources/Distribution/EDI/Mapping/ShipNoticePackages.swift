/// The packages of a notice's orders, put together item by item in one pass, however many there are.
struct ShipNoticePackages {
  /// Levels that are looked through from an item upwards: shipment, order, pallet, carton and what else partners put
  /// between. Who nests deeper, or in a ring, is not followed.
  static let depthMax = 16

  /// Orders in the order of their first items.
  private(set) var names: [String] = []
  private var places: [String: Int] = [:]
  private var orders: [[(sscc: String?, items: [ShipNotice.Item])]] = []

  /// Items that follow each other in one package stay together.
  mutating func add(_ item: ShipNotice.Item, to order: String, in sscc: String?) {
    let place = places[order] ?? orders.count
    if place == orders.count {
      places[order] = place
      names.append(order)
      orders.append([])
    }
    if let last = orders[place].indices.last, orders[place][last].sscc == sscc {
      orders[place][last].items.append(item)
    } else {
      orders[place].append((sscc, [item]))
    }
  }

  func packages(of order: String) -> [ShipNotice.Package] {
    places[order].map { place in orders[place].map { ShipNotice.Package(sscc: $0.sscc, items: $0.items) } } ?? []
  }
}
