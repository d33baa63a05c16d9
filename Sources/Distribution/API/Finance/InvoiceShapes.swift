import BulkheadCore
import BulkheadServer

/// Bodies and answers about invoices.
enum InvoiceShapes {
  static let linesMax = 1000
  static let kind = Schema.oneOf(Invoice.Kind.allCases.map(\.rawValue))
  static let status = Schema.oneOf(Invoice.Status.allCases.map(\.rawValue))

  static let new = Schema.object(
    [
      Shapes.optional(
        "orderId", .nullable(.id(of: "order")),
        "Invoices all that this order has shipped and nobody has invoiced. Else name the customer and the charges.")
    ] + ReferenceShapes.customer + [
      LedgerShapes.entityField,
      Shapes.optional("invoiceOn", .nullable(.date), "Today otherwise. Also the day whose tax rates hold."),
      Shapes.optional(
        "shipToAddressId", .nullable(.id(of: "address")), "Decides the taxes; the customer's first otherwise."),
      Shapes.optional("memo", .nullable(Shapes.text(200))),
      Shapes.optional(
        "lines",
        .array(
          .object([
            Shapes.field("description", Shapes.name), Shapes.field("quantity", Shapes.quantity),
            Shapes.field("unitPrice", Shapes.price), Shapes.optional("taxCategory", .nullable(Shapes.code)),
          ]), minItems: 1, maxItems: linesMax), "Charges that no order stands behind: freight, fees."),
    ])

  static let credit = Schema.object([
    Shapes.optional("invoiceOn", .nullable(.date), "Today otherwise; never before the invoice."),
    Shapes.optional("memo", .nullable(Shapes.text(200)), "Why."),
    Shapes.optional(
      "lines",
      .array(
        .object([
          Shapes.field("line", .integer(1...1_000_000), "Number of the line on the invoice."),
          Shapes.field("quantity", Shapes.quantity),
        ]), minItems: 1, maxItems: linesMax), "All that is left of the invoice otherwise."),
  ])

  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "invoice")), Shapes.field("legalEntityId", .id(of: "legal_entity")),
    Shapes.field("kind", kind), Shapes.field("status", status),
    Shapes.nullable("number", Shapes.code, "Without gaps in each legal entity, kind and fiscal year."),
    Shapes.field("customerId", .id(of: "party")), Shapes.field("customer", Shapes.code),
    Shapes.nullable("orderId", .id(of: "order")),
    Shapes.nullable("originalId", .id(of: "invoice"), "The invoice that a credit note takes back."),
    Shapes.field("invoiceOn", .date), Shapes.field("dueOn", .date), Shapes.field("net", Shapes.money),
    Shapes.field("tax", Shapes.money), Shapes.field("total", Shapes.money),
    Shapes.field("open", Shapes.money, "What is not settled yet."), Shapes.nullable("memo", Shapes.text(200)),
    Shapes.field("createdAt", Shapes.instant), Shapes.nullable("postedAt", Shapes.instant),
    Shapes.field("version", Shapes.version),
  ]

  static let summary = Schema.object(header)

  private static let tax = Schema.object([
    Shapes.field("taxCode", Shapes.code), Shapes.field("jurisdiction", Shapes.text(60)),
    Shapes.field("percent", .decimal(digits: 9, scale: 6)), Shapes.field("base", LedgerShapes.amount),
    Shapes.field("tax", LedgerShapes.amount),
  ])

  private static let line = Schema.object([
    Shapes.field("id", .id(of: "invoice_line")), Shapes.field("line", .integer(1...1_000_000)),
    Shapes.nullable("orderLineId", .id(of: "order_line")), Shapes.nullable("originalLineId", .id(of: "invoice_line")),
    Shapes.nullable("productId", .id(of: "product")), Shapes.nullable("sku", Shapes.code),
    Shapes.field("description", Shapes.name), Shapes.field("quantity", Shapes.quantity),
    Shapes.nullable("unit", Shapes.unit), Shapes.field("unitPrice", Shapes.price),
    Shapes.nullable("taxCategory", Shapes.code), Shapes.nullable("taxRuleId", .id(of: "tax_rule")),
    Shapes.field("net", LedgerShapes.amount), Shapes.field("tax", LedgerShapes.amount),
    Shapes.field("taxes", .array(tax, maxItems: 1000), "What each jurisdiction takes."),
  ])

  static let invoice = Schema.object(
    header + [
      Shapes.field("taxRounding", .oneOf(TaxRounding.allCases.map(\.rawValue))),
      Shapes.nullable("shipToCountry", Shapes.country), Shapes.nullable("shipToRegion", Shapes.text(100)),
      Shapes.nullable("exemption", Shapes.text(20)), Shapes.field("lines", .array(line, maxItems: 100_000)),
    ])

  static func terms(_ body: BodyReader) throws(Refusal) -> InvoiceDesk.Terms {
    InvoiceDesk.Terms(
      invoiceOn: try body.date("invoiceOn"), address: body.id("shipToAddressId"), memo: body.text("memo"))
  }

  static func charges(_ body: BodyReader) throws(Refusal) -> [BillableLine] {
    var charges: [BillableLine] = []
    for item in body.items("lines") {
      guard let price = try item.price("unitPrice") else {
        throw item.refusal(.inputInvalid, "This is required.", "unitPrice")
      }
      charges.append(
        BillableLine(
          orderLineID: nil, productID: nil, sku: nil, description: try item.requiredText("description"),
          quantity: try item.requiredQuantity("quantity"), unit: nil, unitPrice: price,
          taxCategory: item.text("taxCategory")))
    }
    return charges
  }

  static func credits(_ body: BodyReader) throws(Refusal) -> [CreditPlan.Asked]? {
    guard body.has("lines") else { return nil }
    var asked: [CreditPlan.Asked] = []
    for item in body.items("lines") {
      asked.append(
        CreditPlan.Asked(
          line: Int(try item.requiredInt("line")), quantity: try item.requiredQuantity("quantity")))
    }
    return asked
  }
}
