import BulkheadCore
import BulkheadData
import BulkheadServer

/// Balances, adjustments and what can be promised.
struct StockRoutes {
  let services: Services

  var routes: [Route] { [adjust, adjustment, stock, availability] }

  private static let line = Schema.object(
    ReferenceShapes.product + [
      Shapes.optional("unit", .nullable(Shapes.unit), "The product's base unit by default."),
      Shapes.field("quantity", Shapes.signedQuantity, "Negative takes stock away; only a correction may."),
      Shapes.optional("location", .nullable(Shapes.text(60)), "Code; the warehouse's own storage by default."),
      Shapes.optional("lot", .nullable(Shapes.text(60)), "Required for tracked products; made when it is new."),
      Shapes.optional("expiryOn", .nullable(.date), "Of a new lot."),
      Shapes.optional(
        "unitCost", .nullable(Shapes.price), "Of one base unit, in the legal entity's currency; for what comes in."),
    ])

  private static let posted = Schema.object([
    Shapes.field("id", .id(of: "stock_adjustment")), Shapes.field("number", Shapes.code),
    Shapes.field("kind", .oneOf(AdjustmentRequest.Kind.allCases.map(\.rawValue))),
    Shapes.field("reason", Shapes.name), Shapes.field("effectiveAt", Shapes.instant),
    Shapes.field("value", Shapes.money, "Change of the value of our stock."),
    Shapes.field(
      "lines",
      .array(
        .object([
          Shapes.field("moveId", .id(of: "stock_move")), Shapes.field("productId", .id(of: "product")),
          Shapes.field("sku", Shapes.code), Shapes.field("location", Shapes.text(60)),
          Shapes.nullable("lot", Shapes.text(60)), Shapes.field("quantity", Shapes.signedQuantity, "Base units."),
          Shapes.field("unitCost", Shapes.price), Shapes.field("value", .decimal(digits: 22, scale: 4)),
        ]), maxItems: AdjustmentRequest.linesMax)),
  ])

  private var adjust: Route {
    Route(
      .post, "/v1/stock-adjustments", access: .tenant(.inventoryWrite), tag: "stock",
      summary: "Post opening stock, a receipt or a correction",
      details: """
        opening and correction move against the warehouse's lost-and-found place, receipt against the supplier place. \
        What comes in makes a valuation layer at its cost; what goes out takes from the layers of its lot, oldest \
        first. All lines are posted or none.
        """,
      body: .json(
        .object([
          Shapes.field("kind", .oneOf(AdjustmentRequest.Kind.allCases.map(\.rawValue))),
          Shapes.field("reason", Shapes.name),
          Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; the default warehouse otherwise."),
          Shapes.field("lines", .array(Self.line, minItems: 1, maxItems: AdjustmentRequest.linesMax)),
        ])),
      responses: Shapes.created(Self.posted, "What was posted"),
      handler: .write { request, tx in
        let posted = try await StockDesk(services).post(try Self.request(BodyReader(request.body)), in: tx)
        return .created(posted.json, location: "/v1/stock-adjustments/\(posted.id)")
      })
  }

  private static func request(_ body: BodyReader) throws(Refusal) -> AdjustmentRequest {
    var lines: [AdjustmentRequest.Line] = []
    for item in body.items("lines") {
      lines.append(
        AdjustmentRequest.Line(
          product: try ReferenceShapes.product(item), unit: item.text("unit"),
          quantity: try item.requiredQuantity("quantity"), location: item.text("location"), lot: item.text("lot"),
          expiry: try item.date("expiryOn"), unitCost: try item.price("unitCost")))
    }
    guard let kind = AdjustmentRequest.Kind(rawValue: try body.requiredText("kind")) else {
      throw body.refusal(.inputInvalid, "This kind of adjustment is not known.", "kind")
    }
    return AdjustmentRequest(
      kind: kind, reason: try body.requiredText("reason"), warehouse: body.text("warehouse"), lines: lines)
  }

  private var adjustment: Route {
    Route(
      .get, "/v1/stock-adjustments/{adjustment}", access: .tenant(.inventoryRead), tag: "stock",
      summary: "Read an adjustment",
      parameters: [PathParameter("adjustment", .id(of: "stock_adjustment"), "The adjustment's id.")],
      responses: Shapes.answer(Self.posted, "The adjustment"),
      handler: .read { request in
        guard let found = try await StockReader.adjustment(try request.id("adjustment"), in: request.tenant) else {
          throw Refusal.notFound
        }
        return .ok(found.json)
      })
  }

  private static let quant = Schema.object([
    Shapes.field("id", .id(of: "stock_quant")), Shapes.field("productId", .id(of: "product")),
    Shapes.field("sku", Shapes.code), Shapes.field("baseUnit", Shapes.unit),
    Shapes.field("locationId", .id(of: "location")), Shapes.field("location", Shapes.text(60)),
    Shapes.nullable("lot", Shapes.text(60)), Shapes.nullable("expiryOn", .date),
    Shapes.field("onHand", Shapes.signedQuantity), Shapes.field("reserved", Shapes.quantityOrNone),
    Shapes.field("inDate", Shapes.instant, "When the oldest of it came in."),
  ])

  private var stock: Route {
    Route(
      .get, "/v1/stock", access: .tenant(.inventoryRead), tag: "stock", summary: "List balances",
      details: "One item for each product, place and lot that ever held stock, in base units.",
      query: QueryParameter.page + [
        QueryParameter("product", .id(of: "product"), "Only this product."),
        QueryParameter("location", .id(of: "location"), "Only this place."),
      ], responses: Shapes.page(of: Self.quant, "Balances"),
      handler: .read { request in
        let list = StockReader.quants(
          product: request.parts.queryID("product"), location: request.parts.queryID("location"))
        return try await listPage(request, list.statement, list.filters) { row throws(Refusal) in
          [
            "id": .id(try row.id(0)), "productId": .id(try row.id(1)), "sku": .string(try row.text(2)),
            "baseUnit": .string(try row.text(3)), "locationId": .id(try row.id(4)),
            "location": .string(try row.text(5)), "lot": row.jsonText(7), "expiryOn": row.jsonText(8),
            "onHand": try row.quantity(9).json, "reserved": try row.quantity(10).json,
            "inDate": .instant(try row.instant(11)),
          ]
        }
      })
  }

  private var availability: Route {
    Route(
      .get, "/v1/products/{product}/availability", access: .tenant(.inventoryRead), tag: "stock",
      summary: "Say what can be promised of a product",
      details: """
        availableToPromise = onHand - reserved + incoming - outgoing, over pickable places that are not in quarantine, \
        without stock that has expired by the date.
        """,
      parameters: [PathParameter("product", .id(of: "product"), "The product's id.")],
      query: [
        QueryParameter("date", .date, "Counts planned moves up to this day; today by default."),
        QueryParameter("warehouse", .id(of: "location"), "Only this warehouse."),
      ],
      responses: Shapes.answer(
        .object([
          Shapes.field("productId", .id(of: "product")), Shapes.field("sku", Shapes.code),
          Shapes.field("baseUnit", Shapes.unit), Shapes.field("date", .date),
          Shapes.field("onHand", Shapes.signedQuantity), Shapes.field("reserved", Shapes.quantityOrNone),
          Shapes.field("incoming", Shapes.quantityOrNone), Shapes.field("outgoing", Shapes.quantityOrNone),
          Shapes.field("availableToPromise", Shapes.signedQuantity),
        ]), "What can be promised"),
      handler: .read { request in
        let day =
          try BodyReader(["date": .optional(request.parts.queryText("date"))], at: "?").date("date")
          ?? CivilDate(request.receivedAt)
        let found = try await Availability.read(
          try request.id("product"), warehouse: request.parts.queryID("warehouse"), by: day, in: request.tenant)
        guard let found else { throw Refusal.notFound }
        return .ok([
          "productId": .id(found.productID), "sku": .string(found.sku), "baseUnit": .string(found.baseUnit),
          "date": .string(day.description), "onHand": found.onHand.json, "reserved": found.reserved.json,
          "incoming": found.incoming.json, "outgoing": found.outgoing.json,
          "availableToPromise": found.availableToPromise.json,
        ])
      })
  }
}
