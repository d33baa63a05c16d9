import BulkheadCore
import BulkheadServer

/// Shapes that many bodies and answers share.
enum Shapes {
  static let code = Schema.string(minLength: 1, maxLength: 40)
  static let name = Schema.string(minLength: 1, maxLength: 200)
  static let currency = Schema.string(
    minLength: 3, maxLength: 3,
    pattern: .init("^[A-Z]{3}$", "three capital letters (ISO 4217)") { $0.utf8.allSatisfy { 65...90 ~= $0 } })
  static let country = Schema.string(
    minLength: 2, maxLength: 2,
    pattern: .init("^[A-Z]{2}$", "two capital letters (ISO 3166)") { $0.utf8.allSatisfy { 65...90 ~= $0 } })
  static let unit = Schema.string(
    minLength: 1, maxLength: 8,
    pattern: .init("^[A-Z0-9]{1,8}$", "capital letters and digits") {
      $0.utf8.allSatisfy { 65...90 ~= $0 || 48...57 ~= $0 }
    })
  static let gtin = Schema.string(
    minLength: 8, maxLength: 14,
    pattern: .init("^[0-9]{8,14}$", "8 to 14 digits") { $0.utf8.allSatisfy { 48...57 ~= $0 } })
  static let gln = Schema.string(
    minLength: 13, maxLength: 13,
    pattern: .init("^[0-9]{13}$", "13 digits") { $0.utf8.allSatisfy { 48...57 ~= $0 } })
  static let quantity = Schema.decimal(digits: Quantity.digits, scale: Quantity.scale, minimum: .positive)
  static let quantityOrNone = Schema.decimal(digits: Quantity.digits, scale: Quantity.scale, minimum: .nonNegative)
  static let signedQuantity = Schema.decimal(digits: Quantity.digits, scale: Quantity.scale)
  static let price = Schema.decimal(digits: UnitPrice.digits, scale: UnitPrice.scale, minimum: .nonNegative)
  static let signedPrice = Schema.decimal(digits: UnitPrice.digits, scale: UnitPrice.scale)
  /// Up to 4 decimal places, the most that ISO 4217 has.
  static let amount = Schema.decimal(digits: 18, scale: 4, minimum: .nonNegative)
  static let money = Schema.object([
    .init("amount", .decimal(digits: 22, scale: 4)), .init("currency", currency),
  ])
  static let version = Schema.integer(1...Int64.max)
  static let instant = Schema.dateTime

  static func text(_ maxLength: Int) -> Schema { .string(minLength: 1, maxLength: maxLength) }
  /// A member of an answer that may be null.
  static func nullable(_ name: String, _ schema: Schema, _ description: String = "") -> Schema.Field {
    .init(name, .nullable(schema), description)
  }
  static func field(_ name: String, _ schema: Schema, _ description: String = "") -> Schema.Field {
    .init(name, schema, description)
  }
  static func optional(_ name: String, _ schema: Schema, _ description: String = "") -> Schema.Field {
    .optional(name, schema, description)
  }

  /// One documented success with a JSON body.
  static func answer(_ schema: Schema, _ description: String) -> [ResponseShape] {
    [ResponseShape(.ok, description, .json(schema))]
  }
  static func created(_ schema: Schema, _ description: String) -> [ResponseShape] {
    [ResponseShape(.created, description, .json(schema))]
  }
  static func page(of item: Schema, _ description: String) -> [ResponseShape] {
    [ResponseShape(.ok, description, .json(.page(of: item)))]
  }
}
