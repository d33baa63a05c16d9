import BulkheadCore
import BulkheadData
import BulkheadServer

/// Purchase orders.
struct PurchaseOrderRoutes {
  let services: Services

  var routes: [Route] { [place, list, one, history] + PurchaseAct.allCases.map(act) }

  private var desk: PurchaseDesk { PurchaseDesk(services: services) }
  private static let parameter = PathParameter("purchase", .id(of: "purchase_order"), "The purchase order's id.")

  private var place: Route {
    Route(
      .post, "/v1/purchase-orders", access: .tenant(.purchasingWrite), tag: "purchasing",
      summary: "Draft a purchase order",
      details: """
        A price of a running contract comes before the supplier's own; unitPrice comes before both. What a contract \
        gives is called off at once and comes back when it is not delivered.
        """,
      body: .json(PurchaseShapes.newOrder), responses: Shapes.created(PurchaseShapes.order, "The order, a draft"),
      handler: .write { request, tx in
        let order = try await desk.place(try PurchaseShapes.request(BodyReader(request.body)), in: tx)
        return .created(order.json, version: order.version, location: "/v1/purchase-orders/\(order.id)")
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/purchase-orders", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "List purchase orders, newest first",
      query: QueryParameter.page + [
        QueryParameter("status", PurchaseShapes.status, "Only orders in this status."),
        QueryParameter("supplier", .id(of: "party"), "Only from this supplier."),
      ], responses: Shapes.page(of: PurchaseShapes.orderSummary, "Purchase orders"),
      handler: .read { request in
        try await listPage(
          request, PurchaseReader.list,
          [.optional(request.parts.queryText("status")), .optional(request.parts.queryID("supplier"))],
          from: .greatest
        ) { row throws(Refusal) in try PurchaseReader.order(row).summary }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/purchase-orders/{purchase}", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "Read a purchase order", parameters: [Self.parameter],
      responses: Shapes.answer(PurchaseShapes.order, "The order with its lines"),
      handler: .read { request in
        let rows = try await request.tenant.read(PurchaseReader.queries(try request.id("purchase")))
        guard let order = try PurchaseReader.order(rows[...]) else { throw Refusal.notFound }
        return .ok(order.json, version: order.version)
      })
  }

  private var history: Route {
    Route(
      .get, "/v1/purchase-orders/{purchase}/history", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "List what became of a purchase order", parameters: [Self.parameter],
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(PurchaseShapes.event, maxItems: 100_000))]), "Events, oldest first"),
      handler: .read { request in
        try await readHistory(request, of: "purchase", exists: PurchaseReader.exists, PurchaseReader.history)
      })
  }

  private func act(_ act: PurchaseAct) -> Route {
    Route(
      .post, "/v1/purchase-orders/{purchase}/\(act.rawValue)", access: .tenant(act.permission), tag: "purchasing",
      summary: act.summary, details: "Send If-Match to act on the version you have read only.",
      parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("reason", .nullable(Shapes.text(200)))])),
      responses: Shapes.answer(PurchaseShapes.order, "The order as it is now"),
      handler: .write { request, tx in
        let order = try await desk.act(
          act, on: try request.id("purchase"), version: request.parts.ifMatch,
          reason: request.body["reason"]?.string, in: tx)
        return .ok(order.json, version: order.version)
      })
  }
}

extension PurchaseAct {
  /// Who writes an order does not confirm it.
  fileprivate var permission: Permission { self == .confirm ? .purchasingApprove : .purchasingWrite }

  fileprivate var summary: String {
    switch self {
    case .submit: "Submit a purchase order for confirmation"
    case .confirm: "Confirm a purchase order: its goods are expected"
    case .send: "Mark a purchase order as sent to the supplier"
    case .close: "Close a purchase order: what has not come is not expected any more"
    case .cancel: "Cancel a purchase order of which nothing has come"
    }
  }
}
