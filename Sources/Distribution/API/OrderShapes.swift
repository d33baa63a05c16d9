import BulkheadCore
import BulkheadServer

/// Bodies and answers about orders.
enum OrderShapes {
  private static let shipPolicy = Schema.oneOf(OrderRequest.ShipPolicy.allCases.map(\.rawValue))
  private static let status = Schema.oneOf(OrderStatus.allCases.map(\.rawValue))
  private static let hold = Schema.oneOf(HoldCode.allCases.map(\.rawValue))
  private static let amount = Schema.decimal(digits: 22, scale: 4)

  static let new = Schema.object(
    ReferenceShapes.customer + [
      Shapes.optional("poNumber", .nullable(Shapes.text(60)), "The customer's own number: one order for ever."),
      Shapes.optional("currency", .nullable(Shapes.currency), "Must be the customer's."),
      Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; the default warehouse otherwise."),
      Shapes.optional("requestedOn", .nullable(.date)),
      Shapes.optional(
        "shipPolicy", shipPolicy,
        "ship_partial (default): the rest follows. ship_complete: nothing ships before all is there. "
          + "cancel_backorder: the rest is cancelled."),
      Shapes.field("lines", .array(newLine, minItems: 1, maxItems: OrderRequest.linesMax)),
    ])

  private static let newLine = Schema.object(
    ReferenceShapes.product + [
      Shapes.field("quantity", Shapes.quantity),
      Shapes.optional("unit", .nullable(Shapes.unit), "What the GTIN stands for, else the base unit."),
      Shapes.optional("customerLine", .nullable(Shapes.text(20)), "Your own name of the line; comes back."),
      Shapes.optional(
        "expectedPrice", .nullable(Shapes.price), "What you expect one unit to cost; compared, not taken."),
      Shapes.optional("requestedOn", .nullable(.date)),
    ])

  private static let line = Schema.object([
    Shapes.field("id", .id(of: "order_line")), Shapes.field("line", .integer(1...1_000_000)),
    Shapes.nullable("customerLine", Shapes.text(20)), Shapes.field("productId", .id(of: "product")),
    Shapes.field("sku", Shapes.code), Shapes.field("name", Shapes.name), Shapes.field("quantity", Shapes.quantity),
    Shapes.field("unit", Shapes.unit), Shapes.field("baseUnit", Shapes.unit),
    Shapes.field(
      "ordered", Shapes.quantity, "Base units, as all that follow: ordered = open + reserved + shipped + cancelled."),
    Shapes.field("open", Shapes.quantityOrNone), Shapes.field("reserved", Shapes.quantityOrNone),
    Shapes.field("backordered", Shapes.quantityOrNone, "The part of open that waits for stock."),
    Shapes.field("shipped", Shapes.quantityOrNone), Shapes.field("invoiced", Shapes.quantityOrNone),
    Shapes.field("returned", Shapes.quantityOrNone), Shapes.field("cancelled", Shapes.quantityOrNone),
    Shapes.field("unitPrice", Shapes.price, "Of one base unit."), Shapes.field("listPrice", Shapes.price),
    Shapes.field("priceRuleId", .id(of: "price_rule")), Shapes.field("priceSteps", PricingShapes.steps),
    Shapes.nullable("expectedPrice", Shapes.price), Shapes.field("priceDiffers", .boolean),
    Shapes.field("amount", amount), Shapes.nullable("requestedOn", .date),
  ])

  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "order")), Shapes.field("number", Shapes.code),
    Shapes.field("customerId", .id(of: "party")), Shapes.field("customer", Shapes.code),
    Shapes.nullable("poNumber", Shapes.text(60)), Shapes.field("status", status),
    Shapes.nullable("holdCode", hold, "Why a held order waits."),
    Shapes.field("shipmentState", .oneOf(ShipmentState.allCases.map(\.rawValue))),
    Shapes.field(
      "invoiceState", .oneOf(["none", "pending", "awaiting_payment", "partially_paid", "paid", "exception"])),
    Shapes.field("total", Shapes.money), Shapes.field("placedAt", Shapes.instant),
    Shapes.field("version", Shapes.version),
  ]

  static let summary = Schema.object(header)

  static let order = Schema.object(
    header + [
      Shapes.nullable("holdReason", Shapes.text(400)), Shapes.field("shipPolicy", shipPolicy),
      Shapes.field("channel", .oneOf(OrderRequest.Channel.allCases.map(\.rawValue))),
      Shapes.field("warehouse", Shapes.text(60)), Shapes.nullable("requestedOn", .date),
      Shapes.field("lines", .array(line, maxItems: OrderRequest.linesMax)),
    ])

  static let reservation = Schema.object([
    Shapes.field("id", .id(of: "reservation")), Shapes.field("line", .integer(1...1_000_000)),
    Shapes.field("sku", Shapes.code), Shapes.nullable("lot", Shapes.text(60)),
    Shapes.field("location", Shapes.text(60)), Shapes.field("quantity", Shapes.quantity),
    Shapes.field("state", .oneOf(["active", "picked", "consumed", "released", "expired"])),
    Shapes.field("createdAt", Shapes.instant),
  ])

  static let event = Schema.object([
    Shapes.field("id", .id(of: "order_event")), Shapes.field("at", Shapes.instant),
    Shapes.field("actor", Shapes.text(80)), Shapes.field("event", Shapes.text(60)),
    Shapes.nullable("from", status), Shapes.field("to", status), Shapes.field("detail", .any),
  ])

  static func request(_ body: BodyReader) throws(Refusal) -> OrderRequest {
    var lines: [OrderRequest.Line] = []
    for item in body.items("lines") {
      lines.append(
        OrderRequest.Line(
          product: try ReferenceShapes.product(item), quantity: try item.requiredQuantity("quantity"),
          unit: item.text("unit"), customerLine: item.text("customerLine"),
          expectedPrice: try item.price("expectedPrice"), requestedOn: try item.date("requestedOn")))
    }
    return OrderRequest(
      customer: try ReferenceShapes.customer(body), poNumber: body.text("poNumber"), currency: body.text("currency"),
      warehouse: body.text("warehouse"), requestedOn: try body.date("requestedOn"),
      shipPolicy: body.text("shipPolicy").flatMap(OrderRequest.ShipPolicy.init(rawValue:)) ?? .shipPartial,
      channel: .api, lines: lines)
  }
}
