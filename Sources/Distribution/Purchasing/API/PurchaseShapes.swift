import BulkheadCore
import BulkheadServer

/// Bodies and answers about purchases.
enum PurchaseShapes {
  static let amount = Schema.decimal(digits: 22, scale: 4)
  static let status = Schema.oneOf(PurchaseStatus.allCases.map(\.rawValue))

  static let price = Schema.object([
    Shapes.field("id", .id(of: "supplier_price")), Shapes.field("supplierId", .id(of: "party")),
    Shapes.field("productId", .id(of: "product")), Shapes.field("currency", Shapes.currency),
    Shapes.field("minQuantity", Shapes.quantityOrNone), Shapes.field("unitPrice", Shapes.price),
    Shapes.field("validFrom", .date), Shapes.nullable("validTo", .date),
    Shapes.field("leadTimeDays", .integer(0...3650)), Shapes.field("minimumOrder", Shapes.quantityOrNone),
    Shapes.field("packMultiple", Shapes.quantity),
  ])

  static let newPrice = Schema.object([
    Shapes.field("supplierId", .id(of: "party")), Shapes.field("productId", .id(of: "product")),
    Shapes.field("unitPrice", Shapes.price, "Of one base unit, in the supplier's currency."),
    Shapes.optional("minQuantity", Shapes.quantityOrNone, "Base units from which it holds; 0 by default."),
    Shapes.optional("validFrom", .nullable(.date), "Today by default."),
    Shapes.optional("validTo", .nullable(.date)), Shapes.optional("leadTimeDays", .integer(0...3650)),
    Shapes.optional("minimumOrder", Shapes.quantityOrNone, "The least sold at once; 0 by default."),
    Shapes.optional("packMultiple", Shapes.quantity, "Sold in multiples of this; 1 by default."),
  ])

  private static let contractHeader: [Schema.Field] = [
    Shapes.field("id", .id(of: "supplier_contract")), Shapes.field("supplierId", .id(of: "party")),
    Shapes.field("code", Shapes.code), Shapes.field("currency", Shapes.currency), Shapes.field("validFrom", .date),
    Shapes.nullable("validTo", .date),
    Shapes.field("state", .oneOf(["draft", "running", "closed", "cancelled"])),
    Shapes.field("version", Shapes.version),
  ]
  static let contractSummary = Schema.object(contractHeader)
  static let contractLinesMax = 1000

  static let contract = Schema.object(
    contractHeader + [
      Shapes.field(
        "lines",
        .array(
          .object([
            Shapes.field("id", .id(of: "supplier_contract_line")), Shapes.field("line", .integer(1...1_000_000)),
            Shapes.field("productId", .id(of: "product")), Shapes.field("committed", Shapes.quantity),
            Shapes.field("released", Shapes.quantityOrNone, "What purchase orders have called off."),
            Shapes.field("minRelease", Shapes.quantityOrNone), Shapes.field("unitPrice", Shapes.price),
          ]), maxItems: contractLinesMax))
    ])

  static let newContract = Schema.object([
    Shapes.field("supplierId", .id(of: "party")), Shapes.field("code", Shapes.code),
    Shapes.optional("validFrom", .nullable(.date), "Today by default."),
    Shapes.optional("validTo", .nullable(.date)),
    Shapes.field(
      "lines",
      .array(
        .object([
          Shapes.field("productId", .id(of: "product")),
          Shapes.field("committed", Shapes.quantity, "Base units."),
          Shapes.optional("minRelease", Shapes.quantityOrNone, "The least that one order calls off."),
          Shapes.field("unitPrice", Shapes.price, "Of one base unit."),
        ]), minItems: 1, maxItems: contractLinesMax)),
  ])

  static let tolerance = Schema.object([
    Shapes.field("overReceiptPercent", Shapes.price), Shapes.field("priceTolerancePercent", Shapes.price),
    Shapes.nullable("priceToleranceAmount", amount),
  ])

  private static let percent = Schema.decimal(digits: 11, scale: 8, minimum: .nonNegative)
  static let newTolerance = Schema.object([
    Shapes.field("overReceiptPercent", percent, "Of the ordered quantity, at most 100; holds for new orders."),
    Shapes.field("priceTolerancePercent", percent, "Of the ordered price, up or down, at most 100."),
    Shapes.optional(
      "priceToleranceAmount", .nullable(Shapes.amount), "The most that a whole line may differ by; no bound by default."
    ),
  ])

  /// A product of a purchase: a customer's own number means nothing here.
  static let product: [Schema.Field] = [
    Shapes.optional("sku", .nullable(Shapes.code), "Exactly one of sku, gtin and productId."),
    Shapes.optional("gtin", .nullable(Shapes.gtin), "Also names the unit."),
    Shapes.optional("productId", .nullable(.id(of: "product"))),
  ]

  static let newOrder = Schema.object([
    Shapes.field("supplierId", .id(of: "party")),
    Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; the default warehouse otherwise."),
    Shapes.optional("expectedOn", .nullable(.date), "By the supplier's lead time otherwise."),
    Shapes.field(
      "lines",
      .array(
        .object(
          product + [
            Shapes.field("quantity", Shapes.quantity),
            Shapes.optional("unit", .nullable(Shapes.unit), "What the GTIN stands for, else the base unit."),
            Shapes.optional(
              "unitPrice", .nullable(Shapes.price), "What one unit costs, when no contract or list says."),
          ]), minItems: 1, maxItems: PurchaseRequest.linesMax)),
  ])

  private static let orderHeader: [Schema.Field] = [
    Shapes.field("id", .id(of: "purchase_order")), Shapes.field("number", Shapes.code),
    Shapes.field("supplierId", .id(of: "party")), Shapes.field("supplier", Shapes.code),
    Shapes.field("warehouse", Shapes.text(60)), Shapes.field("status", status),
    Shapes.field("receiptState", .oneOf(["none", "partial", "full", "over"])),
    Shapes.field("invoiceState", .oneOf(["none", "partial", "full"])),
    Shapes.field("matchState", .oneOf(["none", "matched", "held"])), Shapes.field("expectedOn", .date),
    Shapes.field("total", Shapes.money), Shapes.field("createdAt", Shapes.instant),
    Shapes.field("version", Shapes.version),
  ]
  static let orderSummary = Schema.object(orderHeader)

  static let order = Schema.object(
    orderHeader + [Shapes.field("lines", .array(orderLine, maxItems: PurchaseRequest.linesMax))])

  private static let orderLine = Schema.object([
    Shapes.field("id", .id(of: "purchase_order_line")), Shapes.field("line", .integer(1...1_000_000)),
    Shapes.field("productId", .id(of: "product")), Shapes.field("sku", Shapes.code),
    Shapes.field("quantity", Shapes.quantity), Shapes.field("unit", Shapes.unit),
    Shapes.field("baseUnit", Shapes.unit), Shapes.field("ordered", Shapes.quantity, "Base units, as all that follow."),
    Shapes.field("received", Shapes.quantityOrNone), Shapes.field("open", Shapes.quantityOrNone, "Still to come."),
    Shapes.field("cancelled", Shapes.quantityOrNone), Shapes.field("invoiced", Shapes.quantityOrNone),
    Shapes.field("returned", Shapes.quantityOrNone, "What of it went back to the supplier."),
    Shapes.field("unitPrice", Shapes.price, "Of one base unit."),
    Shapes.field("priceSource", .oneOf(["contract", "supplier_price", "manual"])),
    Shapes.nullable("suggestionId", .id(of: "suggestion")), Shapes.field("amount", amount),
  ])

  static let event = Schema.object([
    Shapes.field("id", .id(of: "purchase_event")), Shapes.field("at", Shapes.instant),
    Shapes.field("actor", Shapes.text(80)), Shapes.field("event", Shapes.text(60)), Shapes.nullable("from", status),
    Shapes.field("to", status), Shapes.field("detail", .any),
  ])

  static func request(_ body: BodyReader) throws(Refusal) -> PurchaseRequest {
    var lines: [PurchaseRequest.Line] = []
    for item in body.items("lines") {
      lines.append(
        PurchaseRequest.Line(
          product: try ReferenceShapes.product(item), quantity: try item.requiredQuantity("quantity"),
          unit: item.text("unit"), unitPrice: try item.price("unitPrice")))
    }
    return PurchaseRequest(
      supplier: try body.requiredID("supplierId"), warehouse: body.text("warehouse"),
      expectedOn: try body.date("expectedOn"), lines: lines)
  }
}
