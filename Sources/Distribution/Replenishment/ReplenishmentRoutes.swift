import BulkheadCore
import BulkheadData
import BulkheadServer

/// Reorder policies, runs over them and what they propose.
struct ReplenishmentRoutes {
  let services: Services

  var routes: [Route] { policies + [changePolicy, run] + suggestions + [accept, reject, order] }

  private var desk: ReplenishmentDesk { ReplenishmentDesk(services: services) }
  private static let policy = PathParameter("policy", .id(of: "reorder_policy"), "The policy's id.")
  private static let parameter = PathParameter("suggestion", .id(of: "suggestion"), "The proposal's id.")
  private static let method = Schema.oneOf(ReorderQuantity.Method.allCases.map(\.rawValue))

  private static let policyShape = Schema.object([
    Shapes.field("id", .id(of: "reorder_policy")), Shapes.field("productId", .id(of: "product")),
    Shapes.field("warehouseId", .id(of: "location")), Shapes.field("method", method),
    Shapes.field("reorderPoint", Shapes.quantityOrNone), Shapes.field("target", Shapes.quantity),
    Shapes.nullable("supplierId", .id(of: "party")), Shapes.field("isActive", .boolean),
    Shapes.field("version", Shapes.version),
  ])

  private static func policy(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "productId": .id(try row.id(1)), "warehouseId": .id(try row.id(2)),
      "method": .string(try row.text(3)), "reorderPoint": try row.quantity(4).json,
      "target": try row.quantity(5).json, "supplierId": row.jsonText(6), "isActive": .bool(try row.bool(7)),
      "version": .int(try row.int(8)),
    ]
  }

  private var policies: [Route] {
    [
      Route(
        .post, "/v1/reorder-policies", access: .tenant(.purchasingWrite), tag: "replenishment",
        summary: "Say when a product is ordered again",
        details: "One policy for each product and warehouse. Quantities are base units.",
        body: .json(
          .object([
            Shapes.field("productId", .id(of: "product")), Shapes.field("warehouseId", .id(of: "location")),
            Shapes.field(
              "method", Self.method,
              "order_up_to: below the reorder point, up to the target. min_max: at or below it, up to the target."),
            Shapes.field("reorderPoint", Shapes.quantityOrNone), Shapes.field("target", Shapes.quantity),
            Shapes.optional(
              "supplierId", .nullable(.id(of: "party")), "Whoever sells cheapest what is needed, by default."),
          ])),
        responses: Shapes.created(Self.policyShape, "The policy"),
        handler: .write { request, tx in try await addPolicy(BodyReader(request.body), tx) }),
      Route(
        .get, "/v1/reorder-policies", access: .tenant(.purchasingRead), tag: "replenishment",
        summary: "List reorder policies",
        query: QueryParameter.page + [QueryParameter("product", .id(of: "product"), "Only of this product.")],
        responses: Shapes.page(of: Self.policyShape, "Policies"),
        handler: .read { request in
          try await listPage(request, ReplenishmentStatements.policies, [.optional(request.parts.queryID("product"))]) {
            row throws(Refusal) in try Self.policy(row)
          }
        }),
      Route(
        .get, "/v1/reorder-policies/{policy}", access: .tenant(.purchasingRead), tag: "replenishment",
        summary: "Read a reorder policy", parameters: [Self.policy],
        responses: Shapes.answer(Self.policyShape, "The policy"),
        handler: .read { request in
          try await readOne(
            request, Query(ReplenishmentStatements.policy, .id(try request.id("policy"))), version: 8
          ) { row throws(Refusal) in try Self.policy(row) }
        }),
    ]
  }

  private func addPolicy(_ body: BodyReader, _ tx: Transaction) async throws -> Response {
    let place = try await tx.run(Self.warehouse, .id(try body.requiredID("warehouseId")))
    guard let row = place.first else {
      throw body.refusal(.referenceUnknown, "There is nothing of this id.", "warehouseId")
    }
    guard try row.text(0) == "warehouse" else {
      throw body.refusal(.locationKind, "Policies are made for warehouses.", "warehouseId")
    }
    try await checkSupplier(body, tx)
    let id = services.ambient.makeID()
    let insert = Query(
      ReplenishmentStatements.insertPolicy, .id(id), .id(try body.requiredID("productId")),
      .id(try body.requiredID("warehouseId")), .text(try body.requiredText("method")),
      .quantity(try body.requiredQuantity("reorderPoint")), .quantity(try body.requiredQuantity("target")),
      .optional(body.id("supplierId")))
    let made = try await create(tx, [insert], read: Query(ReplenishmentStatements.policy, .id(id))) {
      row throws(Refusal) in try Self.policy(row)
    }
    try tx.enqueue(
      services.audit.query("reorderPolicy.added", subject: "reorder_policy:\(id)", detail: made, context: tx.context))
    return .created(made, version: 1, location: "/v1/reorder-policies/\(id)")
  }

  private static let warehouse = Statement("SELECT type FROM location WHERE id = $1")

  private func checkSupplier(_ body: BodyReader, _ tx: Transaction) async throws {
    guard let supplier = body.id("supplierId") else { return }
    _ = try Supplier(try await tx.run(Supplier.query(supplier))[0])
  }

  private var changePolicy: Route {
    Route(
      .patch, "/v1/reorder-policies/{policy}", access: .tenant(.purchasingWrite), tag: "replenishment",
      summary: "Change a reorder policy", parameters: [Self.policy],
      body: .json(
        .object([
          Shapes.optional("method", Self.method), Shapes.optional("reorderPoint", Shapes.quantityOrNone),
          Shapes.optional("target", Shapes.quantity),
          Shapes.optional("supplierId", .nullable(.id(of: "party"))), Shapes.optional("isActive", .boolean),
        ])),
      responses: Shapes.answer(Self.policyShape, "The policy as it is now"), requiresVersion: true,
      handler: .write { request, tx in
        let id = try request.id("policy")
        let body = BodyReader(request.body)
        guard !(try await tx.run(ReplenishmentStatements.policyExists, .id(id))).isEmpty else { throw Refusal.notFound }
        try await checkSupplier(body, tx)
        let update = Query(
          ReplenishmentStatements.updatePolicy, .id(id), .int(try request.expectedVersion),
          .optional(body.text("method")), .optional(try body.quantity("reorderPoint")?.description),
          .optional(try body.quantity("target")?.description),
          .bool(body.json.members?.contains { $0.name == "supplierId" } ?? false),
          .optional(body.id("supplierId")), body.bool("isActive").map { .bool($0) } ?? .null)
        try await change(tx, update, exists: Query(ReplenishmentStatements.policyExists, .id(id)))
        guard let row = try await tx.run(ReplenishmentStatements.policy, .id(id)).first else { throw Refusal.notFound }
        let changed = try Self.policy(row)
        try tx.enqueue(
          services.audit.query(
            "reorderPolicy.changed", subject: "reorder_policy:\(id)", detail: changed, context: tx.context))
        return .ok(changed, version: try row.int(8))
      })
  }

  private var run: Route {
    Route(
      .post, "/v1/replenishment-runs", access: .tenant(.purchasingWrite), tag: "replenishment",
      summary: "Propose what to order",
      details: """
        Position = on hand + on order (every open purchase order, whenever it is expected) - backordered - reserved. \
        A proposal that is still right stays as it is: running twice changes nothing.
        """,
      body: .json(.object([Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; all by default.")])),
      responses: Shapes.answer(
        .object([
          Shapes.field("proposed", .array(.id(of: "suggestion"), maxItems: ReplenishmentDesk.policiesMax)),
          Shapes.field("expired", .integer(0...Int64(ReplenishmentDesk.policiesMax))),
          Shapes.field("unchanged", .integer(0...Int64(ReplenishmentDesk.policiesMax))),
        ]), "What was proposed"),
      handler: .write { request, tx in
        let outcome = try await desk.run(warehouse: request.body["warehouse"]?.string, in: tx)
        return .ok([
          "proposed": .array(outcome.proposed.map { .id($0) }), "expired": .int(outcome.expired),
          "unchanged": .int(outcome.unchanged),
        ])
      })
  }

  private static let suggestionShape = Schema.object([
    Shapes.field("id", .id(of: "suggestion")), Shapes.field("policyId", .id(of: "reorder_policy")),
    Shapes.field("productId", .id(of: "product")), Shapes.field("sku", Shapes.code),
    Shapes.field("warehouseId", .id(of: "location")), Shapes.field("warehouse", Shapes.text(60)),
    Shapes.nullable("supplierId", .id(of: "party")), Shapes.field("quantity", Shapes.quantity, "Base units."),
    Shapes.field("state", .oneOf(SuggestionState.allCases.map(\.rawValue))),
    Shapes.field("inputs", .any, "Everything that the quantity was computed from."),
    Shapes.nullable("reason", Shapes.text(200)), Shapes.field("createdAt", Shapes.instant),
    Shapes.field("changedAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ])

  private static func suggestion(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "policyId": .id(try row.id(1)), "productId": .id(try row.id(2)),
      "sku": .string(try row.text(3)), "warehouseId": .id(try row.id(4)), "warehouse": .string(try row.text(5)),
      "supplierId": row.jsonText(6), "quantity": try row.quantity(7).json, "state": .string(try row.text(8)),
      "inputs": try row.json(9), "reason": row.jsonText(10), "createdAt": .instant(try row.instant(11)),
      "changedAt": .instant(try row.instant(12)), "version": .int(try row.int(13)),
    ]
  }

  private var suggestions: [Route] {
    [
      Route(
        .get, "/v1/replenishment-suggestions", access: .tenant(.purchasingRead), tag: "replenishment",
        summary: "List proposals, newest first",
        query: QueryParameter.page + [
          QueryParameter("state", .oneOf(SuggestionState.allCases.map(\.rawValue)), "Only proposals in this state."),
          QueryParameter("product", .id(of: "product"), "Only for this product."),
        ], responses: Shapes.page(of: Self.suggestionShape, "Proposals"),
        handler: .read { request in
          try await listPage(
            request, ReplenishmentStatements.suggestions,
            [.optional(request.parts.queryText("state")), .optional(request.parts.queryID("product"))],
            from: .greatest
          ) { row throws(Refusal) in try Self.suggestion(row) }
        }),
      Route(
        .get, "/v1/replenishment-suggestions/{suggestion}", access: .tenant(.purchasingRead), tag: "replenishment",
        summary: "Read a proposal", parameters: [Self.parameter],
        responses: Shapes.answer(Self.suggestionShape, "The proposal"),
        handler: .read { request in
          let query = Query(ReplenishmentStatements.suggestion, .id(try request.id("suggestion")))
          return try await readOne(request, query, version: 13) { row throws(Refusal) in try Self.suggestion(row) }
        }),
    ]
  }

  private var accept: Route {
    Route(
      .post, "/v1/replenishment-suggestions/{suggestion}/accept", access: .tenant(.purchasingWrite),
      tag: "replenishment", summary: "Accept a proposal", parameters: [Self.parameter],
      body: .json(
        .object([Shapes.optional("quantity", .nullable(Shapes.quantity), "Another than the one proposed.")])),
      responses: Shapes.answer(Self.suggestionShape, "The proposal as it is now"),
      handler: .write { request, tx in
        let id = try request.id("suggestion")
        try await desk.accept(id, quantity: try BodyReader(request.body).quantity("quantity"), in: tx)
        return try await answer(id, tx)
      })
  }

  private var reject: Route {
    Route(
      .post, "/v1/replenishment-suggestions/{suggestion}/reject", access: .tenant(.purchasingWrite),
      tag: "replenishment", summary: "Turn a proposal down", parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("reason", .nullable(Shapes.text(200)))])),
      responses: Shapes.answer(Self.suggestionShape, "The proposal as it is now"),
      handler: .write { request, tx in
        let id = try request.id("suggestion")
        try await desk.reject(id, reason: request.body["reason"]?.string, in: tx)
        return try await answer(id, tx)
      })
  }

  private func answer(_ id: EntityID, _ tx: Transaction) async throws -> Response {
    guard let row = try await tx.run(ReplenishmentStatements.suggestion, .id(id)).first else {
      throw Refusal.notFound
    }
    return .ok(try Self.suggestion(row), version: try row.int(13))
  }

  private var order: Route {
    Route(
      .post, "/v1/replenishment-suggestions/{suggestion}/order", access: .tenant(.purchasingWrite),
      tag: "replenishment", summary: "Draft a purchase order out of an accepted proposal",
      parameters: [Self.parameter], responses: Shapes.created(PurchaseShapes.order, "The order, a draft"),
      handler: .write { request, tx in
        let order = try await desk.order(try request.id("suggestion"), in: tx)
        return .created(order.json, version: order.version, location: "/v1/purchase-orders/\(order.id)")
      })
  }
}
