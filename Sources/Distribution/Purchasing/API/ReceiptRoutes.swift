import BulkheadCore
import BulkheadData
import BulkheadServer

/// Receipts of goods against purchase orders.
struct ReceiptRoutes {
  let services: Services

  var routes: [Route] { [receive, list, one] }

  private static let condition = Schema.oneOf(ReceiptRequest.Condition.allCases.map(\.rawValue))
  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "receipt")), Shapes.field("number", Shapes.code),
    Shapes.field("orderId", .id(of: "purchase_order")), Shapes.field("order", Shapes.code),
    Shapes.nullable("deliveryNote", Shapes.text(60)), Shapes.field("receivedOn", .date),
    Shapes.field("createdAt", Shapes.instant),
  ]

  private static let line = Schema.object([
    Shapes.field("id", .id(of: "receipt_line")), Shapes.field("line", .integer(1...1_000_000)),
    Shapes.field("orderLineId", .id(of: "purchase_order_line")), Shapes.field("sku", Shapes.code),
    Shapes.field("location", Shapes.text(60)), Shapes.nullable("lot", Shapes.text(60)),
    Shapes.field("condition", condition), Shapes.field("quantity", Shapes.quantity, "Base units, as all that follow."),
    Shapes.nullable("advised", Shapes.quantityOrNone), Shapes.field("short", Shapes.quantityOrNone),
    Shapes.field("over", Shapes.quantityOrNone), Shapes.field("invoiced", Shapes.quantityOrNone),
    Shapes.field("returned", Shapes.quantityOrNone, "What of it went back to the supplier."),
    Shapes.field("unitCost", Shapes.price), Shapes.field("value", PurchaseShapes.amount),
  ])

  private static let receipt = Schema.object(
    header + [
      Shapes.field("value", Shapes.money),
      Shapes.field("lines", .array(line, maxItems: ReceiptRequest.linesMax)),
    ])

  private static let newLine = Schema.object([
    Shapes.field("orderLineId", .id(of: "purchase_order_line")), Shapes.field("quantity", Shapes.quantity),
    Shapes.optional("unit", .nullable(Shapes.unit), "The unit in which it was ordered by default."),
    Shapes.optional(
      "advised", .nullable(Shapes.quantityOrNone), "What the delivery note says: tells short from over."),
    Shapes.optional("condition", condition, "good by default; damaged goods go to quarantine."),
    Shapes.optional("location", .nullable(Shapes.text(60)), "Code; the warehouse's own storage by default."),
    Shapes.optional("lot", .nullable(Shapes.text(60)), "Required for tracked products; made when it is new."),
    Shapes.optional("expiryOn", .nullable(.date), "Of a new lot."),
  ])

  private var receive: Route {
    Route(
      .post, "/v1/purchase-orders/{purchase}/receipts", access: .tenant(.receivingWrite), tag: "purchasing",
      summary: "Receive goods against a purchase order",
      details: """
        All lines are posted or none. Goods come in at the price they were ordered at; the value is owed until the \
        supplier's invoice comes. More than the order and its tolerance is refused.
        """,
      parameters: [PathParameter("purchase", .id(of: "purchase_order"), "The purchase order's id.")],
      body: .json(
        .object([
          Shapes.optional("deliveryNote", .nullable(Shapes.text(60))),
          Shapes.optional("receivedOn", .nullable(.date), "Today by default; its month must be open."),
          Shapes.field("lines", .array(Self.newLine, minItems: 1, maxItems: ReceiptRequest.linesMax)),
        ])),
      responses: Shapes.created(Self.receipt, "The receipt"),
      handler: .write { request, tx in
        let wanted = try Self.request(BodyReader(request.body), try request.id("purchase"))
        let made = try await ReceiptDesk(services: services).receive(wanted, in: tx)
        return .created(made.json, location: "/v1/receipts/\(made.id)")
      })
  }

  private static func request(_ body: BodyReader, _ order: EntityID) throws(Refusal) -> ReceiptRequest {
    var lines: [ReceiptRequest.Line] = []
    for item in body.items("lines") {
      lines.append(
        ReceiptRequest.Line(
          orderLine: try item.requiredID("orderLineId"), quantity: try item.requiredQuantity("quantity"),
          unit: item.text("unit"), advised: try item.quantity("advised"),
          condition: item.text("condition").flatMap(ReceiptRequest.Condition.init(rawValue:)) ?? .good,
          location: item.text("location"), lot: item.text("lot"), expiry: try item.date("expiryOn")))
    }
    return ReceiptRequest(
      order: order, deliveryNote: body.text("deliveryNote"), receivedOn: try body.date("receivedOn"), lines: lines)
  }

  private var list: Route {
    Route(
      .get, "/v1/receipts", access: .tenant(.purchasingRead), tag: "purchasing", summary: "List receipts",
      query: QueryParameter.page + [QueryParameter("order", .id(of: "purchase_order"), "Only of this order.")],
      responses: Shapes.page(of: .object(Self.header), "Receipts"),
      handler: .read { request in
        try await listPage(request, ReceiptStatements.list, [.optional(request.parts.queryID("order"))]) {
          row throws(Refusal) in try ReceiptReader.summary(row)
        }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/receipts/{receipt}", access: .tenant(.purchasingRead), tag: "purchasing", summary: "Read a receipt",
      parameters: [PathParameter("receipt", .id(of: "receipt"), "The receipt's id.")],
      responses: Shapes.answer(Self.receipt, "The receipt with its lines"),
      handler: .read { request in
        let rows = try await request.tenant.read(ReceiptStatements.queries(try request.id("receipt")))
        guard let receipt = try ReceiptReader.receipt(rows[...]) else { throw Refusal.notFound }
        return .ok(receipt)
      })
  }
}
