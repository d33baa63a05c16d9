import BulkheadCore
import BulkheadData
import BulkheadServer

extension EDIModule {
  private static let tag = "EDI"

  var directoryRoutes: [Route] {
    [
      Route(
        .post, "/v1/edi/partners", access: .tenant(.ediManage), tag: Self.tag,
        summary: "Make a party a trading partner",
        body: .json(EDISchemas.partnerInput),
        responses: [ResponseShape(.created, "The partner.", .json(EDISchemas.partner))],
        handler: .write { request, transaction in
          Self.created(try await store.addPartner(request.body, in: transaction), "/v1/edi/partners")
        }),
      Route(
        .post, "/v1/edi/channels", access: .tenant(.ediManage), tag: Self.tag,
        summary: "Open a channel of a trading partner", body: .json(EDISchemas.channelInput),
        responses: [ResponseShape(.created, "The channel.", .json(EDISchemas.channel))],
        handler: .write { request, transaction in
          Self.created(try await store.addChannel(request.body, in: transaction), "/v1/edi/channels")
        }),
      Route(
        .post, "/v1/edi/agreements", access: .tenant(.ediManage), tag: Self.tag,
        summary: "Agree on a pair of addresses with a trading partner", body: .json(EDISchemas.agreementInput),
        responses: [ResponseShape(.created, "The agreement.", .json(EDISchemas.agreement))],
        handler: .write { request, transaction in
          Self.created(try await store.addAgreement(request.body, in: transaction), "/v1/edi/agreements")
        }),
      Route(
        .patch, "/v1/edi/agreements/{agreement}", access: .tenant(.ediManage), tag: Self.tag,
        summary: "Change what is sent unasked under an agreement",
        details: """
          What is left out stays. It holds for what happens from now on: nothing is sent for what has been shipped or \
          billed before, and documents that wait for their acknowledgement keep their time.
          """,
        parameters: [PathParameter("agreement", .id(of: "edi_agreement"), "The agreement's id.")],
        body: .json(EDISchemas.agreementChange),
        responses: [ResponseShape(.ok, "The agreement as it is now.", .json(EDISchemas.agreement))],
        handler: .write { request, transaction in
          let id = try request.id("agreement")
          let changed = try await store.changeAgreement(id, request.body, in: transaction)
          try transaction.enqueue(
            services.audit.query(
              "ediAgreement.changed", subject: "edi_agreement:\(id)", detail: request.body,
              context: transaction.context))
          return .ok(changed)
        }),
      list(
        "/v1/edi/partners", "List trading partners", EDISchemas.partner,
        """
        SELECT listed.id, listed.party_id, listed.state FROM trading_partner AS listed
        WHERE ($1::uuid IS NULL OR listed.id > $1) ORDER BY listed.id LIMIT $2
        """
      ) { row throws(Refusal) in
        ["id": .id(try row.id(0)), "party": .id(try row.id(1)), "state": .string(try row.text(2))]
      },
      list(
        "/v1/edi/channels", "List channels", EDISchemas.channel,
        """
        SELECT listed.id, listed.partner_id, listed.kind, listed.name, listed.delivery_url, listed.state
        FROM edi_channel AS listed WHERE ($1::uuid IS NULL OR listed.id > $1) ORDER BY listed.id LIMIT $2
        """
      ) { row throws(Refusal) in
        [
          "id": .id(try row.id(0)), "partner": .id(try row.id(1)), "kind": .string(try row.text(2)),
          "name": .string(try row.text(3)), "deliveryUrl": .optional(row.textOrNil(4)),
          "state": .string(try row.text(5)),
        ]
      },
      list(
        "/v1/edi/agreements", "List agreements", EDISchemas.agreement,
        """
        SELECT listed.id, listed.partner_id, listed.our_qualifier, listed.our_id, listed.their_qualifier,
               listed.their_id, listed.version, listed.usage, listed.state, listed.sends_orders,
               listed.sends_ship_notices, listed.sends_invoices, listed.ack_seconds
        FROM edi_agreement AS listed WHERE ($1::uuid IS NULL OR listed.id > $1) ORDER BY listed.id LIMIT $2
        """
      ) { row throws(Refusal) in try EDIDirectory.agreement(row) },
      list(
        "/v1/edi/addresses", "List the tenant's own interchange addresses", EDISchemas.ownAddress,
        """
        SELECT listed.id, listed.qualifier, listed.address FROM edi_address AS listed
        WHERE ($1::uuid IS NULL OR listed.id > $1) ORDER BY listed.id LIMIT $2
        """
      ) { row throws(Refusal) in
        ["id": .id(try row.id(0)), "qualifier": .string(try row.text(1)), "address": .string(try row.text(2))]
      },
    ]
  }

  /// A list ordered by id. `statement` takes the last id shown and how many rows to give.
  private func list(
    _ path: String, _ summary: String, _ item: Schema, _ statement: StaticString,
    json: @escaping @Sendable (Row) throws(Refusal) -> JSON
  ) -> Route {
    let statement = Statement(statement)
    return Route(
      .get, path, access: .tenant(.ediRead), tag: Self.tag, summary: summary, query: QueryParameter.page,
      responses: [ResponseShape(.ok, "A page.", .json(.page(of: item)))],
      handler: .read { request in
        let page = request.page
        let rows = try await request.tenant.read(
          Query(statement, .optional(try page.afterID()), .int(Int64(page.limit + 1))))
        return .ok(page.answer(try rows[0].map { (id: try $0.id(0), json: try json($0)) }))
      })
  }

  private static func created(_ body: JSON, _ collection: String) -> Response {
    .created(body, location: collection + "/" + (body["id"]?.string ?? ""))
  }
}
