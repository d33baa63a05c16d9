import BulkheadCore

/// A field that a column of a file can be.
public struct ImportField: Sendable {
  public let name: String
  /// What a person who prepares a file must know.
  public let description: String

  init(_ name: String, _ description: String) {
    self.name = name
    self.description = description
  }
}

/// What a file is about.
public enum ImportKind: String, Sendable, CaseIterable {
  case products, stock, prices, orders

  /// What the person who imports must be allowed to do one by one.
  var permission: Permission {
    switch self {
    case .products: .catalogueWrite
    case .stock: .inventoryWrite
    case .prices: .pricingWrite
    case .orders: .ordersWrite
    }
  }

  /// Rows that are decided together, in one transaction. Orders hold locks on stock while they are written.
  var rowsPerStep: Int {
    switch self {
    case .products, .prices: 1000
    case .stock, .orders: 500
    }
  }

  private static let product = [
    ImportField("sku", "Exactly one of sku, gtin and productId names the product."),
    ImportField("gtin", "GTIN-8, -12, -13 or -14 with its check digit."),
    ImportField("productId", "The product's id."),
  ]

  public var fields: [ImportField] {
    switch self {
    case .products:
      [
        ImportField("sku", "At most 40 characters; a SKU that exists is refused."), ImportField("name", "Required."),
        ImportField("baseUnit", "Code of a unit of measure."),
        ImportField("tracking", "none (default), lot or serial."),
        ImportField("valuation", "fifo (default), average or standard."),
        ImportField("removal", "fifo (default) or fefo."), ImportField("category", "Code of a category."),
        ImportField("shelfLifeDays", "1 to 36500."), ImportField("hazardCode", "UN and four digits."),
        ImportField("weightGrams", "Of one base unit."), ImportField("volumeMillilitres", "Of one base unit."),
        ImportField("taxCategory", "At most 40 characters."), ImportField("abcClass", "A, B or C."),
        ImportField("gtin", "Of the base unit."),
      ]
    case .stock:
      Self.product + [
        ImportField("quantity", "More than zero."), ImportField("unitCost", "Of one base unit."),
        ImportField("unit", "The base unit by default."), ImportField("warehouse", "Code; the default one otherwise."),
        ImportField("location", "Code; the warehouse's storage otherwise."),
        ImportField("lot", "Required for tracked products."), ImportField("expiryOn", "YYYY-MM-DD, of a new lot."),
      ]
    case .prices:
      [
        ImportField("priceList", "Exactly one of priceList, customer and customerGroup, by code."),
        ImportField("customer", "A customer's own price."), ImportField("customerGroup", "A group's price."),
      ] + Self.product + [
        ImportField("category", "Instead of a product: a category's code. Neither: the rule is for everything."),
        ImportField("currency", "ISO 4217."), ImportField("kind", "fixed (default) or percent."),
        ImportField("value", "The price of one base unit, or the change in percent."),
        ImportField("surcharge", "Added after the rule."), ImportField("rounding", "Rounds to a multiple of it."),
        ImportField("minQuantity", "In base units."), ImportField("priority", "0 by default."),
        ImportField("validFrom", "YYYY-MM-DD."), ImportField("validTo", "YYYY-MM-DD."),
      ]
    case .orders:
      [
        ImportField("poNumber", "Rows that follow each other with one number and one customer are one order."),
        ImportField("customer", "Exactly one of customer (code) and customerId."),
        ImportField("customerId", "The customer's id."),
      ] + Self.product + [
        ImportField("quantity", "More than zero."), ImportField("unit", "The base unit by default."),
        ImportField("customerLine", "The customer's own name of the line."),
        ImportField("expectedPrice", "Of one unit; compared, never taken as the price."),
        ImportField("currency", "Must be the customer's."), ImportField("warehouse", "Code."),
        ImportField("requestedOn", "YYYY-MM-DD."),
        ImportField("shipPolicy", "ship_partial (default), ship_complete or cancel_backorder."),
      ]
    }
  }

  /// Of each of these, at least one must have a column or a value.
  var required: [[String]] {
    let product = ["sku", "gtin", "productId"]
    return switch self {
    case .products: [["sku"], ["name"], ["baseUnit"]]
    case .stock: [product, ["quantity"], ["unitCost"]]
    case .prices: [["priceList", "customer", "customerGroup"], ["currency"], ["value"]]
    case .orders: [["poNumber"], ["customer", "customerId"], product, ["quantity"]]
    }
  }
}
