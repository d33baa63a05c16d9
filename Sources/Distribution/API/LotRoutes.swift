import BulkheadCore
import BulkheadData
import BulkheadServer

/// Lots and serial numbers.
struct LotRoutes {
  let services: Services

  var routes: [Route] { [add, list, one] }

  private static let lot = Schema.object([
    Shapes.field("id", .id(of: "lot")), Shapes.field("productId", .id(of: "product")),
    Shapes.field("code", Shapes.text(60)), Shapes.nullable("expiryOn", .date), Shapes.nullable("bestBeforeOn", .date),
    Shapes.nullable("supplierLot", Shapes.text(60)), Shapes.field("version", Shapes.version),
  ])

  private var add: Route {
    Route(
      .post, "/v1/lots", access: .tenant(.inventoryWrite), tag: "stock", summary: "Add a lot",
      details: "Posting stock makes lots by itself; add one here to give it its dates before goods arrive.",
      body: .json(
        .object([
          Shapes.field("productId", .id(of: "product")), Shapes.field("code", Shapes.text(60)),
          Shapes.optional("expiryOn", .nullable(.date)), Shapes.optional("bestBeforeOn", .nullable(.date)),
          Shapes.optional("supplierLot", .nullable(Shapes.text(60))),
        ])),
      responses: Shapes.created(Self.lot, "The lot"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = services.ambient.makeID()
        let insert = Query(
          LotRecords.insert, .id(id), .id(try body.requiredID("productId")), .text(try body.requiredText("code")),
          .date(try body.date("expiryOn")), .date(try body.date("bestBeforeOn")), .optional(body.text("supplierLot")))
        let made = try await create(tx, [insert], read: Query(LotRecords.one, .id(id))) { row throws(Refusal) in
          try LotRecords.lot(row)
        }
        return .created(made, version: 1, location: "/v1/lots/\(id)")
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/lots", access: .tenant(.inventoryRead), tag: "stock", summary: "List lots",
      query: QueryParameter.page + [QueryParameter("product", .id(of: "product"), "Only lots of this product.")],
      responses: Shapes.page(of: Self.lot, "Lots"),
      handler: .read { request in
        let product = request.parts.queryID("product")
        return try await listPage(
          request, product == nil ? LotRecords.list : LotRecords.byProduct, product.map { [.id($0)] } ?? []
        ) { row throws(Refusal) in try LotRecords.lot(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/lots/{lot}", access: .tenant(.inventoryRead), tag: "stock", summary: "Read a lot",
      parameters: [PathParameter("lot", .id(of: "lot"), "The lot's id.")],
      responses: Shapes.answer(Self.lot, "The lot"),
      handler: .read { request in
        try await readOne(request, Query(LotRecords.one, .id(try request.id("lot"))), version: 6) {
          row throws(Refusal) in try LotRecords.lot(row)
        }
      })
  }
}
