import BulkheadCore

/// How a document names a product.
public enum ProductReference: Hashable, Sendable {
  case id(EntityID)
  case sku(String)
  /// A GTIN-8, -12, -13 or -14 with a good check digit; it also says which packaging level is meant.
  case gtin(String)
  /// The ordering customer's own number.
  case customerSKU(String)
}

/// A product named by a document, and the unit its quantity is written in.
public struct ProductMention: Hashable, Sendable {
  public let product: ProductReference
  /// `nil`: the unit that the GTIN or customer number stands for, else the product's base unit.
  public let unit: String?

  public init(_ product: ProductReference, unit: String?) {
    self.product = product
    self.unit = unit
  }
}

/// A mention that was found.
struct MentionedProduct: Sendable {
  let id: EntityID
  let sku: String
  let name: String
  let baseUnit: String
  let tracking: Tracking
  let removal: Removal
  let isActive: Bool
  /// The product's category and then its parents, nearest first.
  let categories: [EntityID]
  let unit: String
  /// `nil`: the product has no such unit.
  let conversion: UnitConversion?
}

/// How the units of a product are told apart.
public enum Tracking: String, Sendable, CaseIterable {
  case none, lot, serial
}

/// Which stock leaves first.
public enum Removal: String, Sendable, CaseIterable {
  /// What came in first.
  case fifo
  /// What expires first.
  case fefo
}
