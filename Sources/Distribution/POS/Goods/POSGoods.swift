import BulkheadCore

/// What an order's lines take out of stock: the product itself, or what its recipe says. Pure.
enum POSGoods {
  /// A product that stock is kept of.
  struct Stocked: Sendable, Hashable {
    let productID: EntityID
    let unit: String
    let tracking: Tracking
    let removal: Removal
  }

  struct Component: Sendable, Hashable {
    let stocked: Stocked
    /// For so much of the menu item as the recipe makes.
    let quantity: Quantity
    let yield: Quantity
  }

  /// So much of one product that leaves for one line.
  struct Need: Sendable, Hashable {
    let line: Int
    let stocked: Stocked
    let quantity: Quantity
    /// Named by the till.
    let lot: String?
  }

  struct Taken: Sendable, Hashable {
    let line: Int
    let productID: EntityID
    let unit: String
    let lotKey: EntityID
    let quantity: Quantity
  }

  /// One lot of a product in the till's place.
  struct Lot: Sendable, Hashable {
    let productID: EntityID
    let lotKey: EntityID
    let onHand: Quantity
    let expiry: CivilDate?
    let inDate: Instant
  }

  /// Refuses with `lot.notTracked`, `serial.notSingle` or `quantity.overflow`.
  static func needs(
    _ lines: [(product: MeasuredProduct, lot: String?)], recipes: [EntityID: [Component]]
  ) throws(Refusal) -> [Need] {
    var needs: [Need] = []
    for (index, line) in lines.enumerated() {
      let product = line.product.product
      if let components = recipes[product.id] {
        for component in components {
          guard
            let scaled = Rounding.product(
              Int128(component.quantity.millionths), Int128(line.product.base.millionths),
              over: Int128(component.yield.millionths))
          else { throw Refusal(.quantityOverflow, "The quantity is too large.", at: "/lines/\(index)/quantity") }
          let quantity = try Quantity(millionths: scaled)
          guard quantity.isPositive else { continue }
          needs.append(Need(line: index, stocked: component.stocked, quantity: quantity, lot: nil))
        }
        continue
      }
      if line.lot != nil, product.tracking == .none {
        throw Refusal(.lotNotTracked, "This product is not tracked by lot.", at: "/lines/\(index)/lot")
      }
      if product.tracking == .serial, line.product.base != Quantity(1) {
        throw Refusal(.serialNotSingle, "A serial number is one unit.", at: "/lines/\(index)/quantity")
      }
      needs.append(
        Need(
          line: index,
          stocked: Stocked(
            productID: product.id, unit: product.baseUnit, tracking: product.tracking, removal: product.removal),
          quantity: line.product.base, lot: line.lot))
    }
    return needs
  }

  /// Chooses lots where the till named none: what expires or came in first; beyond what is there, the last lot taken or
  /// the newest known. `named` are the lots of `needs` that were named, `newest` the newest lot of each product.
  ///
  /// Refuses with `lot.required` when a tracked product has no lot at all, and with `stock.insufficient` for a serial
  /// number that is not in the place: one unit cannot leave twice.
  static func taken(
    _ needs: [Need], lots: [Lot], named: [EntityID?], newest: [EntityID: EntityID]
  ) throws(Refusal) -> [Taken] {
    var free = Dictionary(grouping: lots.filter(\.onHand.isPositive), by: \.productID)
    var taken: [Taken] = []
    func take(_ need: Need, _ lot: EntityID, _ quantity: Quantity) {
      taken.append(
        Taken(
          line: need.line, productID: need.stocked.productID, unit: need.stocked.unit, lotKey: lot,
          quantity: quantity))
    }
    for (need, lot) in zip(needs, named) {
      let product = need.stocked.productID
      let pointer = "/lines/\(need.line)/lot"
      switch need.stocked.tracking {
      case .none: take(need, .zero, need.quantity)
      case .serial:
        guard let lot else { throw Refusal(.lotRequired, "Name the serial number.", at: pointer) }
        guard free[product]?.contains(where: { $0.lotKey == lot }) == true else {
          throw Refusal(.stockInsufficient, "This serial number is not in the till's place.", at: pointer)
        }
        free[product]?.removeAll { $0.lotKey == lot }
        take(need, lot, need.quantity)
      case .lot:
        if let lot {
          take(need, lot, need.quantity)
          continue
        }
        var rest = need.quantity
        var last: EntityID?
        let sorted = (free[product] ?? []).sorted { precedes($0, $1, need.stocked.removal) }
        var left: [Lot] = []
        for lot in sorted {
          let quantity = min(lot.onHand, rest)
          if quantity.isPositive {
            take(need, lot.lotKey, quantity)
            rest = try rest.subtracting(quantity)
            last = lot.lotKey
          }
          let remaining = try lot.onHand.subtracting(quantity)
          if remaining.isPositive {
            left.append(
              Lot(
                productID: product, lotKey: lot.lotKey, onHand: remaining, expiry: lot.expiry, inDate: lot.inDate))
          }
        }
        free[product] = left
        guard rest.isPositive else { continue }
        guard let lot = last ?? newest[product] else {
          throw Refusal(.lotRequired, "The product has no lot yet: name the one on the goods.", at: pointer)
        }
        take(need, lot, rest)
      }
    }
    return try merged(taken)
  }

  private static func precedes(_ left: Lot, _ right: Lot, _ removal: Removal) -> Bool {
    if removal == .fefo, left.expiry != right.expiry {
      guard let expiry = left.expiry else { return false }
      return right.expiry.map { expiry < $0 } ?? true
    }
    return (left.inDate, left.lotKey) < (right.inDate, right.lotKey)
  }

  /// One row for each line, product and lot.
  private static func merged(_ taken: [Taken]) throws(Refusal) -> [Taken] {
    var merged: [Taken] = []
    for next in taken {
      if let last = merged.last, last.line == next.line, last.productID == next.productID, last.lotKey == next.lotKey {
        merged[merged.count - 1] = Taken(
          line: last.line, productID: last.productID, unit: last.unit, lotKey: last.lotKey,
          quantity: try last.quantity.adding(next.quantity))
      } else {
        merged.append(next)
      }
    }
    return merged
  }
}
