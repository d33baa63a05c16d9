import BulkheadCore
import BulkheadServer

/// How bodies name products and customers: by exactly one of several members.
enum ReferenceShapes {
  /// Members of a line; exactly one is sent.
  static let product: [Schema.Field] = [
    Shapes.optional("sku", .nullable(Shapes.code), "Exactly one of sku, gtin, customerSku and productId."),
    Shapes.optional("gtin", .nullable(Shapes.gtin), "Also names the unit."),
    Shapes.optional("customerSku", .nullable(Shapes.text(80)), "The customer's own number."),
    Shapes.optional("productId", .nullable(.id(of: "product"))),
  ]

  static let customer: [Schema.Field] = [
    Shapes.optional("customer", .nullable(Shapes.code), "Code. Exactly one of customer and customerId."),
    Shapes.optional("customerId", .nullable(.id(of: "party"))),
  ]

  /// Refuses none and several with `reference.missing`.
  static func product(_ line: BodyReader) throws(Refusal) -> ProductReference {
    var found: [ProductReference] = []
    if let sku = line.text("sku") { found.append(.sku(sku)) }
    if let gtin = line.text("gtin") { found.append(.gtin(gtin)) }
    if let value = line.text("customerSku") { found.append(.customerSKU(value)) }
    if let id = line.id("productId") { found.append(.id(id)) }
    guard let reference = found.first, found.count == 1 else {
      throw Refusal(
        .referenceMissing, "Name the product by exactly one of sku, gtin, customerSku and productId.",
        at: line.pointer)
    }
    return reference
  }

  static func customer(_ body: BodyReader) throws(Refusal) -> PartyReference {
    switch (body.text("customer"), body.id("customerId")) {
    case (let code?, nil): return .code(code)
    case (nil, let id?): return .id(id)
    case (nil, nil), (.some, .some):
      throw body.refusal(.referenceMissing, "Name the customer by exactly one of customer and customerId.", "customer")
    }
  }
}
