import BulkheadCore
import BulkheadData
import BulkheadServer

/// Customer invoices and credit notes.
struct InvoiceRoutes {
  let services: Services

  var routes: [Route] { [draft, list, one, post, cancel, credit] }

  private var desk: InvoiceDesk { InvoiceDesk(services) }
  private static let parameter = PathParameter("invoice", .id(of: "invoice"), "The invoice's or credit note's id.")

  private var draft: Route {
    Route(
      .post, "/v1/invoices", access: .tenant(.financeWrite), tag: "invoices", summary: "Draft an invoice",
      details: """
        Of an order: all that it has shipped and nobody has invoiced, other drafts included. Of a customer: charges \
        that no order stands behind. Taxes are computed now; nothing is booked before the draft is posted.
        """,
      body: .json(InvoiceShapes.new), responses: Shapes.created(InvoiceShapes.invoice, "The draft"),
      handler: .write { request, tx in
        let invoice = try await draft(BodyReader(request.body), tx)
        return .created(invoice.json, version: invoice.version, location: "/v1/invoices/\(invoice.id)")
      })
  }

  private func draft(_ body: BodyReader, _ tx: Transaction) async throws -> Invoice {
    let terms = try InvoiceShapes.terms(body)
    if let order = body.id("orderId") {
      guard !body.has("lines"), body.text("customer") == nil, body.id("customerId") == nil else {
        throw body.refusal(.referenceMissing, "Name the order, or the customer and lines, not both.", "orderId")
      }
      return try await desk.draft(order: order, terms, in: tx)
    }
    let customer = try ReferenceShapes.customer(body)
    let charges = try InvoiceShapes.charges(body)
    guard !charges.isEmpty else {
      throw body.refusal(.invoiceNothingToInvoice, "Name the order, or at least one line.", "lines")
    }
    let asked = body.id("legalEntityId")
    let entity = try LegalEntity(try await tx.run(LegalEntity.query(asked))[0], asked: asked)
    return try await desk.draft(customer: customer, charges, entity, terms, in: tx)
  }

  private var list: Route {
    Route(
      .get, "/v1/invoices", access: .tenant(.financeRead), tag: "invoices", summary: "List invoices, newest first",
      query: QueryParameter.page + [
        QueryParameter("customer", .id(of: "party"), "Only this customer's."),
        QueryParameter("order", .id(of: "order"), "Only this order's."),
        QueryParameter("kind", InvoiceShapes.kind, "Only these."),
        QueryParameter("status", InvoiceShapes.status, "Only in this status."),
        QueryParameter("number", Shapes.code, "Only the one of this number."),
      ], responses: Shapes.page(of: InvoiceShapes.summary, "Invoices and credit notes"),
      handler: .read { request in
        let parts = request.parts
        return try await listPage(
          request, InvoiceReader.list,
          [
            .optional(parts.queryID("customer")), .optional(parts.queryID("order")),
            .optional(parts.queryText("kind")), .optional(parts.queryText("status")),
            .optional(parts.queryText("number")),
          ], from: .greatest
        ) { row throws(Refusal) in try InvoiceReader.invoice(row).summary }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/invoices/{invoice}", access: .tenant(.financeRead), tag: "invoices", summary: "Read an invoice",
      parameters: [Self.parameter], responses: Shapes.answer(InvoiceShapes.invoice, "The invoice with its lines"),
      handler: .read { request in
        let rows = try await request.tenant.read(InvoiceReader.queries(try request.id("invoice")))
        guard let invoice = try InvoiceReader.invoice(rows) else { throw Refusal.notFound }
        return .ok(invoice.json, version: invoice.version)
      })
  }

  private var post: Route {
    Route(
      .post, "/v1/invoices/{invoice}/post", access: .tenant(.financeWrite), tag: "invoices",
      summary: "Post a draft",
      details: """
        Books it, gives it the next number of its series and opens it for payment. For good: what was wrong is credited.
        """,
      parameters: [Self.parameter], responses: Shapes.answer(InvoiceShapes.invoice, "The invoice as posted"),
      handler: .write { request, tx in
        let invoice = try await desk.post(try request.id("invoice"), version: request.parts.ifMatch, in: tx)
        return .ok(invoice.json, version: invoice.version)
      })
  }

  private var cancel: Route {
    Route(
      .post, "/v1/invoices/{invoice}/cancel", access: .tenant(.financeWrite), tag: "invoices",
      summary: "Discard a draft", parameters: [Self.parameter],
      responses: Shapes.answer(InvoiceShapes.invoice, "The draft, cancelled"),
      handler: .write { request, tx in
        let invoice = try await desk.cancel(try request.id("invoice"), version: request.parts.ifMatch, in: tx)
        return .ok(invoice.json, version: invoice.version)
      })
  }

  private var credit: Route {
    Route(
      .post, "/v1/invoices/{invoice}/credit-notes", access: .tenant(.financeWrite), tag: "invoices",
      summary: "Draft a credit note over an invoice",
      details: "At the prices and taxes that were invoiced. Post it as an invoice is posted.",
      parameters: [Self.parameter], body: .json(InvoiceShapes.credit),
      responses: Shapes.created(InvoiceShapes.invoice, "The draft of the credit note"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let note = try await desk.credit(
          try request.id("invoice"), try InvoiceShapes.credits(body), try InvoiceShapes.terms(body), in: tx)
        return .created(note.json, version: note.version, location: "/v1/invoices/\(note.id)")
      })
  }
}
