import BulkheadCore
import BulkheadData
import BulkheadServer

/// All routes of tills and restaurants.
enum POSRoutes {
  static func all(_ services: Services) -> [Route] {
    TerminalRoutes(services: services).routes + SessionRoutes(services: services).routes
      + POSOrderRoutes(services: services).routes + RestaurantRoutes(services: services).routes
  }
}

/// Tills.
struct TerminalRoutes {
  let services: Services

  var routes: [Route] { [add, list, one, alter] }

  private static let parameter = PathParameter("terminal", .id(of: "pos_terminal"), "The terminal's id.")

  private var add: Route {
    Route(
      .post, "/v1/pos/terminals", access: .tenant(.posManage), tag: "pos", summary: "Add a till",
      details: "Its place may go below zero: a till does not refuse what is in the customer's hand.",
      body: .json(POSShapes.newTerminal), responses: Shapes.created(POSShapes.terminal, "The till"),
      handler: .write { request, tx in try await add(BodyReader(request.body), tx) })
  }

  private func add(_ body: BodyReader, _ tx: Transaction) async throws -> Response {
    let found = try await tx.run(
      LegalEntity.query(body.id("legalEntityId")), Warehouse.query(body.text("warehouse")))
    let entity = try LegalEntity(found[0], asked: body.id("legalEntityId"))
    let warehouse = try Warehouse(found[1], asked: body.text("warehouse"))
    let list = try await priceList(body, entity, tx)
    let code = try body.requiredText("code")
    let id = services.ambient.makeID()
    var queries: [Query] = []
    let place: EntityID
    if let asked = body.id("locationId") {
      place = asked
      try await check(asked, body, tx)
    } else {
      place = services.ambient.makeID()
      queries.append(
        Query(
          LocationRecords.insert, .id(place), .text("POS-\(code)"), .text(try body.requiredText("name")), "storage",
          .id(warehouse.id), nil, nil, nil, nil, nil, 0, false, false, true))
    }
    queries += ChartOfAccounts.openCardClearing(entity.id, services.ambient)
    queries.append(
      Query(
        POSTerminal.insert, .id(id), .text(code), .text(try body.requiredText("name")), .id(entity.id),
        .id(warehouse.id), .id(place), .id(list), .bool(body.bool("pricesIncludeTax") ?? false),
        .optional(body.text("country")), .optional(body.text("region")),
        .text(body.text("stockPosting") ?? POSStockPosting.order.rawValue)))
    guard body.text("region") == nil || body.text("country") != nil else {
      throw body.refusal(.inputInvalid, "A region lies in a country.", "region")
    }
    let made = try await create(tx, queries, read: Query(POSTerminal.one, .id(id))) {
      row throws(Refusal) in try POSTerminal.json(row)
    }
    try tx.enqueue(
      services.audit.query("posTerminal.added", subject: "pos_terminal:\(id)", detail: made, context: tx.context))
    return .created(made, version: 1, location: "/v1/pos/terminals/\(id)")
  }

  private func priceList(_ body: BodyReader, _ entity: LegalEntity, _ tx: Transaction) async throws -> EntityID {
    let asked = body.id("priceListId")
    let rows = try await tx.run(POSTerminal.priceList, .optional(asked), .text(entity.currency.code))
    guard let row = rows.first else {
      guard asked == nil else {
        throw body.refusal(.referenceUnknown, "There is no such price list.", "priceListId")
      }
      throw Refusal(.setupMissing, "No default price list in \(entity.currency.code) is set: name one.")
    }
    guard try row.text(1) == entity.currency.code else {
      throw body.refusal(.currencyMismatch, "The till sells in \(entity.currency.code).", "priceListId")
    }
    return try row.id(0)
  }

  private func check(_ place: EntityID, _ body: BodyReader, _ tx: Transaction) async throws {
    guard let row = try await tx.run(POSTerminal.place, .id(place)).first else {
      throw body.refusal(.referenceUnknown, "There is no such location.", "locationId")
    }
    guard try row.text(2) == "storage", try row.bool(3) else {
      throw body.refusal(
        .posTerminalPlace, "A till's goods lie in a place of type storage that may go below zero.", "locationId")
    }
  }

  private var list: Route {
    Route(
      .get, "/v1/pos/terminals", access: .tenant(.posRead), tag: "pos", summary: "List tills",
      query: QueryParameter.page, responses: Shapes.page(of: POSShapes.terminal, "Tills"),
      handler: .read { request in
        try await listPage(request, POSTerminal.list) { row throws(Refusal) in try POSTerminal.json(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/pos/terminals/{terminal}", access: .tenant(.posRead), tag: "pos", summary: "Read a till",
      parameters: [Self.parameter], responses: Shapes.answer(POSShapes.terminal, "The till"),
      handler: .read { request in
        try await readOne(request, Query(POSTerminal.one, .id(try request.id("terminal"))), version: 13) {
          row throws(Refusal) in try POSTerminal.json(row)
        }
      })
  }

  private var alter: Route {
    Route(
      .patch, "/v1/pos/terminals/{terminal}", access: .tenant(.posManage), tag: "pos", summary: "Change a till",
      details: "Goods that wait for a session's close are posted then, also when the setting has changed since.",
      parameters: [Self.parameter], body: .json(POSShapes.changedTerminal),
      responses: Shapes.answer(POSShapes.terminal, "The till as it is now"), requiresVersion: true,
      handler: .write { request, tx in
        let id = try request.id("terminal")
        let body = BodyReader(request.body)
        guard let row = try await tx.run(POSTerminal.one, .id(id)).first else { throw Refusal.notFound }
        if body.has("priceListId") {
          let entity = try LegalEntity(
            try await tx.run(LegalEntity.query(try row.id(3)))[0], asked: try row.id(3))
          _ = try await priceList(body, entity, tx)
        }
        let update = Query(
          POSTerminal.update, .id(id), .int(try request.expectedVersion), .optional(body.text("name")),
          .optional(body.id("priceListId")), body.bool("pricesIncludeTax").map { .bool($0) } ?? .null,
          .optional(body.text("stockPosting")), body.bool("isActive").map { .bool($0) } ?? .null)
        try await change(tx, update, exists: Query(POSTerminal.exists, .id(id)))
        guard let now = try await tx.run(POSTerminal.one, .id(id)).first else { throw Refusal.notFound }
        let changed = try POSTerminal.json(now)
        try tx.enqueue(
          services.audit.query(
            "posTerminal.changed", subject: "pos_terminal:\(id)", detail: changed, context: tx.context))
        return .ok(changed, version: try now.int(13))
      })
  }
}
