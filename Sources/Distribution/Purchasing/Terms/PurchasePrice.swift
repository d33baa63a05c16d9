import BulkheadCore

/// What a supplier asks for a product from a quantity on. Per base unit, in base units.
struct SupplierPrice: Sendable, Hashable {
  let id: EntityID
  let supplierID: EntityID
  let productID: EntityID
  let minQuantity: Quantity
  let unitPrice: UnitPrice
  let leadTimeDays: Int64
  let minimumOrder: Quantity
  let pack: Quantity
  let validFrom: CivilDate
}

/// What is left of one line of a running contract.
struct ContractPrice: Sendable, Hashable {
  let lineID: EntityID
  let productID: EntityID
  let unitPrice: UnitPrice
  let left: Quantity
  let minRelease: Quantity
}

/// The price that a line of a purchase order gets, and where it comes from.
struct PurchasePrice: Sendable, Hashable {
  enum Source: Sendable, Hashable {
    case contract(EntityID)
    case supplierPrice(EntityID)
    case manual
  }

  let unitPrice: UnitPrice
  let source: Source
  let leadTimeDays: Int64

  var name: String {
    switch source {
    case .contract: "contract"
    case .supplierPrice: "supplier_price"
    case .manual: "manual"
    }
  }
  var supplierPriceID: EntityID? { if case .supplierPrice(let id) = source { id } else { nil } }
  var contractLineID: EntityID? { if case .contract(let id) = source { id } else { nil } }
}

/// The prices of one supplier on one day. Pure.
///
/// A contract comes before a supplier's price, as long as what is left of it covers the whole line and the line is not
/// less than its least release. Among a supplier's prices the greatest `minQuantity` reached counts, then the later
/// one, then the newer.
struct PurchasePriceBook: Sendable {
  private var contracts: [EntityID: [ContractPrice]]
  private let prices: [EntityID: [SupplierPrice]]
  private var released: [EntityID: Quantity] = [:]

  init(contracts: [ContractPrice], prices: [SupplierPrice]) {
    self.contracts = Dictionary(grouping: contracts, by: \.productID)
    self.prices = Dictionary(grouping: prices, by: \.productID)
  }

  /// What contract lines were called off by the lines priced so far.
  var releases: [(line: EntityID, quantity: Quantity)] {
    released.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The price of `quantity` of a product, or of `manual` when one is given; `nil` when the supplier asks none. What a
  /// contract gives is taken off it, so that two lines of one order cannot both have its last unit.
  mutating func price(
    _ product: EntityID, _ quantity: Quantity, manual: UnitPrice?
  ) throws(Refusal) -> PurchasePrice? {
    let listed = Self.best(prices[product] ?? [], for: quantity)
    let leadTime = listed?.leadTimeDays ?? 0
    if let manual { return PurchasePrice(unitPrice: manual, source: .manual, leadTimeDays: leadTime) }
    for contract in contracts[product] ?? [] where quantity >= contract.minRelease {
      let taken = try (released[contract.lineID] ?? .zero).adding(quantity)
      guard taken <= contract.left else { continue }
      released[contract.lineID] = taken
      return PurchasePrice(
        unitPrice: contract.unitPrice, source: .contract(contract.lineID), leadTimeDays: leadTime)
    }
    return listed.map {
      PurchasePrice(unitPrice: $0.unitPrice, source: .supplierPrice($0.id), leadTimeDays: $0.leadTimeDays)
    }
  }

  /// The price that `quantity` reaches.
  static func best(_ prices: [SupplierPrice], for quantity: Quantity) -> SupplierPrice? {
    prices.filter { $0.minQuantity <= quantity }.max { left, right in
      if left.minQuantity != right.minQuantity { return left.minQuantity < right.minQuantity }
      if left.validFrom != right.validFrom { return left.validFrom < right.validFrom }
      return left.id < right.id
    }
  }
}
