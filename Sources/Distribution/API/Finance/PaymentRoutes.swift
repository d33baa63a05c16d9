import BulkheadCore
import BulkheadData
import BulkheadServer

/// Payments, what they and credit notes settle, and what is owed.
struct PaymentRoutes {
  let services: Services

  var routes: [Route] { [take, list, one, allocate, bounce, allocateNote, aged] }

  private var desk: PaymentDesk { PaymentDesk(services) }
  private static let parameter = PathParameter("payment", .id(of: "payment"), "The payment's id.")

  private var take: Route {
    Route(
      .post, "/v1/payments", access: .tenant(.financeWrite), tag: "payments", summary: "Book a payment",
      details: """
        Received from or made to a party. Settles the invoices that are named, in part or in full and never more than \
        is open of them; what is left stays on account.
        """,
      body: .json(PaymentShapes.new), responses: Shapes.created(PaymentShapes.payment, "The payment"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let asked = body.id("legalEntityId")
        let entity = try LegalEntity(try await tx.run(LegalEntity.query(asked))[0], asked: asked)
        let payment = try await desk.take(try PaymentShapes.request(body, entity), entity, in: tx)
        return .created(payment.json, version: payment.version, location: "/v1/payments/\(payment.id)")
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/payments", access: .tenant(.financeRead), tag: "payments", summary: "List payments, newest first",
      query: QueryParameter.page + [
        QueryParameter("party", .id(of: "party"), "Only this party's."),
        QueryParameter("direction", PaymentShapes.direction, "Only these."),
        QueryParameter("status", PaymentShapes.status, "Only in this status."),
      ], responses: Shapes.page(of: PaymentShapes.summary, "Payments"),
      handler: .read { request in
        let parts = request.parts
        return try await listPage(
          request, PaymentStatements.list,
          [
            .optional(parts.queryID("party")), .optional(parts.queryText("direction")),
            .optional(parts.queryText("status")),
          ], from: .greatest
        ) { row throws(Refusal) in try PaymentStatements.payment(row).summary }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/payments/{payment}", access: .tenant(.financeRead), tag: "payments", summary: "Read a payment",
      parameters: [Self.parameter], responses: Shapes.answer(PaymentShapes.payment, "The payment"),
      handler: .read { request in
        let rows = try await request.tenant.read(PaymentStatements.queries(try request.id("payment")))
        guard let payment = try PaymentStatements.payment(rows) else { throw Refusal.notFound }
        return .ok(payment.json, version: payment.version)
      })
  }

  private var allocate: Route {
    Route(
      .post, "/v1/payments/{payment}/allocations", access: .tenant(.financeWrite), tag: "payments",
      summary: "Allocate what is left of a payment", parameters: [Self.parameter],
      body: .json(PaymentShapes.allocate), responses: Shapes.answer(PaymentShapes.payment, "The payment as it is now"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let payment = try await desk.allocate(
          try request.id("payment"),
          { currency throws(Refusal) in try PaymentShapes.allocations(body, currency) },
          version: request.parts.ifMatch, in: tx)
        return .ok(payment.json, version: payment.version)
      })
  }

  private var bounce: Route {
    Route(
      .post, "/v1/payments/{payment}/bounce", access: .tenant(.financeWrite), tag: "payments",
      summary: "Take back a payment that the bank returned",
      details: "What it had settled is open again; its entry is reversed.", parameters: [Self.parameter],
      body: .json(PaymentShapes.bounce), responses: Shapes.answer(PaymentShapes.payment, "The payment as it is now"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let payment = try await desk.bounce(
          try request.id("payment"), on: try body.date("bouncedOn"), reason: body.text("reason"),
          version: request.parts.ifMatch, in: tx)
        return .ok(payment.json, version: payment.version)
      })
  }

  private var allocateNote: Route {
    Route(
      .post, "/v1/invoices/{invoice}/allocations", access: .tenant(.financeWrite), tag: "payments",
      summary: "Allocate a credit note to invoices",
      parameters: [PathParameter("invoice", .id(of: "credit_note"), "The credit note's id.")],
      body: .json(PaymentShapes.allocate),
      responses: Shapes.answer(InvoiceShapes.invoice, "The credit note as it is now"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let note = try await desk.allocate(
          creditNote: try request.id("invoice"),
          { currency throws(Refusal) in try PaymentShapes.allocations(body, currency) },
          version: request.parts.ifMatch, in: tx)
        return .ok(note.json, version: note.version)
      })
  }

  private var aged: Route {
    Route(
      .get, "/v1/aged-receivables", access: .tenant(.financeRead), tag: "payments",
      summary: "Say what customers owe at a date, by how long it is overdue",
      details: """
        As of the day: what was invoiced or settled later is not counted. Credit notes and payments that settle \
        nothing stand under unallocated as less than nothing, so the totals are the receivable account's balance.
        """,
      query: QueryParameter.page + [
        LedgerShapes.entityQuery, QueryParameter("on", .date, "The day; today otherwise."),
      ], responses: Shapes.page(of: PaymentShapes.aged, "Customers with anything open"),
      handler: .read { request in
        let day = try request.day("on")
        return try await listPage(
          request, AgedReceivables.statement, [.optional(request.parts.queryID("legalEntity")), .date(day)]
        ) { row throws(Refusal) in try AgedReceivables.json(row) }
      })
  }
}
