import BulkheadCore
import BulkheadData
import BulkheadServer

extension EDIModule {
  private static let tag = "EDI"

  /// What partners' software sends interchanges as.
  private static let contentTypes =
    EDISyntax.allCases.map(\.contentType) + ["application/edi-consent", "text/plain", "application/octet-stream"]

  var postInterchange: Route {
    Route(
      .post, "/v1/edi/channels/{channel}/interchanges", access: .tenant(.ediExchange), tag: Self.tag,
      summary: "Hand in an interchange",
      details: """
        One interchange, of X12 (ISA to IEA) or of EDIFACT (UNA or UNB to UNZ). The answer says what became of it, \
        document by document, and holds the TA1, 997 or CONTRL that goes back to the sender. An envelope that is not \
        agreed on this channel is quarantined. Identical bytes sent again get the first answer; other bytes under a \
        used control number are rejected (TA1 025, CONTRL 26).
        """,
      parameters: [PathParameter("channel", .id(of: "edi_channel"), "The channel it comes over.")],
      body: .bytes(contentTypes: Self.contentTypes, bytesMax: X12Limits.standard.bytesMax),
      responses: [ResponseShape(.accepted, "What became of it.", .json(EDISchemas.receipt))],
      handler: .preparedWrite { request in
        let channel = try request.id("channel")
        // Reading and checking a document takes long and needs no connection.
        let arrival = try EDIArrival(request.bytes)
        return { transaction in .accepted(try await inbox.receive(arrival, on: channel, in: transaction)) }
      })
  }

  var interchangeRoutes: [Route] {
    [
      Route(
        .get, "/v1/edi/interchanges", access: .tenant(.ediRead), tag: Self.tag,
        summary: "List interchanges, in and out",
        query: QueryParameter.page + [
          QueryParameter("direction", .oneOf(["in", "out"]), "Only those received, or only those written.")
        ],
        responses: [ResponseShape(.ok, "A page.", .json(.page(of: .object(EDISchemas.interchangeSummary))))],
        handler: .read { request in
          try await Self.page(
            request,
            """
            SELECT listed.id, listed.channel_id, listed.agreement_id, listed.direction, listed.control_no,
                   listed.state, listed.reason, listed.sha256, listed.created_at, listed.sent_at
            FROM edi_interchange AS listed
            WHERE ($1::uuid IS NULL OR listed.id > $1) AND ($3::text IS NULL OR listed.direction = $3)
              AND listed.agreement_id IS NOT NULL
            ORDER BY listed.id LIMIT $2
            """, .optional(request.parts.queryText("direction")))
        }),
      Route(
        .get, "/v1/edi/interchanges/{interchange}", access: .tenant(.ediRead), tag: Self.tag,
        summary: "Show an interchange, its documents and what was wrong with them",
        parameters: [PathParameter("interchange", .id(of: "edi_interchange"), "The interchange.")],
        responses: [ResponseShape(.ok, "The interchange.", .json(EDISchemas.interchange))],
        handler: .read { request in .ok(try await Self.show(try request.id("interchange"), request.tenant)) }),
    ]
  }

  private static func page(
    _ request: Request, _ statement: StaticString, _ more: SQLValue...
  ) async throws -> Response {
    let page = request.page
    let rows = try await request.tenant.read(
      Query(Statement(statement), [.optional(try page.afterID()), .int(Int64(page.limit + 1))] + more))
    return .ok(page.answer(try rows[0].map { (id: try $0.id(0), json: .object(try summary($0))) }))
  }

  static func summary(_ row: Row) throws(Refusal) -> [JSON.Member] {
    [
      .init("id", .id(try row.id(0))), .init("channel", .id(try row.id(1))),
      .init("agreement", row.idOrNil(2).map { .id($0) } ?? .null), .init("direction", .string(try row.text(3))),
      .init("controlNumber", .string(try row.text(4))), .init("state", .string(try row.text(5))),
      .init("reason", .optional(row.textOrNil(6))), .init("sha256", .string(Hex.encode(try row.bytes(7)))),
      .init("createdAt", .instant(try row.instant(8))),
      .init("sentAt", row.instantOrNil(9).map { .instant($0) } ?? .null),
    ]
  }

  private static func show(_ id: EntityID, _ tenant: Tenant) async throws -> JSON {
    let found = try await tenant.read(
      Query(
        Statement(
          """
          SELECT shown.id, shown.channel_id, shown.agreement_id, shown.direction, shown.control_no, shown.state,
                 shown.reason, shown.sha256, shown.created_at, shown.sent_at, shown.raw
          FROM edi_interchange AS shown WHERE shown.id = $1
          """), .id(id)),
      Query(
        Statement(
          """
          SELECT message.id, message.type, message.group_control, message.control_no, message.state,
                 message.ack_state, message.business_ref, message.answers_id, message.order_id, message.shipment_id,
                 message.invoice_id, message.purchase_order_id, message.supplier_invoice_id
          FROM edi_message AS message WHERE message.interchange_id = $1 ORDER BY message.id LIMIT $2
          """), .id(id), .int(Int64(X12Limits.standard.setsMax))),
      Query(
        Statement(
          """
          SELECT error.level, error.code, error.place, error.note, error.is_fatal
          FROM edi_error AS error WHERE error.interchange_id = $1 ORDER BY error.id LIMIT $2
          """), .id(id), .int(Int64(EDIReceipt.errorsMax * 2))))
    guard let row = found[0].first else { throw Refusal.notFound }
    var members = try summary(row)
    members.append(.init("messages", .array(try found[1].map { try message($0) })))
    members.append(.init("errors", .array(try found[2].map { try error($0) })))
    members.append(.init("content", .string(EDISyntax.text(try row.bytes(10)))))
    return .object(members)
  }

  private static func message(_ row: Row) throws(Refusal) -> JSON {
    func id(_ column: Int) -> JSON { row.idOrNil(column).map(JSON.id) ?? .null }
    return [
      "id": .id(try row.id(0)), "type": .string(try row.text(1)), "groupControl": .string(try row.text(2)),
      "controlNumber": .string(try row.text(3)), "state": .string(try row.text(4)),
      "ackState": .string(try row.text(5)), "reference": .optional(row.textOrNil(6)), "answers": id(7),
      "order": id(8), "shipment": id(9), "invoice": id(10), "purchaseOrder": id(11), "supplierInvoice": id(12),
    ]
  }

  private static func error(_ row: Row) throws(Refusal) -> JSON {
    [
      "level": .string(try row.text(0)), "code": .string(try row.text(1)), "place": .string(try row.text(2)),
      "note": .string(try row.text(3)), "isFatal": .bool(try row.bool(4)), "value": .null,
    ]
  }
}
