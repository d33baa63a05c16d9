import BulkheadCore
import BulkheadData
import BulkheadServer

/// Sales orders.
struct OrderRoutes {
  let services: Services

  var routes: [Route] { [place, list, one, reservations, history, cancel, release, allocate] }

  private var desk: OrderDesk { OrderDesk(services) }
  private static let parameter = PathParameter("order", .id(of: "order"), "The order's id.")

  private var place: Route {
    Route(
      .post, "/v1/orders", access: .tenant(.ordersWrite), tag: "orders", summary: "Place an order",
      details: """
        Prices, credit-checks, reserves (oldest stock first) and confirms in one transaction; what stock does not \
        cover is backordered. An order beyond the customer's credit limit is accepted with status hold and holdCode \
        credit: nothing is reserved for it until it is released.
        """,
      body: .json(OrderShapes.new), responses: Shapes.created(OrderShapes.order, "The order, confirmed or on hold"),
      handler: .write { request, tx in
        let order = try await desk.place(try OrderShapes.request(BodyReader(request.body)), in: tx)
        return .created(order.json, version: order.version, location: "/v1/orders/\(order.id)")
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/orders/{order}", access: .tenant(.ordersRead), tag: "orders", summary: "Read an order",
      parameters: [Self.parameter], responses: Shapes.answer(OrderShapes.order, "The order with its lines"),
      handler: .read { request in
        guard let order = try await desk.order(try request.id("order"), in: request.tenant) else {
          throw Refusal.notFound
        }
        return .ok(order.json, version: order.version)
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/orders", access: .tenant(.ordersRead), tag: "orders", summary: "List orders, newest first",
      query: QueryParameter.page + [
        QueryParameter("status", .oneOf(OrderStatus.allCases.map(\.rawValue)), "Only orders in this status."),
        QueryParameter("customer", .id(of: "party"), "Only this customer's."),
        QueryParameter("poNumber", Shapes.text(60), "Only orders with this customer number."),
      ], responses: Shapes.page(of: OrderShapes.summary, "Orders"),
      handler: .read { request in
        let parts = request.parts
        let list = OrderReader.list(
          status: parts.queryText("status"), customer: parts.queryID("customer"),
          poNumber: parts.queryText("poNumber"))
        return try await listPage(request, list.statement, list.filters, from: .greatest) { row throws(Refusal) in
          [
            "id": .id(try row.id(0)), "number": .string(try row.text(1)), "customerId": .id(try row.id(2)),
            "customer": .string(try row.text(3)), "poNumber": row.jsonText(4), "status": .string(try row.text(5)),
            "holdCode": row.jsonText(6), "shipmentState": .string(try row.text(7)),
            "invoiceState": .string(try row.text(8)), "total": try row.money(10, try row.currency(9)).json,
            "placedAt": .instant(try row.instant(11)), "version": .int(try row.int(12)),
          ]
        }
      })
  }

  private var reservations: Route {
    Route(
      .get, "/v1/orders/{order}/reservations", access: .tenant(.ordersRead), tag: "orders",
      summary: "List what is held for an order", parameters: [Self.parameter],
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(OrderShapes.reservation, maxItems: 100_000))]), "Reservations"),
      handler: .read { request in
        try await readParts(request, of: "order", exists: OrderReader.exists, OrderReader.reservations) {
          row throws(Refusal) in
          [
            "id": .id(try row.id(0)), "line": .int(try row.int(1)), "sku": .string(try row.text(2)),
            "lot": row.jsonText(3), "location": .string(try row.text(4)), "quantity": try row.quantity(5).json,
            "state": .string(try row.text(6)), "createdAt": .instant(try row.instant(7)),
          ]
        }
      })
  }

  private var history: Route {
    Route(
      .get, "/v1/orders/{order}/history", access: .tenant(.ordersRead), tag: "orders",
      summary: "List what became of an order", parameters: [Self.parameter],
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(OrderShapes.event, maxItems: 100_000))]), "Events, oldest first"),
      handler: .read { request in
        try await readHistory(request, of: "order", exists: OrderReader.exists, OrderReader.history)
      })
  }

  private var cancel: Route {
    Route(
      .post, "/v1/orders/{order}/cancel", access: .tenant(.ordersWrite), tag: "orders", summary: "Cancel an order",
      details: "Frees what was reserved. Send If-Match to cancel only the version you have read.",
      parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("reason", .nullable(Shapes.text(200)))])),
      responses: Shapes.answer(OrderShapes.order, "The order as it is now"),
      handler: .write { request, tx in
        let order = try await desk.cancel(
          try request.id("order"), version: request.parts.ifMatch, reason: request.body["reason"]?.string, in: tx)
        return .ok(order.json, version: order.version)
      })
  }

  private var release: Route {
    Route(
      .post, "/v1/orders/{order}/release", access: .tenant(.ordersRelease), tag: "orders",
      summary: "Release an order on hold",
      details: "Checks credit again, unless approveCredit is sent by someone with credit.approve. Then reserves.",
      parameters: [Self.parameter], body: .json(.object([Shapes.optional("approveCredit", .boolean)])),
      responses: Shapes.answer(OrderShapes.order, "The order, confirmed"),
      handler: .write { request, tx in
        let approves = request.body["approveCredit"]?.bool ?? false
        if approves { try request.context.require(.creditApprove) }
        let order = try await desk.release(
          try request.id("order"), version: request.parts.ifMatch, approvesCredit: approves, in: tx)
        return .ok(order.json, version: order.version)
      })
  }

  private var allocate: Route {
    Route(
      .post, "/v1/orders/{order}/allocate", access: .tenant(.ordersWrite), tag: "orders",
      summary: "Reserve what has come in for an order's backorders", parameters: [Self.parameter],
      responses: Shapes.answer(OrderShapes.order, "The order as it is now"),
      handler: .write { request, tx in
        let order = try await desk.reallocate(try request.id("order"), version: request.parts.ifMatch, in: tx)
        return .ok(order.json, version: order.version)
      })
  }
}
