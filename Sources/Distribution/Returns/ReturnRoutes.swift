import BulkheadCore
import BulkheadData
import BulkheadServer

/// Returns of customers.
struct ReturnRoutes {
  let services: Services

  var routes: [Route] { [request, list, one, history, accept, cancel, receive, complete] }

  private static let parameter = PathParameter("return", .id(of: "customer_return"), "The return's id.")
  private var desk: ReturnDesk { ReturnDesk(services) }

  private var request: Route {
    Route(
      .post, "/v1/returns", access: .tenant(.returnsWrite), tag: "returns", summary: "Ask for a return",
      details: """
        Each line names the shipment line that the goods left by. No more can be asked for than was shipped by it, \
        less what other returns ask for or brought back.
        """,
      body: .json(ReturnShapes.new), responses: Shapes.created(ReturnShapes.one, "The return"),
      handler: .write { request, tx in
        let id = try await desk.request(try ReturnShapes.request(BodyReader(request.body)), in: tx)
        let made = try await found(id, tx)
        return .created(made.json, version: made.version, location: "/v1/returns/\(id)")
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/returns", access: .tenant(.ordersRead), tag: "returns", summary: "List returns, newest first",
      query: QueryParameter.page + [
        QueryParameter("state", ReturnShapes.phase, "Only returns in this state."),
        QueryParameter("order", .id(of: "order"), "Only this order's."),
      ], responses: Shapes.page(of: ReturnShapes.summary, "Returns"),
      handler: .read { request in
        let parts = request.parts
        return try await listPage(
          request, ReturnReader.list, [.optional(parts.queryText("state")), .optional(parts.queryID("order"))],
          from: .greatest
        ) { row throws(Refusal) in try ReturnReader.summary(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/returns/{return}", access: .tenant(.ordersRead), tag: "returns", summary: "Read a return",
      parameters: [Self.parameter],
      responses: Shapes.answer(ReturnShapes.one, "The return with its lines and what came of them"),
      handler: .read { request in
        let rows = try await request.tenant.read(ReturnReader.queries(try request.id("return")))
        guard let found = try ReturnReader.found(rows) else { throw Refusal.notFound }
        return .ok(found.json, version: found.version)
      })
  }

  private var history: Route {
    Route(
      .get, "/v1/returns/{return}/history", access: .tenant(.ordersRead), tag: "returns",
      summary: "List what became of a return", parameters: [Self.parameter],
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(ReturnShapes.event, maxItems: 1_000))]), "Events, oldest first"),
      handler: .read { request in
        try await readHistory(request, of: "return", exists: ReturnReader.exists, ReturnReader.history)
      })
  }

  private var accept: Route {
    Route(
      .post, "/v1/returns/{return}/accept", access: .tenant(.returnsApprove), tag: "returns",
      summary: "Authorise a return",
      details: "Everything that was asked for, but for the lines that are named with less.",
      parameters: [Self.parameter], body: .json(ReturnShapes.acceptance),
      responses: Shapes.answer(ReturnShapes.one, "The return, accepted"),
      handler: .write { request, tx in
        let id = try request.id("return")
        try await desk.accept(
          id, try ReturnShapes.shares(BodyReader(request.body)), version: request.parts.ifMatch, in: tx)
        return try await answer(id, tx)
      })
  }

  private var cancel: Route {
    Route(
      .post, "/v1/returns/{return}/cancel", access: .tenant(.returnsWrite), tag: "returns",
      summary: "Give a return up", details: "Before anything has come.", parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("reason", .nullable(Shapes.text(200)))])),
      responses: Shapes.answer(ReturnShapes.one, "The return, cancelled"),
      handler: .write { request, tx in
        let id = try request.id("return")
        try await desk.cancel(
          id, reason: BodyReader(request.body).text("reason"), version: request.parts.ifMatch, in: tx)
        return try await answer(id, tx)
      })
  }

  private var receive: Route {
    Route(
      .post, "/v1/returns/{return}/receive", access: .tenant(.receivingWrite), tag: "returns",
      summary: "Receive what came back",
      details: """
        All of it is posted or nothing. Goods come back at what they had cost when they left (debit inventory, credit \
        cost of goods sold); what is scrapped becomes a loss at once. What did not come needs another return.
        """,
      parameters: [Self.parameter], body: .json(ReturnShapes.receipt),
      responses: Shapes.answer(ReturnShapes.one, "The return, received"),
      handler: .write { request, tx in
        let id = try request.id("return")
        try await desk.receive(
          id, try ReturnShapes.items(BodyReader(request.body)), version: request.parts.ifMatch, in: tx)
        return try await answer(id, tx)
      })
  }

  private var complete: Route {
    Route(
      .post, "/v1/returns/{return}/complete", access: .tenant(.returnsApprove), tag: "returns",
      summary: "Settle a return with the customer",
      details: """
        Posts a credit note for what was billed of it, at the prices and taxes of the invoice; what was not billed yet \
        is not billed any more. A replacement is also ordered again.
        """,
      parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.optional("outcome", .nullable(ReturnShapes.outcome), "As it was asked for by default.")
        ])), responses: Shapes.answer(ReturnShapes.one, "The return, completed"),
      handler: .write { request, tx in
        let id = try request.id("return")
        try await desk.complete(
          id, outcome: BodyReader(request.body).text("outcome").flatMap(ReturnOutcome.init(rawValue:)),
          version: request.parts.ifMatch, in: tx)
        return try await answer(id, tx)
      })
  }

  private func answer(_ id: EntityID, _ tx: Transaction) async throws -> Response {
    let found = try await found(id, tx)
    return .ok(found.json, version: found.version)
  }

  private func found(_ id: EntityID, _ tx: Transaction) async throws -> (json: JSON, version: Int64) {
    let rows = try await ConstraintRefusals.translating { try await tx.run(ReturnReader.queries(id)) }
    guard let found = try ReturnReader.found(rows) else { throw Refusal.notFound }
    return found
  }
}
