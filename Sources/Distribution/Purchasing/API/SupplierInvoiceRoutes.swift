import BulkheadCore
import BulkheadData
import BulkheadServer

/// Invoices of suppliers.
struct SupplierInvoiceRoutes {
  let services: Services

  var routes: [Route] {
    [
      take, list, one,
      act(
        "rematch", "Match a held invoice again, after more has come", .purchasingWrite
      ) { id, _, tx in try await desk.rematch(id, in: tx) },
      act(
        "approve", "Accept the price of a held invoice and post it", .purchasingApprove
      ) { id, _, tx in try await desk.approve(id, in: tx) },
      act("cancel", "Turn a held invoice down", .purchasingWrite) { id, reason, tx in
        try await desk.cancel(id, reason: reason, in: tx)
      },
    ]
  }

  private var desk: SupplierInvoiceDesk { SupplierInvoiceDesk(services: services) }
  private static let parameter = PathParameter("invoice", .id(of: "supplier_invoice"), "The invoice's id.")
  private static let result = Schema.oneOf(ThreeWayMatch.Result.allCases.map(\.rawValue))
  private static let state = Schema.oneOf(SupplierInvoiceState.allCases.map(\.rawValue))

  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "supplier_invoice")), Shapes.field("number", Shapes.code),
    Shapes.field("supplierId", .id(of: "party")), Shapes.field("supplier", Shapes.code),
    Shapes.field("supplierNumber", Shapes.text(60)), Shapes.field("invoicedOn", .date),
    Shapes.field("dueOn", .date), Shapes.field("state", state), Shapes.field("matchState", result),
    Shapes.field("net", Shapes.money), Shapes.field("tax", Shapes.money), Shapes.field("total", Shapes.money),
    Shapes.nullable("postedOn", .date), Shapes.nullable("approvedBy", Shapes.text(80)),
    Shapes.field("createdAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ]

  private static let line = Schema.object([
    Shapes.field("id", .id(of: "supplier_invoice_line")), Shapes.field("line", .integer(1...1_000_000)),
    Shapes.field("orderLineId", .id(of: "purchase_order_line")), Shapes.field("order", Shapes.code),
    Shapes.field("sku", Shapes.code), Shapes.field("quantity", Shapes.quantity), Shapes.field("unit", Shapes.unit),
    Shapes.field("baseQuantity", Shapes.quantity), Shapes.field("unitPrice", Shapes.price, "Of one base unit."),
    Shapes.field("orderedPrice", Shapes.price), Shapes.field("amount", PurchaseShapes.amount),
    Shapes.field("result", result), Shapes.field("priceDifferencePercent", Shapes.signedPrice),
    Shapes.field("cleared", PurchaseShapes.amount, "Of what was received and not invoiced."),
    Shapes.field("toInventory", PurchaseShapes.amount, "Of the difference, for what still lies in stock."),
    Shapes.field("toVariance", PurchaseShapes.amount, "Of the difference, for what has gone."),
  ])

  private static let invoice = Schema.object(
    header + [Shapes.field("lines", .array(line, maxItems: SupplierInvoiceRequest.linesMax))])

  private static let newInvoice = Schema.object([
    Shapes.field("supplierId", .id(of: "party")),
    Shapes.field("supplierNumber", Shapes.text(60), "The supplier's own number: one invoice in a year."),
    Shapes.field("invoicedOn", .date), Shapes.optional("dueOn", .nullable(.date)),
    Shapes.optional("currency", .nullable(Shapes.currency), "Must be the one ordered in."),
    Shapes.optional("tax", .nullable(Shapes.amount), "Input tax of the whole invoice; none by default."),
    Shapes.field(
      "lines",
      .array(
        .object([
          Shapes.field("orderLineId", .id(of: "purchase_order_line")), Shapes.field("quantity", Shapes.quantity),
          Shapes.optional("unit", .nullable(Shapes.unit), "The unit in which it was ordered by default."),
          Shapes.field("unitPrice", Shapes.price, "Of one unit."),
        ]), minItems: 1, maxItems: SupplierInvoiceRequest.linesMax)),
  ])

  private var take: Route {
    Route(
      .post, "/v1/supplier-invoices", access: .tenant(.purchasingWrite), tag: "purchasing",
      summary: "Take a supplier's invoice",
      details: """
        Matched line by line with what was ordered and what came. Within the tolerances it is posted at once; \
        otherwise it is held: price_hold until somebody approves it, qty_hold and no_receipt until more has come.
        """,
      body: .json(Self.newInvoice), responses: Shapes.created(Self.invoice, "The invoice, posted or held"),
      handler: .write { request, tx in
        let made = try await desk.take(try Self.request(BodyReader(request.body)), in: tx)
        return .created(made.json, version: made.version, location: "/v1/supplier-invoices/\(made.id)")
      })
  }

  private static func request(_ body: BodyReader) throws(Refusal) -> SupplierInvoiceRequest {
    var lines: [SupplierInvoiceRequest.Line] = []
    for item in body.items("lines") {
      guard let price = try item.price("unitPrice") else {
        throw item.refusal(.inputInvalid, "This is required.", "unitPrice")
      }
      lines.append(
        SupplierInvoiceRequest.Line(
          orderLine: try item.requiredID("orderLineId"), quantity: try item.requiredQuantity("quantity"),
          unit: item.text("unit"), unitPrice: price))
    }
    guard let invoicedOn = try body.date("invoicedOn") else {
      throw body.refusal(.inputInvalid, "This is required.", "invoicedOn")
    }
    return SupplierInvoiceRequest(
      supplier: try body.requiredID("supplierId"), supplierNumber: try body.requiredText("supplierNumber"),
      currency: body.text("currency"), invoicedOn: invoicedOn, dueOn: try body.date("dueOn"),
      tax: body.json["tax"].flatMap { $0.string ?? $0.numberText }, lines: lines)
  }

  private var list: Route {
    Route(
      .get, "/v1/supplier-invoices", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "List suppliers' invoices, newest first",
      query: QueryParameter.page + [
        QueryParameter("state", Self.state, "Only invoices in this state."),
        QueryParameter("supplier", .id(of: "party"), "Only this supplier's."),
      ], responses: Shapes.page(of: .object(Self.header), "Invoices"),
      handler: .read { request in
        try await listPage(
          request, SupplierInvoiceStatements.list,
          [.optional(request.parts.queryText("state")), .optional(request.parts.queryID("supplier"))],
          from: .greatest
        ) { row throws(Refusal) in try SupplierInvoiceReader.summary(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/supplier-invoices/{invoice}", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "Read a supplier's invoice", parameters: [Self.parameter],
      responses: Shapes.answer(Self.invoice, "The invoice with its lines"),
      handler: .read { request in
        let rows = try await request.tenant.read(SupplierInvoiceStatements.queries(try request.id("invoice")))
        guard let invoice = try SupplierInvoiceReader.invoice(rows[...]) else { throw Refusal.notFound }
        return .ok(invoice.json, version: invoice.version)
      })
  }

  private func act(
    _ name: String, _ summary: String, _ permission: Permission,
    _ body: @escaping @Sendable (EntityID, String?, Transaction) async throws -> SupplierInvoiceDesk.Answer
  ) -> Route {
    Route(
      .post, "/v1/supplier-invoices/{invoice}/\(name)", access: .tenant(permission), tag: "purchasing",
      summary: summary, parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("reason", .nullable(Shapes.text(200)))])),
      responses: Shapes.answer(Self.invoice, "The invoice as it is now"),
      handler: .write { request, tx in
        let made = try await body(try request.id("invoice"), request.body["reason"]?.string, tx)
        return .ok(made.json, version: made.version)
      })
  }
}
