import BulkheadCore
import BulkheadData
import BulkheadServer

/// The routes of the outbound warehouse.
enum WarehouseRoutes {
  static func all(_ services: Services) -> [Route] {
    WaveRoutes(services: services).routes + PickRoutes(services: services).routes
      + ShipmentRoutes(services: services).routes + PackageRoutes(services: services).routes
      + CountRoutes(services: services).routes + PutawayRuleRoutes(services: services).routes
      + PutawayRoutes(services: services).routes
  }

  /// Sends what a desk has left to be written, and answers the shipment as it now stands.
  static func shipment(_ id: EntityID, in tx: Transaction) async throws -> OutboundShipment {
    guard let shipment = try ShipmentReader.shipment(try await tx.run(ShipmentReader.queries(id))) else {
      throw Refusal.notFound
    }
    return shipment
  }
}

/// Waves.
struct WaveRoutes {
  let services: Services

  var routes: [Route] { [plan, release, list, one] }

  private static let parameter = PathParameter("wave", .id(of: "wave"), "The wave's id.")
  private var desk: WaveDesk { WaveDesk(services) }

  private var plan: Route {
    Route(
      .post, "/v1/waves", access: .tenant(.fulfilmentWrite), tag: "fulfilment", summary: "Plan and release a wave",
      details: """
        Makes one shipment for each order and, when it is released, one pick task for each reservation, in the order \
        of the bins. Without orderIds it takes up to \(WaveRequest.ordersMax) orders that have reserved stock; an \
        order that ships complete only when all of it is in stock.
        """,
      body: .json(WarehouseShapes.newWave), responses: Shapes.created(WarehouseShapes.wave, "The wave"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        var orders: [EntityID] = []
        for item in request.body["orderIds"]?.array ?? [] { if let id = item.id { orders.append(id) } }
        let id = try await desk.plan(
          WaveRequest(
            warehouse: body.text("warehouse"), orders: orders, releases: body.bool("release") ?? true), in: tx)
        let wave = try await read(id, tx)
        return .created(wave.json, version: wave.version, location: "/v1/waves/\(id)")
      })
  }

  private var release: Route {
    Route(
      .post, "/v1/waves/{wave}/release", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Release a planned wave", parameters: [Self.parameter],
      responses: Shapes.answer(WarehouseShapes.wave, "The wave as it is now"),
      handler: .write { request, tx in
        let id = try request.id("wave")
        try await desk.release(id, in: tx)
        let wave = try await read(id, tx)
        return .ok(wave.json, version: wave.version)
      })
  }

  private func read(_ id: EntityID, _ tx: Transaction) async throws -> (json: JSON, version: Int64) {
    let rows = try await ConstraintRefusals.translating { try await tx.run(WaveReader.queries(id)) }
    guard let wave = try WaveReader.wave(rows) else { throw Refusal.notFound }
    return wave
  }

  private var list: Route {
    Route(
      .get, "/v1/waves", access: .tenant(.fulfilmentRead), tag: "fulfilment", summary: "List waves, newest first",
      query: QueryParameter.page, responses: Shapes.page(of: WarehouseShapes.waveSummary, "Waves"),
      handler: .read { request in
        try await listPage(request, WaveReader.list, from: .greatest) { row throws(Refusal) in
          try WaveReader.summary(row)
        }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/waves/{wave}", access: .tenant(.fulfilmentRead), tag: "fulfilment", summary: "Read a wave",
      parameters: [Self.parameter], responses: Shapes.answer(WarehouseShapes.wave, "The wave with its shipments"),
      handler: .read { request in
        let rows = try await request.tenant.read(WaveReader.queries(try request.id("wave")))
        guard let wave = try WaveReader.wave(rows) else { throw Refusal.notFound }
        return .ok(wave.json, version: wave.version)
      })
  }
}
