import BulkheadCore
import BulkheadServer

/// Bodies and answers of returns.
enum ReturnShapes {
  static let phase = Schema.oneOf(ReturnPhase.allCases.map(\.rawValue))
  static let outcome = Schema.oneOf(ReturnOutcome.allCases.map(\.rawValue))
  private static let disposition = Schema.oneOf(ReturnDisposition.allCases.map(\.rawValue))
  private static let amount = Schema.decimal(digits: 22, scale: 4)
  private static let number = Schema.integer(1...1_000_000)

  private static let head: [Schema.Field] = [
    Shapes.field("id", .id(of: "customer_return")), Shapes.field("number", Shapes.code),
    Shapes.field("orderId", .id(of: "order")), Shapes.field("order", Shapes.code),
    Shapes.field("customerId", .id(of: "party")), Shapes.field("customer", Shapes.text(60)),
    Shapes.field("warehouse", Shapes.text(60)), Shapes.field("state", phase), Shapes.field("outcome", outcome),
    Shapes.field("reason", Shapes.text(200)), Shapes.nullable("replacementOrderId", .id(of: "order")),
    Shapes.field("createdAt", Shapes.instant), Shapes.nullable("receivedAt", Shapes.instant),
    Shapes.nullable("completedAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ]

  static let summary = Schema.object(head)

  private static let item = Schema.object([
    Shapes.field("disposition", disposition), Shapes.nullable("lot", Shapes.text(60)),
    Shapes.field("location", Shapes.text(60)), Shapes.field("quantity", Shapes.quantity),
    Shapes.field("value", amount),
  ])

  private static let line = Schema.object([
    Shapes.field("id", .id(of: "customer_return_line")), Shapes.field("line", number),
    Shapes.field("shipmentId", .id(of: "shipment")), Shapes.field("shipment", Shapes.code),
    Shapes.field("shipmentLineId", .id(of: "shipment_line")), Shapes.field("orderLineId", .id(of: "order_line")),
    Shapes.field("productId", .id(of: "product")), Shapes.field("sku", Shapes.code),
    Shapes.field("baseUnit", Shapes.unit), Shapes.field("requested", Shapes.quantity),
    Shapes.field("authorised", Shapes.quantityOrNone), Shapes.field("received", Shapes.quantityOrNone),
    Shapes.field("credited", Shapes.quantityOrNone),
    Shapes.field("value", amount, "What came back of what it had cost when it left."),
    Shapes.field("items", .array(item, maxItems: ReturnedItem.itemsMax)),
  ])

  static let one = Schema.object(
    head + [
      Shapes.field(
        "creditNotes",
        .array(
          .object([
            Shapes.field("id", .id(of: "invoice")), Shapes.nullable("number", Shapes.code),
            Shapes.field("total", amount),
          ]), maxItems: ReturnRequest.linesMax)),
      Shapes.field("lines", .array(line, maxItems: ReturnRequest.linesMax)),
    ])

  static let event = Schema.object([
    Shapes.field("id", .id(of: "customer_return_event")), Shapes.field("at", Shapes.instant),
    Shapes.field("actor", Shapes.text(80)), Shapes.field("event", Shapes.text(60)), Shapes.nullable("from", phase),
    Shapes.field("to", phase), Shapes.field("detail", .any),
  ])

  static let new = Schema.object([
    Shapes.optional(
      "outcome", outcome,
      "credit_note by default. A replacement is credited too, and ordered again at the prices of the day."),
    Shapes.field("reason", Shapes.text(200)),
    Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; the one that the order was shipped from."),
    Shapes.field(
      "lines",
      .array(
        .object([
          Shapes.field("shipmentLineId", .id(of: "shipment_line"), "All of shipments of one order."),
          Shapes.field("quantity", Shapes.quantity, "Base units."),
        ]), minItems: 1, maxItems: ReturnRequest.linesMax)),
  ])

  static let acceptance = Schema.object([
    Shapes.optional(
      "lines",
      .array(
        .object([
          Shapes.field("line", number), Shapes.field("quantity", Shapes.quantityOrNone, "Base units."),
        ]), maxItems: ReturnRequest.linesMax), "Lines of which less is authorised than was asked for.")
  ])

  static let receipt = Schema.object([
    Shapes.field(
      "items",
      .array(
        .object([
          Shapes.field("line", number, "Of the return."), Shapes.field("quantity", Shapes.quantity, "Base units."),
          Shapes.field("disposition", disposition),
          Shapes.optional("lot", .nullable(Shapes.text(60)), "Required for tracked products: as it was shipped."),
          Shapes.optional(
            "location", .nullable(Shapes.text(60)), "Code; the warehouse's storage or its quarantine by default."),
        ]), minItems: 1, maxItems: ReturnedItem.itemsMax))
  ])

  static func request(_ body: BodyReader) throws(Refusal) -> ReturnRequest {
    var lines: [ReturnRequest.Line] = []
    for item in body.items("lines") {
      lines.append(
        ReturnRequest.Line(
          shipmentLine: try item.requiredID("shipmentLineId"), quantity: try item.requiredQuantity("quantity")))
    }
    return ReturnRequest(
      warehouse: body.text("warehouse"),
      outcome: body.text("outcome").flatMap(ReturnOutcome.init(rawValue:)) ?? .creditNote,
      reason: try body.requiredText("reason"), lines: lines)
  }

  static func shares(_ body: BodyReader) throws(Refusal) -> [ReturnDesk.Share] {
    var shares: [ReturnDesk.Share] = []
    for item in body.items("lines") {
      shares.append(
        ReturnDesk.Share(
          line: Int(try item.requiredInt("line")), quantity: try item.requiredQuantity("quantity")))
    }
    return shares
  }

  static func items(_ body: BodyReader) throws(Refusal) -> [ReturnedItem] {
    var items: [ReturnedItem] = []
    for item in body.items("items") {
      guard let disposition = item.text("disposition").flatMap(ReturnDisposition.init(rawValue:)) else {
        throw item.refusal(.inputInvalid, "This disposition is not known.", "disposition")
      }
      items.append(
        ReturnedItem(
          line: Int(try item.requiredInt("line")), quantity: try item.requiredQuantity("quantity"),
          disposition: disposition, lot: item.text("lot"), location: item.text("location")))
    }
    return items
  }
}
