import BulkheadCore
import BulkheadServer

/// Bodies and answers about parties.
enum PartyShapes {
  private static let kind = Schema.oneOf(["customer", "supplier", "carrier", "both"])
  private static let hold = Schema.oneOf(["credit", "manual"])

  private static let addressFields: [Schema.Field] = [
    Shapes.field("kind", .oneOf(["ship_to", "bill_to", "remit_to"])), Shapes.field("name", Shapes.name),
    Shapes.field("street", .string(maxLength: 400)), Shapes.field("city", .string(maxLength: 100)),
    Shapes.optional("region", .nullable(.string(maxLength: 100))),
    Shapes.optional("postalCode", .nullable(.string(maxLength: 20))), Shapes.field("country", Shapes.country),
    Shapes.optional("gln", .nullable(Shapes.gln)),
  ]

  static let newAddress = Schema.object(addressFields)

  static let new = Schema.object([
    Shapes.field("code", Shapes.code), Shapes.field("kind", kind), Shapes.field("legalName", Shapes.name),
    Shapes.field("currency", Shapes.currency), Shapes.optional("gln", .nullable(Shapes.gln)),
    Shapes.optional("taxId", .nullable(Shapes.code)),
    Shapes.optional("customerGroupId", .nullable(.id(of: "customer_group"))),
    Shapes.optional("priceListId", .nullable(.id(of: "price_list")), "The currency's default list otherwise."),
    Shapes.optional("creditLimit", .nullable(Shapes.amount), "In the party's currency; null for no limit."),
    Shapes.optional("addresses", .array(newAddress, maxItems: 50)),
  ])

  static let changes = Schema.object([
    Shapes.optional("legalName", Shapes.name), Shapes.optional("isActive", .boolean),
    Shapes.optional("holdCode", .nullable(hold), "New orders of a party on hold wait; null ends it."),
    Shapes.optional("customerGroupId", .nullable(.id(of: "customer_group"))),
    Shapes.optional("priceListId", .nullable(.id(of: "price_list"))),
    Shapes.optional("taxId", .nullable(Shapes.code)),
  ])

  private static let fields: [Schema.Field] = [
    Shapes.field("id", .id(of: "party")), Shapes.field("code", Shapes.code), Shapes.field("kind", kind),
    Shapes.field("legalName", Shapes.name), Shapes.nullable("gln", Shapes.gln), Shapes.nullable("taxId", Shapes.code),
    Shapes.field("currency", Shapes.currency), Shapes.nullable("customerGroupId", .id(of: "customer_group")),
    Shapes.nullable("priceListId", .id(of: "price_list")), Shapes.nullable("holdCode", hold),
    Shapes.field("isActive", .boolean), Shapes.field("version", Shapes.version),
  ]

  static let one = Schema.object(fields)

  static let whole = Schema.object(
    fields + [
      Shapes.field(
        "addresses", .array(.object([Shapes.field("id", .id(of: "address"))] + addressFields), maxItems: 50)),
      Shapes.nullable(
        "credit",
        .object([
          Shapes.nullable("limit", Shapes.money), Shapes.field("openReceivable", Shapes.money),
          Shapes.field("unbilled", Shapes.money), Shapes.field("openOrders", Shapes.money),
        ]), "Of customers."),
    ])

  /// The statements that add the party of `body`, its credit account and its addresses.
  static func inserts(_ body: BodyReader, id: EntityID, _ ambient: Ambient) throws(Refusal) -> [Query] {
    let kind = try body.requiredText("kind")
    let currency = try body.requiredCurrency("currency")
    let limit = try body.money("creditLimit", currency)
    var queries = [
      Query(
        PartyRecords.insert, .id(id), .text(try body.requiredText("code")), .text(kind),
        .text(try body.requiredText("legalName")), .optional(try body.gln("gln")), .optional(body.text("taxId")),
        .text(currency.code), .optional(body.id("customerGroupId")), .optional(body.id("priceListId")))
    ]
    if kind == "customer" || kind == "both" {
      queries.append(Query(PartyRecords.insertCredit, .id(id), .text(currency.code), .optional(limit?.minor)))
    } else if limit != nil {
      throw body.refusal(.partyNotCustomer, "Only customers have a credit limit.", "creditLimit")
    }
    for address in body.items("addresses") {
      queries.append(try insertAddress(address, id: ambient.makeID(), party: id))
    }
    return queries
  }

  static func insertAddress(_ body: BodyReader, id: EntityID, party: EntityID) throws(Refusal) -> Query {
    Query(
      PartyRecords.insertAddress, .id(id), .id(party), .text(try body.requiredText("kind")),
      .text(try body.requiredText("name")), .text(try body.requiredText("street")),
      .text(try body.requiredText("city")), .optional(body.text("region")), .optional(body.text("postalCode")),
      .text(try body.requiredText("country")), .optional(try body.gln("gln")))
  }
}
