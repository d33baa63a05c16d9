import BulkheadCore
import BulkheadData
import BulkheadServer

/// Units of measure, product categories, customer groups and legal entities.
struct ReferenceRoutes {
  let services: Services

  var routes: [Route] { units + categories + groups + legalEntities }

  private func codeAndName(_ kind: String) -> Schema {
    .object([Shapes.field("id", .id(of: kind)), Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name)])
  }

  /// `GET path/{name}`.
  private func one(
    _ path: String, _ name: String, of kind: String, access: Permission, tag: String, summary: String, _ shape: Schema,
    _ statement: Statement, item: @escaping @Sendable (Row) throws(Refusal) -> JSON
  ) -> Route {
    Route(
      .get, "\(path)/{\(name)}", access: .tenant(access), tag: tag, summary: summary,
      parameters: [PathParameter(name, .id(of: kind), "Its id.")], responses: Shapes.answer(shape, "It"),
      handler: .read { request in
        try await readOne(request, Query(statement, .id(try request.id(name))), item: item)
      })
  }

  private var units: [Route] {
    [
      Route(
        .post, "/v1/units", access: .tenant(.catalogueWrite), tag: "catalogue", summary: "Add a unit of measure",
        body: .json(
          .object([
            Shapes.field("code", Shapes.unit, "UN/ECE Recommendation 20 or X12 355, for example EA or CA."),
            Shapes.field("name", Shapes.text(100)),
          ])),
        responses: Shapes.created(codeAndName("unit"), "The unit"),
        handler: .write { request, tx in
          try await add(
            request, tx, ReferenceRecords.insertUnit, ReferenceRecords.unit, at: "/v1/units")
        }),
      Route(
        .get, "/v1/units", access: .tenant(.catalogueRead), tag: "catalogue", summary: "List units of measure",
        query: QueryParameter.page, responses: Shapes.page(of: codeAndName("unit"), "Units"),
        handler: .read { request in
          try await listPage(request, ReferenceRecords.units) { row throws(Refusal) in
            try ReferenceRecords.codeAndName(row)
          }
        }),
      one(
        "/v1/units", "unit", of: "unit", access: .catalogueRead, tag: "catalogue", summary: "Read a unit of measure",
        codeAndName("unit"), ReferenceRecords.unit
      ) { row throws(Refusal) in try ReferenceRecords.codeAndName(row) },
    ]
  }

  private var groups: [Route] {
    [
      Route(
        .post, "/v1/customer-groups", access: .tenant(.partiesWrite), tag: "parties", summary: "Add a customer group",
        body: .json(.object([Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name)])),
        responses: Shapes.created(codeAndName("customer_group"), "The group"),
        handler: .write { request, tx in
          try await add(
            request, tx, ReferenceRecords.insertGroup, ReferenceRecords.group, at: "/v1/customer-groups")
        }),
      Route(
        .get, "/v1/customer-groups", access: .tenant(.partiesRead), tag: "parties", summary: "List customer groups",
        query: QueryParameter.page, responses: Shapes.page(of: codeAndName("customer_group"), "Groups"),
        handler: .read { request in
          try await listPage(request, ReferenceRecords.groups) { row throws(Refusal) in
            try ReferenceRecords.codeAndName(row)
          }
        }),
      one(
        "/v1/customer-groups", "group", of: "customer_group", access: .partiesRead, tag: "parties",
        summary: "Read a customer group", codeAndName("customer_group"), ReferenceRecords.group
      ) { row throws(Refusal) in try ReferenceRecords.codeAndName(row) },
    ]
  }

  private func add(
    _ request: Request, _ tx: Transaction, _ insert: Statement, _ read: Statement, at path: String
  ) async throws -> Response {
    let body = BodyReader(request.body)
    let id = services.ambient.makeID()
    let made = try await create(
      tx, [Query(insert, .id(id), .text(try body.requiredText("code")), .text(try body.requiredText("name")))],
      read: Query(read, .id(id))
    ) { row throws(Refusal) in try ReferenceRecords.codeAndName(row) }
    return .created(made, location: "\(path)/\(id)")
  }

  private var categories: [Route] {
    let category = Schema.object([
      Shapes.field("id", .id(of: "category")), Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name),
      Shapes.nullable("parentId", .id(of: "category")),
    ])
    return [
      Route(
        .post, "/v1/product-categories", access: .tenant(.catalogueWrite), tag: "catalogue",
        summary: "Add a product category",
        details: "Price rules of a category reach its children. A category's parent never changes.",
        body: .json(
          .object([
            Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name),
            Shapes.optional("parentId", .nullable(.id(of: "category"))),
          ])),
        responses: Shapes.created(category, "The category"),
        handler: .write { request, tx in
          let body = BodyReader(request.body)
          let id = services.ambient.makeID()
          let made = try await create(
            tx,
            [
              Query(
                ReferenceRecords.insertCategory, .id(id), .text(try body.requiredText("code")),
                .text(try body.requiredText("name")), .optional(body.id("parentId")))
            ], read: Query(ReferenceRecords.category, .id(id))
          ) { row throws(Refusal) in try ReferenceRecords.category(row) }
          return .created(made, location: "/v1/product-categories/\(id)")
        }),
      Route(
        .get, "/v1/product-categories", access: .tenant(.catalogueRead), tag: "catalogue",
        summary: "List product categories", query: QueryParameter.page,
        responses: Shapes.page(of: category, "Categories"),
        handler: .read { request in
          try await listPage(request, ReferenceRecords.categories) { row throws(Refusal) in
            try ReferenceRecords.category(row)
          }
        }),
      one(
        "/v1/product-categories", "category", of: "category", access: .catalogueRead, tag: "catalogue",
        summary: "Read a product category", category, ReferenceRecords.category
      ) { row throws(Refusal) in try ReferenceRecords.category(row) },
    ]
  }

  private var legalEntities: [Route] {
    let entity = Schema.object([
      Shapes.field("id", .id(of: "legal_entity")), Shapes.field("code", Shapes.code),
      Shapes.field("name", Shapes.name), Shapes.field("currency", Shapes.currency),
      Shapes.nullable("taxId", Shapes.text(40)), Shapes.nullable("gln", Shapes.gln),
      Shapes.field("fiscalYearStartMonth", .integer(1...12)), Shapes.field("isDefault", .boolean),
    ])
    return [
      Route(
        .post, "/v1/legal-entities", access: .tenant(.partiesWrite), tag: "parties", summary: "Add a legal entity",
        body: .json(
          .object([
            Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name),
            Shapes.field("currency", Shapes.currency), Shapes.optional("taxId", .nullable(Shapes.text(40))),
            Shapes.optional("gln", .nullable(Shapes.gln)),
            Shapes.optional("fiscalYearStartMonth", .integer(1...12), "1 by default."),
            Shapes.optional("isDefault", .boolean, "Documents belong to the default entity."),
          ])),
        responses: Shapes.created(entity, "The legal entity"),
        handler: .write { request, tx in try await addLegalEntity(request, tx) }),
      Route(
        .get, "/v1/legal-entities", access: .tenant(.partiesRead), tag: "parties", summary: "List legal entities",
        query: QueryParameter.page, responses: Shapes.page(of: entity, "Legal entities"),
        handler: .read { request in
          try await listPage(request, ReferenceRecords.legalEntities) { row throws(Refusal) in
            try ReferenceRecords.legalEntity(row)
          }
        }),
      one(
        "/v1/legal-entities", "entity", of: "legal_entity", access: .partiesRead, tag: "parties",
        summary: "Read a legal entity", entity, ReferenceRecords.legalEntity
      ) { row throws(Refusal) in try ReferenceRecords.legalEntity(row) },
    ]
  }

  private func addLegalEntity(_ request: Request, _ tx: Transaction) async throws -> Response {
    let body = BodyReader(request.body)
    let id = services.ambient.makeID()
    let insert = Query(
      ReferenceRecords.insertLegalEntity, .id(id), .text(try body.requiredText("code")),
      .text(try body.requiredText("name")), .text(try body.requiredCurrency("currency").code),
      .optional(body.text("taxId")), .optional(try body.gln("gln")), .int(body.int("fiscalYearStartMonth") ?? 1),
      .bool(body.bool("isDefault") ?? false))
    let made = try await create(
      tx, [insert] + ChartOfAccounts.open(id, services.ambient), read: Query(ReferenceRecords.legalEntity, .id(id))
    ) {
      row throws(Refusal) in try ReferenceRecords.legalEntity(row)
    }
    return .created(made, location: "/v1/legal-entities/\(id)")
  }
}
