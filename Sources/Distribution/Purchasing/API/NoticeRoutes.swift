import BulkheadCore
import BulkheadData
import BulkheadServer

/// Advance ship notices, and receipts against them.
struct NoticeRoutes {
  let services: Services

  var routes: [Route] { [announce, list, one, receive, close] }

  private var desk: NoticeDesk { NoticeDesk(services: services) }
  private static let parameter = PathParameter("asn", .id(of: "asn"), "The ship notice's id.")
  private static let state = Schema.oneOf(NoticeState.allCases.map(\.rawValue))
  private static let sscc = Schema.string(
    minLength: 18, maxLength: 18,
    pattern: .init("^[0-9]{18}$", "18 digits") { $0.utf8.allSatisfy { 48...57 ~= $0 } })

  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "asn")), Shapes.field("supplierId", .id(of: "party")),
    Shapes.field("supplier", Shapes.code), Shapes.field("number", Shapes.code, "The supplier's own."),
    Shapes.field("state", state), Shapes.nullable("shippedOn", .date), Shapes.nullable("expectedOn", .date),
    Shapes.nullable("carrier", Shapes.text(80)), Shapes.nullable("trackingNumber", Shapes.text(80)),
    Shapes.nullable("billOfLading", Shapes.text(80)),
    Shapes.nullable("message", .id(of: "edi_message"), "The document that it came in."),
    Shapes.field("createdAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ]

  private static let line = Schema.object([
    Shapes.field("id", .id(of: "asn_line")), Shapes.field("line", .integer(1...1_000_000)),
    Shapes.field("orderLineId", .id(of: "purchase_order_line")), Shapes.field("order", Shapes.code),
    Shapes.field("sku", Shapes.code), Shapes.nullable("sscc", sscc), Shapes.nullable("lot", Shapes.text(60)),
    Shapes.field("quantity", Shapes.quantity, "As the notice says it."), Shapes.field("unit", Shapes.unit),
    Shapes.field("advised", Shapes.quantity, "Base units, as all that follow."),
    Shapes.field("beyondOrder", Shapes.quantityOrNone, "More than the order still waited for."),
    Shapes.field("received", Shapes.quantityOrNone), Shapes.field("short", Shapes.quantityOrNone),
    Shapes.field("over", Shapes.quantityOrNone),
  ])

  private static let notice = Schema.object(
    header + [
      Shapes.field("lines", .array(line, maxItems: NoticeRequest.linesMax)),
      Shapes.field("receipts", .array(.id(of: "receipt"), maxItems: NoticeRequest.linesMax)),
    ])

  private static let newNotice = Schema.object([
    Shapes.field("supplierId", .id(of: "party")), Shapes.field("number", Shapes.code, "The supplier's own."),
    Shapes.optional("shippedOn", .nullable(.date)), Shapes.optional("expectedOn", .nullable(.date)),
    Shapes.optional("carrier", .nullable(Shapes.text(80))),
    Shapes.optional("trackingNumber", .nullable(Shapes.text(80))),
    Shapes.optional("billOfLading", .nullable(Shapes.text(80))),
    Shapes.field(
      "lines",
      .array(
        .object([
          Shapes.field("orderLineId", .id(of: "purchase_order_line")), Shapes.field("quantity", Shapes.quantity),
          Shapes.optional("unit", .nullable(Shapes.unit), "The unit in which it was ordered by default."),
          Shapes.optional("sscc", .nullable(sscc)), Shapes.optional("lot", .nullable(Shapes.text(60))),
        ]), minItems: 1, maxItems: 1000)),
  ])

  private var announce: Route {
    Route(
      .post, "/v1/asns", access: .tenant(.purchasingWrite), tag: "purchasing",
      summary: "Write down what a supplier has announced",
      details: "For suppliers who announce by mail or telephone; an 856 becomes a notice by itself.",
      body: .json(Self.newNotice), responses: Shapes.created(Self.notice, "The notice"),
      handler: .write { request, tx in
        let made = try await desk.announce(try Self.request(BodyReader(request.body)), in: tx)
        return .created(made.json, location: "/v1/asns/\(made.id)")
      })
  }

  private static func request(_ body: BodyReader) throws(Refusal) -> NoticeRequest {
    var lines: [NoticeRequest.Line] = []
    for item in body.items("lines") {
      lines.append(
        NoticeRequest.Line(
          orderLine: try item.requiredID("orderLineId"), quantity: try item.requiredQuantity("quantity"),
          unit: item.text("unit"), sscc: item.text("sscc"), lot: item.text("lot")))
    }
    return NoticeRequest(
      supplier: try body.requiredID("supplierId"), number: try body.requiredText("number"),
      shippedOn: try body.date("shippedOn"), expectedOn: try body.date("expectedOn"), carrier: body.text("carrier"),
      trackingNumber: body.text("trackingNumber"), billOfLading: body.text("billOfLading"), message: nil,
      lines: lines)
  }

  private var list: Route {
    Route(
      .get, "/v1/asns", access: .tenant(.purchasingRead), tag: "purchasing", summary: "List ship notices, newest first",
      query: QueryParameter.page + [
        QueryParameter("state", Self.state, "Only notices in this state."),
        QueryParameter("supplier", .id(of: "party"), "Only this supplier's."),
      ], responses: Shapes.page(of: .object(Self.header), "Ship notices"),
      handler: .read { request in
        try await listPage(
          request, NoticeReader.list,
          [.optional(request.parts.queryText("state")), .optional(request.parts.queryID("supplier"))],
          from: .greatest
        ) { row throws(Refusal) in try NoticeReader.summary(row) }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/asns/{asn}", access: .tenant(.purchasingRead), tag: "purchasing", summary: "Read a ship notice",
      parameters: [Self.parameter], responses: Shapes.answer(Self.notice, "The notice with its lines"),
      handler: .read { request in
        let rows = try await request.tenant.read(NoticeReader.queries(try request.id("asn")))
        guard let notice = try NoticeReader.notice(rows) else { throw Refusal.notFound }
        return .ok(notice)
      })
  }

  private var receive: Route {
    Route(
      .post, "/v1/asns/{asn}/receipts", access: .tenant(.receivingWrite), tag: "purchasing",
      summary: "Receive goods against a ship notice",
      details: """
        One receipt is posted for each order of the notice. What the notice said is kept beside what was counted: \
        short and over are told line by line. Lines that are left out have not come.
        """,
      parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.optional("deliveryNote", .nullable(Shapes.text(60)), "The number of the notice by default."),
          Shapes.optional("receivedOn", .nullable(.date)),
          Shapes.field(
            "lines",
            .array(
              .object([
                Shapes.field("asnLineId", .id(of: "asn_line")),
                Shapes.field("quantity", Shapes.quantity, "In the unit of the notice."),
                Shapes.optional("condition", .oneOf(ReceiptRequest.Condition.allCases.map(\.rawValue))),
                Shapes.optional("location", .nullable(Shapes.text(60))),
                Shapes.optional("lot", .nullable(Shapes.text(60)), "The one that the notice names by default."),
                Shapes.optional("expiryOn", .nullable(.date)),
              ]), minItems: 1, maxItems: ReceiptRequest.linesMax)),
        ])),
      responses: Shapes.answer(Self.notice, "The notice as it is now"),
      handler: .write { request, tx in
        .ok(try await desk.receive(try Self.count(BodyReader(request.body), try request.id("asn")), in: tx))
      })
  }

  private static func count(_ body: BodyReader, _ notice: EntityID) throws(Refusal) -> NoticeCount {
    var lines: [NoticeCount.Line] = []
    for item in body.items("lines") {
      lines.append(
        NoticeCount.Line(
          noticeLine: try item.requiredID("asnLineId"), quantity: try item.requiredQuantity("quantity"),
          condition: item.text("condition").flatMap(ReceiptRequest.Condition.init(rawValue:)) ?? .good,
          location: item.text("location"), lot: item.text("lot"), expiry: try item.date("expiryOn")))
    }
    return NoticeCount(
      notice: notice, deliveryNote: body.text("deliveryNote"), receivedOn: try body.date("receivedOn"), lines: lines)
  }

  private var close: Route {
    Route(
      .post, "/v1/asns/{asn}/close", access: .tenant(.receivingWrite), tag: "purchasing",
      summary: "Close a ship notice: nothing more of it is expected", parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("reason", .nullable(Shapes.text(200)))])),
      responses: Shapes.answer(Self.notice, "The notice as it is now"),
      handler: .write { request, tx in
        .ok(try await desk.close(try request.id("asn"), reason: request.body["reason"]?.string, in: tx))
      })
  }
}
