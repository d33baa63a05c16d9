import BulkheadCore
import BulkheadServer

/// Bodies and answers of tills.
enum POSShapes {
  /// Made by the till, so it is no id that anything could be read by.
  static let uuid = Schema.string(
    minLength: 36, maxLength: 36,
    pattern: .init("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", "a UUID") {
      EntityID($0) != nil && $0.utf8.count == 36
    })
  private static let amount = Schema.decimal(digits: 22, scale: 4)
  private static let method = Schema.oneOf(POSMethod.allCases.map(\.rawValue))
  static let posting = Schema.oneOf(POSStockPosting.allCases.map(\.rawValue))

  static let terminal = Schema.object([
    Shapes.field("id", .id(of: "pos_terminal")), Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name),
    Shapes.field("legalEntityId", .id(of: "legal_entity")), Shapes.field("warehouseId", .id(of: "location")),
    Shapes.field("locationId", .id(of: "location"), "Where its goods lie; may go below zero."),
    Shapes.field("location", Shapes.text(60)), Shapes.field("priceListId", .id(of: "price_list")),
    Shapes.field("pricesIncludeTax", .boolean), Shapes.nullable("country", Shapes.country),
    Shapes.nullable("region", Shapes.text(100)), Shapes.field("stockPosting", posting),
    Shapes.field("isActive", .boolean), Shapes.field("version", Shapes.version),
  ])

  static let newTerminal = Schema.object([
    Shapes.field("code", Shapes.code), Shapes.field("name", Shapes.name),
    Shapes.optional("legalEntityId", .nullable(.id(of: "legal_entity")), "The default one otherwise."),
    Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; the default warehouse otherwise."),
    Shapes.optional(
      "locationId", .nullable(.id(of: "location")),
      "A place of type storage that may go below zero. One of its own, POS-code, is made otherwise."),
    Shapes.optional("priceListId", .nullable(.id(of: "price_list")), "The default list of the currency otherwise."),
    Shapes.optional("pricesIncludeTax", .boolean, "Whether its prices hold the tax already; false by default."),
    Shapes.optional("country", .nullable(Shapes.country), "Where it stands, which decides the tax."),
    Shapes.optional("region", .nullable(Shapes.text(100))),
    Shapes.optional(
      "stockPosting", posting, "order (default): goods leave the books with each order. session: when it is closed."),
  ])

  static let changedTerminal = Schema.object([
    Shapes.optional("name", Shapes.name), Shapes.optional("priceListId", .id(of: "price_list")),
    Shapes.optional("pricesIncludeTax", .boolean), Shapes.optional("stockPosting", posting),
    Shapes.optional("isActive", .boolean),
  ])

  private static let sessionHeader: [Schema.Field] = [
    Shapes.field("id", .id(of: "pos_session")), Shapes.field("terminalId", .id(of: "pos_terminal")),
    Shapes.field("terminal", Shapes.code), Shapes.field("state", .oneOf(POSSessionState.allCases.map(\.rawValue))),
    Shapes.field("currency", Shapes.currency), Shapes.field("float", amount),
    Shapes.nullable("expected", amount), Shapes.nullable("counted", amount),
    Shapes.nullable("difference", amount, "Counted less expected."), Shapes.field("openedBy", Shapes.text(80)),
    Shapes.field("openedAt", Shapes.instant), Shapes.nullable("closedBy", Shapes.text(80)),
    Shapes.nullable("closedAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ]
  static let sessionSummary = Schema.object(sessionHeader)
  static let session = Schema.object(
    sessionHeader + [
      Shapes.field("cashIn", amount), Shapes.field("cashOut", amount), Shapes.field("cashPaid", amount),
      Shapes.field("cardPaid", amount), Shapes.field("transferPaid", amount),
      Shapes.field("orders", .integer(0...Int64.max)),
    ])

  static let tender = Schema.object([
    Shapes.field("method", method), Shapes.field("amount", Shapes.amount, "Handed over; change is given in cash."),
    Shapes.optional("reference", .nullable(Shapes.text(100))),
  ])
  static let tenders = Schema.array(tender, maxItems: POSRequest.tendersMax)

  private static let newLine = Schema.object([
    Shapes.optional("sku", .nullable(Shapes.code), "Exactly one of sku, gtin and productId."),
    Shapes.optional("gtin", .nullable(Shapes.gtin), "Also names the unit."),
    Shapes.optional("productId", .nullable(.id(of: "product"))), Shapes.field("quantity", Shapes.quantity),
    Shapes.optional("unit", .nullable(Shapes.unit), "What the GTIN stands for, else the base unit."),
    Shapes.optional("lot", .nullable(Shapes.text(60)), "The till's oldest lot otherwise."),
    Shapes.optional("unitPrice", .nullable(Shapes.price), "What the customer was told, for one base unit."),
    Shapes.optional(
      "priceReason", .nullable(.oneOf(POSPriceReason.allCases.map(\.rawValue))), "Why it is not the rules'."),
  ])

  static let newOrder = Schema.object([
    Shapes.field("uuid", uuid, "Made by the till: one order for ever."),
    Shapes.field("sessionId", .id(of: "pos_session")),
    Shapes.optional("isOffline", .boolean, "Taken without a connection: what was paid is not refused."),
    Shapes.optional("soldAt", .nullable(.dateTime), "When, for an order taken offline."),
    Shapes.optional("table", .nullable(Shapes.text(40))),
    Shapes.field("lines", .array(newLine, minItems: 1, maxItems: POSRequest.linesMax)),
    Shapes.optional("payments", tenders, "None: the order stays open."),
  ])

  private static let line = Schema.object([
    Shapes.field("line", .integer(1...1_000_000)), Shapes.field("productId", .id(of: "product")),
    Shapes.field("sku", Shapes.code), Shapes.field("name", Shapes.name), Shapes.field("quantity", Shapes.quantity),
    Shapes.field("unit", Shapes.unit), Shapes.field("baseQuantity", Shapes.quantity),
    Shapes.field("returned", Shapes.quantityOrNone), Shapes.field("unitPrice", Shapes.price, "Of one base unit."),
    Shapes.nullable("listPrice", Shapes.price, "What the rules say."),
    Shapes.nullable("priceReason", .oneOf(POSPriceReason.allCases.map(\.rawValue))), Shapes.field("net", amount),
    Shapes.field("tax", amount),
    Shapes.field(
      "taxes",
      .array(
        .object([
          Shapes.field("code", Shapes.code), Shapes.field("jurisdiction", Shapes.text(60)),
          Shapes.field("percent", .decimal(digits: 9, scale: 6)), Shapes.field("tax", amount),
        ]), maxItems: 1000)),
  ])

  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "pos_order")), Shapes.field("uuid", uuid), Shapes.field("number", Shapes.text(60)),
    Shapes.field("kind", .oneOf(["sale", "refund"])), Shapes.nullable("originalId", .id(of: "pos_order")),
    Shapes.field("sessionId", .id(of: "pos_session")),
    Shapes.field("status", .oneOf(["open", "paid", "voided", "refunded"])), Shapes.field("isOffline", .boolean),
    Shapes.nullable("table", Shapes.text(40)), Shapes.field("net", amount), Shapes.field("tax", amount),
    Shapes.field("total", Shapes.money, "Below zero for a refund."),
    Shapes.field("difference", amount, "What an order taken offline was paid too little."),
    Shapes.nullable("reason", Shapes.text(200)), Shapes.field("soldAt", Shapes.instant),
    Shapes.nullable("paidAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ]
  static let summary = Schema.object(header)
  static let order = Schema.object(
    header + [
      Shapes.field("lines", .array(line, maxItems: POSRequest.linesMax)),
      Shapes.field(
        "payments",
        .array(
          .object([
            Shapes.field("method", method), Shapes.field("amount", amount), Shapes.field("tendered", amount),
            Shapes.field("change", amount), Shapes.nullable("reference", Shapes.text(100)),
          ]), maxItems: 1000)),
    ])

  static let newRefund = Schema.object([
    Shapes.field("uuid", uuid, "Made by the till: one refund for ever."),
    Shapes.field("sessionId", .id(of: "pos_session"), "Whose drawer pays."),
    Shapes.optional("reason", .nullable(Shapes.text(200))),
    Shapes.field(
      "lines",
      .array(
        .object([
          Shapes.field("line", .integer(1...1_000_000)), Shapes.field("quantity", Shapes.quantity, "Base units."),
          Shapes.optional("restock", .boolean, "Whether the goods go back on the shelf; true by default."),
        ]), minItems: 1, maxItems: POSRequest.linesMax)),
    Shapes.field("payments", tenders, "How the money goes back: exactly the refund's total."),
  ])

  static func request(_ body: BodyReader) throws(Refusal) -> POSRequest {
    var lines: [POSRequest.Line] = []
    for item in body.items("lines") {
      lines.append(
        POSRequest.Line(
          product: try ReferenceShapes.product(item), quantity: try item.requiredQuantity("quantity"),
          unit: item.text("unit"), lot: item.text("lot"), unitPrice: try item.price("unitPrice"),
          priceReason: item.text("priceReason").flatMap(POSPriceReason.init(rawValue:))))
    }
    return POSRequest(
      clientUUID: try body.requiredID("uuid"), sessionID: try body.requiredID("sessionId"),
      isOffline: body.bool("isOffline") ?? false, soldAt: try instant(body, "soldAt"), table: body.text("table"),
      lines: lines, tenders: tenders(body), content: content(body.json))
  }

  static func refund(_ body: BodyReader, order: EntityID) throws(Refusal) -> RefundRequest {
    var lines: [RefundPlan.Request] = []
    for item in body.items("lines") {
      lines.append(
        RefundPlan.Request(
          line: Int(try item.requiredInt("line")), quantity: try item.requiredQuantity("quantity"),
          restocks: item.bool("restock") ?? true))
    }
    return RefundRequest(
      clientUUID: try body.requiredID("uuid"), orderID: order, sessionID: try body.requiredID("sessionId"),
      reason: body.text("reason"), lines: lines, tenders: tenders(body), content: content(body.json, of: order))
  }

  static func tenders(_ body: BodyReader) -> [POSRequest.Tender] {
    body.items("payments").compactMap { item in
      guard let method = item.text("method").flatMap(POSMethod.init(rawValue:)),
        let amount = item.text("amount") ?? item.json["amount"]?.numberText
      else { return nil }
      return POSRequest.Tender(method: method, amount: amount, reference: item.text("reference"))
    }
  }

  /// The order without how it came: a till whose session was closed meanwhile hands it in with the next, and one that
  /// never heard the answer hands it in as taken offline.
  private static func content(_ json: JSON, of order: EntityID? = nil) -> String {
    let members = (json.members ?? []).filter { !["sessionId", "isOffline", "soldAt"].contains($0.name) }
    return JSON.object(members + (order.map { [.init("order", .id($0))] } ?? [])).settled.text
  }

  private static func instant(_ body: BodyReader, _ name: String) throws(Refusal) -> Instant? {
    guard let text = body.text(name) else { return nil }
    guard let instant = Instant(rfc3339: text) else {
      throw body.refusal(.dateMalformed, "This is no point in time.", name)
    }
    return instant
  }
}
