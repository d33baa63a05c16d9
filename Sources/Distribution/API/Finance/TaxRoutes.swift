import BulkheadCore
import BulkheadData
import BulkheadServer

/// Taxes, payment terms and what a customer is billed by.
struct TaxRoutes {
  let services: Services

  var routes: [Route] {
    [
      addCode, codes, code, addRate, addRule, rules, rule, removeRule, setRounding, addTerm, terms, term, billing,
      setBilling,
    ]
  }

  private static let taxCode = PathParameter("code", .id(of: "tax_code"), "The tax code's id.")
  private static let exemption = Schema.string(
    minLength: 1, maxLength: 20,
    pattern: .init("^[A-Z0-9_]{1,20}$", "capital letters, digits and underscores") {
      $0.utf8.allSatisfy { 65...90 ~= $0 || 48...57 ~= $0 || $0 == 95 }
    })
  private static let percent = Schema.decimal(digits: 9, scale: 6, minimum: .nonNegative)

  private static let rate = Schema.object([
    Shapes.field("id", .id(of: "tax_rate")), Shapes.field("jurisdiction", Shapes.text(60)),
    Shapes.field("percent", percent), Shapes.field("validFrom", .date), Shapes.nullable("validTo", .date),
  ])

  private static let whole = Schema.object([
    Shapes.field("id", .id(of: "tax_code")), Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name),
    Shapes.field("rates", .array(rate, maxItems: 1000)),
  ])

  private static let summary = Schema.object([
    Shapes.field("id", .id(of: "tax_code")), Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name),
  ])

  private var addCode: Route {
    Route(
      .post, "/v1/tax-codes", access: .tenant(.financeWrite), tag: "tax", summary: "Add a tax code",
      body: .json(.object([Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name)])),
      responses: Shapes.created(Self.summary, "The tax code"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = services.ambient.makeID()
        let made = try await create(
          tx,
          [
            Query(
              TaxRecords.insertCode, .id(id), .text(try body.requiredText("code")),
              .text(try body.requiredText("name")))
          ], read: Query(TaxRecords.code, .id(id))
        ) { row throws(Refusal) in try ReferenceRecords.codeAndName(row) }
        return .created(made, location: "/v1/tax-codes/\(id)")
      })
  }

  private var codes: Route {
    Route(
      .get, "/v1/tax-codes", access: .tenant(.financeRead), tag: "tax", summary: "List tax codes",
      query: QueryParameter.page, responses: Shapes.page(of: Self.summary, "Tax codes"),
      handler: .read { request in
        try await listPage(request, TaxRecords.codes) { row throws(Refusal) in try ReferenceRecords.codeAndName(row) }
      })
  }

  private var code: Route {
    Route(
      .get, "/v1/tax-codes/{code}", access: .tenant(.financeRead), tag: "tax", summary: "Read a tax code",
      parameters: [Self.taxCode], responses: Shapes.answer(Self.whole, "The tax code with its rates"),
      handler: .read { request in
        let id = try request.id("code")
        let rows = try await request.tenant.read(Query(TaxRecords.code, .id(id)), Query(TaxRecords.rates, .id(id)))
        guard let code = try TaxRecords.whole(rows) else { throw Refusal.notFound }
        return .ok(code)
      })
  }

  private var addRate: Route {
    Route(
      .post, "/v1/tax-codes/{code}/rates", access: .tenant(.financeWrite), tag: "tax",
      summary: "Add a rate to a tax code",
      details: "Several jurisdictions add up. A later rate of the same jurisdiction ends the one before it.",
      parameters: [Self.taxCode],
      body: .json(
        .object([
          Shapes.field("jurisdiction", Shapes.text(60)), Shapes.field("percent", Self.percent),
          Shapes.field("validFrom", .date), Shapes.optional("validTo", .nullable(.date), "The last day."),
        ])),
      responses: Shapes.created(Self.whole, "The tax code with its rates"),
      handler: .write { request, tx in try await addRate(request, tx) })
  }

  private func addRate(_ request: Request, _ tx: Transaction) async throws -> Response {
    let body = BodyReader(request.body)
    let code = try request.id("code")
    let jurisdiction = try body.requiredText("jurisdiction")
    guard let percent = try body.price("percent"), let from = try body.date("validFrom") else { throw Refusal.notFound }
    let to = try body.date("validTo")
    guard percent.scaled <= 100 * UnitPrice.one else {
      throw body.refusal(.inputInvalid, "A rate is at most 100 percent.", "percent")
    }
    if let to, to < from { throw body.refusal(.inputInvalid, "The rate ends before it begins.", "validTo") }
    let found = try await tx.run(
      Query(TaxRecords.lockCode, .id(code)),
      Query(TaxRecords.laterRate, .id(code), .text(jurisdiction), .date(from)))
    guard !found[0].isEmpty else { throw Refusal.notFound }
    guard found[1].isEmpty else {
      throw body.refusal(
        .taxRateOverlaps, "The jurisdiction has a rate from this day or later on already.", "validFrom")
    }
    try tx.enqueue(Query(TaxRecords.endRate, .id(code), .text(jurisdiction), .date(from)))
    try tx.enqueue(
      Query(
        TaxRecords.insertRate, .id(services.ambient.makeID()), .id(code), .text(jurisdiction), .price(percent),
        .date(from), .date(to)))
    let rows = try await ConstraintRefusals.translating {
      try await tx.run(Query(TaxRecords.code, .id(code)), Query(TaxRecords.rates, .id(code)))
    }
    guard let whole = try TaxRecords.whole(rows) else { throw Refusal.notFound }
    try tx.enqueue(
      services.audit.query(
        "taxRate.added", subject: "tax_code:\(code)",
        detail: [
          "jurisdiction": .string(jurisdiction), "percent": percent.json, "validFrom": .string(from.description),
        ], context: tx.context))
    return .created(whole, location: "/v1/tax-codes/\(code)")
  }

  private static let ruleFields: [Schema.Field] = [
    Shapes.optional("taxCategory", .nullable(Shapes.code), "Of the product; any otherwise."),
    Shapes.optional("country", .nullable(Shapes.country), "Where the goods go; anywhere otherwise."),
    Shapes.optional("region", .nullable(Shapes.text(100)), "Of the country."),
    Shapes.optional("exemption", .nullable(exemption), "Customers with this exemption; all otherwise."),
    Shapes.optional("taxCodeId", .nullable(.id(of: "tax_code")), "No tax otherwise."),
  ]

  private static let taxRule = Schema.object([
    Shapes.field("id", .id(of: "tax_rule")), Shapes.field("legalEntityId", .id(of: "legal_entity")),
    Shapes.nullable("taxCategory", Shapes.code), Shapes.nullable("country", Shapes.country),
    Shapes.nullable("region", Shapes.text(100)), Shapes.nullable("exemption", exemption),
    Shapes.nullable("taxCodeId", .id(of: "tax_code")),
  ])

  private var addRule: Route {
    Route(
      .post, "/v1/tax-rules", access: .tenant(.financeWrite), tag: "tax", summary: "Add a tax rule",
      details: """
        Of the rules that fit a line the narrowest holds: exemption before region before country before category. A \
        legal entity without rules charges no tax; one with rules refuses what no rule covers.
        """,
      body: .json(.object([LedgerShapes.entityField] + Self.ruleFields)),
      responses: Shapes.created(Self.taxRule, "The rule"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let asked = body.id("legalEntityId")
        guard body.text("region") == nil || body.text("country") != nil else {
          throw body.refusal(.inputInvalid, "A region is one of a country: name it too.", "region")
        }
        let entity = try LegalEntity(try await tx.run(LegalEntity.query(asked))[0], asked: asked)
        let id = services.ambient.makeID()
        let insert = Query(
          TaxRecords.insertRule, .id(id), .id(entity.id), .optional(body.text("taxCategory")),
          .optional(body.text("country")), .optional(body.text("region")), .optional(body.text("exemption")),
          .optional(body.id("taxCodeId")))
        let made = try await create(tx, [insert], read: Query(TaxRecords.rule, .id(id))) {
          row throws(Refusal) in try TaxRecords.rule(row)
        }
        try tx.enqueue(
          services.audit.query("taxRule.added", subject: "tax_rule:\(id)", detail: made, context: tx.context))
        return .created(made, location: "/v1/tax-rules/\(id)")
      })
  }

  private var rules: Route {
    Route(
      .get, "/v1/tax-rules", access: .tenant(.financeRead), tag: "tax", summary: "List tax rules",
      query: QueryParameter.page + [
        QueryParameter("legalEntity", .id(of: "legal_entity"), "Only this legal entity's.")
      ], responses: Shapes.page(of: Self.taxRule, "Rules"),
      handler: .read { request in
        try await listPage(request, TaxRecords.rules, [.optional(request.parts.queryID("legalEntity"))]) {
          row throws(Refusal) in try TaxRecords.rule(row)
        }
      })
  }

  private static let ruleID = PathParameter("rule", .id(of: "tax_rule"), "The rule's id.")

  private var rule: Route {
    Route(
      .get, "/v1/tax-rules/{rule}", access: .tenant(.financeRead), tag: "tax", summary: "Read a tax rule",
      parameters: [Self.ruleID], responses: Shapes.answer(Self.taxRule, "The rule"),
      handler: .read { request in
        try await readOne(request, Query(TaxRecords.rule, .id(try request.id("rule")))) {
          row throws(Refusal) in try TaxRecords.rule(row)
        }
      })
  }

  private var removeRule: Route {
    Route(
      .delete, "/v1/tax-rules/{rule}", access: .tenant(.financeWrite), tag: "tax", summary: "Remove a tax rule",
      details: "What was invoiced keeps its taxes.", parameters: [Self.ruleID],
      responses: [ResponseShape(.noContent, "It is gone")],
      handler: .write { request, tx in
        let id = try request.id("rule")
        guard try await tx.run(TaxRecords.deleteRule, .id(id)).affected == 1 else { throw Refusal.notFound }
        try tx.enqueue(
          services.audit.query("taxRule.removed", subject: "tax_rule:\(id)", detail: [:], context: tx.context))
        return .noContent
      })
  }

  private var setRounding: Route {
    let rounding = Schema.object([Shapes.field("rounding", .oneOf(TaxRounding.allCases.map(\.rawValue)))])
    return Route(
      .put, "/v1/legal-entities/{entity}/tax-rounding", access: .tenant(.financeWrite), tag: "tax",
      summary: "Say whether tax is rounded by line or by document",
      parameters: [PathParameter("entity", .id(of: "legal_entity"), "The legal entity's id.")],
      body: .json(rounding), responses: Shapes.answer(rounding, "As it is from now on"),
      handler: .write { request, tx in
        let id = try request.id("entity")
        let rounding = try BodyReader(request.body).requiredText("rounding")
        guard try await !tx.run(LegalEntity.query(id))[0].isEmpty else { throw Refusal.notFound }
        try tx.enqueue(Query(TaxRecords.setRounding, .id(id), .text(rounding)))
        try tx.enqueue(
          services.audit.query(
            "tax.roundingSet", subject: "legal_entity:\(id)", detail: ["rounding": .string(rounding)],
            context: tx.context))
        return .ok(["rounding": .string(rounding)])
      })
  }

  private static let termFields: [Schema.Field] = [
    Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name),
    Shapes.field("days", .integer(0...365), "From the invoice's date to the day on which it is due."),
  ]

  private static let paymentTerm = Schema.object(
    [Shapes.field("id", .id(of: "payment_term"))] + termFields + [Shapes.field("isDefault", .boolean)])

  private var addTerm: Route {
    Route(
      .post, "/v1/payment-terms", access: .tenant(.financeWrite), tag: "tax", summary: "Add a payment term",
      body: .json(
        .object(Self.termFields + [Shapes.optional("isDefault", .boolean, "For customers who have none of their own.")])
      ),
      responses: Shapes.created(Self.paymentTerm, "The term"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = services.ambient.makeID()
        let insert = Query(
          TaxRecords.insertTerm, .id(id), .text(try body.requiredText("code")), .text(try body.requiredText("name")),
          .int(try body.requiredInt("days")), .bool(body.bool("isDefault") ?? false))
        let made = try await create(tx, [insert], read: Query(TaxRecords.term, .id(id))) {
          row throws(Refusal) in try TaxRecords.term(row)
        }
        return .created(made, location: "/v1/payment-terms/\(id)")
      })
  }

  private var terms: Route {
    Route(
      .get, "/v1/payment-terms", access: .tenant(.financeRead), tag: "tax", summary: "List payment terms",
      query: QueryParameter.page, responses: Shapes.page(of: Self.paymentTerm, "Terms"),
      handler: .read { request in
        try await listPage(request, TaxRecords.terms) { row throws(Refusal) in try TaxRecords.term(row) }
      })
  }

  private var term: Route {
    Route(
      .get, "/v1/payment-terms/{term}", access: .tenant(.financeRead), tag: "tax", summary: "Read a payment term",
      parameters: [PathParameter("term", .id(of: "payment_term"), "The term's id.")],
      responses: Shapes.answer(Self.paymentTerm, "The term"),
      handler: .read { request in
        try await readOne(request, Query(TaxRecords.term, .id(try request.id("term")))) {
          row throws(Refusal) in try TaxRecords.term(row)
        }
      })
  }

  private static let party = PathParameter("party", .id(of: "party"), "The party's id.")
  private static let billed = Schema.object([
    Shapes.field("partyId", .id(of: "party")), Shapes.nullable("paymentTermId", .id(of: "payment_term")),
    Shapes.nullable("exemption", exemption), Shapes.nullable("certificate", Shapes.text(60)),
    Shapes.nullable("validTo", .date),
  ])

  private var billing: Route {
    Route(
      .get, "/v1/parties/{party}/billing", access: .tenant(.financeRead), tag: "tax",
      summary: "Read what a customer is billed by", parameters: [Self.party],
      responses: Shapes.answer(Self.billed, "Terms and exemption"),
      handler: .read { request in
        try await readOne(request, Query(TaxRecords.billing, .id(try request.id("party")))) {
          row throws(Refusal) in try TaxRecords.billing(row)
        }
      })
  }

  private var setBilling: Route {
    Route(
      .put, "/v1/parties/{party}/billing", access: .tenant(.financeWrite), tag: "tax",
      summary: "Set what a customer is billed by", parameters: [Self.party],
      body: .json(
        .object([
          Shapes.optional("paymentTermId", .nullable(.id(of: "payment_term")), "The default term otherwise."),
          Shapes.optional("exemption", .nullable(Self.exemption), "What tax rules ask for, for example RESALE."),
          Shapes.optional("certificate", .nullable(Shapes.text(60)), "Proof of the exemption."),
          Shapes.optional("validTo", .nullable(.date), "The certificate's last day."),
        ])),
      responses: Shapes.answer(Self.billed, "As it is now"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let id = try request.id("party")
        let found = try await tx.run(TaxRecords.billing, .id(id))
        guard let party = found.first else { throw Refusal.notFound }
        guard ["customer", "both"].contains(try party.text(1)) else {
          throw Refusal(.partyNotCustomer, "This party is not a customer.")
        }
        guard body.text("exemption") == nil || body.text("certificate") != nil else {
          throw body.refusal(.exemptionUncertified, "An exemption needs a certificate.", "certificate")
        }
        let set = Query(
          TaxRecords.setBilling, .id(id), .optional(body.id("paymentTermId")), .optional(body.text("exemption")),
          .optional(body.text("certificate")), .date(try body.date("validTo")))
        let now = try await create(tx, [set], read: Query(TaxRecords.billing, .id(id))) {
          row throws(Refusal) in try TaxRecords.billing(row)
        }
        try tx.enqueue(
          services.audit.query("billing.set", subject: "party:\(id)", detail: now, context: tx.context))
        return .ok(now)
      })
  }
}
