import BulkheadCore

/// The shape of a JSON value: validates requests and is printed as JSON Schema 2020-12 in the OpenAPI document, so the
/// documentation cannot differ from what is accepted.
public indirect enum Schema: Sendable {
  case string(minLength: Int = 0, maxLength: Int, pattern: Pattern? = nil)
  /// A JSON number without fraction or exponent.
  case integer(ClosedRange<Int64>)
  /// A decimal as a JSON number or string that fits PostgreSQL's `numeric(digits, scale)` without rounding: at most
  /// `digits - scale` digits before the point and `scale` after it. No exponent.
  case decimal(digits: Int, scale: Int, minimum: DecimalBound = .none)
  case boolean
  /// The id of a thing of this kind. The attack suite puts foreign ids here.
  case id(of: String)
  /// `YYYY-MM-DD`.
  case date
  /// RFC 3339 with an offset.
  case dateTime
  case oneOf([String])
  case array(Schema, minItems: Int = 0, maxItems: Int)
  case object([Field])
  /// Any JSON, for free-form documents in answers.
  case any
  case nullable(Schema)

  /// Named patterns, so that refusals can say what was expected.
  public struct Pattern: Sendable {
    /// ECMA-262 regular expression for the document.
    public let expression: String
    /// "three capital letters": completes "must be …".
    public let meaning: String
    public let matches: @Sendable (String) -> Bool

    public init(_ expression: String, _ meaning: String, matches: @escaping @Sendable (String) -> Bool) {
      self.expression = expression
      self.meaning = meaning
      self.matches = matches
    }
  }

  public enum DecimalBound: Sendable {
    case none
    /// Zero is allowed.
    case nonNegative
    /// Zero is not.
    case positive
  }

  public struct Field: Sendable {
    public let name: String
    public let schema: Schema
    public let isRequired: Bool
    public let description: String

    public init(_ name: String, _ schema: Schema, _ description: String = "", isRequired: Bool = true) {
      self.name = name
      self.schema = schema
      self.isRequired = isRequired
      self.description = description
    }

    public static func optional(_ name: String, _ schema: Schema, _ description: String = "") -> Field {
      Field(name, schema, description, isRequired: false)
    }
  }

  /// `{items: […], next: cursor|null}`.
  public static func page(of item: Schema) -> Schema {
    .object([
      Field("items", .array(item, maxItems: 200)),
      Field("next", .nullable(.string(maxLength: 512)), "Send as `cursor` to go on; null at the end."),
    ])
  }
}
