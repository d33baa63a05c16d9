import BulkheadCore
import BulkheadData
import BulkheadServer

/// Pick tasks, as scanners on the floor use them.
struct PickRoutes {
  let services: Services

  var routes: [Route] { [claim, list, one, scan, short, putBack] }

  private static let parameter = PathParameter("task", .id(of: "pick_task"), "The task's id.")
  private var desk: PickDesk { PickDesk(services) }

  private var claim: Route {
    Route(
      .post, "/v1/pick-task-claims", access: .tenant(.fulfilmentPick), tag: "fulfilment",
      summary: "Claim the next pick task",
      details: """
        Answers the task that this device holds already, else the next open one in the order of the bins, which nobody \
        else gets then.
        """,
      body: .json(
        .object([
          Shapes.field("device", WarehouseShapes.device),
          Shapes.optional("waveId", .nullable(.id(of: "wave")), "Only tasks of this wave."),
          Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; the default warehouse otherwise."),
        ])), responses: Shapes.answer(WarehouseShapes.claimed, "The task in your hands"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let task = try await desk.claim(
          device: try body.requiredText("device"), wave: body.id("waveId"), warehouse: body.text("warehouse"), in: tx)
        guard let task else { return .ok(["task": .null]) }
        return .ok(["task": try await read(task, tx)])
      })
  }

  private func read(_ task: EntityID, _ tx: Transaction) async throws -> JSON {
    guard let row = try await tx.run(PickReader.one, .id(task)).first else { throw Refusal.notFound }
    return try PickReader.task(row)
  }

  private var list: Route {
    Route(
      .get, "/v1/pick-tasks", access: .tenant(.fulfilmentRead), tag: "fulfilment", summary: "List pick tasks",
      query: QueryParameter.page + [
        QueryParameter("wave", .id(of: "wave"), "Only this wave's."),
        QueryParameter("shipment", .id(of: "shipment"), "Only this shipment's."),
        QueryParameter("state", .oneOf(PickTaskState.allCases.map(\.rawValue)), "Only tasks in this state."),
      ], responses: Shapes.page(of: WarehouseShapes.task, "Pick tasks"),
      handler: .read { request in
        let parts = request.parts
        return try await listPage(
          request, PickReader.list,
          [
            .optional(parts.queryID("wave")), .optional(parts.queryID("shipment")),
            .optional(parts.queryText("state")),
          ]
        ) { row throws(Refusal) in try PickReader.task(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/pick-tasks/{task}", access: .tenant(.fulfilmentRead), tag: "fulfilment", summary: "Read a pick task",
      parameters: [Self.parameter], responses: Shapes.answer(WarehouseShapes.task, "The task"),
      handler: .read { request in
        try await readOne(request, Query(PickReader.one, .id(try request.id("task"))), version: 19) {
          row throws(Refusal) in try PickReader.task(row)
        }
      })
  }

  private var scan: Route {
    Route(
      .post, "/v1/pick-tasks/{task}/scans", access: .tenant(.fulfilmentPick), tag: "fulfilment",
      summary: "Confirm picked goods by scan",
      details: """
        The bin, the lot and, where it is scanned, the product must be the task's. The goods move to the warehouse's \
        output place and stay reserved for their order. A task may be confirmed in parts. The same device and seq sent \
        again changes nothing.
        """,
      parameters: [Self.parameter], body: .json(WarehouseShapes.newScan),
      responses: Shapes.answer(WarehouseShapes.task, "The task as it is now"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = try request.id("task")
        let scan = PickScan(
          device: try body.requiredText("device"), sequence: try body.requiredInt("seq"),
          location: try body.requiredText("location"), barcode: body.text("barcode"), lot: body.text("lot"),
          quantity: try body.requiredQuantity("quantity"))
        try await desk.confirm(id, scan, in: tx)
        return .ok(try await read(id, tx))
      })
  }

  private var short: Route {
    Route(
      .post, "/v1/pick-tasks/{task}/short", access: .tenant(.fulfilmentPick), tag: "fulfilment",
      summary: "End a task that finds too little",
      details: """
        The rest is reserved elsewhere and gets a task of its own when there is other free stock, else it is \
        backordered. The bin is to be counted; nothing is promised from it meanwhile.
        """,
      parameters: [Self.parameter], body: .json(WarehouseShapes.newShort),
      responses: Shapes.answer(WarehouseShapes.task, "The task as it is now"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = try request.id("task")
        try await desk.short(
          id, device: try body.requiredText("device"), sequence: try body.requiredInt("seq"),
          reason: try body.requiredText("reason"), in: tx)
        return .ok(try await read(id, tx))
      })
  }

  private var putBack: Route {
    Route(
      .post, "/v1/pick-tasks/{task}/put-back", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Take a task out of a worker's hands", parameters: [Self.parameter],
      responses: Shapes.answer(WarehouseShapes.task, "The task as it is now"),
      handler: .write { request, tx in
        let id = try request.id("task")
        try await desk.putBack(id, in: tx)
        return .ok(try await read(id, tx))
      })
  }
}
