import BulkheadCore
import BulkheadData
import BulkheadServer

/// Recipes and kitchen tickets.
struct RestaurantRoutes {
  let services: Services

  var routes: [Route] { [setRecipe, recipes, recipe, retire, send, tickets, ticket, advance] }

  private static let recipeParameter = PathParameter("recipe", .id(of: "recipe"), "The recipe's id.")
  private static let ticketParameter = PathParameter("ticket", .id(of: "kitchen_ticket"), "The ticket's id.")
  private static let order = PathParameter("order", .id(of: "pos_order"), "The order's id.")

  private static let recipeHeader: [Schema.Field] = [
    Shapes.field("id", .id(of: "recipe")), Shapes.field("productId", .id(of: "product")),
    Shapes.field("sku", Shapes.code), Shapes.field("yield", Shapes.quantity), Shapes.field("isActive", .boolean),
    Shapes.field("version", Shapes.version),
  ]
  private static let recipeShape = Schema.object(
    recipeHeader + [
      Shapes.field(
        "components",
        .array(
          .object([
            Shapes.field("productId", .id(of: "product")), Shapes.field("sku", Shapes.code),
            Shapes.field("quantity", Shapes.quantity),
          ]), maxItems: RecipeDesk.componentsMax))
    ])

  private var setRecipe: Route {
    Route(
      .post, "/v1/recipes", access: .tenant(.posManage), tag: "restaurant",
      summary: "Say what a menu item is made of",
      details: "Takes the place of the product's recipe. Ingredients are stocked products; quantities are base units.",
      body: .json(
        .object([
          Shapes.field("productId", .id(of: "product")),
          Shapes.optional("yield", Shapes.quantity, "How many the components make; 1 by default."),
          Shapes.field(
            "components",
            .array(
              .object([
                Shapes.field("productId", .id(of: "product")), Shapes.field("quantity", Shapes.quantity),
              ]), minItems: 1, maxItems: RecipeDesk.componentsMax)),
        ])), responses: Shapes.created(Self.recipeShape, "The recipe"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        var components: [RecipeDesk.Component] = []
        for item in body.items("components") {
          components.append(
            RecipeDesk.Component(
              productID: try item.requiredID("productId"), quantity: try item.requiredQuantity("quantity")))
        }
        let id = try await RecipeDesk(services: services).set(
          try body.requiredID("productId"), yield: try body.quantity("yield") ?? Quantity(1), components, in: tx)
        return .created(
          try RecipeStatements.recipe(try await tx.run(RecipeStatements.queries(id))), version: 1,
          location: "/v1/recipes/\(id)")
      })
  }

  private var recipes: Route {
    Route(
      .get, "/v1/recipes", access: .tenant(.posRead), tag: "restaurant", summary: "List recipes",
      query: QueryParameter.page + [QueryParameter("product", .id(of: "product"), "Only of this product.")],
      responses: Shapes.page(of: .object(Self.recipeHeader), "Recipes"),
      handler: .read { request in
        try await listPage(request, RecipeStatements.list, [.optional(request.parts.queryID("product"))]) {
          row throws(Refusal) in .object(try RecipeStatements.summary(row))
        }
      })
  }

  private var recipe: Route {
    Route(
      .get, "/v1/recipes/{recipe}", access: .tenant(.posRead), tag: "restaurant", summary: "Read a recipe",
      parameters: [Self.recipeParameter], responses: Shapes.answer(Self.recipeShape, "The recipe"),
      handler: .read { request in
        let rows = try await request.tenant.read(RecipeStatements.queries(try request.id("recipe")))
        return .ok(try RecipeStatements.recipe(rows))
      })
  }

  private var retire: Route {
    Route(
      .post, "/v1/recipes/{recipe}/retire", access: .tenant(.posManage), tag: "restaurant",
      summary: "Sell the product as it is again", parameters: [Self.recipeParameter],
      responses: Shapes.answer(Self.recipeShape, "The recipe, retired"),
      handler: .write { request, tx in
        let id = try request.id("recipe")
        try await RecipeDesk(services: services).retire(id, in: tx)
        return .ok(try RecipeStatements.recipe(try await tx.run(RecipeStatements.queries(id))))
      })
  }

  private static let ticketHeader: [Schema.Field] = [
    Shapes.field("id", .id(of: "kitchen_ticket")), Shapes.field("posOrderId", .id(of: "pos_order")),
    Shapes.field("number", Shapes.text(60)), Shapes.nullable("table", Shapes.text(40)),
    Shapes.field("station", Shapes.text(40)), Shapes.nullable("note", Shapes.text(200)),
    Shapes.field("state", .oneOf(TicketState.allCases.map(\.rawValue))), Shapes.field("createdAt", Shapes.instant),
    Shapes.field("changedAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ]
  private static let ticketShape = Schema.object(
    ticketHeader + [
      Shapes.field(
        "lines",
        .array(
          .object([
            Shapes.field("line", .integer(1...1_000_000)), Shapes.field("sku", Shapes.code),
            Shapes.field("name", Shapes.name), Shapes.field("quantity", Shapes.quantity),
          ]), maxItems: POSRequest.linesMax))
    ])

  private var send: Route {
    Route(
      .post, "/v1/pos/orders/{order}/tickets", access: .tenant(.posSell), tag: "restaurant",
      summary: "Send lines of an order to the kitchen", parameters: [Self.order],
      body: .json(
        .object([
          Shapes.field("station", Shapes.text(40)), Shapes.optional("note", .nullable(Shapes.text(200))),
          Shapes.field(
            "lines",
            .array(
              .object([
                Shapes.field("line", .integer(1...1_000_000)), Shapes.field("quantity", Shapes.quantity),
              ]), minItems: 1, maxItems: POSRequest.linesMax)),
        ])), responses: Shapes.created(Self.ticketShape, "The ticket"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        var lines: [KitchenDesk.Line] = []
        for item in body.items("lines") {
          lines.append(
            KitchenDesk.Line(
              line: Int(try item.requiredInt("line")), quantity: try item.requiredQuantity("quantity")))
        }
        let id = try await KitchenDesk(services: services).send(
          try request.id("order"), station: try body.requiredText("station"), note: body.text("note"), lines, in: tx)
        return .created(try await read(id, tx), version: 1, location: "/v1/kitchen-tickets/\(id)")
      })
  }

  private var tickets: Route {
    Route(
      .get, "/v1/kitchen-tickets", access: .tenant(.posRead), tag: "restaurant",
      summary: "List kitchen tickets, oldest first",
      query: QueryParameter.page + [
        QueryParameter("state", .oneOf(TicketState.allCases.map(\.rawValue)), "Only tickets in this state."),
        QueryParameter("station", Shapes.text(40), "Only of this station."),
      ], responses: Shapes.page(of: .object(Self.ticketHeader), "Tickets"),
      handler: .read { request in
        try await listPage(
          request, KitchenStatements.list,
          [.optional(request.parts.queryText("state")), .optional(request.parts.queryText("station"))]
        ) { row throws(Refusal) in .object(try KitchenStatements.summary(row)) }
      })
  }

  private var ticket: Route {
    Route(
      .get, "/v1/kitchen-tickets/{ticket}", access: .tenant(.posRead), tag: "restaurant", summary: "Read a ticket",
      parameters: [Self.ticketParameter], responses: Shapes.answer(Self.ticketShape, "The ticket"),
      handler: .read { request in
        let rows = try await request.tenant.read(KitchenStatements.queries(try request.id("ticket")))
        return .ok(try KitchenStatements.ticket(rows))
      })
  }

  private var advance: Route {
    Route(
      .post, "/v1/kitchen-tickets/{ticket}/advance", access: .tenant(.posSell), tag: "restaurant",
      summary: "Move a ticket on", details: "sent, preparing, ready, served, one after the other; or cancelled.",
      parameters: [Self.ticketParameter],
      body: .json(
        .object([Shapes.field("state", .oneOf(["preparing", "ready", "served", "cancelled"]))])),
      responses: Shapes.answer(Self.ticketShape, "The ticket as it is now"),
      handler: .write { request, tx in
        let id = try request.id("ticket")
        let body = BodyReader(request.body)
        guard let state = TicketState(rawValue: try body.requiredText("state")) else { throw Refusal.notFound }
        try await KitchenDesk(services: services).advance(id, to: state, in: tx)
        return .ok(try await read(id, tx))
      })
  }

  private func read(_ id: EntityID, _ tx: Transaction) async throws -> JSON {
    try KitchenStatements.ticket(try await tx.run(KitchenStatements.queries(id)))
  }
}
