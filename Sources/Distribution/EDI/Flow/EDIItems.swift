import BulkheadCore
import BulkheadData

/// Finds the products that the lines of an order name. Tenant-scoped; four statements in one round trip, however many
/// lines there are.
struct EDIItems: Sendable {
  /// A product and the unit that the identifier stands for; `nil` where it stands for none in particular.
  struct Item: Hashable, Sendable {
    let product: EntityID
    let baseUnit: String
    let unit: String?
  }

  private var bySKU: [String: Item] = [:]
  private var byGTIN: [String: Item] = [:]
  private var byBuyerItem: [String: Item] = [:]
  /// Units that convert to a product's base unit; products without one of their own use the general list.
  private var conversions: Set<Conversion> = []

  private struct Conversion: Hashable {
    let product: EntityID
    let unit: String
    let baseUnit: String
  }

  /// Stands for "every product" in `uom_conversion`.
  private static let everyProduct = EntityID(high: 0, low: 0)

  init(for lines: [PurchaseOrderDocument.Line], customer: EntityID, in transaction: Transaction) async throws {
    let names = lines.flatMap(\.identifiers)
    let skus = Set(names.filter { $0.scheme == .sellerItem }.map(\.value))
    let gtins = Set(names.compactMap { $0.gtin?.digits })
    let own = Set(names.filter { $0.scheme == .buyerItem }.map(\.value))
    let found = try await transaction.run(
      Query(
        Statement(
          """
          SELECT product.sku, product.id, product.base_uom, NULL
          FROM product WHERE product.sku = ANY ($1) AND product.is_active
          """), .texts(Array(skus))),
      Query(
        Statement(
          """
          SELECT identifier.value, product.id, product.base_uom, identifier.uom
          FROM product_identifier AS identifier JOIN product ON product.id = identifier.product_id
          WHERE identifier.scheme IN ('gtin', 'upc') AND identifier.value = ANY ($1) AND product.is_active
          ORDER BY identifier.scheme DESC
          """), .texts(Array(gtins))),
      Query(
        Statement(
          """
          SELECT identifier.value, product.id, product.base_uom, NULL
          FROM product_identifier AS identifier JOIN product ON product.id = identifier.product_id
          WHERE identifier.scheme = 'customer_sku' AND identifier.party_key = $2 AND identifier.value = ANY ($1)
            AND product.is_active
          """), .texts(Array(own)), .id(customer)),
      Query(
        Statement(
          """
          SELECT conversion.product_key, conversion.from_uom, conversion.to_uom
          FROM uom_conversion AS conversion WHERE conversion.from_uom = ANY ($1)
          """), .texts(Array(Set(lines.map(\.unit))))))
    bySKU = try Self.items(found[0])
    byGTIN = try Self.items(found[1])
    byBuyerItem = try Self.items(found[2])
    for row in found[3] {
      conversions.insert(
        Conversion(product: try row.id(0), unit: try row.text(1), baseUnit: try row.text(2)))
    }
  }

  private static func items(_ rows: Rows) throws(Refusal) -> [String: Item] {
    var items: [String: Item] = [:]
    for row in rows {
      items[try row.text(0)] = Item(
        product: try row.id(1), baseUnit: try row.text(2), unit: row.textOrNil(3))
    }
    return items
  }

  /// The line as the order desk takes it, or why it cannot be taken; the reason is told to the buyer.
  func orderLine(_ line: PurchaseOrderDocument.Line) throws(EDILineRefusal) -> OrderRequest.Line {
    let item = try item(for: line)
    guard line.quantity.isPositive else { throw .quantityNotPositive }
    guard let quantity = try? Quantity(line.quantity.text) else { throw .quantityOutOfRange }
    guard isConvertible(line.unit, item) else { throw .unitUnknown }
    let price = line.unitPrice.flatMap { try? UnitPrice($0.text) }
    guard line.unitPrice == nil || price.map({ !$0.isNegative }) == true else { throw .priceOutOfRange }
    return OrderRequest.Line(
      product: .id(item.product), quantity: quantity, unit: line.unit, customerLine: line.number, expectedPrice: price,
      requestedOn: line.requestedOn.flatMap { try? CivilDate($0) })
  }

  /// The one item that all names of the line agree on.
  private func item(for line: PurchaseOrderDocument.Line) throws(EDILineRefusal) -> Item {
    var found: Item?
    for name in line.identifiers {
      guard let item = lookUp(name) else { continue }
      if let first = found, first.product != item.product { throw .identifiersDisagree }
      // A GTIN names a packaging level. A case ordered as pieces, or the reverse, is the dearest of small mistakes.
      if let unit = item.unit, unit != line.unit { throw .unitOfGTINDiffers }
      found = item
    }
    guard let item = found else { throw .itemUnknown }
    return item
  }

  private func lookUp(_ name: EDIItemID) -> Item? {
    switch name.scheme {
    case .sellerItem: bySKU[name.value]
    case .buyerItem: byBuyerItem[name.value]
    case .gtin: name.gtin.flatMap { byGTIN[$0.digits] }
    case .other: nil
    }
  }

  private func isConvertible(_ unit: String, _ item: Item) -> Bool {
    unit == item.baseUnit
      || conversions.contains(Conversion(product: item.product, unit: unit, baseUnit: item.baseUnit))
      || conversions.contains(Conversion(product: Self.everyProduct, unit: unit, baseUnit: item.baseUnit))
  }
}

/// Why a line is refused. The text goes to the buyer.
enum EDILineRefusal: String, Error, Sendable, CaseIterable {
  case itemUnknown = "Unknown item"
  case identifiersDisagree = "The item numbers name different items"
  case unitOfGTINDiffers = "The unit is not the one that the GTIN stands for"
  case unitUnknown = "The item is not sold in this unit"
  case quantityNotPositive = "The quantity is not positive"
  case quantityOutOfRange = "The quantity is out of range"
  case priceOutOfRange = "The price is out of range"
}
