import BulkheadCore
import BulkheadData
import BulkheadServer

/// Customers, suppliers and carriers.
struct PartyRoutes {
  let services: Services

  var routes: [Route] { [add, list, one, changed, limit, addAddress, removeAddress] }

  private static let parameter = PathParameter("party", .id(of: "party"), "The party's id.")

  private var add: Route {
    Route(
      .post, "/v1/parties", access: .tenant(.partiesWrite), tag: "parties", summary: "Add a party",
      body: .json(PartyShapes.new), responses: Shapes.created(PartyShapes.whole, "The party"),
      handler: .write { request, tx in
        let id = services.ambient.makeID()
        let inserts = try PartyShapes.inserts(BodyReader(request.body), id: id, services.ambient)
        let rows = try await ConstraintRefusals.translating { try await tx.run(inserts + PartyRecords.queries(id)) }
        guard let made = try PartyRecords.whole(Array(rows.suffix(2))) else { throw Refusal.notFound }
        return .created(made.json, version: made.version, location: "/v1/parties/\(id)")
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/parties", access: .tenant(.partiesRead), tag: "parties", summary: "List parties",
      query: QueryParameter.page + [
        QueryParameter("code", Shapes.code, "Only the party of this code."),
        QueryParameter("kind", .oneOf(["customer", "supplier", "carrier", "both"]), "Only parties of this kind."),
      ], responses: Shapes.page(of: PartyShapes.one, "Parties"),
      handler: .read { request in
        let code = request.parts.queryText("code")
        return try await listPage(
          request, code == nil ? PartyRecords.list : PartyRecords.byCode,
          [.optional(request.parts.queryText("kind"))] + (code.map { [.text($0)] } ?? [])
        ) { row throws(Refusal) in try PartyRecords.party(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/parties/{party}", access: .tenant(.partiesRead), tag: "parties", summary: "Read a party",
      parameters: [Self.parameter], responses: Shapes.answer(PartyShapes.whole, "The party with addresses and credit"),
      handler: .read { request in
        let rows = try await request.tenant.read(PartyRecords.queries(try request.id("party")))
        guard let found = try PartyRecords.whole(rows) else { throw Refusal.notFound }
        return .ok(found.json, version: found.version)
      })
  }

  private var changed: Route {
    Route(
      .patch, "/v1/parties/{party}", access: .tenant(.partiesWrite), tag: "parties", summary: "Change a party",
      details: "Members that are not sent stay as they are.", parameters: [Self.parameter],
      body: .json(PartyShapes.changes), responses: Shapes.answer(PartyShapes.whole, "The party as it is now"),
      requiresVersion: true,
      handler: .write { request, tx in
        let id = try request.id("party")
        let body = BodyReader(request.body)
        let update = Query(
          PartyRecords.update, .id(id), .int(try request.expectedVersion), .optional(body.text("legalName")),
          body.bool("isActive").map { .bool($0) } ?? .null, .bool(body.has("holdCode")),
          .optional(body.text("holdCode")), .bool(body.has("customerGroupId")),
          .optional(body.id("customerGroupId")), .bool(body.has("priceListId")), .optional(body.id("priceListId")),
          .bool(body.has("taxId")), .optional(body.text("taxId")))
        try await change(tx, update, exists: Query(PartyRecords.exists, .id(id)))
        return try await answer(id, tx)
      })
  }

  private var limit: Route {
    Route(
      .put, "/v1/parties/{party}/credit-limit", access: .tenant(.creditApprove), tag: "parties",
      summary: "Set a customer's credit limit", parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.field("creditLimit", .nullable(Shapes.amount), "In the party's currency; null for no limit.")
        ])),
      responses: Shapes.answer(PartyShapes.whole, "The party as it is now"),
      handler: .write { request, tx in
        let id = try request.id("party")
        guard let row = try await tx.run(PartyRecords.currency, .id(id)).first else { throw Refusal.notFound }
        let limit = try BodyReader(request.body).money("creditLimit", try row.currency(0))
        try tx.enqueue(Query(PartyRecords.updateLimit, .id(id), .optional(limit?.minor)))
        try tx.enqueue(
          services.audit.query(
            "credit.limitSet", subject: "party:\(id)", detail: ["limit": limit?.json ?? .null], context: tx.context))
        return try await answer(id, tx)
      })
  }

  private var addAddress: Route {
    Route(
      .post, "/v1/parties/{party}/addresses", access: .tenant(.partiesWrite), tag: "parties",
      summary: "Add an address of a party", parameters: [Self.parameter], body: .json(PartyShapes.newAddress),
      responses: Shapes.created(PartyShapes.whole, "The party as it is now"),
      handler: .write { request, tx in
        let id = try request.id("party")
        guard try await !tx.run(PartyRecords.exists, .id(id)).isEmpty else { throw Refusal.notFound }
        try tx.enqueue(
          PartyShapes.insertAddress(BodyReader(request.body), id: services.ambient.makeID(), party: id))
        let now = try await answer(id, tx)
        return Response(.created, now.content, version: now.version, location: "/v1/parties/\(id)")
      })
  }

  private var removeAddress: Route {
    Route(
      .delete, "/v1/parties/{party}/addresses/{address}", access: .tenant(.partiesWrite), tag: "parties",
      summary: "Remove an address of a party",
      parameters: [Self.parameter, PathParameter("address", .id(of: "address"), "The address's id.")],
      responses: [ResponseShape(.noContent, "It is gone")],
      handler: .write { request, tx in
        let gone = try await tx.run(
          PartyRecords.deleteAddress, .id(try request.id("address")), .id(try request.id("party")))
        guard gone.affected == 1 else { throw Refusal.notFound }
        return .noContent
      })
  }

  private func answer(_ id: EntityID, _ tx: Transaction) async throws -> Response {
    guard let now = try PartyRecords.whole(try await tx.run(PartyRecords.queries(id))) else { throw Refusal.notFound }
    return .ok(now.json, version: now.version)
  }
}
