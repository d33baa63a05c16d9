import BulkheadCore
import BulkheadData
import BulkheadServer

extension EDIModule {
  private static let tag = "EDI"
  private static let entry = PathParameter("exception", .id(of: "edi_exception"), "The entry.")

  private var workList: EDIWorkList { EDIWorkList(services: services) }

  var workListRoutes: [Route] {
    [
      Route(
        .get, "/v1/edi/exceptions", access: .tenant(.ediRead), tag: Self.tag,
        summary: "List what somebody has to see to, oldest first",
        query: QueryParameter.page + [
          QueryParameter("state", EDISchemas.exceptionState, "Only entries in this state.")
        ],
        responses: [ResponseShape(.ok, "A page.", .json(.page(of: EDISchemas.exception)))],
        handler: .read { request in
          try await listPage(request, EDIWorkList.list, [.optional(request.parts.queryText("state"))]) {
            row throws(Refusal) in try EDIWorkList.json(row)
          }
        }),
      Route(
        .post, "/v1/edi/exceptions/{exception}/resolve", access: .tenant(.ediManage), tag: Self.tag,
        summary: "End an entry with what was done about it", parameters: [Self.entry],
        body: .json(EDISchemas.reason),
        responses: [ResponseShape(.ok, "The entry.", .json(EDISchemas.exception))],
        handler: .write { request, transaction in
          .ok(
            try await workList.resolve(
              try request.id("exception"), reason: try BodyReader(request.body).requiredText("reason"),
              in: transaction))
        }),
      Route(
        .post, "/v1/edi/exceptions/{exception}/retry", access: .tenant(.ediManage), tag: Self.tag,
        summary: "Have a document taken in or delivered once more",
        details: """
          For suppliers' documents that were refused for what has been put right since, and for documents of ours \
          whose delivery was given up.
          """,
        parameters: [Self.entry], responses: [ResponseShape(.ok, "The entry.", .json(EDISchemas.exception))],
        handler: .write { request, transaction in
          .ok(try await workList.retry(try request.id("exception"), in: transaction))
        }),
      acknowledgements, answers,
    ]
  }

  private var acknowledgements: Route {
    Route(
      .get, "/v1/edi/acknowledgements", access: .tenant(.ediRead), tag: Self.tag,
      summary: "List documents that partners have not acknowledged yet",
      query: QueryParameter.page + [
        QueryParameter("overdue", .oneOf(["true", "false"]), "true: only those that should have been.")
      ],
      responses: [ResponseShape(.ok, "A page.", .json(.page(of: EDISchemas.awaited)))],
      handler: .read { request in
        let now = services.ambient.now
        return try await listPage(
          request, Self.awaited,
          [.bool(request.parts.queryText("overdue") == "true"), .instant(now)]
        ) { row throws(Refusal) in
          let due = row.instantOrNil(5)
          return [
            "message": .id(try row.id(0)), "interchange": .id(try row.id(1)), "type": .string(try row.text(2)),
            "controlNumber": .string(try row.text(3)), "reference": row.jsonText(4),
            "dueAt": due.map { .instant($0) } ?? .null, "isOverdue": .bool(due.map { $0 <= now } ?? false),
            "createdAt": .instant(try row.instant(6)),
          ]
        }
      })
  }

  private static let awaited = Statement(
    """
    SELECT message.id, message.interchange_id, message.type, message.control_no, message.business_ref,
           message.ack_due_at, message.created_at
    FROM edi_message AS message
    WHERE message.id > $1 AND message.ack_state = 'awaited' AND (NOT $2::boolean OR message.ack_due_at <= $3)
    ORDER BY message.id LIMIT $4
    """)

  /// What suppliers answered to an order of ours.
  private var answers: Route {
    Route(
      .get, "/v1/purchase-orders/{purchase}/acknowledgements", access: .tenant(.purchasingRead), tag: "purchasing",
      summary: "List what the supplier answered to a purchase order",
      parameters: [PathParameter("purchase", .id(of: "purchase_order"), "The purchase order's id.")],
      responses: Shapes.answer(
        .object([Shapes.field("items", .array(EDISchemas.answer, maxItems: 10_000))]), "Answers, oldest first"),
      handler: .read { request in
        let id = try request.id("purchase")
        let rows = try await request.tenant.read(
          Query(PurchaseReader.exists, .id(id)), Query(Self.acks, .id(id)), Query(Self.ackLines, .id(id)))
        guard !rows[0].isEmpty else { throw Refusal.notFound }
        var lines: [EntityID: [JSON]] = [:]
        for row in rows[2] { lines[try row.id(0), default: []].append(try Self.ackLine(row)) }
        var items: [JSON] = []
        for row in rows[1] {
          items.append([
            "id": .id(try row.id(0)), "message": .id(try row.id(1)), "verdict": .string(try row.text(2)),
            "supplierNumber": row.jsonText(3), "answeredOn": .string(try row.text(4)),
            "createdAt": .instant(try row.instant(5)), "lines": .array(lines[try row.id(0)] ?? []),
          ])
        }
        return .ok(["items": .array(items)])
      })
  }

  private static func ackLine(_ row: Row) throws(Refusal) -> JSON {
    [
      "orderLineId": .id(try row.id(1)), "line": .int(try row.int(2)), "outcome": .string(try row.text(3)),
      "quantity": try row.quantity(4).json, "unit": .string(try row.text(5)),
      "unitPrice": try row.priceOrNil(6)?.json ?? .null, "promisedOn": row.jsonText(7), "note": row.jsonText(8),
    ]
  }

  private static let acks = Statement(
    """
    SELECT ack.id, ack.message_id, ack.verdict, ack.supplier_number, ack.answered_on, ack.created_at
    FROM purchase_ack AS ack WHERE ack.order_id = $1 ORDER BY ack.id LIMIT 10000
    """)

  private static let ackLines = Statement(
    """
    SELECT line.ack_id, line.order_line_id, l.line_no, line.outcome, line.qty, l.entered_uom, line.unit_price,
           line.promised_on, line.note
    FROM purchase_ack AS ack
    JOIN purchase_ack_line AS line ON line.ack_id = ack.id
    JOIN purchase_order_line AS l ON l.id = line.order_line_id
    WHERE ack.order_id = $1 ORDER BY line.ack_id, line.entry_no
    """)
}
