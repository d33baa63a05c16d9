import BulkheadCore
import BulkheadData
import BulkheadServer

/// Landed cost.
struct LandedCostRoutes {
  let services: Services

  var routes: [Route] {
    [
      draft, list, one,
      act("post", "Post a landed cost", "It is never changed from then on, only reversed.") {
        try await desk.post($0, in: $1)
      },
      act("cancel", "Drop a draft of a landed cost", "") { try await desk.cancel($0, in: $1) },
      act("reverse", "Reverse a landed cost", "Answers the negative cost that undoes it.") {
        try await desk.reverse($0, in: $1)
      },
    ]
  }

  private var desk: LandedCostDesk { LandedCostDesk(services: services) }
  private static let parameter = PathParameter("cost", .id(of: "landed_cost"), "The landed cost's id.")
  private static let kind = Schema.oneOf(LandedCost.Kind.allCases.map(\.rawValue))
  private static let allocation = Schema.oneOf(LandedCost.Allocation.allCases.map(\.rawValue))
  private static let state = Schema.oneOf(LandedCost.State.allCases.map(\.rawValue))

  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "landed_cost")), Shapes.field("number", Shapes.code), Shapes.field("kind", kind),
    Shapes.field("allocation", allocation), Shapes.field("amount", Shapes.money, "Negative: a reversal."),
    Shapes.nullable("carrierId", .id(of: "party")), Shapes.field("state", state),
    Shapes.nullable("reversalOf", .id(of: "landed_cost")), Shapes.nullable("effectiveOn", .date),
    Shapes.field("createdAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ]

  private static let cost = Schema.object(
    header + [
      Shapes.field(
        "lines",
        .array(
          .object([
            Shapes.field("id", .id(of: "landed_cost_line")), Shapes.field("receiptLineId", .id(of: "receipt_line")),
            Shapes.field("receipt", Shapes.code), Shapes.field("sku", Shapes.code),
            Shapes.field("amount", PurchaseShapes.amount),
            Shapes.nullable("inStock", PurchaseShapes.amount, "Added to what lay in stock when it was posted."),
            Shapes.nullable("gone", PurchaseShapes.amount, "The share of what had been sold by then."),
          ]), maxItems: LandedCost.Request.receiptsMax * ReceiptRequest.linesMax))
    ])

  private var draft: Route {
    Route(
      .post, "/v1/landed-costs", access: .tenant(.purchasingWrite), tag: "purchasing",
      summary: "Divide a landed cost among receipts",
      details: "Shares add up exactly. Nothing is posted before somebody posts it.",
      body: .json(
        .object([
          Shapes.field("kind", Self.kind), Shapes.field("allocation", Self.allocation),
          Shapes.field("amount", .decimal(digits: 18, scale: 4, minimum: .positive)),
          Shapes.optional("carrierId", .nullable(.id(of: "party")), "Who is owed it."),
          Shapes.field(
            "receiptIds", .array(.id(of: "receipt"), minItems: 1, maxItems: LandedCost.Request.receiptsMax)),
        ])),
      responses: Shapes.created(Self.cost, "The cost, a draft"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let entity = try LegalEntity(try await tx.run([LegalEntity.query])[0])
        guard let amount = try body.money("amount", entity.currency),
          let kind = body.text("kind").flatMap(LandedCost.Kind.init(rawValue:)),
          let allocation = body.text("allocation").flatMap(LandedCost.Allocation.init(rawValue:))
        else { throw body.refusal(.inputInvalid, "This is required.", "amount") }
        let made = try await desk.draft(
          LandedCost.Request(
            kind: kind, allocation: allocation, amount: amount.minor, carrier: body.id("carrierId"),
            receipts: (request.body["receiptIds"]?.array ?? []).compactMap(\.id)), in: tx)
        return .created(made.json, version: made.version, location: "/v1/landed-costs/\(made.id)")
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/landed-costs", access: .tenant(.purchasingRead), tag: "purchasing", summary: "List landed costs",
      query: QueryParameter.page + [QueryParameter("state", Self.state, "Only costs in this state.")],
      responses: Shapes.page(of: .object(Self.header), "Landed costs"),
      handler: .read { request in
        try await listPage(request, LandedCostStatements.list, [.optional(request.parts.queryText("state"))]) {
          row throws(Refusal) in try LandedCostReader.summary(row)
        }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/landed-costs/{cost}", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "Read a landed cost", parameters: [Self.parameter],
      responses: Shapes.answer(Self.cost, "The cost with its shares"),
      handler: .read { request in
        let rows = try await request.tenant.read(LandedCostStatements.queries(try request.id("cost")))
        guard let cost = try LandedCostReader.cost(rows[...]) else { throw Refusal.notFound }
        return .ok(cost.json, version: cost.version)
      })
  }

  private func act(
    _ name: String, _ summary: String, _ details: String,
    _ body: @escaping @Sendable (EntityID, Transaction) async throws -> LandedCostDesk.Answer
  ) -> Route {
    Route(
      .post, "/v1/landed-costs/{cost}/\(name)", access: .tenant(.purchasingApprove), tag: "purchasing",
      summary: summary, details: details, parameters: [Self.parameter],
      responses: Shapes.answer(Self.cost, "The cost as it is now"),
      handler: .write { request, tx in
        let made = try await body(try request.id("cost"), tx)
        return .ok(made.json, version: made.version)
      })
  }
}
