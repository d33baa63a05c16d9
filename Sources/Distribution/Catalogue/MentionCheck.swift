import BulkheadCore

/// A line of a document whose product, unit and quantity are good.
struct MeasuredProduct: Sendable {
  let product: MentionedProduct
  let entered: Quantity
  /// In the product's base unit.
  let base: Quantity
}

/// The checks that every document with product lines makes, in one order, each over all lines: unknown product,
/// inactive product, unknown unit, quantity out of range. All lines that break the first broken rule are named.
enum MentionCheck {
  /// Violations listed in one refusal at most.
  static let violationsMax = 50

  static func measure(
    _ found: [MentionedProduct?], _ mentions: [ProductMention], _ quantities: [Quantity], pointer: String
  ) throws(Refusal) -> [MeasuredProduct] {
    try refuse(.referenceUnknown, "There is no such product.", pointer, found.indices.filter { found[$0] == nil }) {
      "/" + mentions[$0].product.member
    }
    let products = found.compactMap { $0 }
    try refuse(
      .productInactive, "This product is no longer sold.", pointer, products.indices.filter { !products[$0].isActive })
    try refuse(
      .unitUnknown, "The product is not counted in this unit.", pointer,
      products.indices.filter { products[$0].conversion == nil }
    ) { _ in "/unit" }
    return try measured(products, quantities, pointer: pointer)
  }

  private static func measured(
    _ products: [MentionedProduct], _ quantities: [Quantity], pointer: String
  ) throws(Refusal) -> [MeasuredProduct] {
    var lines: [MeasuredProduct] = []
    lines.reserveCapacity(products.count)
    for (index, (product, entered)) in zip(products, quantities).enumerated() {
      let place = "\(pointer)/\(index)/quantity"
      do throws(Refusal) {
        let base = try (product.conversion ?? .identity).toBase(entered)
        guard !base.isZero else {
          throw Refusal(.quantityNotPositive, "The quantity is less than a millionth of a base unit.")
        }
        lines.append(MeasuredProduct(product: product, entered: entered, base: base))
      } catch { throw Refusal(error.code, error.detail, at: place) }
    }
    return lines
  }

  /// Refuses with `code` when any line is in `lines`, naming each.
  static func refuse(
    _ code: RefusalCode, _ detail: String, _ pointer: String, _ lines: [Int], member: (Int) -> String = { _ in "" }
  ) throws(Refusal) {
    guard !lines.isEmpty else { return }
    throw Refusal(
      code, detail,
      violations: lines.prefix(violationsMax).map {
        Violation(at: "\(pointer)/\($0)\(member($0))", code.name, detail)
      })
  }
}

extension ProductReference {
  /// The member of a line that carries this kind of reference.
  var member: String {
    switch self {
    case .id: "productId"
    case .sku: "sku"
    case .gtin: "gtin"
    case .customerSKU: "customerSku"
    }
  }
}
