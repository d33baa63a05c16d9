import BulkheadCore
import BulkheadData
import BulkheadServer

/// The books: entries and the trial balance.
struct LedgerRoutes {
  let services: Services

  var routes: [Route] { [list, one, post, reverse, trialBalance] }

  private static let entry = PathParameter("entry", .id(of: "ledger_entry"), "The entry's id.")

  private var list: Route {
    Route(
      .get, "/v1/ledger-entries", access: .tenant(.financeRead), tag: "ledger", summary: "List entries, newest first",
      query: QueryParameter.page + [
        QueryParameter("legalEntity", .id(of: "legal_entity"), "Only this legal entity's."),
        QueryParameter("from", .date, "Effective on this day or later."),
        QueryParameter("to", .date, "Effective on this day or earlier."),
        QueryParameter("book", LedgerShapes.book, "Only this book's."),
        QueryParameter("origin", .id(of: "ledger_origin"), "Only what this document posted."),
      ], responses: Shapes.page(of: LedgerShapes.summary, "Entries"),
      handler: .read { request in
        let parts = request.parts
        return try await listPage(
          request, LedgerReader.list,
          [
            .optional(parts.queryID("legalEntity")), .optional(parts.queryText("from")),
            .optional(parts.queryText("to")), .optional(parts.queryText("book")), .optional(parts.queryID("origin")),
          ], from: .greatest
        ) { row throws(Refusal) in .object(try LedgerReader.header(row)) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/ledger-entries/{entry}", access: .tenant(.financeRead), tag: "ledger", summary: "Read an entry",
      parameters: [Self.entry], responses: Shapes.answer(LedgerShapes.entry, "The entry with its lines"),
      handler: .read { request in
        let rows = try await request.tenant.read(LedgerReader.queries(try request.id("entry")))
        guard let entry = try LedgerReader.entry(rows) else { throw Refusal.notFound }
        return .ok(entry)
      })
  }

  private var post: Route {
    Route(
      .post, "/v1/ledger-entries", access: .tenant(.financeWrite), tag: "ledger", summary: "Post an entry by hand",
      details: """
        Goes to the general book. Control accounts (receivables, payables, inventory) are posted to by their documents \
        only. Debits and credits must be the same sum; what was posted is never changed, only reversed.
        """,
      body: .json(LedgerShapes.newEntry), responses: Shapes.created(LedgerShapes.entry, "The entry as posted"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let asked = body.id("legalEntityId")
        let entity = try LegalEntity(try await tx.run(LegalEntity.query(asked))[0], asked: asked)
        let id = try await JournalDesk(services).post(
          try LedgerShapes.journal(body, entity.currency), entity, in: tx)
        return try await answer(id, tx)
      })
  }

  private var reverse: Route {
    Route(
      .post, "/v1/ledger-entries/{entry}/reverse", access: .tenant(.financeWrite), tag: "ledger",
      summary: "Reverse an entry that was posted by hand", parameters: [Self.entry],
      body: .json(
        .object([
          Shapes.optional("effectiveOn", .nullable(.date), "Today otherwise."),
          Shapes.optional("memo", .nullable(Shapes.text(200))),
        ])),
      responses: Shapes.created(LedgerShapes.entry, "The entry that reverses it"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = try await JournalDesk(services).reverse(
          try request.id("entry"), on: try body.date("effectiveOn"), memo: body.text("memo"), in: tx)
        return try await answer(id, tx)
      })
  }

  private func answer(_ id: EntityID, _ tx: Transaction) async throws -> Response {
    guard let entry = try LedgerReader.entry(try await tx.run(LedgerReader.queries(id))) else {
      throw Refusal.notFound
    }
    return .created(entry, location: "/v1/ledger-entries/\(id)")
  }

  private var trialBalance: Route {
    Route(
      .get, "/v1/trial-balance", access: .tenant(.financeRead), tag: "ledger",
      summary: "Say what stands on every account at a date",
      query: [
        LedgerShapes.entityQuery, QueryParameter("on", .date, "Entries up to and including this day; today otherwise."),
      ],
      responses: Shapes.answer(LedgerShapes.trialBalance, "The trial balance"),
      handler: .read { request in
        let asked = request.parts.queryID("legalEntity")
        let day = try request.day("on")
        let entity = try LegalEntity(
          try await request.tenant.read(LegalEntity.query(asked))[0], asked: asked, at: "?legalEntity")
        let rows = try await request.tenant.read(
          Query(LedgerReader.trialBalance, .id(entity.id), .date(day)))
        return .ok(try LedgerReader.balance(rows[0], entity, on: day))
      })
  }
}

extension Request {
  /// The date in the query parameter `name`; the day of the request otherwise.
  func day(_ name: String) throws(Refusal) -> CivilDate {
    try BodyReader(["\(name)": .optional(parts.queryText(name))], at: "?").date(name) ?? CivilDate(parts.receivedAt)
  }
}
