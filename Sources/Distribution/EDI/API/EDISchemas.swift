import BulkheadServer

/// Shapes of the JSON that the routes take and give.
enum EDISchemas {
  static let qualifier = Schema.string(
    minLength: 2, maxLength: 2,
    pattern: Schema.Pattern("^[A-Z0-9]{2}$", "two capital letters or digits", matches: EDIAddressForm.isQualifier))
  static let address = Schema.string(
    minLength: 1, maxLength: 15,
    pattern: Schema.Pattern(
      "^(?! )[ -)+-=?-}]{1,15}(?<! )$", "1 to 15 printable characters other than *, > and ~, no space at an end",
      matches: EDIAddressForm.isAddress))
  static let url = Schema.string(
    minLength: 8, maxLength: 500,
    pattern: Schema.Pattern(
      #"^https?://[^\s@]+$"#, "an http or https address without credentials in it",
      matches: { text in
        (text.hasPrefix("http://") || text.hasPrefix("https://"))
          && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F && $0 != "@" }
      }))
  static let usage = Schema.oneOf(["T", "P"])
  static let version = Schema.oneOf(EDISyntax.allCases.map(\.rawValue))
  static let text = Schema.string(maxLength: 1000)

  static let partnerInput = Schema.object([.init("party", .id(of: "party"), "The customer or supplier.")])
  static let partner = Schema.object([
    .init("id", .id(of: "trading_partner")), .init("party", .id(of: "party")),
    .init("state", .oneOf(["active", "suspended"])),
  ])
  static let channelInput = Schema.object([
    .init("partner", .id(of: "trading_partner")), .init("name", .string(minLength: 1, maxLength: 100)),
    .optional("deliveryUrl", url, "Where documents for the partner are posted; without it they wait to be fetched."),
  ])
  static let channel = Schema.object([
    .init("id", .id(of: "edi_channel")), .init("partner", .id(of: "trading_partner")), .init("kind", .oneOf(["http"])),
    .init("name", text), .init("deliveryUrl", .nullable(text)), .init("state", .oneOf(["active", "suspended"])),
  ])
  static let agreementInput = Schema.object(
    [
      .init("partner", .id(of: "trading_partner")),
      .init("ourQualifier", qualifier), .init("ourId", address, "One of the tenant's own addresses."),
      .init("theirQualifier", qualifier), .init("theirId", address),
      .init("version", version, "The language spoken: X12 version 004010, or EDIFACT directory D.96A."),
      .init("usage", usage, "ISA15 or UNB 0035: test or production."),
    ] + sending)
  /// What may be agreed otherwise later.
  static let agreementChange = Schema.object(sending)
  private static let sending: [Schema.Field] = [
    .optional("sendsOrders", .boolean, "An order is sent for each purchase order from this partner."),
    .optional("sendsShipNotices", .boolean, "Ship notices are sent also for orders that did not come as a document."),
    .optional("sendsInvoices", .boolean, "Invoices are sent also for orders that did not come as a document."),
    .optional("acknowledgeWithin", ackSeconds, "Seconds after which a 997 or CONTRL is overdue; a day at first."),
  ]
  static let ackSeconds = Schema.integer(1...2_592_000)
  static let agreement = Schema.object([
    .init("id", .id(of: "edi_agreement")), .init("partner", .id(of: "trading_partner")),
    .init("ourQualifier", text), .init("ourId", text), .init("theirQualifier", text), .init("theirId", text),
    .init("version", version), .init("usage", usage), .init("sendsOrders", .boolean),
    .init("sendsShipNotices", .boolean), .init("sendsInvoices", .boolean), .init("acknowledgeWithin", ackSeconds),
    .init("state", .oneOf(["active", "suspended"])),
  ])
  static let ownAddress = Schema.object([
    .init("id", .id(of: "edi_address")), .init("qualifier", text), .init("address", text),
  ])

  static let finding = Schema.object([
    .init("level", .oneOf(["interchange", "group", "set", "segment", "element", "business"])), .init("code", text),
    .init("place", text, "`PO1[16].02` or `LIN[9].1`: segment, its position in the document, element."),
    .init("note", text),
    .init("isFatal", .boolean), .init("value", .nullable(text), "What stood there."),
  ])
  static let receipt = Schema.object([
    .init("interchange", .id(of: "edi_interchange")), .init("controlNumber", text),
    .init("state", .oneOf(["accepted", "partly_accepted", "rejected", "quarantined"])),
    .init(
      "sets",
      .array(
        .object([
          .init("message", .id(of: "edi_message")), .init("type", text), .init("controlNumber", text),
          .init("state", .oneOf(["accepted", "rejected"])), .init("reference", .nullable(text)),
          .init("findings", .array(finding, maxItems: X12Limits.standard.findingsMax)),
        ]), maxItems: X12Limits.standard.setsMax)),
    .init("findings", .array(finding, maxItems: EDIReceipt.errorsMax), "Of the envelope and of groups."),
    .init(
      "acknowledgement", .nullable(.string(maxLength: X12Limits.standard.bytesMax)),
      "The TA1, 997 or CONTRL, as sent."),
  ])
  static let interchangeSummary: [Schema.Field] = [
    .init("id", .id(of: "edi_interchange")), .init("channel", .id(of: "edi_channel")),
    .init("agreement", .nullable(.id(of: "edi_agreement"))), .init("direction", .oneOf(["in", "out"])),
    .init("controlNumber", text), .init("state", text), .init("reason", .nullable(text)),
    .init("sha256", .string(minLength: 64, maxLength: 64)), .init("createdAt", .dateTime),
    .init("sentAt", .nullable(.dateTime)),
  ]
  static let interchange = Schema.object(
    interchangeSummary + [
      .init(
        "messages",
        .array(
          .object([
            .init("id", .id(of: "edi_message")), .init("type", text), .init("groupControl", text),
            .init("controlNumber", text), .init("state", text), .init("ackState", text),
            .init("reference", .nullable(text)), .init("answers", .nullable(.id(of: "edi_message"))),
            .init("order", .nullable(.id(of: "order"))), .init("shipment", .nullable(.id(of: "shipment"))),
            .init("invoice", .nullable(.id(of: "invoice"))),
            .init("purchaseOrder", .nullable(.id(of: "purchase_order"))),
            .init("supplierInvoice", .nullable(.id(of: "supplier_invoice"))),
          ]), maxItems: X12Limits.standard.setsMax)),
      .init("errors", .array(finding, maxItems: EDIReceipt.errorsMax * 2)),
      .init(
        "content", .string(maxLength: X12Limits.standard.bytesMax), "The bytes, read as UTF-8 or else as ISO 8859-1."),
    ])

  static let quarantined = Schema.object(
    interchangeSummary + [
      .init("settledAt", .nullable(.dateTime)), .init("settledBy", .nullable(text)),
      .init("settledWhy", .nullable(text)),
    ])
  static let reason = Schema.object([.init("reason", .string(minLength: 1, maxLength: 200), "For the audit trail.")])
  static let exceptionState = Schema.oneOf(["open", "retried", "resolved"])
  static let exception = Schema.object([
    .init("id", .id(of: "edi_exception")), .init("message", .nullable(.id(of: "edi_message"))), .init("code", text),
    .init("about", text), .init("note", text), .init("state", exceptionState), .init("resolution", .nullable(text)),
    .init("resolvedBy", .nullable(text)), .init("resolvedAt", .nullable(.dateTime)), .init("createdAt", .dateTime),
    .init("type", .nullable(text), "Type of the document: 850, ORDERS, ..."),
    .init("direction", .nullable(.oneOf(["in", "out"]))),
  ])
  static let awaited = Schema.object([
    .init("message", .id(of: "edi_message")), .init("interchange", .id(of: "edi_interchange")), .init("type", text),
    .init("controlNumber", text), .init("reference", .nullable(text)), .init("dueAt", .nullable(.dateTime)),
    .init("isOverdue", .boolean), .init("createdAt", .dateTime),
  ])
  static let outcome = Schema.oneOf([
    "accepted", "quantity_changed", "price_changed", "changed", "backordered", "held", "rejected",
  ])
  static let answer = Schema.object([
    .init("id", .id(of: "purchase_ack")), .init("message", .id(of: "edi_message")),
    .init("verdict", .oneOf(["accepted", "changed", "held", "rejected"])), .init("supplierNumber", .nullable(text)),
    .init("answeredOn", .date), .init("createdAt", .dateTime),
    .init(
      "lines",
      .array(
        .object([
          .init("orderLineId", .id(of: "purchase_order_line")), .init("line", .integer(1...1_000_000)),
          .init("outcome", outcome), .init("quantity", Shapes.quantityOrNone), .init("unit", Shapes.unit),
          .init("unitPrice", .nullable(Shapes.price)), .init("promisedOn", .nullable(.date)),
          .init("note", .nullable(text)),
        ]), maxItems: 100_000)),
  ])
}
