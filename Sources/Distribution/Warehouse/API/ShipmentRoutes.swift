import BulkheadCore
import BulkheadData
import BulkheadServer

/// Shipments.
struct ShipmentRoutes {
  let services: Services

  var routes: [Route] { [list, one, history, pack, ship, cancel] }

  private static let parameter = PathParameter("shipment", .id(of: "shipment"), "The shipment's id.")

  private var list: Route {
    Route(
      .get, "/v1/shipments", access: .tenant(.fulfilmentRead), tag: "fulfilment",
      summary: "List shipments, newest first",
      query: QueryParameter.page + [
        QueryParameter("state", .oneOf(ShipmentPhase.allCases.map(\.rawValue)), "Only shipments in this state."),
        QueryParameter("order", .id(of: "order"), "Only this order's."),
        QueryParameter("wave", .id(of: "wave"), "Only this wave's."),
      ], responses: Shapes.page(of: WarehouseShapes.shipmentSummary, "Shipments"),
      handler: .read { request in
        let parts = request.parts
        return try await listPage(
          request, ShipmentReader.list,
          [.optional(parts.queryText("state")), .optional(parts.queryID("order")), .optional(parts.queryID("wave"))],
          from: .greatest
        ) { row throws(Refusal) in try ShipmentReader.summary(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/shipments/{shipment}", access: .tenant(.fulfilmentRead), tag: "fulfilment",
      summary: "Read a shipment", parameters: [Self.parameter],
      responses: Shapes.answer(WarehouseShapes.shipment, "The shipment with its lines and packages"),
      handler: .read { request in
        let rows = try await request.tenant.read(ShipmentReader.queries(try request.id("shipment")))
        guard let shipment = try ShipmentReader.shipment(rows) else { throw Refusal.notFound }
        return .ok(shipment.json, version: shipment.version)
      })
  }

  private var history: Route {
    Route(
      .get, "/v1/shipments/{shipment}/history", access: .tenant(.fulfilmentRead), tag: "fulfilment",
      summary: "List what became of a shipment", parameters: [Self.parameter],
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(WarehouseShapes.event, maxItems: 100_000))]), "Events, oldest first"),
      handler: .read { request in
        try await readHistory(request, of: "shipment", exists: ShipmentReader.exists, ShipmentReader.history)
      })
  }

  private var pack: Route {
    Route(
      .post, "/v1/shipments/{shipment}/pack", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Close the packages of a shipment", details: "Everything that was picked must be in one of them.",
      parameters: [Self.parameter], responses: Shapes.answer(WarehouseShapes.shipment, "The shipment, packed"),
      handler: .write { request, tx in
        let id = try request.id("shipment")
        try await PackDesk(services).close(id, in: tx)
        return try await answer(id, tx)
      })
  }

  private var ship: Route {
    Route(
      .post, "/v1/shipments/{shipment}/ship", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Ship a shipment",
      details: """
        Posts the goods out at what their lots cost (debit cost of goods sold, credit inventory), uses up their \
        reservations, and moves the amount from the customer's open orders to what is to be billed.
        """,
      parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.field("carrier", Shapes.text(80)), Shapes.optional("service", .nullable(Shapes.text(80))),
          Shapes.optional("trackingNumber", .nullable(Shapes.text(80))),
        ])), responses: Shapes.answer(WarehouseShapes.shipment, "The shipment, shipped"),
      handler: .write { request, tx in
        let id = try request.id("shipment")
        let body = BodyReader(request.body)
        try await ShipDesk(services).ship(
          id,
          ShipDesk.Carriage(
            carrier: try body.requiredText("carrier"), service: body.text("service"),
            trackingNumber: body.text("trackingNumber")), in: tx)
        return try await answer(id, tx)
      })
  }

  private var cancel: Route {
    Route(
      .post, "/v1/shipments/{shipment}/cancel", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Give a shipment up",
      details: """
        Open tasks end, packages are void, and what was picked goes back to its bins. All of it stays reserved for the \
        order, which the next wave takes up or which can be cancelled then.
        """,
      parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("reason", .nullable(Shapes.text(200)))])),
      responses: Shapes.answer(WarehouseShapes.shipment, "The shipment, cancelled"),
      handler: .write { request, tx in
        let id = try request.id("shipment")
        try await ShipDesk(services).cancel(id, reason: request.body["reason"]?.string, in: tx)
        return try await answer(id, tx)
      })
  }

  private func answer(_ id: EntityID, _ tx: Transaction) async throws -> Response {
    let shipment = try await WarehouseRoutes.shipment(id, in: tx)
    return .ok(shipment.json, version: shipment.version)
  }
}
