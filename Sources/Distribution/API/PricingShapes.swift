import BulkheadCore
import BulkheadServer

/// Bodies and answers about prices.
enum PricingShapes {
  static let newList = Schema.object([
    Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name), Shapes.field("currency", Shapes.currency),
    Shapes.optional("parentId", .nullable(.id(of: "price_list"))),
    Shapes.optional("isDefault", .boolean, "For customers of this currency without a list of their own."),
  ])

  static let list = Schema.object([
    Shapes.field("id", .id(of: "price_list")), Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name),
    Shapes.field("currency", Shapes.currency), Shapes.nullable("parentId", .id(of: "price_list")),
    Shapes.field("isDefault", .boolean),
  ])

  static let newContract = Schema.object([
    Shapes.field("code", Shapes.code), Shapes.field("customerId", .id(of: "party")),
    Shapes.field("currency", Shapes.currency), Shapes.field("validFrom", .date),
    Shapes.optional("validTo", .nullable(.date)),
  ])

  static let contract = Schema.object([
    Shapes.field("id", .id(of: "contract")), Shapes.field("code", Shapes.code),
    Shapes.field("customerId", .id(of: "party")), Shapes.field("currency", Shapes.currency),
    Shapes.field("validFrom", .date), Shapes.nullable("validTo", .date),
    Shapes.field("state", .oneOf(["draft", "running", "closed", "cancelled"])),
    Shapes.field("version", Shapes.version),
  ])

  private static let kind = Schema.oneOf(["fixed", "percent"])
  private static let priority = Schema.integer(-1_000_000...1_000_000)

  static let newRule = Schema.object([
    Shapes.optional("priceListId", .nullable(.id(of: "price_list"))),
    Shapes.optional("customerId", .nullable(.id(of: "party"))),
    Shapes.optional("customerGroupId", .nullable(.id(of: "customer_group"))),
    Shapes.optional("contractId", .nullable(.id(of: "contract"))),
    Shapes.optional("productId", .nullable(.id(of: "product"))),
    Shapes.optional("categoryId", .nullable(.id(of: "category"))), Shapes.field("currency", Shapes.currency),
    Shapes.field("kind", kind),
    Shapes.field("value", Shapes.signedPrice, "The price of one base unit, or the percentage."),
    Shapes.optional("surcharge", Shapes.signedPrice, "Added last, per base unit."),
    Shapes.optional(
      "rounding", .nullable(.decimal(digits: UnitPrice.digits, scale: UnitPrice.scale, minimum: .positive)),
      "The price becomes a multiple of this."),
    Shapes.optional("minQuantity", Shapes.quantityOrNone, "In base units."), Shapes.optional("priority", priority),
    Shapes.optional("validFrom", .nullable(.date)), Shapes.optional("validTo", .nullable(.date)),
  ])

  static let rule = Schema.object([
    Shapes.field("id", .id(of: "price_rule")), Shapes.field("source", .oneOf(PriceSource.allCases.map(\.rawValue))),
    Shapes.nullable("priceListId", .id(of: "price_list")), Shapes.nullable("customerId", .id(of: "party")),
    Shapes.nullable("customerGroupId", .id(of: "customer_group")), Shapes.nullable("contractId", .id(of: "contract")),
    Shapes.field("scope", .oneOf(["product", "category", "global"])),
    Shapes.nullable("productId", .id(of: "product")), Shapes.nullable("categoryId", .id(of: "category")),
    Shapes.field("currency", Shapes.currency), Shapes.field("kind", kind), Shapes.field("value", Shapes.signedPrice),
    Shapes.field("surcharge", Shapes.signedPrice), Shapes.nullable("rounding", Shapes.price),
    Shapes.field("minQuantity", Shapes.quantityOrNone), Shapes.field("priority", priority),
    Shapes.nullable("validFrom", .date), Shapes.nullable("validTo", .date),
  ])

  static let steps = Schema.array(
    .object([
      Shapes.field("step", .oneOf(PriceSource.allCases.map(\.rawValue) + ["rounding", "surcharge"])),
      Shapes.field("ruleId", .id(of: "price_rule")), Shapes.field("applied", Shapes.text(40)),
      Shapes.field("price", Shapes.price),
    ]), maxItems: 6)

  static let newQuote = Schema.object(
    ReferenceShapes.customer + [
      Shapes.optional("date", .nullable(.date), "Today by default."),
      Shapes.field(
        "lines",
        .array(
          .object(
            ReferenceShapes.product + [
              Shapes.field("quantity", Shapes.quantity), Shapes.optional("unit", .nullable(Shapes.unit)),
            ]), minItems: 1, maxItems: PriceQuote.linesMax)),
    ])

  static let quote = Schema.object([
    Shapes.field("customerId", .id(of: "party")), Shapes.field("date", .date), Shapes.field("total", Shapes.money),
    Shapes.field(
      "lines",
      .array(
        .object([
          Shapes.field("productId", .id(of: "product")), Shapes.field("sku", Shapes.code),
          Shapes.field("quantity", Shapes.quantity), Shapes.field("unit", Shapes.unit),
          Shapes.field("baseQuantity", Shapes.quantity), Shapes.field("baseUnit", Shapes.unit),
          Shapes.field("listPrice", Shapes.price), Shapes.field("unitPrice", Shapes.price, "Of one base unit."),
          Shapes.field("source", .oneOf(PriceSource.allCases.map(\.rawValue))),
          Shapes.field("priceRuleId", .id(of: "price_rule")), Shapes.field("priceSteps", steps),
          Shapes.field("amount", .decimal(digits: 22, scale: 4)),
        ]), maxItems: PriceQuote.linesMax)),
  ])

  /// The rule of `body`. Refuses none and several holders, and a product together with a category.
  static func rule(
    _ body: BodyReader, contract: (id: EntityID, customer: EntityID)?
  ) throws(Refusal) -> NewPriceRule {
    var holders: [NewPriceRule.Holder] = []
    if let id = body.id("priceListId") { holders.append(.list(id)) }
    if let id = body.id("customerId") { holders.append(.customer(id)) }
    if let id = body.id("customerGroupId") { holders.append(.group(id)) }
    if let contract { holders.append(.contract(contract.id, customer: contract.customer)) }
    guard let holder = holders.first, holders.count == 1 else {
      throw Refusal(
        .priceRuleInvalid, "Name exactly one of priceListId, customerId, customerGroupId and contractId.", at: "")
    }
    let subject: NewPriceRule.Subject
    switch (body.id("productId"), body.id("categoryId")) {
    case (let product?, nil): subject = .product(product)
    case (nil, let category?): subject = .category(category)
    case (nil, nil): subject = .everything
    case (.some, .some):
      throw body.refusal(.priceRuleInvalid, "A rule is about a product or a category, not both.", "categoryId")
    }
    return NewPriceRule(
      holder: holder, subject: subject, currency: try body.requiredCurrency("currency"),
      kind: body.text("kind") == "percent" ? .percent : .fixed, value: try body.price("value") ?? .zero,
      surcharge: try body.price("surcharge") ?? .zero, rounding: try body.price("rounding"),
      minimum: try body.quantity("minQuantity") ?? .zero, priority: body.int("priority") ?? 0,
      validFrom: try body.date("validFrom"), validTo: try body.date("validTo"))
  }
}
