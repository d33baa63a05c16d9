import BulkheadCore
import BulkheadData
import BulkheadServer

/// Counts of balances.
struct CountRoutes {
  let services: Services

  var routes: [Route] { [ask, list, one, start, count, approve, cancel] }

  private static let parameter = PathParameter("countTask", .id(of: "count_task"), "The count's id.")
  private var desk: CountDesk { CountDesk(services) }

  private var ask: Route {
    Route(
      .post, "/v1/count-tasks", access: .tenant(.fulfilmentWrite), tag: "fulfilment", summary: "Ask for a count",
      details: "Short picks ask by themselves. A balance is counted once at a time.",
      body: .json(
        .object([
          Shapes.field("quantId", .id(of: "stock_quant"), "The balance, from GET /v1/stock."),
          Shapes.optional("note", .nullable(Shapes.text(200))),
        ])), responses: Shapes.created(WarehouseShapes.count, "The count"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = try await desk.request(try body.requiredID("quantId"), note: body.text("note"), in: tx)
        return .created(try await read(id, tx), version: 1, location: "/v1/count-tasks/\(id)")
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/count-tasks", access: .tenant(.fulfilmentRead), tag: "fulfilment", summary: "List counts",
      query: QueryParameter.page + [
        QueryParameter(
          "state", .oneOf(["requested", "counting", "counted", "approved", "cancelled"]),
          "Only counts in this state.")
      ], responses: Shapes.page(of: WarehouseShapes.count, "Counts"),
      handler: .read { request in
        try await listPage(request, CountStatements.list, [.optional(request.parts.queryText("state"))]) {
          row throws(Refusal) in try CountStatements.task(row)
        }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/count-tasks/{countTask}", access: .tenant(.fulfilmentRead), tag: "fulfilment",
      summary: "Read a count", parameters: [Self.parameter],
      responses: Shapes.answer(WarehouseShapes.count, "The count"),
      handler: .read { request in
        try await readOne(request, Query(CountStatements.one, .id(try request.id("countTask"))), version: 13) {
          row throws(Refusal) in try CountStatements.task(row)
        }
      })
  }

  private var start: Route {
    act("start", .fulfilmentPick, "Go to count", "The count, under way") { request, tx in
      try await desk.start(try request.id("countTask"), in: tx)
    }
  }

  private var count: Route {
    act(
      "count", .fulfilmentPick, "Tell what was counted", "The count with its variance",
      details: "The balance that the books show now is kept beside it; the difference is posted on approval.",
      body: .json(.object([Shapes.field("quantity", Shapes.quantityOrNone, "Base units.")]))
    ) { request, tx in
      try await desk.count(
        try request.id("countTask"), try BodyReader(request.body).requiredQuantity("quantity"), in: tx)
    }
  }

  private var approve: Route {
    act(
      "approve", .fulfilmentWrite, "Post what was counted to be different", "The count, approved",
      details: "The difference moves against lost and found, at its cost, into inventory adjustments."
    ) { request, tx in try await desk.approve(try request.id("countTask"), in: tx) }
  }

  private var cancel: Route {
    act("cancel", .fulfilmentWrite, "Give a count up", "The count, cancelled") { request, tx in
      try await desk.cancel(try request.id("countTask"), in: tx)
    }
  }

  private func act(
    _ name: String, _ permission: Permission, _ summary: String, _ answer: String, details: String = "",
    body: Body = .none, _ perform: @escaping @Sendable (Request, Transaction) async throws -> Void
  ) -> Route {
    Route(
      .post, "/v1/count-tasks/{countTask}/\(name)", access: .tenant(permission), tag: "fulfilment", summary: summary,
      details: details, parameters: [Self.parameter], body: body,
      responses: Shapes.answer(WarehouseShapes.count, answer),
      handler: .write { request, tx in
        try await perform(request, tx)
        return .ok(try await read(try request.id("countTask"), tx))
      })
  }

  private func read(_ id: EntityID, _ tx: Transaction) async throws -> JSON {
    guard let row = try await tx.run(CountStatements.one, .id(id)).first else { throw Refusal.notFound }
    return try CountStatements.task(row)
  }
}
