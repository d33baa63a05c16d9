import BulkheadCore
import BulkheadData
import BulkheadServer

/// Company prefixes, packages and their labels.
struct PackageRoutes {
  let services: Services

  var routes: [Route] { [addPrefix, prefixes, open, one, fill, void, svg, zpl] }

  private static let shipment = PathParameter("shipment", .id(of: "shipment"), "The shipment's id.")
  private static let parameter = PathParameter("package", .id(of: "package"), "The package's id.")
  private var desk: PackDesk { PackDesk(services) }

  private var addPrefix: Route {
    Route(
      .post, "/v1/gs1-prefixes", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Add a GS1 company prefix",
      details: "Packages get their SSCC from the default prefix. A serial is given out once and never again.",
      body: .json(WarehouseShapes.newPrefix), responses: Shapes.created(WarehouseShapes.prefix, "The prefix"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = services.ambient.makeID()
        let isDefault = body.bool("isDefault") ?? true
        let prefix = try body.requiredText("prefix")
        let next = body.int("nextSerial") ?? 1
        let digit = body.int("extensionDigit") ?? 0
        do throws(Refusal) {
          _ = try SSCC(extensionDigit: Int(digit), companyPrefix: prefix, serial: UInt64(next))
        } catch { throw body.refusal(error.code, error.detail, "nextSerial") }
        let made = try await create(
          tx,
          [
            Query(GS1PrefixRecords.clearDefault, .bool(isDefault)),
            Query(GS1PrefixRecords.insert, .id(id), .text(prefix), .int(digit), .int(next), .bool(isDefault)),
            try services.audit.query(
              "gs1Prefix.added", subject: "gs1_prefix:\(id)", detail: ["prefix": .string(prefix)],
              context: tx.context),
          ], read: Query(GS1PrefixRecords.one, .id(id))
        ) { row throws(Refusal) in try GS1PrefixRecords.prefix(row) }
        return .created(made, location: "/v1/gs1-prefixes")
      })
  }

  private var prefixes: Route {
    Route(
      .get, "/v1/gs1-prefixes", access: .tenant(.fulfilmentRead), tag: "fulfilment",
      summary: "List GS1 company prefixes", query: QueryParameter.page,
      responses: Shapes.page(of: WarehouseShapes.prefix, "Prefixes"),
      handler: .read { request in
        try await listPage(request, GS1PrefixRecords.list) { row throws(Refusal) in try GS1PrefixRecords.prefix(row) }
      })
  }

  private var open: Route {
    Route(
      .post, "/v1/shipments/{shipment}/packages", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Open a package", details: "It gets the next SSCC; goods may be packed while others are being picked.",
      parameters: [Self.shipment], body: .json(WarehouseShapes.newPackage),
      responses: Shapes.created(WarehouseShapes.package, "The package"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = try await desk.open(
          try request.id("shipment"),
          PackDesk.NewPackage(
            type: body.text("type") ?? "carton", weightGrams: try body.quantity("weightGrams"),
            contents: try WarehouseShapes.contents(body)), in: tx)
        let package = try await read(id, tx)
        return .created(package.json, version: package.version, location: "/v1/packages/\(id)")
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/packages/{package}", access: .tenant(.fulfilmentRead), tag: "fulfilment", summary: "Read a package",
      parameters: [Self.parameter], responses: Shapes.answer(WarehouseShapes.package, "The package"),
      handler: .read { request in
        let id = try request.id("package")
        let rows = try await request.tenant.read(
          Query(PackStatements.one, .id(id)), Query(PackStatements.items, .id(id)))
        let package = try Self.package(rows)
        return .ok(package.json, version: package.version)
      })
  }

  private var fill: Route {
    Route(
      .post, "/v1/packages/{package}/items", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Put goods into a package", parameters: [Self.parameter],
      body: .json(.object([WarehouseShapes.newItems])),
      responses: Shapes.answer(WarehouseShapes.package, "The package as it is now"),
      handler: .write { request, tx in
        let id = try request.id("package")
        try await desk.add(try WarehouseShapes.contents(BodyReader(request.body)), to: id, in: tx)
        let package = try await read(id, tx)
        return .ok(package.json, version: package.version)
      })
  }

  private var void: Route {
    Route(
      .post, "/v1/packages/{package}/void", access: .tenant(.fulfilmentWrite), tag: "fulfilment",
      summary: "Take a package apart",
      details: "What was in it is to be packed again; its SSCC is never given to another.",
      parameters: [Self.parameter], responses: Shapes.answer(WarehouseShapes.package, "The package, void"),
      handler: .write { request, tx in
        let id = try request.id("package")
        try await desk.void(id, in: tx)
        let package = try await read(id, tx)
        return .ok(package.json, version: package.version)
      })
  }

  private func read(_ id: EntityID, _ tx: Transaction) async throws -> (json: JSON, version: Int64) {
    try Self.package(
      try await tx.run(Query(PackStatements.one, .id(id)), Query(PackStatements.items, .id(id))))
  }

  private static func package(_ rows: [Rows]) throws(Refusal) -> (json: JSON, version: Int64) {
    guard let row = rows[0].first else { throw Refusal.notFound }
    var items: [JSON] = []
    for item in rows[1] {
      items.append([
        "line": .int(try item.int(0)), "sku": .string(try item.text(1)), "lot": item.jsonText(2),
        "quantity": try item.quantity(3).json,
      ])
    }
    let json: JSON = [
      "id": .id(try row.id(0)), "shipmentId": .id(try row.id(1)), "shipment": .string(try row.text(2)),
      "number": .int(try row.int(3)), "sscc": .string(try row.text(4)), "type": .string(try row.text(5)),
      "state": .string(try row.text(6)), "weightGrams": row.isNull(7) ? .null : try row.quantity(7).json,
      "items": .array(items), "version": .int(try row.int(8)),
    ]
    return (json, try row.int(8))
  }

  private static let svgType = "image/svg+xml"
  private static let zplType = "application/zpl"

  private var svg: Route {
    Route(
      .get, "/v1/packages/{package}/labels/svg", access: .tenant(.fulfilmentRead), tag: "fulfilment",
      summary: "Draw the GS1 logistic label of a package", details: "4 by 6 inches, SVG.",
      parameters: [Self.parameter],
      responses: [ResponseShape(.ok, "The label", .bytes(contentType: Self.svgType))],
      handler: .read { request in
        let label = try await LabelReader.label(try request.id("package"), in: request.tenant)
        return Response(.ok, .bytes(Array(label.svg().utf8), contentType: Self.svgType))
      })
  }

  private var zpl: Route {
    Route(
      .get, "/v1/packages/{package}/labels/zpl", access: .tenant(.fulfilmentRead), tag: "fulfilment",
      summary: "Write the GS1 logistic label of a package for a printer", details: "ZPL II, 8 dots to the millimetre.",
      parameters: [Self.parameter],
      responses: [ResponseShape(.ok, "The label", .bytes(contentType: Self.zplType))],
      handler: .read { request in
        let label = try await LabelReader.label(try request.id("package"), in: request.tenant)
        return Response(.ok, .bytes(Array(label.zpl().utf8), contentType: Self.zplType))
      })
  }
}
