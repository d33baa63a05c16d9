/// A parameter value. The server infers each parameter's type from the statement.
public enum SQLValue: Hashable, Sendable {
  case null
  case text(String)
  case int(Int64)
  case bool(Bool)
  case id(EntityID)
  case bytes([UInt8])
  case instant(Instant)
  /// `text[]` (or, with a cast in the statement, an array of any type with a text form: `$1::numeric[]`).
  case texts([String?])
  case ids([EntityID?])
  case ints([Int64?])

  public static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }
  public static func optional(_ id: EntityID?) -> SQLValue { id.map(SQLValue.id) ?? .null }
  public static func optional(_ value: Int64?) -> SQLValue { value.map(SQLValue.int) ?? .null }
  public static func optional(_ instant: Instant?) -> SQLValue { instant.map(SQLValue.instant) ?? .null }
  public static func json(_ value: JSON) -> SQLValue { .text(value.text) }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
}
