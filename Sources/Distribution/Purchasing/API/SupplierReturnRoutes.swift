import BulkheadCore
import BulkheadData
import BulkheadServer

/// Goods that go back to suppliers.
struct SupplierReturnRoutes {
  let services: Services

  var routes: [Route] { [request, list, one, history, accept, ship, credit, cancel] }

  private static let parameter = PathParameter("supplierReturn", .id(of: "supplier_return"), "The return's id.")
  private static let state = Schema.oneOf(SupplierReturnState.allCases.map(\.rawValue))
  private static let kind = Schema.oneOf(SupplierReturnKind.allCases.map(\.rawValue))
  private var desk: SupplierReturnDesk { SupplierReturnDesk(services: services) }

  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "supplier_return")), Shapes.field("number", Shapes.code),
    Shapes.field("orderId", .id(of: "purchase_order")), Shapes.field("order", Shapes.code),
    Shapes.field("supplierId", .id(of: "party")), Shapes.field("supplier", Shapes.code), Shapes.field("kind", kind),
    Shapes.field("state", state), Shapes.field("reason", Shapes.text(200)), Shapes.field("expectedAgain", .boolean),
    Shapes.nullable("supplierReference", Shapes.text(60)), Shapes.nullable("shippedOn", .date),
    Shapes.nullable("creditNumber", Shapes.text(60)), Shapes.nullable("creditNet", Shapes.money),
    Shapes.nullable("creditTax", Shapes.money), Shapes.field("version", Shapes.version),
  ]

  private static let line = Schema.object([
    Shapes.field("id", .id(of: "supplier_return_line")), Shapes.field("line", .integer(1...1_000_000)),
    Shapes.field("receiptLineId", .id(of: "receipt_line")), Shapes.field("receipt", Shapes.code),
    Shapes.field("orderLineId", .id(of: "purchase_order_line")), Shapes.field("sku", Shapes.code),
    Shapes.nullable("lot", Shapes.text(60)), Shapes.field("location", Shapes.text(60)),
    Shapes.field("quantity", Shapes.quantity, "Base units."),
    Shapes.nullable("unbilled", Shapes.quantityOrNone, "What of it nobody had billed."),
    Shapes.nullable("unbilledValue", PurchaseShapes.amount, "At the cost of the receipt, as the next."),
    Shapes.nullable("billedValue", PurchaseShapes.amount, "What the supplier is to credit."),
    Shapes.nullable("stockValue", PurchaseShapes.amount, "What it was worth as it left."),
  ])

  private static let one = Schema.object(
    header + [Shapes.field("lines", .array(line, maxItems: SupplierReturnRequest.linesMax))])

  private static let new = Schema.object([
    Shapes.optional("kind", kind, "return by default; a reversal needs nobody's acceptance."),
    Shapes.field("reason", Shapes.text(200)),
    Shapes.optional(
      "expectedAgain", .nullable(.boolean), "Whether it is to come once more; so for a reversal by default."),
    Shapes.field(
      "lines",
      .array(
        .object([
          Shapes.field("receiptLineId", .id(of: "receipt_line")),
          Shapes.field("quantity", Shapes.quantity, "Base units."),
          Shapes.optional(
            "location", .nullable(Shapes.text(60)),
            "Code; where it was received to by default: name another once it is put away."),
        ]), minItems: 1, maxItems: SupplierReturnRequest.linesMax)),
  ])

  private static let event = Schema.object([
    Shapes.field("id", .id(of: "supplier_return_event")), Shapes.field("at", Shapes.instant),
    Shapes.field("actor", Shapes.text(80)), Shapes.field("event", Shapes.text(60)), Shapes.nullable("from", state),
    Shapes.field("to", state), Shapes.field("detail", .any),
  ])

  private var request: Route {
    Route(
      .post, "/v1/supplier-returns", access: .tenant(.purchasingWrite), tag: "purchasing",
      summary: "Ask a supplier to take goods back",
      details: """
        Each line names the line of the receipt that the goods came with, all of one order. No more can go back than \
        came by it, less what is back or on its way. A receipt that was posted wrongly is taken back by kind reversal.
        """,
      body: .json(Self.new), responses: Shapes.created(Self.one, "The return"),
      handler: .write { request, tx in
        let id = try await desk.request(try Self.read(BodyReader(request.body)), in: tx)
        let made = try await found(id, tx)
        return .created(made.json, version: made.version, location: "/v1/supplier-returns/\(id)")
      })
  }

  private static func read(_ body: BodyReader) throws(Refusal) -> SupplierReturnRequest {
    var lines: [SupplierReturnRequest.Line] = []
    for item in body.items("lines") {
      lines.append(
        SupplierReturnRequest.Line(
          receiptLine: try item.requiredID("receiptLineId"), quantity: try item.requiredQuantity("quantity"),
          location: item.text("location")))
    }
    return SupplierReturnRequest(
      kind: body.text("kind").flatMap(SupplierReturnKind.init(rawValue:)) ?? .return,
      reason: try body.requiredText("reason"), expectedAgain: body.bool("expectedAgain"), lines: lines)
  }

  private var list: Route {
    Route(
      .get, "/v1/supplier-returns", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "List returns to suppliers, newest first",
      query: QueryParameter.page + [
        QueryParameter("state", Self.state, "Only returns in this state."),
        QueryParameter("supplier", .id(of: "party"), "Only this supplier's."),
      ], responses: Shapes.page(of: .object(Self.header), "Returns"),
      handler: .read { request in
        let parts = request.parts
        return try await listPage(
          request, SupplierReturnReader.list,
          [.optional(parts.queryText("state")), .optional(parts.queryID("supplier"))], from: .greatest
        ) { row throws(Refusal) in try SupplierReturnReader.summary(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/supplier-returns/{supplierReturn}", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "Read a return to a supplier", parameters: [Self.parameter],
      responses: Shapes.answer(Self.one, "The return with its lines"),
      handler: .read { request in
        let rows = try await request.tenant.read(SupplierReturnReader.queries(try request.id("supplierReturn")))
        guard let found = try SupplierReturnReader.found(rows[...]) else { throw Refusal.notFound }
        return .ok(found.json, version: found.version)
      })
  }

  private var history: Route {
    Route(
      .get, "/v1/supplier-returns/{supplierReturn}/history", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "List what became of a return to a supplier", parameters: [Self.parameter],
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(Self.event, maxItems: 1_000))]), "Events, oldest first"),
      handler: .read { request in
        try await readHistory(
          request, of: "supplierReturn", exists: SupplierReturnReader.exists, SupplierReturnReader.history)
      })
  }

  private var accept: Route {
    Route(
      .post, "/v1/supplier-returns/{supplierReturn}/accept", access: .tenant(.purchasingApprove), tag: "purchasing",
      summary: "Note that the supplier takes it back", parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.optional("supplierReference", .nullable(Shapes.text(60)), "The number under which it is taken back.")
        ])), responses: Shapes.answer(Self.one, "The return, accepted"),
      handler: .write { request, tx in
        let id = try request.id("supplierReturn")
        try await desk.accept(
          id, reference: BodyReader(request.body).text("supplierReference"), version: request.parts.ifMatch, in: tx)
        return try await answer(id, tx)
      })
  }

  private var ship: Route {
    Route(
      .post, "/v1/supplier-returns/{supplierReturn}/ship", access: .tenant(.receivingWrite), tag: "purchasing",
      summary: "Send goods back to their supplier",
      details: """
        All lines leave or none, at what they are worth (credit inventory). What they had cost as they came is taken \
        off what was received and not invoiced, the difference goes to the price variance. What nobody has billed is \
        settled with that; what was billed waits for the supplier's credit. Put-away tasks of what leaves the dock \
        are cancelled; what was put away already leaves from the place that the return names for it.
        """,
      parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.optional("shippedOn", .nullable(.date), "Today by default; not before it came, in an open month.")
        ])),
      responses: Shapes.answer(Self.one, "The return, shipped, or completed when nothing of it was billed"),
      handler: .write { request, tx in
        let id = try request.id("supplierReturn")
        try await desk.ship(
          id, on: try BodyReader(request.body).date("shippedOn"), version: request.parts.ifMatch, in: tx)
        return try await answer(id, tx)
      })
  }

  private var credit: Route {
    Route(
      .post, "/v1/supplier-returns/{supplierReturn}/credit", access: .tenant(.purchasingApprove), tag: "purchasing",
      summary: "Book the supplier's credit note",
      details: "The supplier is owed so much less. What it differs by from what went back goes to the price variance.",
      parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.field("supplierNumber", Shapes.text(60), "The supplier's own number of the credit note."),
          Shapes.field("net", Shapes.amount, "What the supplier gives for it, without tax."),
          Shapes.optional("tax", .nullable(Shapes.amount), "None by default."),
        ])), responses: Shapes.answer(Self.one, "The return, completed"),
      handler: .write { request, tx in
        let id = try request.id("supplierReturn")
        let body = BodyReader(request.body)
        func number(_ name: String) -> String? { body.json[name].flatMap { $0.string ?? $0.numberText } }
        let credit = SupplierCredit(
          supplierNumber: try body.requiredText("supplierNumber"), net: number("net") ?? "", tax: number("tax"))
        try await desk.credit(id, credit, version: request.parts.ifMatch, in: tx)
        return try await answer(id, tx)
      })
  }

  private var cancel: Route {
    Route(
      .post, "/v1/supplier-returns/{supplierReturn}/cancel", access: .tenant(.purchasingWrite), tag: "purchasing",
      summary: "Give a return to a supplier up", details: "Before anything has left.", parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("reason", .nullable(Shapes.text(200)))])),
      responses: Shapes.answer(Self.one, "The return, cancelled"),
      handler: .write { request, tx in
        let id = try request.id("supplierReturn")
        try await desk.cancel(
          id, reason: BodyReader(request.body).text("reason"), version: request.parts.ifMatch, in: tx)
        return try await answer(id, tx)
      })
  }

  private func answer(_ id: EntityID, _ tx: Transaction) async throws -> Response {
    let found = try await found(id, tx)
    return .ok(found.json, version: found.version)
  }

  private func found(_ id: EntityID, _ tx: Transaction) async throws -> (json: JSON, version: Int64) {
    let rows = try await ConstraintRefusals.translating { try await tx.run(SupplierReturnReader.queries(id)) }
    guard let found = try SupplierReturnReader.found(rows[...]) else { throw Refusal.notFound }
    return found
  }
}
