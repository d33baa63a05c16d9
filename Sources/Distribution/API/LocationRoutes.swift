import BulkheadCore
import BulkheadData
import BulkheadServer

/// Warehouses and the places in and around them.
struct LocationRoutes {
  let services: Services

  var routes: [Route] { [addWarehouse, add, list, one, changed] }

  private static let parameter = PathParameter("location", .id(of: "location"), "The location's id.")
  private static let types = [
    "supplier", "customer", "lost_found", "warehouse", "storage", "production", "drop", "view",
  ]

  private static let location = Schema.object([
    Shapes.field("id", .id(of: "location")), Shapes.field("code", Shapes.text(60)), Shapes.field("name", Shapes.name),
    Shapes.field("type", .oneOf(types)), Shapes.nullable("parentId", .id(of: "location")),
    Shapes.nullable("warehouseId", .id(of: "location")), Shapes.nullable("zone", Shapes.text(20)),
    Shapes.nullable("aisle", Shapes.text(20)), Shapes.nullable("rack", Shapes.text(20)),
    Shapes.nullable("level", Shapes.text(20)), Shapes.nullable("bin", Shapes.text(20)),
    Shapes.field("pickSequence", .integer(0...Int64(Int32.max))), Shapes.field("isPickable", .boolean),
    Shapes.field("isQuarantine", .boolean), Shapes.field("allowNegative", .boolean),
    Shapes.field("isDefault", .boolean), Shapes.field("isActive", .boolean), Shapes.field("version", Shapes.version),
    Shapes.nullable("inputId", .id(of: "location")), Shapes.nullable("storageId", .id(of: "location")),
    Shapes.nullable("outputId", .id(of: "location")), Shapes.nullable("pickingId", .id(of: "location")),
    Shapes.nullable("lostFoundId", .id(of: "location")),
  ])

  private var addWarehouse: Route {
    Route(
      .post, "/v1/warehouses", access: .tenant(.inventoryWrite), tag: "locations", summary: "Add a warehouse",
      details: "Makes its input, stock, output, picking and lost-and-found places too.",
      body: .json(
        .object([
          Shapes.field("code", .string(minLength: 1, maxLength: 50)),
          Shapes.field("name", .string(minLength: 1, maxLength: 150)),
          Shapes.optional("isDefault", .boolean, "Orders that name no warehouse ship from the default one."),
        ])),
      responses: Shapes.created(Self.location, "The warehouse"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let ids = (0..<NewWarehouse.idCount).map { _ in services.ambient.makeID() }
        let warehouse = try NewWarehouse(
          code: try body.requiredText("code"), name: try body.requiredText("name"),
          isDefault: body.bool("isDefault") ?? false, ids: ids)
        return try await answer(tx, [warehouse.query], warehouse.id)
      })
  }

  private var add: Route {
    Route(
      .post, "/v1/locations", access: .tenant(.inventoryWrite), tag: "locations", summary: "Add a location",
      details: "Places of type supplier, customer and production stand outside: they go below zero by nature.",
      body: .json(
        .object([
          Shapes.field("code", Shapes.text(60)), Shapes.field("name", Shapes.name),
          Shapes.field("type", .oneOf(Self.types.filter { $0 != "warehouse" })),
          Shapes.optional("parentId", .nullable(.id(of: "location"))),
          Shapes.optional("zone", .nullable(Shapes.text(20))), Shapes.optional("aisle", .nullable(Shapes.text(20))),
          Shapes.optional("rack", .nullable(Shapes.text(20))), Shapes.optional("level", .nullable(Shapes.text(20))),
          Shapes.optional("bin", .nullable(Shapes.text(20))),
          Shapes.optional("pickSequence", .integer(0...Int64(Int32.max))), Shapes.optional("isPickable", .boolean),
          Shapes.optional("isQuarantine", .boolean),
          Shapes.optional("allowNegative", .boolean, "Only for tills, which cannot refuse what is in a hand."),
        ])),
      responses: Shapes.created(Self.location, "The location"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = services.ambient.makeID()
        let type = try body.requiredText("type")
        let isOutside = ["supplier", "customer", "lost_found", "production"].contains(type)
        let isPickable = body.bool("isPickable") ?? false
        guard !isPickable || type == "storage" else {
          throw body.refusal(.locationKind, "Only places of type storage can be picked from.", "isPickable")
        }
        let insert = Query(
          LocationRecords.insert, .id(id), .text(try body.requiredText("code")), .text(try body.requiredText("name")),
          .text(type), .optional(body.id("parentId")), .optional(body.text("zone")), .optional(body.text("aisle")),
          .optional(body.text("rack")), .optional(body.text("level")), .optional(body.text("bin")),
          .int(body.int("pickSequence") ?? 0), .bool(isPickable), .bool(body.bool("isQuarantine") ?? false),
          .bool(isOutside || (body.bool("allowNegative") ?? false)))
        return try await answer(tx, [insert], id)
      })
  }

  private func answer(_ tx: Transaction, _ inserts: [Query], _ id: EntityID) async throws -> Response {
    let made = try await create(tx, inserts, read: Query(LocationRecords.one, .id(id))) { row throws(Refusal) in
      try LocationRecords.location(row)
    }
    return .created(made, version: 1, location: "/v1/locations/\(id)")
  }

  private var list: Route {
    Route(
      .get, "/v1/locations", access: .tenant(.inventoryRead), tag: "locations", summary: "List locations",
      query: QueryParameter.page + [
        QueryParameter("warehouse", .id(of: "location"), "Only places of this warehouse."),
        QueryParameter("type", .oneOf(Self.types), "Only places of this type."),
        QueryParameter("code", Shapes.text(60), "Only the place of this code."),
      ], responses: Shapes.page(of: Self.location, "Locations"),
      handler: .read { request in
        let code = request.parts.queryText("code")
        return try await listPage(
          request, code == nil ? LocationRecords.list : LocationRecords.byCode,
          [.optional(request.parts.queryID("warehouse")), .optional(request.parts.queryText("type"))]
            + (code.map { [.text($0)] } ?? [])
        ) { row throws(Refusal) in try LocationRecords.location(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/locations/{location}", access: .tenant(.inventoryRead), tag: "locations", summary: "Read a location",
      parameters: [Self.parameter], responses: Shapes.answer(Self.location, "The location"),
      handler: .read { request in
        try await readOne(request, Query(LocationRecords.one, .id(try request.id("location"))), version: 17) {
          row throws(Refusal) in try LocationRecords.location(row)
        }
      })
  }

  private var changed: Route {
    Route(
      .patch, "/v1/locations/{location}", access: .tenant(.inventoryWrite), tag: "locations",
      summary: "Change a location", parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.optional("name", Shapes.name), Shapes.optional("pickSequence", .integer(0...Int64(Int32.max))),
          Shapes.optional("isPickable", .boolean), Shapes.optional("isQuarantine", .boolean),
          Shapes.optional("isActive", .boolean),
        ])),
      responses: Shapes.answer(Self.location, "The location as it is now"), requiresVersion: true,
      handler: .write { request, tx in
        let id = try request.id("location")
        let body = BodyReader(request.body)
        func flag(_ name: String) -> SQLValue { body.bool(name).map { .bool($0) } ?? .null }
        let update = Query(
          LocationRecords.update, .id(id), .int(try request.expectedVersion), .optional(body.text("name")),
          .optional(body.int("pickSequence")), flag("isPickable"), flag("isQuarantine"), flag("isActive"))
        try await change(tx, update, exists: Query(LocationRecords.exists, .id(id)))
        guard let row = try await tx.run(LocationRecords.one, .id(id)).first else { throw Refusal.notFound }
        return .ok(try LocationRecords.location(row), version: try row.int(17))
      })
  }
}
