import BulkheadCore
import BulkheadData
import BulkheadServer

/// Accounts, what they are used for, and months.
struct AccountRoutes {
  let services: Services

  var routes: [Route] { [list, add, one, roles, point, periods] + FiscalPeriod.Act.allCases.map(change) }

  private var list: Route {
    Route(
      .get, "/v1/accounts", access: .tenant(.financeRead), tag: "ledger", summary: "List accounts",
      query: QueryParameter.page + [
        QueryParameter("legalEntity", .id(of: "legal_entity"), "Only this legal entity's.")
      ], responses: Shapes.page(of: LedgerShapes.account, "Accounts"),
      handler: .read { request in
        try await listPage(request, AccountRecords.list, [.optional(request.parts.queryID("legalEntity"))]) {
          row throws(Refusal) in try AccountRecords.json(row)
        }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/accounts/{account}", access: .tenant(.financeRead), tag: "ledger", summary: "Read an account",
      parameters: [PathParameter("account", .id(of: "account"), "The account's id.")],
      responses: Shapes.answer(LedgerShapes.account, "The account"),
      handler: .read { request in
        try await readOne(request, Query(AccountRecords.one, .id(try request.id("account")))) {
          row throws(Refusal) in try AccountRecords.json(row)
        }
      })
  }

  private var add: Route {
    Route(
      .post, "/v1/accounts", access: .tenant(.financeWrite), tag: "ledger", summary: "Add an account",
      body: .json(LedgerShapes.newAccount), responses: Shapes.created(LedgerShapes.account, "The account"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let asked = body.id("legalEntityId")
        let entity = try LegalEntity(try await tx.run(LegalEntity.query(asked))[0], asked: asked)
        let id = services.ambient.makeID()
        let insert = Query(
          AccountRecords.insert, .id(id), .id(entity.id), .text(try body.requiredText("code")),
          .text(try body.requiredText("name")), .text(try body.requiredText("type")), .optional(body.text("control")))
        let made = try await create(tx, [insert], read: Query(AccountRecords.one, .id(id))) {
          row throws(Refusal) in try AccountRecords.json(row)
        }
        try tx.enqueue(
          services.audit.query("account.added", subject: "account:\(id)", detail: made, context: tx.context))
        return .created(made, location: "/v1/accounts/\(id)")
      })
  }

  private var roles: Route {
    Route(
      .get, "/v1/account-roles", access: .tenant(.financeRead), tag: "ledger",
      summary: "List which account each role means", query: [LedgerShapes.entityQuery],
      responses: Shapes.answer(LedgerShapes.roles, "Roles"),
      handler: .read { request in
        let asked = request.parts.queryID("legalEntity")
        let entity = try LegalEntity(
          try await request.tenant.read(LegalEntity.query(asked))[0], asked: asked, at: "?legalEntity")
        return .ok(try Self.roles(try await request.tenant.read(Query(AccountRecords.roles, .id(entity.id)))[0]))
      })
  }

  private static func roles(_ rows: Rows) throws(Refusal) -> JSON {
    var items: [JSON] = []
    for row in rows {
      items.append([
        "role": .string(try row.text(0)), "accountId": .id(try row.id(1)), "account": .string(try row.text(2)),
      ])
    }
    return ["items": .array(items)]
  }

  private var point: Route {
    Route(
      .put, "/v1/account-roles", access: .tenant(.financeWrite), tag: "ledger",
      summary: "Say which account a role means from now on",
      details: """
        What is posted stays where it is. The account must be of the role's type, and of the same book when the role \
        has one: receivables stay on receivable control accounts.
        """,
      body: .json(
        .object([
          LedgerShapes.entityField, Shapes.field("role", LedgerShapes.role),
          Shapes.field("accountId", .id(of: "account")),
        ])),
      responses: Shapes.answer(LedgerShapes.roles, "Roles as they are now"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let asked = body.id("legalEntityId")
        let entity = try LegalEntity(try await tx.run(LegalEntity.query(asked))[0], asked: asked)
        let role = try body.requiredText("role")
        let id = try body.requiredID("accountId")
        try ChartOfAccounts.check(
          role, try KnownAccount.read(try await tx.run(AccountRecords.several, .ids([id])), of: entity)[id])
        try tx.enqueue(Query(AccountRecords.pointRole, .id(entity.id), .text(role), .id(id)))
        let rows = try await tx.run(AccountRecords.roles, .id(entity.id))
        try tx.enqueue(
          services.audit.query(
            "account.rolePointed", subject: "account:\(id)",
            detail: ["legalEntity": .id(entity.id), "role": .string(role)], context: tx.context))
        return .ok(try Self.roles(rows))
      })
  }

  private static let entity = PathParameter("entity", .id(of: "legal_entity"), "The legal entity's id.")

  private var periods: Route {
    Route(
      .get, "/v1/legal-entities/{entity}/periods", access: .tenant(.financeRead), tag: "ledger",
      summary: "List the months of a legal entity, newest first",
      details: "A month is there once something was posted to it or it was closed.", parameters: [Self.entity],
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(LedgerShapes.period, maxItems: 1200))]), "Months"),
      handler: .read { request in
        let id = try request.id("entity")
        let rows = try await request.tenant.read(LegalEntity.query(id), Query(PeriodDesk.list, .id(id)))
        guard rows.count == 2, !rows[0].isEmpty else { throw Refusal.notFound }
        var items: [JSON] = []
        for row in rows[1] { items.append(try FiscalPeriod(row).json) }
        return .ok(["items": .array(items)])
      })
  }

  private func change(_ act: FiscalPeriod.Act) -> Route {
    Route(
      .post, "/v1/legal-entities/{entity}/periods/\(act.rawValue)", access: .tenant(.periodsClose), tag: "ledger",
      summary: Self.summaries[act] ?? act.rawValue,
      details: act == .close
        ? "Waits for postings under way; what is posted later into the month is refused."
        : act == .lock ? "For good. Months are locked in their order." : "",
      parameters: [Self.entity], body: .json(act == .lock ? LedgerShapes.lockPeriod : LedgerShapes.changePeriod),
      responses: Shapes.answer(LedgerShapes.period, "The month as it is now"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        guard let month = try body.date("month") else { throw Refusal.notFound }
        let books = (request.body["books"]?.array ?? []).compactMap { $0.string.flatMap(LedgerBook.init(rawValue:)) }
        let period = try await PeriodDesk(services).change(
          act, entity: try request.id("entity"), month: month, books: Set(books), in: tx)
        return .ok(period.json)
      })
  }

  private static let summaries: [FiscalPeriod.Act: String] = [
    .close: "Close a month, or books of it", .reopen: "Reopen a month, or books of it", .lock: "Lock a closed month",
  ]
}

extension ChartOfAccounts {
  /// Whether `account` can play `role`. Refuses with `reference.unknown`, `account.inactive`, `account.wrongKind`.
  static func check(_ role: String, _ account: KnownAccount?) throws(Refusal) {
    let pointer = "/accountId"
    guard let account else {
      throw Refusal(.referenceUnknown, "There is no such account of this legal entity.", at: pointer)
    }
    guard account.isActive else { throw Refusal(.accountInactive, "This account is no longer posted to.", at: pointer) }
    guard let usual = standard.first(where: { $0.role.rawValue == role }), usual.type == account.type,
      usual.control?.rawValue == account.control
    else {
      throw Refusal(.accountWrongKind, "An account of this type and book cannot play the role.", at: pointer)
    }
  }
}
