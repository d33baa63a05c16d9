import BulkheadCore
import BulkheadData
import BulkheadServer

/// Alerts about stock.
struct AlertRoutes {
  let services: Services

  var routes: [Route] { [evaluate, list, one, acknowledge] }

  private var desk: AlertDesk { AlertDesk(services: services) }
  private static let parameter = PathParameter("alert", .id(of: "alert"), "The alert's id.")
  private static let shape = Schema.object([
    Shapes.field("id", .id(of: "alert")), Shapes.field("rule", .oneOf(AlertRule.allCases.map(\.rawValue))),
    Shapes.field("productId", .id(of: "product")), Shapes.field("sku", Shapes.code),
    Shapes.field("locationId", .id(of: "location"), "The warehouse, or the place that is below zero."),
    Shapes.field("location", Shapes.text(60)),
    Shapes.field("state", .oneOf(["open", "acknowledged", "resolved"])),
    Shapes.field("detail", .any, "The figures that opened it."), Shapes.nullable("note", Shapes.text(200)),
    Shapes.field("openedAt", Shapes.instant), Shapes.nullable("acknowledgedBy", Shapes.text(80)),
    Shapes.nullable("acknowledgedAt", Shapes.instant), Shapes.nullable("resolvedAt", Shapes.instant),
    Shapes.field("version", Shapes.version),
  ])

  private var evaluate: Route {
    Route(
      .post, "/v1/alert-evaluations", access: .tenant(.inventoryWrite), tag: "alerts",
      summary: "Look at stock now",
      details: "Happens by itself when stock changes; asked for after a policy was made. Also values shortages.",
      body: .json(
        .object([
          Shapes.field("productIds", .array(.id(of: "product"), minItems: 1, maxItems: AlertDesk.productsMax))
        ])),
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(Self.shape, maxItems: 100_000))]), "The alerts that stand"),
      handler: .write { request, tx in
        let products = Array(Set((request.body["productIds"]?.array ?? []).compactMap(\.id))).sorted()
        let known = try await tx.run(RecipeStatements.products, .ids(products))
        guard known.count == products.count else {
          throw Refusal(.referenceUnknown, "There is no such product.", at: "/productIds")
        }
        try await StockShortage(services: services).settle(products, in: tx)
        try await desk.evaluate(products, in: tx)
        var items: [JSON] = []
        for row in try await tx.run(AlertStatements.standingOf, .ids(products)) {
          items.append(try AlertStatements.alert(row))
        }
        return .ok(["items": .array(items)])
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/alerts", access: .tenant(.inventoryRead), tag: "alerts", summary: "List alerts, newest first",
      query: QueryParameter.page + [
        QueryParameter("state", .oneOf(["open", "acknowledged", "resolved"]), "Only alerts in this state."),
        QueryParameter("rule", .oneOf(AlertRule.allCases.map(\.rawValue)), "Only of this rule."),
        QueryParameter("product", .id(of: "product"), "Only about this product."),
      ], responses: Shapes.page(of: Self.shape, "Alerts"),
      handler: .read { request in
        let parts = request.parts
        return try await listPage(
          request, AlertStatements.list,
          [
            .optional(parts.queryText("state")), .optional(parts.queryText("rule")),
            .optional(parts.queryID("product")),
          ], from: .greatest
        ) { row throws(Refusal) in try AlertStatements.alert(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/alerts/{alert}", access: .tenant(.inventoryRead), tag: "alerts", summary: "Read an alert",
      parameters: [Self.parameter], responses: Shapes.answer(Self.shape, "The alert"),
      handler: .read { request in
        try await readOne(request, Query(AlertStatements.one, .id(try request.id("alert"))), version: 13) {
          row throws(Refusal) in try AlertStatements.alert(row)
        }
      })
  }

  private var acknowledge: Route {
    Route(
      .post, "/v1/alerts/{alert}/acknowledge", access: .tenant(.inventoryWrite), tag: "alerts",
      summary: "Say that somebody has seen it", details: "It is resolved by itself when stock is back.",
      parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("note", .nullable(Shapes.text(200)))])),
      responses: Shapes.answer(Self.shape, "The alert, acknowledged"),
      handler: .write { request, tx in
        let id = try request.id("alert")
        try await desk.acknowledge(id, note: request.body["note"]?.string, in: tx)
        guard let row = try await tx.run(AlertStatements.one, .id(id)).first else { throw Refusal.notFound }
        return .ok(try AlertStatements.alert(row))
      })
  }
}
