import BulkheadCore
import BulkheadServer

/// Bodies and answers about payments.
enum PaymentShapes {
  static let allocationsMax = 500
  static let direction = Schema.oneOf(Payment.Direction.allCases.map(\.rawValue))
  static let status = Schema.oneOf(Payment.Status.allCases.map(\.rawValue))
  private static let book = Schema.oneOf(Payment.Book.allCases.map(\.rawValue))
  private static let method = Schema.oneOf(Payment.Method.allCases.map(\.rawValue))
  private static let amount = Schema.decimal(digits: 18, scale: 4, minimum: .positive)

  private static let allocation = Schema.object([
    Shapes.field("invoiceId", .id(of: "invoice")), Shapes.field("amount", amount),
  ])

  static let allocate = Schema.object([
    Shapes.field("allocations", .array(allocation, minItems: 1, maxItems: allocationsMax))
  ])

  static let new = Schema.object([
    LedgerShapes.entityField, Shapes.field("partyId", .id(of: "party")), Shapes.field("direction", direction),
    Shapes.optional(
      "book", .nullable(book), "receivable when the party is a customer, payable otherwise: what the money is for."),
    Shapes.optional("method", .nullable(method), "bank otherwise."),
    Shapes.optional("paidOn", .nullable(.date), "Today otherwise."),
    Shapes.optional("reference", .nullable(Shapes.text(100)), "What the bank's statement says."),
    Shapes.optional("currency", .nullable(Shapes.currency), "Must be the party's."), Shapes.field("amount", amount),
    Shapes.optional(
      "allocations", .array(allocation, maxItems: allocationsMax), "What is left stays on account."),
  ])

  static let bounce = Schema.object([
    Shapes.optional("bouncedOn", .nullable(.date), "Today otherwise."),
    Shapes.optional("reason", .nullable(Shapes.text(200))),
  ])

  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "payment")), Shapes.field("legalEntityId", .id(of: "legal_entity")),
    Shapes.field("number", Shapes.code), Shapes.field("direction", direction), Shapes.field("book", book),
    Shapes.field("method", method), Shapes.field("status", status), Shapes.field("partyId", .id(of: "party")),
    Shapes.field("party", Shapes.code), Shapes.field("paidOn", .date), Shapes.nullable("bouncedOn", .date),
    Shapes.nullable("reference", Shapes.text(100)), Shapes.field("amount", Shapes.money),
    Shapes.field("unallocated", Shapes.money, "On account."), Shapes.field("createdAt", Shapes.instant),
    Shapes.field("version", Shapes.version),
  ]

  static let summary = Schema.object(header)

  static let payment = Schema.object(
    header + [
      Shapes.field(
        "allocations",
        .array(
          .object([
            Shapes.field("id", .id(of: "allocation")), Shapes.field("invoiceId", .id(of: "invoice")),
            Shapes.nullable("invoice", Shapes.code), Shapes.field("amount", LedgerShapes.amount),
            Shapes.field("allocatedOn", .date), Shapes.nullable("reversalOf", .id(of: "allocation")),
          ]), maxItems: 100_000), "What it settles; what was undone stands here with the other sign.")
    ])

  static let aged = Schema.object(
    [
      Shapes.field("customerId", .id(of: "party")), Shapes.field("customer", Shapes.code),
      Shapes.field("name", Shapes.name), Shapes.field("currency", Shapes.currency),
    ] + AgedReceivables.buckets.map { Shapes.field($0, LedgerShapes.amount) })

  static func allocations(_ body: BodyReader, _ currency: Currency) throws(Refusal) -> [Settlement.Asked] {
    var asked: [Settlement.Asked] = []
    for item in body.items("allocations") {
      asked.append(
        Settlement.Asked(
          invoiceID: try item.requiredID("invoiceId"), amount: try amount(item, currency)))
    }
    return asked
  }

  private static func amount(_ body: BodyReader, _ currency: Currency) throws(Refusal) -> Money {
    guard let amount = try body.money("amount", currency) else {
      throw body.refusal(.inputInvalid, "This is required.", "amount")
    }
    return amount
  }

  static func request(_ body: BodyReader, _ entity: LegalEntity) throws(Refusal) -> PaymentRequest {
    let currency = try body.currency("currency") ?? entity.currency
    return PaymentRequest(
      legalEntityID: body.id("legalEntityId"), partyID: try body.requiredID("partyId"),
      direction: Payment.Direction(rawValue: try body.requiredText("direction")) ?? .received,
      book: body.text("book").flatMap(Payment.Book.init(rawValue:)),
      method: body.text("method").flatMap(Payment.Method.init(rawValue:)) ?? .bank,
      paidOn: try body.date("paidOn"), reference: body.text("reference"), amount: try amount(body, currency),
      allocations: try allocations(body, currency))
  }
}
