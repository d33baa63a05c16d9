import BulkheadCore
import BulkheadData
import BulkheadServer

/// Orders of tills.
struct POSOrderRoutes {
  let services: Services

  var routes: [Route] { [sell, batch, list, one, pay, void, refund] }

  private var desk: POSDesk { POSDesk(services) }
  private static let parameter = PathParameter("order", .id(of: "pos_order"), "The order's id.")

  private var sell: Route {
    Route(
      .post, "/v1/pos/orders", access: .tenant(.posSell), tag: "pos", summary: "Take an order at a till",
      details: """
        The till's UUID makes it one order however often it is sent: the same again is answered with the order that \
        stands, another order under it is refused. Prices are the till's price list's; a price of its own is taken \
        with its reason, and the list's stands beside it. What is not in stock is sold all the same. Without payments \
        the order stays open.
        """,
      body: .json(POSShapes.newOrder), responses: Shapes.created(POSShapes.order, "The order"),
      handler: .write { request, tx in
        let order = try await desk.sell(try POSShapes.request(BodyReader(request.body)), in: tx)
        return .created(order, location: "/v1/pos/orders/\(order["id"]?.string ?? "")")
      })
  }

  private static let outcome = Schema.object([
    Shapes.field("uuid", POSShapes.uuid), Shapes.field("isTaken", .boolean),
    Shapes.nullable("order", POSShapes.order), Shapes.nullable("code", Shapes.text(60), "Why it was refused."),
    Shapes.nullable("detail", Shapes.text(400)),
  ])

  private var batch: Route {
    Route(
      .post, "/v1/pos/orders/batch", access: .tenant(.posSell), tag: "pos",
      summary: "Take the orders of a till that was offline",
      details: """
        Each order is taken or refused by itself, in the order of the list, and answered by itself. Sending the list \
        again changes nothing. A list of which nothing can be taken is refused, with the reason of each order.
        """,
      body: .json(
        .object([Shapes.field("orders", .array(POSShapes.newOrder, minItems: 1, maxItems: POSRequest.batchMax))])),
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(Self.outcome, maxItems: POSRequest.batchMax))]),
        "What became of each"),
      handler: .read { request in
        var items: [JSON] = []
        var refusals: [Refusal] = []
        for item in BodyReader(request.body).items("orders") {
          do {
            items.append(Self.outcome(item, order: try await take(item, request.tenant)))
          } catch let refusal as Refusal where refusal.code != .internalFault {
            items.append(Self.outcome(item, refusal: refusal))
            refusals.append(refusal)
          }
        }
        if let first = refusals.first, refusals.count == items.count {
          throw Refusal(
            first.code, first.detail,
            violations: refusals.enumerated().map {
              Violation(at: "/orders/\($0.offset)", $0.element.code.name, $0.element.detail)
            })
        }
        return .ok(["items": .array(items)])
      })
  }

  /// A transaction of its own: what one order breaks, the others do not pay for.
  private func take(_ item: BodyReader, _ tenant: Tenant) async throws -> JSON {
    let order = try POSShapes.request(BodyReader(item.json))
    return try await ConstraintRefusals.translating {
      try await tenant.transaction { tx in try await desk.sell(order, in: tx) }
    }
  }

  private static func outcome(_ item: BodyReader, order: JSON? = nil, refusal: Refusal? = nil) -> JSON {
    [
      "uuid": item.json["uuid"] ?? .null, "isTaken": .bool(order != nil), "order": order ?? .null,
      "code": .optional(refusal?.code.name), "detail": .optional(refusal.map { String($0.detail.prefix(400)) }),
    ]
  }

  private var list: Route {
    Route(
      .get, "/v1/pos/orders", access: .tenant(.posRead), tag: "pos", summary: "List till orders, newest first",
      query: QueryParameter.page + [
        QueryParameter("session", .id(of: "pos_session"), "Only of this session."),
        QueryParameter("status", .oneOf(["open", "paid", "voided", "refunded"]), "Only orders in this status."),
      ], responses: Shapes.page(of: POSShapes.summary, "Orders and refunds"),
      handler: .read { request in
        try await listPage(
          request, POSReader.list,
          [.optional(request.parts.queryID("session")), .optional(request.parts.queryText("status"))],
          from: .greatest
        ) { row throws(Refusal) in .object(try POSReader.summary(row)) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/pos/orders/{order}", access: .tenant(.posRead), tag: "pos", summary: "Read a till order",
      parameters: [Self.parameter], responses: Shapes.answer(POSShapes.order, "The order"),
      handler: .read { request in
        let rows = try await request.tenant.read(POSReader.queries(try request.id("order")))
        guard let order = try POSReader.order(rows) else { throw Refusal.notFound }
        return .ok(order)
      })
  }

  private var pay: Route {
    Route(
      .post, "/v1/pos/orders/{order}/pay", access: .tenant(.posSell), tag: "pos", summary: "Take an order's payment",
      parameters: [Self.parameter],
      body: .json(.object([Shapes.field("payments", POSShapes.tenders)])),
      responses: Shapes.answer(POSShapes.order, "The order, paid"),
      handler: .write { request, tx in
        .ok(try await desk.pay(try request.id("order"), POSShapes.tenders(BodyReader(request.body)), in: tx))
      })
  }

  private var void: Route {
    Route(
      .post, "/v1/pos/orders/{order}/void", access: .tenant(.posSell), tag: "pos", summary: "Undo an order",
      details: "While its session lasts. What was paid goes back the way it came, and the goods go back to the place.",
      parameters: [Self.parameter], body: .json(.object([Shapes.field("reason", Shapes.text(200))])),
      responses: Shapes.answer(POSShapes.order, "The order, voided"),
      handler: .write { request, tx in
        .ok(
          try await desk.void(
            try request.id("order"), reason: try BodyReader(request.body).requiredText("reason"), in: tx))
      })
  }

  private var refund: Route {
    Route(
      .post, "/v1/pos/orders/{order}/refunds", access: .tenant(.posSell), tag: "pos",
      summary: "Give back part of an order or all of it",
      details: "Goods that are restocked come back at what they left at. Sent twice under one UUID it is one refund.",
      parameters: [Self.parameter], body: .json(POSShapes.newRefund),
      responses: Shapes.created(POSShapes.order, "The refund: an order whose amounts are below zero"),
      handler: .write { request, tx in
        let refund = try await desk.refund(
          try POSShapes.refund(BodyReader(request.body), order: try request.id("order")), in: tx)
        return .created(refund, location: "/v1/pos/orders/\(refund["id"]?.string ?? "")")
      })
  }
}
