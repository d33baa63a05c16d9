import BulkheadCore
import BulkheadData
import BulkheadServer

/// Products, their identifiers and their units.
struct ProductRoutes {
  let services: Services

  var routes: [Route] { [add, list, one, changed, addIdentifier, removeIdentifier, addConversion] }

  private static let parameter = PathParameter("product", .id(of: "product"), "The product's id.")

  private var add: Route {
    Route(
      .post, "/v1/products", access: .tenant(.catalogueWrite), tag: "catalogue", summary: "Add a product",
      details: "The base unit and the way of tracking never change afterwards: every balance is kept in them.",
      body: .json(ProductShapes.new), responses: Shapes.created(ProductShapes.whole, "The product"),
      handler: .write { request, tx in
        let id = services.ambient.makeID()
        let inserts = try ProductShapes.inserts(BodyReader(request.body), id: id, services.ambient)
        let rows = try await ConstraintRefusals.translating {
          try await tx.run(inserts + ProductRecords.queries(id))
        }
        guard let made = try ProductRecords.whole(Array(rows.suffix(3))) else { throw Refusal.notFound }
        return .created(made.json, version: made.version, location: "/v1/products/\(id)")
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/products", access: .tenant(.catalogueRead), tag: "catalogue", summary: "List products",
      query: QueryParameter.page + [
        QueryParameter("sku", Shapes.code, "Only the product of this SKU."),
        QueryParameter("active", .oneOf(["true", "false"]), "Only products that are sold, or are not."),
      ], responses: Shapes.page(of: ProductShapes.one, "Products"),
      handler: .read { request in
        let active = request.parts.queryText("active").map { SQLValue.bool($0 == "true") } ?? .null
        let sku = request.parts.queryText("sku")
        return try await listPage(
          request, sku == nil ? ProductRecords.list : ProductRecords.bySKU,
          [active] + (sku.map { [.text($0)] } ?? [])
        ) { row throws(Refusal) in try ProductRecords.product(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/products/{product}", access: .tenant(.catalogueRead), tag: "catalogue", summary: "Read a product",
      parameters: [Self.parameter], responses: Shapes.answer(ProductShapes.whole, "The product"),
      handler: .read { request in
        let rows = try await request.tenant.read(ProductRecords.queries(try request.id("product")))
        guard let found = try ProductRecords.whole(rows) else { throw Refusal.notFound }
        return .ok(found.json, version: found.version)
      })
  }

  private var changed: Route {
    Route(
      .patch, "/v1/products/{product}", access: .tenant(.catalogueWrite), tag: "catalogue",
      summary: "Change a product", details: "Members that are not sent stay as they are.",
      parameters: [Self.parameter], body: .json(ProductShapes.changes),
      responses: Shapes.answer(ProductShapes.whole, "The product as it is now"), requiresVersion: true,
      handler: .write { request, tx in
        let id = try request.id("product")
        let body = BodyReader(request.body)
        let update = Query(
          ProductRecords.update, .id(id), .int(try request.expectedVersion), .optional(body.text("name")),
          .optional(body.text("removal")), .bool(body.has("categoryId")), .optional(body.id("categoryId")),
          .bool(body.has("shelfLifeDays")), .optional(body.int("shelfLifeDays")), .bool(body.has("taxCategory")),
          .optional(body.text("taxCategory")), .bool(body.has("abcClass")), .optional(body.text("abcClass")),
          body.bool("isActive").map { .bool($0) } ?? .null)
        try await change(tx, update, exists: Query(ProductRecords.exists, .id(id)))
        guard let now = try ProductRecords.whole(try await tx.run(ProductRecords.queries(id))) else {
          throw Refusal.notFound
        }
        return .ok(now.json, version: now.version)
      })
  }

  private var addIdentifier: Route {
    Route(
      .post, "/v1/products/{product}/identifiers", access: .tenant(.catalogueWrite), tag: "catalogue",
      summary: "Add an identifier of a product",
      details: "A GTIN names a packaging level: give the unit it stands for. GTINs are stored with 14 digits.",
      parameters: [Self.parameter], body: .json(ProductShapes.newIdentifier),
      responses: Shapes.created(ProductShapes.identifier, "The identifier"),
      handler: .write { request, tx in
        let product = try request.id("product")
        let id = services.ambient.makeID()
        let insert = try ProductShapes.insertIdentifier(BodyReader(request.body), id: id, product: product)
        let made = try await create(tx, [insert], read: Query(ProductRecords.identifier, .id(id))) {
          row throws(Refusal) in try ProductRecords.identifier(row)
        }
        return .created(made, location: "/v1/products/\(product)")
      })
  }

  private var removeIdentifier: Route {
    Route(
      .delete, "/v1/products/{product}/identifiers/{identifier}", access: .tenant(.catalogueWrite), tag: "catalogue",
      summary: "Remove an identifier of a product",
      parameters: [
        Self.parameter, PathParameter("identifier", .id(of: "identifier"), "The identifier's id."),
      ],
      responses: [ResponseShape(.noContent, "It is gone")],
      handler: .write { request, tx in
        let gone = try await tx.run(
          ProductRecords.deleteIdentifier, .id(try request.id("identifier")), .id(try request.id("product")))
        guard gone.affected == 1 else { throw Refusal.notFound }
        return .noContent
      })
  }

  private var addConversion: Route {
    Route(
      .post, "/v1/products/{product}/unit-conversions", access: .tenant(.catalogueWrite), tag: "catalogue",
      summary: "Say how many base units a unit of this product is",
      details: "An exact fraction: one unit is numerator / denominator base units.", parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.field("unit", Shapes.unit),
          Shapes.field("numerator", .integer(1...UnitConversion.partMax)),
          Shapes.optional("denominator", .integer(1...UnitConversion.partMax), "1 by default."),
        ])),
      responses: Shapes.created(ProductShapes.conversion, "The conversion"),
      handler: .write { request, tx in
        let product = try request.id("product")
        let body = BodyReader(request.body)
        let unit = try body.requiredText("unit")
        let conversion = try UnitConversion(try body.requiredInt("numerator"), body.int("denominator") ?? 1)
        let insert = Query(
          ProductRecords.insertConversion, .id(product), .text(unit), .int(conversion.numerator),
          .int(conversion.denominator))
        let rows = try await ConstraintRefusals.translating {
          try await tx.run(insert, Query(ProductRecords.conversions, .id(product)))
        }
        guard rows[0].affected == 1 else { throw Refusal.notFound }
        for row in rows[1] where try row.text(0) == unit {
          return .created(try ProductRecords.conversion(row), location: "/v1/products/\(product)")
        }
        throw Refusal.notFound
      })
  }
}
