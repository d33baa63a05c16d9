import BulkheadCore
import BulkheadServer

/// Bodies and answers about products.
enum ProductShapes {
  private static let tracking = Schema.oneOf(Tracking.allCases.map(\.rawValue))
  private static let removal = Schema.oneOf(Removal.allCases.map(\.rawValue))
  private static let days = Schema.integer(1...36_500)
  private static let abcClass = Schema.oneOf(["A", "B", "C"])
  private static let scheme = Schema.oneOf(["gtin", "upc", "customer_sku", "supplier_sku"])
  private static let hazard = Schema.string(
    minLength: 6, maxLength: 6,
    pattern: .init("^UN[0-9]{4}$", "a UN number such as UN1203") {
      $0.hasPrefix("UN") && $0.utf8.dropFirst(2).allSatisfy { 48...57 ~= $0 }
    })

  static let newIdentifier = Schema.object([
    Shapes.field("scheme", scheme), Shapes.field("value", Shapes.text(80)),
    Shapes.optional("unit", .nullable(Shapes.unit), "The unit it stands for; the base unit by default."),
    Shapes.optional(
      "partyId", .nullable(.id(of: "party")), "Whose own number it is, for customer_sku and supplier_sku."),
  ])

  static let new = Schema.object([
    Shapes.field("sku", Shapes.code), Shapes.field("name", Shapes.name), Shapes.field("baseUnit", Shapes.unit),
    Shapes.optional("tracking", tracking, "none by default."),
    Shapes.optional(
      "valuation", .oneOf(["fifo", "average"]),
      "fifo (default): costs leave in the order in which they came. average: what is there costs the same."),
    Shapes.optional("removal", removal, "Which stock is promised first; fifo by default."),
    Shapes.optional("categoryId", .nullable(.id(of: "category"))),
    Shapes.optional("shelfLifeDays", .nullable(days)), Shapes.optional("hazardCode", .nullable(hazard)),
    Shapes.optional("weightGrams", .nullable(Shapes.quantityOrNone)),
    Shapes.optional("volumeMillilitres", .nullable(Shapes.quantityOrNone)),
    Shapes.optional("taxCategory", .nullable(Shapes.code)), Shapes.optional("abcClass", .nullable(abcClass)),
    Shapes.optional("identifiers", .array(newIdentifier, maxItems: 50)),
  ])

  static let changes = Schema.object([
    Shapes.optional("name", Shapes.name), Shapes.optional("removal", removal),
    Shapes.optional("categoryId", .nullable(.id(of: "category"))),
    Shapes.optional("shelfLifeDays", .nullable(days)), Shapes.optional("taxCategory", .nullable(Shapes.code)),
    Shapes.optional("abcClass", .nullable(abcClass)), Shapes.optional("isActive", .boolean),
  ])

  static let identifier = Schema.object([
    Shapes.field("id", .id(of: "identifier")), Shapes.field("scheme", scheme),
    Shapes.field("value", Shapes.text(80)), Shapes.field("unit", Shapes.unit),
    Shapes.nullable("partyId", .id(of: "party")),
  ])

  static let conversion = Schema.object([
    Shapes.field("unit", Shapes.unit), Shapes.field("baseUnit", Shapes.unit),
    Shapes.field("numerator", .integer(1...UnitConversion.partMax)),
    Shapes.field("denominator", .integer(1...UnitConversion.partMax)),
  ])

  private static let fields: [Schema.Field] = [
    Shapes.field("id", .id(of: "product")), Shapes.field("sku", Shapes.code), Shapes.field("name", Shapes.name),
    Shapes.field("baseUnit", Shapes.unit), Shapes.field("tracking", tracking),
    Shapes.field("valuation", .oneOf(["fifo", "average", "standard"])), Shapes.field("removal", removal),
    Shapes.nullable("categoryId", .id(of: "category")), Shapes.nullable("shelfLifeDays", days),
    Shapes.nullable("hazardCode", hazard), Shapes.nullable("weightGrams", Shapes.quantityOrNone),
    Shapes.nullable("volumeMillilitres", Shapes.quantityOrNone), Shapes.nullable("taxCategory", Shapes.code),
    Shapes.nullable("abcClass", abcClass), Shapes.field("isActive", .boolean),
    Shapes.field("version", Shapes.version),
  ]

  static let one = Schema.object(fields)

  static let whole = Schema.object(
    fields + [
      Shapes.field("identifiers", .array(identifier, maxItems: 1000)),
      Shapes.field("unitConversions", .array(conversion, maxItems: 1000)),
    ])

  /// The statements that add the product of `body` and its identifiers.
  static func inserts(_ body: BodyReader, id: EntityID, _ ambient: Ambient) throws(Refusal) -> [Query] {
    var queries = [
      Query(
        ProductRecords.insert, .id(id), .text(try body.requiredText("sku")), .text(try body.requiredText("name")),
        .text(try body.requiredText("baseUnit")), .text(body.text("tracking") ?? "none"),
        .text(body.text("valuation") ?? "fifo"), .text(body.text("removal") ?? "fifo"),
        .optional(body.id("categoryId")), .optional(body.int("shelfLifeDays")), .optional(body.text("hazardCode")),
        .optional(try body.quantity("weightGrams")?.description),
        .optional(try body.quantity("volumeMillilitres")?.description), .optional(body.text("taxCategory")),
        .optional(body.text("abcClass")))
    ]
    for item in body.items("identifiers") {
      queries.append(try insertIdentifier(item, id: ambient.makeID(), product: id))
    }
    return queries
  }

  /// Refuses a GTIN with a wrong check digit, and a party's own number without the party.
  static func insertIdentifier(_ body: BodyReader, id: EntityID, product: EntityID) throws(Refusal) -> Query {
    let scheme = try body.requiredText("scheme")
    var value = try body.requiredText("value")
    let party = body.id("partyId")
    if scheme == "gtin" || scheme == "upc" {
      do throws(Refusal) { value = try GTIN.normalize(value) } catch {
        throw body.refusal(error.code, error.detail, "value")
      }
      guard party == nil else { throw body.refusal(.inputInvalid, "A GTIN is nobody's own number.", "partyId") }
    } else if party == nil {
      throw body.refusal(.referenceMissing, "Say whose number it is.", "partyId")
    }
    return Query(
      ProductRecords.insertIdentifier, .id(id), .id(product), .text(scheme), .optional(party), .text(value),
      .optional(body.text("unit")))
  }
}
