import BulkheadCore
import BulkheadData
import BulkheadServer

extension EDIModule {
  private static let tag = "EDI"
  private static let held = PathParameter("interchange", .id(of: "edi_interchange"), "The interchange in quarantine.")

  private var quarantine: EDIQuarantine { EDIQuarantine(services: services, inbox: inbox) }

  var quarantineRoutes: [Route] {
    [
      Route(
        .get, "/v1/edi/quarantine", access: .tenant(.ediRead), tag: Self.tag,
        summary: "List interchanges whose envelope is not agreed",
        query: QueryParameter.page + [
          QueryParameter(
            "state", .oneOf(["quarantined", "released", "discarded"]), "What became of them; quarantined by default.")
        ],
        responses: [ResponseShape(.ok, "A page.", .json(.page(of: EDISchemas.quarantined)))],
        handler: .read { request in
          try await listPage(
            request, EDIQuarantine.list, [.text(request.parts.queryText("state") ?? "quarantined")]
          ) { row throws(Refusal) in .object(try EDIQuarantine.members(row)) }
        }),
      Route(
        .post, "/v1/edi/quarantine/{interchange}/retry", access: .tenant(.ediManage), tag: Self.tag,
        summary: "Take an interchange in quarantine in anew, after its addresses were agreed",
        parameters: [Self.held],
        responses: [ResponseShape(.ok, "What became of it.", .json(EDISchemas.receipt))],
        handler: .write { request, transaction in
          .ok(try await quarantine.retry(try request.id("interchange"), in: transaction))
        }),
      Route(
        .post, "/v1/edi/quarantine/{interchange}/discard", access: .tenant(.ediManage), tag: Self.tag,
        summary: "Put an interchange in quarantine aside for good", parameters: [Self.held],
        body: .json(EDISchemas.reason),
        responses: [ResponseShape(.ok, "The interchange.", .json(EDISchemas.quarantined))],
        handler: .write { request, transaction in
          .ok(
            try await quarantine.discard(
              try request.id("interchange"), reason: try BodyReader(request.body).requiredText("reason"),
              in: transaction))
        }),
    ]
  }
}
