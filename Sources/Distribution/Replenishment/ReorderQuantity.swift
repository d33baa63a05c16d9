import BulkheadCore

/// How much to order. Pure; all quantities are base units.
struct ReorderQuantity: Sendable, Hashable {
  enum Method: String, Sendable, CaseIterable {
    /// Below the reorder point, order up to the target.
    case orderUpTo = "order_up_to"
    /// At or below the minimum, order up to the maximum.
    case minMax = "min_max"
  }

  /// What there is and what is on its way, less what is promised.
  struct Position: Sendable, Hashable {
    let onHand: Quantity
    /// Of every open purchase order, whenever it is expected: one that is late is not ordered twice.
    let onOrder: Quantity
    let backordered: Quantity
    let reserved: Quantity

    func total() throws(Refusal) -> Quantity {
      try onHand.adding(onOrder).subtracting(backordered).subtracting(reserved)
    }
  }

  let method: Method
  let reorderPoint: Quantity
  let target: Quantity

  /// What is missing up to the target; `nil` when nothing has to be ordered.
  func missing(_ position: Position) throws(Refusal) -> Quantity? {
    let total = try position.total()
    let isDue = method == .minMax ? total <= reorderPoint : total < reorderPoint
    let missing = try target.subtracting(total)
    return isDue && missing.isPositive ? missing : nil
  }

  /// `missing` rounded up to whole packs, and at least `minimumOrder`, itself rounded up to whole packs. `pack` must be
  /// positive.
  static func order(_ missing: Quantity, pack: Quantity, minimumOrder: Quantity) throws(Refusal) -> Quantity {
    let wanted = max(missing, minimumOrder)
    let step = Int128(pack.millionths)
    let packs = (Int128(wanted.millionths) + step - 1) / step
    return try Quantity(millionths: packs * step)
  }
}

/// Which supplier a proposal is made for, and how much of its packs. Pure.
struct ReorderSource: Sendable, Hashable {
  let price: SupplierPrice
  let quantity: Quantity

  /// The preferred supplier's price, or without one the cheapest at the quantity needed; then the shorter lead time,
  /// then the older id. `nil` when nobody sells it.
  init?(_ missing: Quantity, _ prices: [SupplierPrice], preferred: EntityID?) throws(Refusal) {
    var best: ReorderSource?
    let bySupplier = Dictionary(grouping: prices.filter { preferred == nil || $0.supplierID == preferred }) {
      $0.supplierID
    }
    for (_, offers) in bySupplier.sorted(by: { $0.key < $1.key }) {
      guard let offer = try ReorderSource(missing, offers: offers) else { continue }
      if let known = best, !offer.isBetter(than: known) { continue }
      best = offer
    }
    guard let best else { return nil }
    self = best
  }

  /// One supplier's offer. Rounding up to packs can reach a better price, so the price is chosen again for what will be
  /// ordered. Below the supplier's smallest quantity, that quantity is ordered.
  private init?(_ missing: Quantity, offers: [SupplierPrice]) throws(Refusal) {
    let smallest = offers.min { ($0.minQuantity, $1.id) < ($1.minQuantity, $0.id) }
    guard let first = PurchasePriceBook.best(offers, for: missing) ?? smallest else { return nil }
    let wanted = try ReorderQuantity.order(
      max(missing, first.minQuantity), pack: first.pack, minimumOrder: first.minimumOrder)
    price = PurchasePriceBook.best(offers, for: wanted) ?? first
    quantity = try ReorderQuantity.order(
      max(missing, price.minQuantity), pack: price.pack, minimumOrder: price.minimumOrder)
  }

  private func isBetter(than other: ReorderSource) -> Bool {
    (price.unitPrice.scaled, price.leadTimeDays, price.supplierID)
      < (other.price.unitPrice.scaled, other.price.leadTimeDays, other.price.supplierID)
  }
}
