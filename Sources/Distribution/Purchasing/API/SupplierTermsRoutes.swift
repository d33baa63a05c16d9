import BulkheadCore
import BulkheadData
import BulkheadServer

/// Prices of suppliers, contracts with them, and tolerances.
struct SupplierTermsRoutes {
  let services: Services

  var routes: [Route] { prices + contracts + contractActs + tolerances }

  private static let price = PathParameter("price", .id(of: "supplier_price"), "The price's id.")
  private static let contract = PathParameter("contract", .id(of: "supplier_contract"), "The contract's id.")

  private var prices: [Route] {
    [
      Route(
        .post, "/v1/supplier-prices", access: .tenant(.purchasingWrite), tag: "purchasing",
        summary: "Add what a supplier asks for a product",
        details: "A price never changes, so that old orders stay explainable; it can end, and another can begin.",
        body: .json(PurchaseShapes.newPrice), responses: Shapes.created(PurchaseShapes.price, "The price"),
        handler: .write { request, tx in try await addPrice(BodyReader(request.body), tx) }),
      Route(
        .get, "/v1/supplier-prices", access: .tenant(.purchasingRead), tag: "purchasing",
        summary: "List what suppliers ask",
        query: QueryParameter.page + [
          QueryParameter("supplier", .id(of: "party"), "Only this supplier's."),
          QueryParameter("product", .id(of: "product"), "Only of this product."),
        ], responses: Shapes.page(of: PurchaseShapes.price, "Prices"),
        handler: .read { request in
          try await listPage(
            request, SupplierTermsRecords.prices,
            [.optional(request.parts.queryID("supplier")), .optional(request.parts.queryID("product"))]
          ) { row throws(Refusal) in try SupplierTermsRecords.price(row) }
        }),
      Route(
        .get, "/v1/supplier-prices/{price}", access: .tenant(.purchasingRead), tag: "purchasing",
        summary: "Read a supplier's price", parameters: [Self.price],
        responses: Shapes.answer(PurchaseShapes.price, "The price"),
        handler: .read { request in
          try await readOne(request, Query(SupplierTermsRecords.price, .id(try request.id("price")))) {
            row throws(Refusal) in try SupplierTermsRecords.price(row)
          }
        }),
      Route(
        .post, "/v1/supplier-prices/{price}/end", access: .tenant(.purchasingWrite), tag: "purchasing",
        summary: "End a supplier's price", parameters: [Self.price],
        body: .json(.object([Shapes.field("validTo", .date, "The last day on which it counts.")])),
        responses: Shapes.answer(PurchaseShapes.price, "The price as it is now"),
        handler: .write { request, tx in
          let id = try request.id("price")
          let end = Query(
            SupplierTermsRecords.endPrice, .id(id), .date(try BodyReader(request.body).date("validTo")))
          let ended = try await create(tx, [end], read: Query(SupplierTermsRecords.price, .id(id))) {
            row throws(Refusal) in try SupplierTermsRecords.price(row)
          }
          try tx.enqueue(
            services.audit.query(
              "supplierPrice.ended", subject: "supplier_price:\(id)", detail: ended, context: tx.context))
          return .ok(ended)
        }),
    ]
  }

  private func addPrice(_ body: BodyReader, _ tx: Transaction) async throws -> Response {
    let supplier = try Supplier(try await tx.run(Supplier.query(try body.requiredID("supplierId")))[0])
    let id = services.ambient.makeID()
    let insert = Query(
      SupplierTermsRecords.insertPrice, .id(id), .id(supplier.id), .id(try body.requiredID("productId")),
      .text(supplier.currency.code), .quantity(try body.quantity("minQuantity") ?? .zero),
      .price(try body.price("unitPrice")), .date(try body.date("validFrom") ?? CivilDate(services.ambient.now)),
      .date(try body.date("validTo")), .int(body.int("leadTimeDays") ?? 0),
      .quantity(try body.quantity("minimumOrder") ?? .zero),
      .quantity(try body.quantity("packMultiple") ?? Quantity(1)))
    let made = try await create(tx, [insert], read: Query(SupplierTermsRecords.price, .id(id))) {
      row throws(Refusal) in try SupplierTermsRecords.price(row)
    }
    try tx.enqueue(
      services.audit.query("supplierPrice.added", subject: "supplier_price:\(id)", detail: made, context: tx.context))
    return .created(made, location: "/v1/supplier-prices/\(id)")
  }

  private var contracts: [Route] {
    [
      Route(
        .post, "/v1/supplier-contracts", access: .tenant(.purchasingWrite), tag: "purchasing",
        summary: "Draft a contract with a supplier",
        details: "Its prices count once it runs, as long as what is left of it covers the whole order line.",
        body: .json(PurchaseShapes.newContract), responses: Shapes.created(PurchaseShapes.contract, "The contract"),
        handler: .write { request, tx in try await addContract(BodyReader(request.body), tx) }),
      Route(
        .get, "/v1/supplier-contracts", access: .tenant(.purchasingRead), tag: "purchasing",
        summary: "List contracts with suppliers",
        query: QueryParameter.page + [QueryParameter("supplier", .id(of: "party"), "Only this supplier's.")],
        responses: Shapes.page(of: PurchaseShapes.contractSummary, "Contracts"),
        handler: .read { request in
          try await listPage(
            request, SupplierTermsRecords.contracts, [.optional(request.parts.queryID("supplier"))]
          ) { row throws(Refusal) in try SupplierTermsRecords.contract(row) }
        }),
      Route(
        .get, "/v1/supplier-contracts/{contract}", access: .tenant(.purchasingRead), tag: "purchasing",
        summary: "Read a contract with a supplier", parameters: [Self.contract],
        responses: Shapes.answer(PurchaseShapes.contract, "The contract with its lines"),
        handler: .read { request in
          let id = try request.id("contract")
          let rows = try await request.tenant.read(SupplierTermsRecords.contractQueries(id))
          guard let found = try SupplierTermsRecords.wholeContract(rows[...]) else { throw Refusal.notFound }
          return .ok(found.json, version: found.version)
        }),
    ]
  }

  private func addContract(_ body: BodyReader, _ tx: Transaction) async throws -> Response {
    let supplier = try Supplier(try await tx.run(Supplier.query(try body.requiredID("supplierId")))[0])
    let id = services.ambient.makeID()
    let items = body.items("lines")
    var products: [EntityID] = []
    var committed: [Quantity] = []
    var minReleases: [Quantity] = []
    var prices: [UnitPrice] = []
    for item in items {
      products.append(try item.requiredID("productId"))
      committed.append(try item.requiredQuantity("committed"))
      minReleases.append(try item.quantity("minRelease") ?? .zero)
      prices.append(try item.price("unitPrice") ?? .zero)
    }
    let known = try await tx.run(Self.products, .ids(products))
    var found: Set<EntityID> = []
    for row in known { found.insert(try row.id(0)) }
    try MentionCheck.refuse(
      .referenceUnknown, "There is no such product.", "/lines",
      products.indices.filter { !found.contains(products[$0]) }
    ) { _ in "/productId" }
    let header = Query(
      SupplierTermsRecords.insertContract, .id(id), .id(supplier.id), .text(try body.requiredText("code")),
      .text(supplier.currency.code), .date(try body.date("validFrom") ?? CivilDate(services.ambient.now)),
      .date(try body.date("validTo")))
    let lines = Query(
      SupplierTermsRecords.insertContractLines, .id(id), .ids(items.map { _ in services.ambient.makeID() }),
      .ints(items.indices.map { Int64($0 + 1) }), .ids(products), .quantities(committed), .quantities(minReleases),
      .prices(prices))
    let made = try await contract(id, [header, lines], act: "drafted", tx)
    return .created(made.json, version: made.version, location: "/v1/supplier-contracts/\(id)")
  }

  static let products = Statement("SELECT id FROM product WHERE id = ANY ($1::uuid[])")

  /// Sends `queries`, reads the contract as it now stands and tells the audit trail of it.
  private func contract(
    _ id: EntityID, _ queries: [Query], act: String, _ tx: Transaction
  ) async throws -> (json: JSON, version: Int64) {
    let rows = try await ConstraintRefusals.translating {
      try await tx.run(queries + SupplierTermsRecords.contractQueries(id))
    }
    guard let found = try SupplierTermsRecords.wholeContract(rows.suffix(2)) else { throw Refusal.notFound }
    try tx.enqueue(
      services.audit.query(
        "supplierContract.\(act)", subject: "supplier_contract:\(id)",
        detail: ["code": found.json["code"] ?? .null, "state": found.json["state"] ?? .null], context: tx.context))
    return found
  }

  private var contractActs: [Route] {
    [
      act("run", "Let a contract run", from: ["draft", "closed"], to: "running"),
      act("close", "Close a contract", from: ["running"], to: "closed"),
      act("cancel", "Cancel a contract that has not run", from: ["draft"], to: "cancelled"),
    ]
  }

  private func act(_ name: String, _ summary: String, from allowed: Set<String>, to state: String) -> Route {
    Route(
      .post, "/v1/supplier-contracts/{contract}/\(name)", access: .tenant(.purchasingApprove), tag: "purchasing",
      summary: summary, parameters: [Self.contract],
      responses: Shapes.answer(PurchaseShapes.contract, "The contract as it is now"),
      handler: .write { request, tx in
        let id = try request.id("contract")
        guard let row = try await tx.run(SupplierTermsRecords.lockContract, .id(id)).first else {
          throw Refusal.notFound
        }
        let present = try row.text(0)
        guard allowed.contains(present) else {
          throw Refusal(.supplierContractWrongState, "A contract that is \(present) cannot be \(state).")
        }
        let set = Query(SupplierTermsRecords.setContractState, .id(id), .text(state))
        let changed = try await contract(id, [set], act: state, tx)
        return .ok(changed.json, version: changed.version)
      })
  }

  private var tolerances: [Route] {
    [
      Route(
        .get, "/v1/purchasing-tolerances", access: .tenant(.purchasingRead), tag: "purchasing",
        summary: "Read how far deliveries and invoices may differ from orders",
        responses: Shapes.answer(PurchaseShapes.tolerance, "The tolerances"),
        handler: .read { request in
          let rows = try await request.tenant.read(PurchaseTolerance.query, LegalEntity.query)
          let currency = try rows[1].first.map { row throws(Refusal) in try row.currency(1) }
          // Before there is a legal entity there is no amount to show either.
          return .ok(try PurchaseTolerance(rows[0]).json(try currency ?? Currency("USD")))
        }),
      Route(
        .put, "/v1/purchasing-tolerances", access: .tenant(.purchasingApprove), tag: "purchasing",
        summary: "Set how far deliveries and invoices may differ from orders",
        body: .json(PurchaseShapes.newTolerance),
        responses: Shapes.answer(PurchaseShapes.tolerance, "The tolerances"),
        handler: .write { request, tx in
          let body = BodyReader(request.body)
          let entity = try LegalEntity(try await tx.run(LegalEntity.query)[0])
          let limit = try UnitPrice("100")
          for name in ["overReceiptPercent", "priceTolerancePercent"] {
            guard let percent = try body.price(name), percent <= limit else {
              throw body.refusal(.inputInvalid, "This is at most 100.", name)
            }
          }
          let minor = try body.money("priceToleranceAmount", entity.currency)?.minor
          let rows = try await tx.run(
            Query(
              PurchaseTolerance.upsert, .id(entity.id), .price(try body.price("overReceiptPercent")),
              .price(try body.price("priceTolerancePercent")), .optional(minor)),
            PurchaseTolerance.query)
          let json = try PurchaseTolerance(rows[1]).json(entity.currency)
          try tx.enqueue(
            services.audit.query(
              "purchasing.tolerancesSet", subject: "legal_entity:\(entity.id)", detail: json, context: tx.context))
          return .ok(json)
        }),
    ]
  }
}
