import BulkheadCore
import BulkheadData
import BulkheadServer

/// Price lists, contracts, rules and quotes.
struct PricingRoutes {
  let services: Services

  var routes: [Route] { priceLists + contracts + rules + ruleRoutes + [quote] }

  private var priceLists: [Route] {
    [
      Route(
        .post, "/v1/price-lists", access: .tenant(.pricingWrite), tag: "pricing", summary: "Add a price list",
        details: "Where a list has no price for a product, its parent's holds.",
        body: .json(PricingShapes.newList), responses: Shapes.created(PricingShapes.list, "The price list"),
        handler: .write { request, tx in
          let body = BodyReader(request.body)
          let id = services.ambient.makeID()
          let insert = Query(
            PricingRecords.insertList, .id(id), .text(try body.requiredText("code")),
            .text(try body.requiredText("name")), .text(try body.requiredCurrency("currency").code),
            .optional(body.id("parentId")), .bool(body.bool("isDefault") ?? false))
          let made = try await create(tx, [insert], read: Query(PricingRecords.list, .id(id))) {
            row throws(Refusal) in try PricingRecords.list(row)
          }
          return .created(made, location: "/v1/price-lists/\(id)")
        }),
      Route(
        .get, "/v1/price-lists", access: .tenant(.pricingRead), tag: "pricing", summary: "List price lists",
        query: QueryParameter.page, responses: Shapes.page(of: PricingShapes.list, "Price lists"),
        handler: .read { request in
          try await listPage(request, PricingRecords.lists) { row throws(Refusal) in try PricingRecords.list(row) }
        }),
      Route(
        .get, "/v1/price-lists/{list}", access: .tenant(.pricingRead), tag: "pricing", summary: "Read a price list",
        parameters: [PathParameter("list", .id(of: "price_list"), "The price list's id.")],
        responses: Shapes.answer(PricingShapes.list, "The price list"),
        handler: .read { request in
          try await readOne(request, Query(PricingRecords.list, .id(try request.id("list")))) { row throws(Refusal) in
            try PricingRecords.list(row)
          }
        }),
    ]
  }

  private var contracts: [Route] {
    [
      Route(
        .post, "/v1/contracts", access: .tenant(.pricingWrite), tag: "pricing", summary: "Add a customer contract",
        details: "Its prices are rules that name the contract. Contract prices come before all others.",
        body: .json(PricingShapes.newContract), responses: Shapes.created(PricingShapes.contract, "The contract"),
        handler: .write { request, tx in
          let body = BodyReader(request.body)
          let id = services.ambient.makeID()
          let insert = Query(
            PricingRecords.insertContract, .id(id), .id(try body.requiredID("customerId")),
            .text(try body.requiredText("code")), .text(try body.requiredCurrency("currency").code),
            .date(try body.date("validFrom")), .date(try body.date("validTo")))
          let made = try await create(tx, [insert], read: Query(PricingRecords.contract, .id(id))) {
            row throws(Refusal) in try PricingRecords.contract(row)
          }
          return .created(made, version: 1, location: "/v1/contracts/\(id)")
        }),
      Route(
        .get, "/v1/contracts", access: .tenant(.pricingRead), tag: "pricing", summary: "List contracts",
        query: QueryParameter.page + [QueryParameter("customer", .id(of: "party"), "Only this customer's.")],
        responses: Shapes.page(of: PricingShapes.contract, "Contracts"),
        handler: .read { request in
          try await listPage(request, PricingRecords.contracts, [.optional(request.parts.queryID("customer"))]) {
            row throws(Refusal) in try PricingRecords.contract(row)
          }
        }),
      Route(
        .get, "/v1/contracts/{contract}", access: .tenant(.pricingRead), tag: "pricing", summary: "Read a contract",
        parameters: [PathParameter("contract", .id(of: "contract"), "The contract's id.")],
        responses: Shapes.answer(PricingShapes.contract, "The contract"),
        handler: .read { request in
          try await readOne(request, Query(PricingRecords.contract, .id(try request.id("contract"))), version: 7) {
            row throws(Refusal) in try PricingRecords.contract(row)
          }
        }),
      Route(
        .post, "/v1/contracts/{contract}/close", access: .tenant(.pricingWrite), tag: "pricing",
        summary: "Close a contract", details: "New orders no longer get its prices; old ones keep them.",
        parameters: [PathParameter("contract", .id(of: "contract"), "The contract's id.")],
        responses: Shapes.answer(PricingShapes.contract, "The contract as it is now"),
        handler: .write { request, tx in
          let id = try request.id("contract")
          let rows = try await tx.run(
            Query(PricingRecords.endContract, .id(id)), Query(PricingRecords.contract, .id(id)))
          guard let row = rows[1].first else { throw Refusal.notFound }
          return .ok(try PricingRecords.contract(row), version: try row.int(7))
        }),
    ]
  }

  private var rules: [Route] {
    [
      Route(
        .post, "/v1/price-rules", access: .tenant(.pricingWrite), tag: "pricing", summary: "Add a price rule",
        details: """
          Held by exactly one of priceListId, customerId, customerGroupId and contractId; about productId, categoryId \
          or, with neither, everything. contract before customer before group before list; then product before \
          nearest category before everything; then the greatest minQuantity reached; then priority; then the newer. \
          kind percent changes the list price: -10 takes a tenth off.
          """,
        body: .json(PricingShapes.newRule), responses: Shapes.created(PricingShapes.rule, "The rule"),
        handler: .write { request, tx in
          let body = BodyReader(request.body)
          let rule = try PricingShapes.rule(body, contract: try await contract(of: body, tx))
          try rule.check()
          let id = services.ambient.makeID()
          let made = try await create(tx, [rule.insert(id)], read: Query(PricingRecords.rule, .id(id))) {
            row throws(Refusal) in try PricingRecords.rule(row)
          }
          try tx.enqueue(
            services.audit.query("price.ruleAdded", subject: "price_rule:\(id)", detail: made, context: tx.context))
          return .created(made, location: "/v1/price-rules/\(id)")
        }),
      Route(
        .get, "/v1/price-rules", access: .tenant(.pricingRead), tag: "pricing", summary: "List price rules",
        query: QueryParameter.page + [
          QueryParameter("holder", .id(of: "price_holder"), "Only rules of this list, customer or group."),
          QueryParameter("product", .id(of: "product"), "Only rules of this product."),
        ], responses: Shapes.page(of: PricingShapes.rule, "Price rules"),
        handler: .read { request in
          let holder = request.parts.queryID("holder")
          return try await listPage(
            request, holder == nil ? PricingRecords.rules : PricingRecords.rulesOfHolder,
            [.optional(request.parts.queryID("product"))] + (holder.map { [.id($0)] } ?? [])
          ) { row throws(Refusal) in try PricingRecords.rule(row) }
        }),
    ]
  }

  private static let rule = PathParameter("rule", .id(of: "price_rule"), "The rule's id.")

  private var ruleRoutes: [Route] {
    [
      Route(
        .get, "/v1/price-rules/{rule}", access: .tenant(.pricingRead), tag: "pricing", summary: "Read a price rule",
        parameters: [Self.rule], responses: Shapes.answer(PricingShapes.rule, "The rule"),
        handler: .read { request in
          try await readOne(request, Query(PricingRecords.rule, .id(try request.id("rule")))) { row throws(Refusal) in
            try PricingRecords.rule(row)
          }
        }),
      Route(
        .post, "/v1/price-rules/{rule}/end", access: .tenant(.pricingWrite), tag: "pricing",
        summary: "End a price rule", details: "A rule never changes, so that old orders stay explainable; it can end.",
        parameters: [Self.rule],
        body: .json(.object([Shapes.field("validTo", .date, "The last day on which it counts.")])),
        responses: Shapes.answer(PricingShapes.rule, "The rule as it is now"),
        handler: .write { request, tx in
          let id = try request.id("rule")
          let end = Query(
            PricingRecords.endRule, .id(id), .date(try BodyReader(request.body).date("validTo")))
          let ended = try await create(tx, [end], read: Query(PricingRecords.rule, .id(id))) { row throws(Refusal) in
            try PricingRecords.rule(row)
          }
          try tx.enqueue(
            services.audit.query("price.ruleEnded", subject: "price_rule:\(id)", detail: ended, context: tx.context))
          return .ok(ended)
        }),
    ]
  }

  /// The contract that a rule names, with its customer.
  private func contract(
    of body: BodyReader, _ tx: Transaction
  ) async throws -> (id: EntityID, customer: EntityID)? {
    guard let id = body.id("contractId") else { return nil }
    guard let row = try await tx.run(PricingRecords.contract, .id(id)).first else {
      throw body.refusal(.referenceUnknown, "There is nothing of this id.", "contractId")
    }
    return (id, try row.id(2))
  }

  private var quote: Route {
    Route(
      .post, "/v1/price-quotes", access: .tenant(.pricingRead), tag: "pricing",
      summary: "Price lines without ordering", details: "Every price comes with its steps and the rule that decided.",
      body: .json(PricingShapes.newQuote), responses: Shapes.answer(PricingShapes.quote, "The prices"),
      handler: .read { request in
        let body = BodyReader(request.body)
        var lines: [(mention: ProductMention, quantity: Quantity)] = []
        for item in body.items("lines") {
          let quantity = try item.requiredQuantity("quantity")
          guard quantity.isPositive else {
            throw item.refusal(.quantityNotPositive, "The quantity must be greater than zero.", "quantity")
          }
          lines.append((ProductMention(try ReferenceShapes.product(item), unit: item.text("unit")), quantity))
        }
        let wanted = PriceQuote.Request(
          customer: try ReferenceShapes.customer(body), day: try body.date("date") ?? CivilDate(request.receivedAt),
          lines: lines)
        return .ok(try await PriceQuote.answer(wanted, in: request.tenant))
      })
  }
}
