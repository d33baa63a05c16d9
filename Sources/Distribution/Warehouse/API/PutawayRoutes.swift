import BulkheadCore
import BulkheadData
import BulkheadServer

/// Put-away tasks, as scanners at the dock use them.
struct PutawayRoutes {
  let services: Services

  var routes: [Route] { [claim, list, one, scan, putBack, cancel] }

  private static let parameter = PathParameter("putawayTask", .id(of: "putaway_task"), "The task's id.")
  private static let state = Schema.oneOf(PutawayTaskState.allCases.map(\.rawValue))
  private var desk: PutawayDesk { PutawayDesk(services: services) }

  private static let task = Schema.object([
    Shapes.field("id", .id(of: "putaway_task")), Shapes.field("receiptId", .id(of: "receipt")),
    Shapes.field("receipt", Shapes.code), Shapes.field("productId", .id(of: "product")),
    Shapes.field("sku", Shapes.code), Shapes.nullable("lot", Shapes.text(60)), Shapes.field("from", Shapes.text(60)),
    Shapes.field("to", Shapes.text(60), "What is proposed."),
    Shapes.nullable("ruleId", .id(of: "putaway_rule"), "null: no rule had room."),
    Shapes.field("quantity", Shapes.quantity, "Base units."), Shapes.field("moved", Shapes.quantityOrNone),
    Shapes.field("state", state), Shapes.nullable("worker", Shapes.text(80)),
    Shapes.nullable("device", WarehouseShapes.device), Shapes.nullable("cancelReason", WarehouseShapes.reason),
    Shapes.field("version", Shapes.version),
  ])

  private var claim: Route {
    Route(
      .post, "/v1/putaway-task-claims", access: .tenant(.fulfilmentPick), tag: "fulfilment",
      summary: "Claim the next put-away task",
      details: """
        Answers the task that this device holds already, else the next open one in the order of the bins, which nobody \
        else gets then.
        """,
      body: .json(
        .object([
          Shapes.field("device", WarehouseShapes.device),
          Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; the default warehouse otherwise."),
        ])),
      responses: Shapes.answer(
        .object([Shapes.nullable("task", Self.task, "null: nothing is left to put away.")]), "The task in your hands"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let task = try await desk.claim(
          device: try body.requiredText("device"), warehouse: body.text("warehouse"), in: tx)
        guard let task else { return .ok(["task": .null]) }
        return .ok(["task": try await read(task, tx)])
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/putaway-tasks", access: .tenant(.fulfilmentRead), tag: "fulfilment", summary: "List put-away tasks",
      query: QueryParameter.page + [
        QueryParameter("receipt", .id(of: "receipt"), "Only this receipt's."),
        QueryParameter("state", Self.state, "Only tasks in this state."),
      ], responses: Shapes.page(of: Self.task, "Put-away tasks"),
      handler: .read { request in
        let parts = request.parts
        return try await listPage(
          request, PutawayReader.list, [.optional(parts.queryID("receipt")), .optional(parts.queryText("state"))]
        ) { row throws(Refusal) in try PutawayReader.task(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/putaway-tasks/{putawayTask}", access: .tenant(.fulfilmentRead), tag: "fulfilment",
      summary: "Read a put-away task", parameters: [Self.parameter],
      responses: Shapes.answer(Self.task, "The task"),
      handler: .read { request in
        try await readOne(request, Query(PutawayReader.one, .id(try request.id("putawayTask"))), version: 15) {
          row throws(Refusal) in try PutawayReader.task(row)
        }
      })
  }

  private var scan: Route {
    Route(
      .post, "/v1/putaway-tasks/{putawayTask}/scans", access: .tenant(.fulfilmentPick), tag: "fulfilment",
      summary: "Confirm by scan where goods were put",
      details: """
        Stock moves with this and not before. Another place of the warehouse than the proposed one takes a reason. A \
        task may be confirmed in parts. The same device and seq sent again changes nothing.
        """,
      parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.field("device", WarehouseShapes.device),
          Shapes.field("seq", .integer(0...Int64.max), "The device's own number."),
          Shapes.field("location", Shapes.text(60), "The place's label, as scanned."),
          Shapes.optional("barcode", .nullable(Shapes.text(60)), "SKU or GTIN, where goods are scanned too."),
          Shapes.optional("lot", .nullable(Shapes.text(60)), "Required for tracked products."),
          Shapes.field("quantity", Shapes.quantity, "Base units."),
          Shapes.optional("reason", .nullable(WarehouseShapes.reason), "Why it is not the proposed place."),
        ])), responses: Shapes.answer(Self.task, "The task as it is now"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = try request.id("putawayTask")
        let scan = PutawayScan(
          device: try body.requiredText("device"), sequence: try body.requiredInt("seq"),
          location: try body.requiredText("location"), barcode: body.text("barcode"), lot: body.text("lot"),
          quantity: try body.requiredQuantity("quantity"), reason: body.text("reason"))
        try await desk.confirm(id, scan, in: tx)
        return .ok(try await read(id, tx))
      })
  }

  private var putBack: Route {
    Route(
      .post, "/v1/putaway-tasks/{putawayTask}/put-back", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Take a put-away task out of a worker's hands", parameters: [Self.parameter],
      responses: Shapes.answer(Self.task, "The task as it is now"),
      handler: .write { request, tx in
        let id = try request.id("putawayTask")
        try await desk.putBack(id, in: tx)
        return .ok(try await read(id, tx))
      })
  }

  private var cancel: Route {
    Route(
      .post, "/v1/putaway-tasks/{putawayTask}/cancel", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Give up what is left of a put-away task", details: "The goods stay where they are.",
      parameters: [Self.parameter], body: .json(.object([Shapes.field("reason", WarehouseShapes.reason)])),
      responses: Shapes.answer(Self.task, "The task as it is now"),
      handler: .write { request, tx in
        let id = try request.id("putawayTask")
        try await desk.cancel(id, reason: try BodyReader(request.body).requiredText("reason"), in: tx)
        return .ok(try await read(id, tx))
      })
  }

  private func read(_ task: EntityID, _ tx: Transaction) async throws -> JSON {
    guard let row = try await tx.run(PutawayReader.one, .id(task)).first else { throw Refusal.notFound }
    return try PutawayReader.task(row)
  }
}

/// Rules of where received goods go.
struct PutawayRuleRoutes {
  let services: Services

  var routes: [Route] { [add, list, changed] }

  private static let parameter = PathParameter("putawayRule", .id(of: "putaway_rule"), "The rule's id.")
  private static let sequence = Schema.integer(0...Int64(Int32.max))

  private static let rule = Schema.object([
    Shapes.field("id", .id(of: "putaway_rule")), Shapes.field("warehouseId", .id(of: "location")),
    Shapes.nullable("productId", .id(of: "product")), Shapes.nullable("categoryId", .id(of: "category")),
    Shapes.field("sequence", sequence), Shapes.nullable("locationId", .id(of: "location")),
    Shapes.nullable("zone", Shapes.text(20)), Shapes.nullable("capacity", Shapes.quantity),
    Shapes.field("isActive", .boolean), Shapes.field("version", Shapes.version),
  ])

  private var add: Route {
    Route(
      .post, "/v1/putaway-rules", access: .tenant(.fulfilmentWrite), tag: "fulfilment", summary: "Add a put-away rule",
      details: """
        For one product, for a category and all below it, or for everything; to one place or to the places of a zone. \
        Rules of a product come before those of its category, these before those for everything; then by sequence.
        """,
      body: .json(
        .object([
          Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; the default warehouse otherwise."),
          Shapes.optional("productId", .nullable(.id(of: "product")), "At most one of productId and categoryId."),
          Shapes.optional("categoryId", .nullable(.id(of: "category"))),
          Shapes.optional("sequence", Self.sequence, "0 by default."),
          Shapes.optional("location", .nullable(Shapes.text(60)), "Code. Exactly one of location and zone."),
          Shapes.optional("zone", .nullable(Shapes.text(20))),
          Shapes.optional("capacity", .nullable(Shapes.quantity), "The most that one place is to hold, in base units."),
        ])), responses: Shapes.created(Self.rule, "The rule"),
      handler: .write { request, tx in
        let id = services.ambient.makeID()
        let made = try await insert(BodyReader(request.body), id, tx)
        return .created(made, version: 1, location: "/v1/putaway-rules/\(id)")
      })
  }

  /// Refuses in this order: `reference.unknown` or `setup.missing` (warehouse), `input.invalid`, `reference.unknown`
  /// (location), `location.wrongType`, `reference.unknown` (product, category).
  private func insert(_ body: BodyReader, _ id: EntityID, _ tx: Transaction) async throws -> JSON {
    let asked = body.text("warehouse")
    let rows = try await tx.run(
      Warehouse.query(asked), Query(PutawayStatements.place, .text(body.text("location") ?? "")))
    let warehouse = try Warehouse(rows[0], asked: asked)
    guard body.id("productId") == nil || body.id("categoryId") == nil else {
      throw body.refusal(.inputInvalid, "A rule is for a product or for a category.", "categoryId")
    }
    guard (body.text("location") == nil) != (body.text("zone") == nil) else {
      throw body.refusal(.inputInvalid, "Give exactly one of location and zone.", "location")
    }
    var place: EntityID?
    if body.text("location") != nil {
      guard let row = rows[1].first, row.idOrNil(3) == warehouse.id else {
        throw body.refusal(.referenceUnknown, "The warehouse has no such location.", "location")
      }
      guard try row.text(2) == "storage" else {
        throw body.refusal(.locationKind, "Stock rests in locations of type storage only.", "location")
      }
      guard !(try row.bool(4)) else {
        throw body.refusal(.inputInvalid, "Goods are put away from there, not to there.", "location")
      }
      place = try row.id(0)
    }
    let insert = Query(
      PutawayReader.insertRule, .id(id), .id(warehouse.id), .optional(body.id("productId")),
      .optional(body.id("categoryId")), .int(body.int("sequence") ?? 0), .optional(place),
      .optional(body.text("zone")), .optional(try body.quantity("capacity")?.description),
      .instant(services.ambient.now))
    let told = try services.audit.query(
      "putawayRule.added", subject: "putaway_rule:\(id)", detail: ["warehouse": .string(warehouse.code)],
      context: tx.context)
    return try await create(tx, [insert, told], read: Query(PutawayReader.rule, .id(id))) { row throws(Refusal) in
      try PutawayReader.rule(row)
    }
  }

  private var list: Route {
    Route(
      .get, "/v1/putaway-rules", access: .tenant(.fulfilmentRead), tag: "fulfilment", summary: "List put-away rules",
      query: QueryParameter.page + [
        QueryParameter("product", .id(of: "product"), "Only rules for this product.")
      ], responses: Shapes.page(of: Self.rule, "Rules"),
      handler: .read { request in
        try await listPage(request, PutawayReader.rules, [.optional(request.parts.queryID("product"))]) {
          row throws(Refusal) in try PutawayReader.rule(row)
        }
      })
  }

  private var changed: Route {
    Route(
      .patch, "/v1/putaway-rules/{putawayRule}", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Change a put-away rule", details: "What is proposed already stays proposed.",
      parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.optional("sequence", Self.sequence), Shapes.optional("capacity", .nullable(Shapes.quantity)),
          Shapes.optional("isActive", .boolean),
        ])),
      responses: Shapes.answer(Self.rule, "The rule as it is now"), requiresVersion: true,
      handler: .write { request, tx in
        let id = try request.id("putawayRule")
        let body = BodyReader(request.body)
        let update = Query(
          PutawayReader.updateRule, .id(id), .int(try request.expectedVersion), .optional(body.int("sequence")),
          .bool(body.has("capacity")), .optional(try body.quantity("capacity")?.description),
          body.bool("isActive").map { .bool($0) } ?? .null)
        try await change(tx, update, exists: Query(PutawayReader.ruleExists, .id(id)))
        try tx.enqueue(
          services.audit.query(
            "putawayRule.changed", subject: "putaway_rule:\(id)", detail: [:], context: tx.context))
        guard let row = try await tx.run(PutawayReader.rule, .id(id)).first else { throw Refusal.notFound }
        return .ok(try PutawayReader.rule(row), version: try row.int(9))
      })
  }
}
