import BulkheadCore
import BulkheadData
import HTTPTypes

@testable import BulkheadServer

/// Routes of every kind that the table knows.
enum TestRoutes {
  static let orderShape = Schema.object([
    Schema.Field("id", .id(of: "order")), Schema.Field("tenant", .string(maxLength: 36)),
  ])

  static let orderBody = Schema.object([
    Schema.Field("sku", .string(minLength: 1, maxLength: 20), "What is ordered."),
    Schema.Field("quantity", .decimal(digits: 9, scale: 3, minimum: .positive)),
    .optional("note", .nullable(.string(maxLength: 10))),
  ])

  static func all(entered: Signal, release: Signal) -> [Route] {
    [readOrder, ofTenant, page, placeOrder, changeOrder, edi, tenants, login] + faults + [
      Route(
        .get, "/v1/slow", access: .tenant("orders.read"), tag: "orders", summary: "Wait for a signal",
        responses: [ResponseShape(.ok, "Done.")],
        handler: .read { _ in
          entered.open()
          await release.wait()
          return .ok(["done": true])
        })
    ]
  }

  static let readOrder = Route(
    .get, "/v1/orders/{order}", access: .tenant("orders.read"), tag: "orders", summary: "Read an order",
    parameters: [PathParameter("order", .id(of: "order"), "The order.")],
    responses: [ResponseShape(.ok, "The order.", .json(orderShape))],
    handler: .read { request in
      guard try request.id("order") == World.order else { throw Refusal.notFound }
      return .ok(["id": .id(World.order), "tenant": .string(request.context.tenant.description)], version: 3)
    })

  static let ofTenant = Route(
    .get, "/v1/tenants/{tenant}/orders", access: .tenant("orders.read"), tag: "orders", summary: "List by tenant",
    parameters: [PathParameter("tenant", .tenant, "Your tenant.")],
    responses: [ResponseShape(.ok, "Orders.", .json(.any))],
    handler: .read { request in .ok(["tenant": .string(request.context.tenant.description)]) })

  static let page = Route(
    .get, "/v1/orders", access: .tenant("orders.read"), tag: "orders", summary: "List orders",
    query: QueryParameter.page + [QueryParameter("open", .boolean, "Only open ones.")],
    responses: [ResponseShape(.ok, "A page.", .json(.page(of: orderShape)))],
    handler: .read { request in .ok(["limit": .int(request.page.limit), "after": .optional(request.page.after)]) })

  static let placeOrder = Route(
    .post, "/v1/orders", access: .tenant("orders.write"), tag: "orders", summary: "Place an order",
    body: .json(orderBody, bytesMax: 1500),
    responses: [ResponseShape(.created, "It was placed.", .json(orderShape))],
    handler: .write { request, transaction in
      try await transaction.run(FakeSessions.effect)
      let sku = request.body["sku"]?.string
      if sku == "refused" { throw Refusal(RefusalCode("stock.missing", .conflict), "There is none.") }
      if sku == "value" { return Response(.conflict, .json(["code": "stock.missing"])) }
      let id = World.order
      return .created(
        ["id": .id(id), "tenant": .string(request.context.tenant.description)], version: 1,
        location: "/v1/orders/\(id)")
    })

  static let changeOrder = Route(
    .put, "/v1/orders/{order}", access: .tenant("orders.write"), tag: "orders", summary: "Change an order",
    parameters: [PathParameter("order", .id(of: "order"), "The order.")], body: .json(orderBody),
    responses: [ResponseShape(.ok, "The order.", .json(orderShape))], requiresVersion: true,
    handler: .write { request, transaction in
      guard request.ifMatch == 3 else { throw Refusal(.versionMismatch, "The order has changed.") }
      try await transaction.run(FakeSessions.effect)
      return .ok(["id": .id(try request.id("order")), "tenant": "x"], version: 4)
    })

  static let edi = Route(
    .post, "/v1/edi", access: .tenant("orders.write"), tag: "edi", summary: "Deliver an interchange",
    body: .bytes(contentTypes: ["application/edi-x12", "text/plain"], bytesMax: 64),
    responses: [ResponseShape(.ok, "What was said.", .bytes(contentType: "text/plain"))],
    handler: .read { request in Response(.ok, .bytes(request.bytes, contentType: "text/plain")) })

  static let tenants = Route(
    .get, "/v1/platform/tenants", access: .platform("tenants.read"), tag: "platform", summary: "List tenants",
    responses: [ResponseShape(.ok, "Tenants.", .json(.any))],
    handler: .platform { request in .ok(["actor": .string(request.actor.description)]) })

  static let login = Route(
    .post, "/v1/tenants/{tenant}/login", access: .open, tag: "identity", summary: "Log in",
    parameters: [PathParameter("tenant", .tenant, "The tenant.")],
    body: .json(.object([Schema.Field("name", .string(maxLength: 20))])),
    responses: [ResponseShape(.ok, "A token.", .json(.any))],
    handler: .open { request in
      .ok(["tenant": .string(try request.parts.text("tenant")), "peer": .string(request.peer)])
    })

  /// Errors that handlers may throw, by name.
  static let thrown: [String: any Error] = {
    var thrown: [String: any Error] = [
      "unknown": Unknown(secret: "db password hunter2"), "cancelled": CancellationError(),
    ]
    for kind in DataError.Kind.allCases {
      thrown["data-\(kind.rawValue)"] = DataError(
        kind, constraint: "order_lines_within_stock", diagnostic: "SELECT secret FROM tenant_b")
    }
    for category in RefusalCategory.allCases {
      thrown["refusal-\(category.rawValue)"] = Refusal(
        RefusalCode("test.\(category.rawValue)", category), "Safe words.", diagnostic: "SELECT secret")
    }
    return thrown
  }()

  struct Unknown: Error {
    let secret: String
  }

  private static let faults = [
    Route(
      .get, "/v1/faults/{name}", access: .tenant("orders.read"), tag: "faults", summary: "Throw",
      parameters: [PathParameter("name", .text(maxLength: 60), "What to throw.")],
      responses: [ResponseShape(.ok, "Never.")],
      handler: .read { request in throw thrown[try request.text("name")] ?? Refusal.notFound })
  ]
}
