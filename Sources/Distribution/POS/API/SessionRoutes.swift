import BulkheadCore
import BulkheadData
import BulkheadServer

/// Cashiers' sessions.
struct SessionRoutes {
  let services: Services

  var routes: [Route] { [open, list, one, moveCash, startClosing, close] }

  private var desk: SessionDesk { SessionDesk(services) }
  private static let parameter = PathParameter("session", .id(of: "pos_session"), "The session's id.")

  private var open: Route {
    Route(
      .post, "/v1/pos/sessions", access: .tenant(.posSell), tag: "pos", summary: "Open a session",
      details: "One at a time for each till. The float comes from the bank account.",
      body: .json(
        .object([
          Shapes.field("terminalId", .id(of: "pos_terminal")),
          Shapes.field("float", Shapes.amount, "What lies in the drawer to begin with."),
        ])), responses: Shapes.created(POSShapes.session, "The session"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = try await desk.open(
          try body.requiredID("terminalId"), float: Self.amount(body, "float"), in: tx)
        return .created(try await read(id, tx), version: 1, location: "/v1/pos/sessions/\(id)")
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/pos/sessions", access: .tenant(.posRead), tag: "pos", summary: "List sessions, newest first",
      query: QueryParameter.page + [
        QueryParameter("terminal", .id(of: "pos_terminal"), "Only of this till."),
        QueryParameter("state", .oneOf(POSSessionState.allCases.map(\.rawValue)), "Only sessions in this state."),
      ], responses: Shapes.page(of: POSShapes.sessionSummary, "Sessions"),
      handler: .read { request in
        try await listPage(
          request, POSSessionStatements.list,
          [.optional(request.parts.queryID("terminal")), .optional(request.parts.queryText("state"))],
          from: .greatest
        ) { row throws(Refusal) in try POSSessionStatements.summary(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/pos/sessions/{session}", access: .tenant(.posRead), tag: "pos", summary: "Read a session",
      parameters: [Self.parameter], responses: Shapes.answer(POSShapes.session, "The session with its drawer"),
      handler: .read { request in
        try await readOne(
          request, Query(POSSessionStatements.one, .id(try request.id("session"))), version: 12
        ) { row throws(Refusal) in try POSSessionStatements.json(row) }
      })
  }

  private var moveCash: Route {
    act(
      "cash-moves", "Put cash into the drawer or take it out", "The session with its drawer",
      body: .json(
        .object([
          Shapes.field("direction", .oneOf(["in", "out"])), Shapes.field("amount", Shapes.amount),
          Shapes.field("reason", Shapes.text(200)),
        ]))
    ) { id, body, tx in
      try await desk.move(
        id, isIn: body.text("direction") == "in", amount: Self.amount(body, "amount"),
        reason: try body.requiredText("reason"), in: tx)
    }
  }

  private var startClosing: Route {
    act(
      "closing", "Begin to close a session", "The session, closing",
      details: "Sells no more; orders of a till that was offline still come in."
    ) { id, _, tx in try await desk.startClosing(id, in: tx) }
  }

  private var close: Route {
    act(
      "close", "Count the drawer and close the session", "The session, closed",
      details: "The difference is posted, the drawer goes to the bank account, goods that wait leave the books.",
      body: .json(.object([Shapes.field("counted", Shapes.amount)]))
    ) { id, body, tx in try await desk.close(id, counted: Self.amount(body, "counted"), in: tx) }
  }

  private func act(
    _ name: String, _ summary: String, _ answer: String, details: String = "", body: Body = .none,
    _ perform: @escaping @Sendable (EntityID, BodyReader, Transaction) async throws -> Void
  ) -> Route {
    Route(
      .post, "/v1/pos/sessions/{session}/\(name)", access: .tenant(.posSell), tag: "pos", summary: summary,
      details: details, parameters: [Self.parameter], body: body,
      responses: Shapes.answer(POSShapes.session, answer),
      handler: .write { request, tx in
        let id = try request.id("session")
        try await perform(id, BodyReader(request.body), tx)
        return .ok(try await read(id, tx))
      })
  }

  private static func amount(_ body: BodyReader, _ name: String) -> String {
    body.text(name) ?? body.json[name]?.numberText ?? ""
  }

  private func read(_ id: EntityID, _ tx: Transaction) async throws -> JSON {
    guard let row = try await tx.run(POSSessionStatements.one, .id(id)).first else { throw Refusal.notFound }
    return try POSSessionStatements.json(row)
  }
}
